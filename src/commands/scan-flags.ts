import type { LookFlags } from '../cli/catalog-command.ts';
import type { MirrorFlags } from '../cli/program.ts';

/** The target of what looks at a catalog for any target: no reference leads there. */
const NO_TARGET = 'catalog.invalid';

/** The flags of a run that only looks at the charts of a catalog. */
export function scanFlags(flags: LookFlags): MirrorFlags {
  return {
    ...flags,
    targetRegistry: NO_TARGET,
    artifacts: 'none',
    scanOnly: true,
    pushImages: false,
    overwriteExisting: false,
    pushUnproven: false,
  };
}
