import type { MirrorFlags } from '../cli/program.ts';
import { loadCatalog } from '../config/load-catalog.ts';
import type { Problem } from '../config/problems.ts';
import { diskFiles } from '../config/read-text.ts';
import { type MirrorInputs, mirrorInputsFor, type OwnRegistry } from './run-inputs.ts';
import type { Surroundings } from './surroundings.ts';

/**
 * Reads and checks flags, configuration and inputs. The same holds as for `mirrorInputsFor`.
 *
 * @throws MirrorError as `mirrorInputsFor` does.
 */
export async function readMirrorInputs(
  flags: MirrorFlags,
  around: Surroundings,
  loginProblems: readonly Problem[],
  ownRegistry: OwnRegistry,
): Promise<MirrorInputs> {
  const { cwd } = around;
  const loaded = await loadCatalog({
    catalogs: flags.catalog,
    values: flags.values,
    chartOverrides: flags.chartOverrides,
    onlyAddon: flags.onlyAddon,
    excludeAddons: flags.excludeAddons,
    latest: flags.latest,
    cwd,
    files: diskFiles,
  });
  return mirrorInputsFor(loaded, flags, around, loginProblems, ownRegistry);
}
