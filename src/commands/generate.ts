import { basename } from 'node:path';
import type { Readable } from 'node:stream';
import { readStream } from '../adapters/manifest-files.ts';
import { createOutput } from '../adapters/output.ts';
import type { GenerateFlags } from '../cli/catalog-command.ts';
import { type CatalogOrigins, catalogDocument } from '../config/catalog-document.ts';
import { type Gathered, gatherInputs } from '../config/inputs/gather.ts';
import { catalogDirectory, type GatherRequest, inputFiles, inputNames } from '../config/inputs/gather-request.ts';
import { diskTree } from '../config/inputs/tree-files.ts';
import { counted } from '../domain/report/counted.ts';
import { MirrorError } from '../errors.ts';
import type { Redactor } from '../redaction.ts';
import { refuse } from './scrubbed.ts';
import type { Surroundings } from './surroundings.ts';

/** What `catalog generate` is given beside its surroundings. */
export interface GenerateInput {
  readonly flags: GenerateFlags;
  readonly input: () => Readable;
}

function nothingToWrite(names: string): MirrorError {
  return new MirrorError(`nothing in ${names} can be mirrored: no catalog was written`, {
    code: 'INPUT_INVALID',
    origin: 'input',
    hint: 'what was read and why nothing came of it stands above: mend that, or name other inputs',
  });
}

function unusable(out: string, why: string): MirrorError {
  return new MirrorError(`--out: ${out} is ${why}`, {
    code: 'INPUT_INVALID',
    origin: 'input',
    hint: 'name another file for the catalog',
  });
}

function requestOf({ flags, input }: GenerateInput, { cwd, signal }: Surroundings): GatherRequest {
  return {
    values: flags.values,
    manifests: flags.manifests,
    checkouts: flags.checkout,
    helmfiles: flags.helmfile,
    helmfileEnvironment: flags.helmfileEnvironment,
    charts: flags.chart,
    lists: flags.list,
    helmLists: flags.helmList,
    repositories: flags.repositories,
    onlyAddon: flags.onlyAddon,
    excludeAddons: flags.excludeAddons,
    cwd,
    files: diskTree,
    input: () => readStream(input(), signal),
  };
}

const SHOWN_OF_EACH = 3;

/** `-` as the file of `--out`; paths in the catalog then start from the working directory. */
const STANDARD_OUTPUT = '-';

// one object can lack many things, and all of them stand in the catalog
function tellUnread(unread: Gathered['unread'], say: (line: string) => void): void {
  const counts = new Map<string, number>();
  for (const { key, place, reason } of unread) {
    const of = `${key} in ${place.file}`;
    const count = (counts.get(of) ?? 0) + 1;
    counts.set(of, count);
    if (count <= SHOWN_OF_EACH) say(`not read: ${key} (${place.file}:${place.line}): ${reason}`);
  }
  for (const [of, count] of counts) {
    if (count > SHOWN_OF_EACH) say(`not read: ${count - SHOWN_OF_EACH} more of ${of}, all are listed in the catalog`);
  }
}

function tell({ catalog, unread, merged }: Gathered, say: (line: string) => void): void {
  for (const note of catalog.notes) say(`note: ${note}`);
  for (const line of merged) say(`merged: ${line}`);
  tellUnread(unread, say);
  for (const { key, place, reason } of catalog.unmirrorable) {
    say(`not mirrored: ${key} (${place.file}:${place.line}): ${reason}`);
  }
}

async function checkOut(request: GatherRequest, out: string, before: string): Promise<void> {
  if (before === 'directory') throw unusable(out, 'a directory');
  const real = await diskTree.realPath(`${catalogDirectory(request, out)}/${basename(out)}`);
  const values = request.values === undefined ? undefined : inputFiles(request)[0];
  for (const path of inputFiles(request)) {
    if ((await diskTree.realPath(path)) !== real) continue;
    throw unusable(out, path === values ? 'the values file itself' : 'one of the inputs itself');
  }
}

/** Only a values file says where in it entries come from by their keys; from other inputs each entry names its place. */
function originsOf(request: GatherRequest, out: string, { unread }: Gathered): CatalogOrigins | undefined {
  const isValuesAlone = inputFiles(request).length === 1 && request.values !== undefined && request.charts.length === 0;
  return isValuesAlone ? undefined : { directory: catalogDirectory(request, out), cwd: request.cwd, unread };
}

/** Writes the catalog, or prints it for `-`; what was at its place before. */
async function write(text: string, out: string, request: GatherRequest, around: Surroundings): Promise<string> {
  if (out === STANDARD_OUTPUT) {
    around.print(text);
    return 'absent';
  }
  const directory = catalogDirectory(request, out);
  const before = await diskTree.kindOf(`${directory}/${basename(out)}`);
  await checkOut(request, out, before);
  await createOutput(directory, '--out').write(basename(out), text);
  return before;
}

/**
 * Writes a catalog with what the inputs install, and tells what could not be read. Exit code 2, and nothing written, when
 * the inputs have problems.
 *
 * @throws MirrorError INPUT_INVALID when there is nothing to write, or it would be written over an input.
 */
export async function generate(given: GenerateInput, around: Surroundings, redactor: Redactor): Promise<number> {
  const { out } = given.flags;
  const request = requestOf(given, around);
  const gathered = await gatherInputs(request);
  if (gathered.kind === 'problems') return refuse(gathered.problems, around, redactor);
  const say = (line: string): void => around.complain(`${redactor.scrub(line)}\n`);
  tell(gathered, say);
  const { addons, unmirrorable } = gathered.catalog;
  const names = inputNames(request);
  if (addons.length === 0) throw nothingToWrite(names);
  const text = catalogDocument(gathered.catalog, names, originsOf(request, out, gathered));
  const before = await write(text, out, request, around);
  const skipped = unmirrorable.length > 0 ? `, ${unmirrorable.length} cannot be mirrored (listed as comments)` : '';
  const unread = counted(gathered.unread.length, 'detail is', 'details are');
  const lacking = gathered.unread.length > 0 ? `, ${unread} not read (listed as comments)` : '';
  say(
    `${out === STANDARD_OUTPUT ? 'standard output' : out}: ${counted(addons.length, 'addon', 'addons')}${skipped}${lacking}${before === 'file' ? '; the file that was there is replaced' : ''}`,
  );
  return 0;
}
