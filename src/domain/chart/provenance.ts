import { parse } from 'yaml';
import type { Digest } from '../reference.ts';

/** The largest provenance file that is read, in bytes. It holds a Chart.yaml, one digest and a signature. */
export const PROVENANCE_LIMIT = 1024 * 1024;

/**
 * What a provenance file says of an archive. `fits`: it names the archive's digest, under this file name, which `helm verify`
 * wants the archive to have. `unfit`: it is none, or not one of this archive, and why.
 */
export type Provenance =
  | { readonly kind: 'fits'; readonly file: string }
  | { readonly kind: 'unfit'; readonly reason: string };

const SIGNED = '-----BEGIN PGP SIGNED MESSAGE-----';
const SIGNATURE = /^-----BEGIN PGP SIGNATURE-----/m;
const ARCHIVE_NAME = /^[A-Za-z0-9][\w.+-]*\.tgz$/;

/** The digests by file name; undefined where they cannot be read. Helm parts them from Chart.yaml by a line `...`. */
function namedDigests(signed: string): ReadonlyMap<string, unknown> | undefined {
  const text = /\n\.\.\.\n([\s\S]*)$/.exec(signed)?.[1];
  if (text === undefined) return undefined;
  try {
    const sums: unknown = parse(text);
    const files = typeof sums === 'object' && sums !== null && 'files' in sums ? sums.files : undefined;
    return typeof files === 'object' && files !== null ? new Map(Object.entries(files)) : undefined;
  } catch {
    return undefined;
  }
}

/**
 * Whether a provenance file belongs to the archive with this digest. Its form is that of helm (helm.sh/docs/topics/provenance
 * and pkg/provenance): a signed message of Chart.yaml and the archive's digest. The signature itself is not checked.
 */
export function readProvenance(bytes: Uint8Array, digest: Digest): Provenance {
  const text = Buffer.from(bytes).toString('utf8').replaceAll('\r\n', '\n');
  if (!text.startsWith(SIGNED)) return { kind: 'unfit', reason: `it does not begin with ${SIGNED}` };
  const end = SIGNATURE.exec(text)?.index;
  if (end === undefined) return { kind: 'unfit', reason: 'it has no signature' };
  const files = namedDigests(text.slice(0, end));
  if (files === undefined) return { kind: 'unfit', reason: 'it names no digest of an archive' };
  const file = [...files].find(([, named]) => named === digest)?.[0];
  if (file === undefined) {
    const named = [...files.values()].map(String).join(', ').slice(0, 200);
    return {
      kind: 'unfit',
      reason: `it is for an archive with digest ${named}, and the one that was fetched has ${digest}`,
    };
  }
  if (!ARCHIVE_NAME.test(file))
    return { kind: 'unfit', reason: `it calls the archive ${JSON.stringify(file)}, which is no name of one` };
  return { kind: 'fits', file };
}
