import { basename, dirname, resolve } from 'node:path';
import { createOutput } from '../adapters/output.ts';
import type { GenerateFlags } from '../cli/program.ts';
import { catalogDocument, type ValuesCatalog } from '../config/catalog-document.ts';
import { loadCatalog } from '../config/load-catalog.ts';
import { formatProblem } from '../config/problems.ts';
import { diskFiles } from '../config/read-text.ts';
import type { Catalog } from '../domain/addon.ts';
import type { Surroundings } from './surroundings.ts';

function isValuesCatalog(catalog: Catalog): catalog is ValuesCatalog {
  return catalog.mode === 'values';
}

/** Writes a catalog with the addons of a values file. Exit code 2, and nothing written, when the input has problems. */
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
  const out = resolve(around.cwd, flags.out);
  await createOutput(dirname(out)).write(basename(out), catalogDocument(result.catalog, flags.values));
  const { addons, unmirrorable } = result.catalog;
  around.complain(
    `${flags.out}: ${addons.length} addons${unmirrorable.length > 0 ? `, ${unmirrorable.length} cannot be mirrored (listed as comments)` : ''}\n`,
  );
  return 0;
}
