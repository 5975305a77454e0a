import { resolve } from 'node:path';
import type { Readable } from 'node:stream';
import { readStream } from '../adapters/manifest-files.ts';
import { type ImageListResult, readImageList } from '../config/image-list.ts';
import { type Complaint, flagProblem, shown } from '../config/problems.ts';
import { diskFiles, systemCode } from '../config/read-text.ts';
import type { Catalog } from '../domain/addon.ts';
import type { Surroundings } from './surroundings.ts';

/** `--images -`. */
const STANDARD_INPUT = '-';

/** What a list of images says of charts. */
export const NO_CATALOG: Catalog = { mode: 'list', addons: [], unmirrorable: [], moved: [], notes: [] };

/** The same as flags of a mirror run. */
export const NO_CHART_FLAGS = {
  catalog: [],
  chartOverrides: [],
  onlyAddon: [],
  excludeAddons: [],
  latest: false,
  pushImages: false,
  pushUnproven: false,
} as const;

function unreadable(complaint: Complaint): ImageListResult {
  return { images: [], problems: [flagProblem('--images', complaint)] };
}

/** Reads a list of images from a file, or from standard input where `-` names it. */
export async function readListFile(
  named: string,
  input: () => Readable,
  { cwd, signal }: Surroundings,
): Promise<ImageListResult> {
  if (named === STANDARD_INPUT) {
    const text = await readStream(input(), signal);
    if (text !== undefined) return readImageList(text, 'standard input');
    return unreadable({ what: 'standard input is not UTF-8 text', instead: 'look at what the program before it says' });
  }
  try {
    return readImageList(await diskFiles.readText(resolve(cwd, named)), named);
  } catch (error) {
    const code = systemCode(error) ?? 'unknown error';
    const isText = code !== 'ERR_ENCODING_INVALID_ENCODED_DATA';
    const what = isText ? `${shown(named)} cannot be read (${code})` : `${shown(named)} is not UTF-8 text`;
    return unreadable({ what, instead: 'name a file with one reference a line, or - for standard input' });
  }
}
