import { digestOf } from '../../src/domain/manifest.ts';
import type { Digest } from '../../src/domain/reference.ts';

/** A manifest that was pushed: what a subject or an entry of a list has to say of it. */
export interface Pushed {
  readonly mediaType: string;
  readonly digest: Digest;
  readonly size: number;
}

/** What an artifact is made of. */
interface ArtifactParts {
  /** The content of each layer. */
  readonly layers: readonly string[];
  readonly layerType?: string;
  /** What is said of each layer. */
  readonly layerAnnotations?: readonly Readonly<Record<string, string>>[];
  readonly artifactType?: string;
  readonly configType?: string;
  readonly subject?: Pushed;
  readonly annotations?: Readonly<Record<string, string>>;
}

export const OCI_MANIFEST = 'application/vnd.oci.image.manifest.v1+json';
export const OCI_INDEX = 'application/vnd.oci.image.index.v1+json';
export const BUNDLE_TYPE = 'application/vnd.dev.sigstore.bundle.v0.3+json';
export const SBOM_TYPE = 'application/vnd.example.sbom.v1+json';
const EMPTY_TYPE = 'application/vnd.oci.empty.v1+json';

async function expectStatus(answer: Response, status: number, what: string): Promise<Response> {
  if (answer.status !== status) throw new Error(`${what} was answered with ${answer.status}: ${await answer.text()}`);
  return answer;
}

/** Pushes a blob. */
export async function pushBlob(base: string, repository: string, content: string): Promise<void> {
  const started = await fetch(`${base}/v2/${repository}/blobs/uploads/`, { method: 'POST' });
  await expectStatus(started, 202, 'an upload');
  const place = new URL(started.headers.get('location') ?? '', base);
  place.searchParams.set('digest', digestOf(content));
  const headers = { 'content-type': 'application/octet-stream' };
  await expectStatus(await fetch(place, { method: 'PUT', headers, body: content }), 201, 'a blob');
}

/** Pushes the JSON of a manifest as it is; under its digest when no tag is given. */
export async function pushManifest(
  base: string,
  repository: string,
  tag: string | undefined,
  value: object,
  mediaType = OCI_MANIFEST,
): Promise<Pushed> {
  const body = JSON.stringify(value);
  const digest = digestOf(body);
  const headers = { 'content-type': mediaType };
  const answer = await fetch(`${base}/v2/${repository}/manifests/${tag ?? digest}`, { method: 'PUT', headers, body });
  await expectStatus(answer, 201, `manifest ${tag ?? digest}`);
  return { mediaType, digest, size: body.length };
}

/** Pushes an artifact, under a tag or by its digest alone. */
export async function pushArtifact(
  base: string,
  repository: string,
  tag: string | undefined,
  {
    layers,
    layerType,
    layerAnnotations = [],
    artifactType,
    configType = EMPTY_TYPE,
    subject,
    annotations,
  }: ArtifactParts,
): Promise<Pushed> {
  for (const content of ['{}', ...layers]) await pushBlob(base, repository, content);
  const layer = (content: string, index: number) => ({
    mediaType: layerType ?? 'application/octet-stream',
    digest: digestOf(content),
    size: Buffer.byteLength(content),
    annotations: layerAnnotations[index],
  });
  return pushManifest(base, repository, tag, {
    ...{ schemaVersion: 2, mediaType: OCI_MANIFEST, artifactType },
    config: { mediaType: configType, digest: digestOf('{}'), size: 2 },
    ...{ layers: layers.map(layer), subject, annotations },
  });
}

/** Pushes what cosign leaves under a tag, such as `.sig`: a layer for each signature. */
export function pushCosign(
  base: string,
  repository: string,
  subject: Digest,
  suffix: string,
  layers: readonly string[],
): Promise<Pushed> {
  return pushArtifact(base, repository, `${subject.replace(':', '-')}${suffix}`, {
    layers,
    layerType: 'application/vnd.dev.cosign.simplesigning.v1+json',
    configType: 'application/vnd.oci.image.config.v1+json',
  });
}

/** Pushes the list that clients keep where a registry makes none. */
export function pushList(
  base: string,
  repository: string,
  subject: Digest,
  entries: readonly (Pushed & { readonly artifactType?: string })[],
): Promise<Pushed> {
  const list = { schemaVersion: 2, mediaType: OCI_INDEX, manifests: entries };
  return pushManifest(base, repository, subject.replace(':', '-'), list, OCI_INDEX);
}
