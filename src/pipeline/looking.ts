import type { NamingRule } from '../domain/plan/destination.ts';
import type { MirrorOptions, Ports } from './run-settings.ts';

/** What looking at charts needs from outside: it renders, and it fetches charts. Nothing is written but scratch files. */
export type LookingPorts = Pick<
  Ports,
  'helm' | 'registry' | 'charts' | 'localCharts' | 'archives' | 'workspace' | 'cache' | 'signatures'
>;

function refused(): never {
  throw new RangeError('looking at charts writes nothing');
}

/** The ports of a run that only looks: those that would write refuse. */
export function lookingPorts(ports: LookingPorts): Ports {
  return {
    ...ports,
    repositories: undefined,
    copier: { copy: refused },
    pusher: { push: refused },
    artifacts: { push: refused },
    output: { write: refused },
  };
}

/** The target of a run that has none: no reference leads there. */
const NO_TARGET: NamingRule = { registry: 'target.invalid', prefix: '', imagePath: 'source' };

/** The options of a run that only looks. */
export function lookingOptions(
  {
    kubeVersion,
    includeDependencies,
    renders,
    switches,
  }: Pick<MirrorOptions, 'kubeVersion' | 'includeDependencies' | 'renders' | 'switches'>,
  naming: NamingRule = NO_TARGET,
): MirrorOptions {
  return {
    ...{ kubeVersion, includeDependencies, renders, switches, naming },
    scanOnly: true,
    platform: undefined,
    existing: { skipExisting: true, verifyDigest: true, overwrite: false, moved: [] },
    pushUnproven: false,
    chartVersionSuffix: '',
    strict: false,
    trustJournal: false,
    concurrency: 1,
    images: 'rendered',
    artifacts: 'none',
    signatures: undefined,
    policy: undefined,
    templatePatches: true,
    pinDigests: false,
    pullSecret: undefined,
    ecr: undefined,
    repositories: { rules: [], applySettings: false },
  };
}
