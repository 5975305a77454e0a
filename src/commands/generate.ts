import { basename, dirname, resolve } from 'node:path';
import { createOutput } from '../adapters/output.ts';
import type { GenerateFlags } from '../cli/program.ts';
import { catalogDocument, type ValuesCatalog } from '../config/catalog-document.ts';
import { loadCatalog } from '../config/load-catalog.ts';
import { formatProblem } from '../config/problems.ts';
import { diskFiles } from '../config/read-text.ts';
import type { Catalog } from '../domain/addon.ts';
import { MirrorError } from '../errors.ts';
import type { Surroundings } from './surroundings.ts';

function isValuesCatalog(catalog: Catalog): catalog is ValuesCatalog {
  return catalog.mode === 'values';
}

function nothingToWrite(values: string): MirrorError {
  return new MirrorError(`nothing in ${values} can be mirrored: no catalog was written`, {
    code: 'INPUT_INVALID',
    origin: 'input',
    hint: 'mend the entries named above, or select others',
  });
}

function unusable(out: string, why: string): MirrorError {
  return new MirrorError(`--out: ${out} is ${why}`, {
    code: 'INPUT_INVALID',
    origin: 'input',
    hint: 'name another file for the catalog',
  });
}

/**
 * Writes a catalog with the addons of a values file. Exit code 2, and nothing written, when the input has problems.
 *
 * @throws MirrorError INPUT_INVALID when there is nothing to write, or it would be written over the input.
 */
export async function generate(flags: GenerateFlags, around: Surroundings): Promise<number> {
  const result = await loadCatalog({
    catalogs: [],
    values: flags.values,
    chartOverrides: [],
    onlyAddon: flags.onlyAddon,
    excludeAddons: flags.excludeAddons,
    latest: false,
    cwd: around.cwd,
    files: diskFiles,
  });
  if (result.kind === 'problems') {
    for (const problem of result.problems) around.complain(`${formatProblem(problem)}\n`);
    return 2;
  }
  if (!isValuesCatalog(result.catalog)) throw new TypeError('a values file makes a catalog of values mode');
  const { addons, unmirrorable, notes } = result.catalog;
  for (const note of notes) around.complain(`note: ${note}\n`);
  for (const { key, place, reason } of unmirrorable)
    around.complain(`not mirrored: ${key} (${place.file}:${place.line}): ${reason}\n`);
  if (addons.length === 0) throw nothingToWrite(flags.values);
  const out = resolve(around.cwd, flags.out);
  const before = await diskFiles.kindOf(out);
  if (before === 'directory') throw unusable(flags.out, 'a directory');
  if ((await diskFiles.realPath(out)) === (await diskFiles.realPath(resolve(around.cwd, flags.values))))
    throw unusable(flags.out, 'the values file itself');
  await createOutput(dirname(out), '--out').write(basename(out), catalogDocument(result.catalog, flags.values));
  const skipped = unmirrorable.length > 0 ? `, ${unmirrorable.length} cannot be mirrored (listed as comments)` : '';
  around.complain(
    `${flags.out}: ${addons.length} addons${skipped}${before === 'file' ? '; the file that was there is replaced' : ''}\n`,
  );
  return 0;
}
