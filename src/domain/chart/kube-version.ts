import { parseConstraint, satisfies } from '../version/constraint.ts';
import { parseVersion } from '../version/version.ts';

/** The Kubernetes version charts are rendered for when nobody says another. */
export const DEFAULT_KUBE_VERSION = '1.34.0';

const OLDEST_MINOR = 16;
const NEWEST_MINOR = 40;
const NEWEST_PATCH = 30;

/** The version to render for, and a remark where it is not the one asked for. */
export interface KubeVersionChoice {
  readonly version: string;
  readonly note: string | undefined;
}

function allows(constraint: string, version: string): boolean | undefined {
  const parsed = parseConstraint(constraint);
  const candidate = parseVersion(`v${version.replace(/^v/, '')}`);
  return parsed === undefined || candidate === undefined ? undefined : satisfies(candidate, parsed);
}

/** Every version considered, nearest to the wanted minor first; of one minor the first patches first. */
function candidates(minor: number): readonly string[] {
  const minors = Array.from({ length: NEWEST_MINOR - OLDEST_MINOR + 1 }, (_, index) => OLDEST_MINOR + index);
  const patches = Array.from({ length: NEWEST_PATCH + 1 }, (_, index) => index);
  return minors
    .sort((a, b) => Math.abs(a - minor) - Math.abs(b - minor) || b - a)
    .flatMap((one) => patches.map((patch) => `1.${one}.${patch}`));
}

/**
 * The version asked for where the chart's `kubeVersion` allows it, else the nearest that it allows. A constraint that
 * cannot be read, or allows none, leaves the choice as it is: helm then says why.
 */
export function chooseKubeVersion(wanted: string, constraint: string | undefined): KubeVersionChoice {
  if (constraint === undefined || allows(constraint, wanted) !== false) return { version: wanted, note: undefined };
  const minor = Number(/^v?\d+\.(\d+)/.exec(wanted)?.[1] ?? 0);
  const nearest = candidates(minor).find((version) => allows(constraint, version) === true);
  if (nearest === undefined) return { version: wanted, note: undefined };
  return {
    version: nearest,
    note: `rendered for Kubernetes ${nearest}: the chart allows ${constraint}, not ${wanted}`,
  };
}
