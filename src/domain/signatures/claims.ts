import { type Digest, parseDigest } from '../reference.ts';

/** Where the content of a signature is: a layer of the manifest that holds it. */
interface Claimed {
  readonly blob: Digest;
  readonly size: number;
}

/** A signature of cosign's first form: its layer is what was signed, all else stands in annotations. */
export interface SimpleClaim extends Claimed {
  readonly kind: 'simple';
  /** Base64. */
  readonly signature: string;
  /** PEM. */
  readonly certificate: string | undefined;
  /** JSON of an entry of a transparency log. */
  readonly entry: string | undefined;
  /** JSON with a timestamp (RFC 3161). */
  readonly timestamp: string | undefined;
}

/** A bundle of sigstore: its layer holds all. */
export interface BundleClaim extends Claimed {
  readonly kind: 'bundle';
  /** What it says of the image, where the manifest tells. */
  readonly predicate: string | undefined;
}

/** Something that claims to be a signature of a manifest. Nothing of it has been verified. */
export type SignatureClaim = SimpleClaim | BundleClaim;

type Json = Readonly<Record<string, unknown>>;

// sigstore/cosign specs/SIGNATURE_SPEC.md and specs/BUNDLE_SPEC.md
const SIMPLE_TYPE = 'application/vnd.dev.cosign.simplesigning.v1+json';
const BUNDLE_TYPE = /^application\/vnd\.dev\.sigstore\.bundle(?:\.v[0-9.]+\+json|\+json;version=[0-9.]+)$/;
const NAMES = {
  signature: 'dev.cosignproject.cosign/signature',
  certificate: 'dev.sigstore.cosign/certificate',
  entry: 'dev.sigstore.cosign/bundle',
  timestamp: 'dev.sigstore.cosign/rfc3161timestamp',
  predicate: 'dev.sigstore.bundle.predicateType',
} as const;

/** What cosign signs an image with in a bundle: the type of its statement. */
export const SIGN_PREDICATE = 'https://sigstore.dev/cosign/sign/v1';

function isJson(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** JSON that is an object; an empty one for everything else. */
export function objectIn(bytes: Uint8Array): Json {
  try {
    const value: unknown = JSON.parse(Buffer.from(bytes).toString('utf8'));
    return isJson(value) ? value : {};
  } catch {
    return {};
  }
}

/** A field that is an object; an empty one for everything else. */
export function field(value: Json, name: string): Json {
  const found = value[name];
  return isJson(found) ? found : {};
}

function text(value: Json, name: string): string | undefined {
  const found = value[name];
  return typeof found === 'string' && found !== '' ? found : undefined;
}

function claimIn(layer: unknown, manifest: Json): SignatureClaim | undefined {
  if (!isJson(layer) || typeof layer.digest !== 'string' || typeof layer.size !== 'number') return undefined;
  const blob = parseDigest(layer.digest);
  if (blob === undefined) return undefined;
  const common = { blob, size: layer.size };
  const type = text(layer, 'mediaType') ?? '';
  if (BUNDLE_TYPE.test(type))
    return { kind: 'bundle', ...common, predicate: text(field(manifest, 'annotations'), NAMES.predicate) };
  const said = field(layer, 'annotations');
  const signature = text(said, NAMES.signature);
  if (type !== SIMPLE_TYPE || signature === undefined) return undefined;
  return {
    ...{ kind: 'simple', ...common, signature },
    ...{ certificate: text(said, NAMES.certificate), entry: text(said, NAMES.entry) },
    timestamp: text(said, NAMES.timestamp),
  };
}

/** The signatures that a manifest holds, in its order; empty for one that holds none. */
export function claimsIn(bytes: Uint8Array): readonly SignatureClaim[] {
  const manifest = objectIn(bytes);
  const layers = Array.isArray(manifest.layers) ? manifest.layers : [];
  return layers.flatMap((layer: unknown) => claimIn(layer, manifest) ?? []);
}
