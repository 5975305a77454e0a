import { type Digest, parseDigest } from '../../domain/reference.ts';

/** The first entry of every bundle, which says how large all of it is. */
export const SIZE_NAME = 'airgap-charts/bundle-size.json';

/** Takes the names of a bundle's entries, one by one. */
export interface BundleNames {
  /** Why an entry may not have this name; undefined when it may, and then it is taken. */
  admit(name: string): string | undefined;
}

const NAME_BYTES = 4096;
const NAMES_LIMIT = 1_000_000;

// OCI image-spec, "Image Layout", blobs; and "Digests", registered algorithms
const BLOB = /^blobs\/(sha256\/[0-9a-f]{64}|sha512\/[0-9a-f]{128})$/;

function whyHarmful(name: string): string | undefined {
  if (Buffer.byteLength(name) > NAME_BYTES) return `its name has more than ${NAME_BYTES} bytes`;
  if (!name.isWellFormed()) return 'its name is not UTF-8';
  // biome-ignore lint/suspicious/noControlCharactersInRegex: such names are what is to be refused
  if (/[\u0000-\u001f\u007f-\u009f\\]/.test(name)) return 'its name has a backslash or control character';
  if (name.startsWith('/') || /^[A-Za-z]:/.test(name)) return 'its name is absolute';
  const parts = name.split('/');
  if (parts.includes('..')) return 'its name leads outside, with ..';
  return parts.some((part) => part === '' || part === '.') ? 'its name has an empty part' : undefined;
}

/**
 * Checks the names of a bundle's entries, which are all files: relative, plain, inside, no name twice, and no file that is
 * also a directory; at most 1,000,000 of them.
 */
export function openBundleNames(): BundleNames {
  const files = new Set<string>();
  const directories = new Set<string>();
  return {
    admit(name) {
      const harm = whyHarmful(name);
      if (harm !== undefined) return harm;
      if (files.has(name)) return 'it is there twice';
      if (directories.has(name)) return 'it is a file, and a directory of other entries';
      if (files.size >= NAMES_LIMIT) return `there are more than ${NAMES_LIMIT} entries`;
      for (let cut = name.lastIndexOf('/'); cut > 0; cut = name.lastIndexOf('/', cut - 1)) {
        const above = name.slice(0, cut);
        if (files.has(above)) return `${above} is a file, and the directory of this entry`;
        if (directories.has(above)) break;
        directories.add(above);
      }
      files.add(name);
      return undefined;
    },
  };
}

/** The digest that the name of a blob says, of those that can be computed here; undefined for other names. */
export function blobDigest(name: string): Digest | undefined {
  const said = BLOB.exec(name)?.[1];
  return said === undefined ? undefined : parseDigest(said.replace('/', ':'));
}
