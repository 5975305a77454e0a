import type { Refusals } from './refusals.ts';

/** Takes the names of a wrap's entries, one by one. */
export interface WrapNames {
  /** The name below the leading directory; undefined for the leading directory itself. */
  admit(name: string, kind: 'file' | 'directory'): string | undefined;
  /** The leading directory, when there was an entry. */
  readonly top: string | undefined;
}

/** Files and directories, those that are only in the names of others among them. */
const NAMES_LIMIT = 200_000;
const NAME_BYTES = 4096;
const ALL_NAMES_BYTES = 64 * 1024 * 1024;

function partsOf(name: string, refusals: Refusals): readonly string[] {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: such names are what is to be refused
  if (/[\u0000-\u001f\u007f-\u009f\\]/.test(name))
    throw refusals.refuse('its name has a backslash or control character');
  if (name.startsWith('/') || /^[A-Za-z]:/.test(name)) throw refusals.refuse('its name is absolute');
  const parts = name.split('/').filter((part) => part !== '' && part !== '.');
  if (parts.includes('..')) throw refusals.refuse('its name leads outside, with ..');
  return parts;
}

/** Notes a file or directory and those above it; what was a file stays one, and nothing comes twice. */
function note(known: Map<string, string>, whole: string, kind: 'file' | 'directory', refusals: Refusals): void {
  const before = known.get(whole);
  if (before === 'file' || before === 'directory') throw refusals.refuse('it is there twice');
  if (before === 'implied' && kind === 'file') throw refusals.refuse('it is a file, and a directory of other entries');
  known.set(whole, kind);
  for (let cut = whole.lastIndexOf('/'); cut > 0; cut = whole.lastIndexOf('/', cut - 1)) {
    const above = whole.slice(0, cut);
    const found = known.get(above);
    if (found === 'file') throw refusals.refuse(`${above} is a file, and the directory of this entry`);
    if (found !== undefined) return;
    known.set(above, 'implied');
  }
}

/**
 * Checks the names of a wrap: relative and inside one leading directory, no `..`, backslash or control character, no name
 * twice (`a`, `a/` and `./a` are the same), no file that is also a directory; at most 200,000 of them.
 */
export function openWrapNames(refusals: Refusals): WrapNames {
  const known = new Map<string, string>();
  let bytes = 0;
  let top: string | undefined;
  return {
    get top() {
      return top;
    },
    admit(name, kind) {
      const length = Buffer.byteLength(name);
      bytes += length;
      if (length > NAME_BYTES) throw refusals.refuse(`its name has more than ${NAME_BYTES} bytes`);
      if (bytes > ALL_NAMES_BYTES) throw refusals.refuse(`the names have more than ${ALL_NAMES_BYTES} bytes together`);
      const [first, ...rest] = partsOf(name, refusals);
      if (first === undefined) throw refusals.refuse('it has no name');
      if (top !== undefined && first !== top) throw refusals.refuse(`it is not in the leading directory ${top}`);
      top = first;
      if (rest.length === 0 && kind === 'file') throw refusals.refuse('it is not in a leading directory');
      note(known, [first, ...rest].join('/'), kind, refusals);
      if (known.size > NAMES_LIMIT) throw refusals.refuse(`there are more than ${NAMES_LIMIT} files and directories`);
      return rest.length === 0 ? undefined : rest.join('/');
    },
  };
}
