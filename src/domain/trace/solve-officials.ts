import type { ImageUse } from '../images/image-use.ts';
import { DOCKER_HUB } from '../reference.ts';
import type { Attribution } from './attribution.ts';
import type { Strategy, Wanted } from './fills.ts';
import { slotKey } from './slot.ts';
import { type Solution, solve } from './solve.ts';

const LIBRARY = 'library/';

/** A solution, and the uses that it moves once their templates say `library/` before the name. */
export interface CompletedSolution extends Solution {
  readonly completed: readonly ImageUse[];
}

/** The official name of Docker Hub that stands behind all values of a reference, with its tag: `busybox:1.36`; undefined for none. */
export function officialBehind({ use, links }: Attribution): string | undefined {
  const { registry, repository } = use.reference;
  const name = /^\/([^/]+)$/.exec(links.at(-1)?.tail ?? '')?.[1];
  if (name === undefined || registry !== DOCKER_HUB) return undefined;
  return repository === `${LIBRARY}${name.replace(/[:@].*$/s, '')}` ? name : undefined;
}

/** The name with its tag that stands behind all values of a reference, of one part or more: `acme/app:1`; undefined for none. */
export function nameBehind({ links }: Attribution): string | undefined {
  return /^\/([^/:@]+(?:\/[^/:@]+)*(?:[:@].*)?)$/s.exec(links.at(-1)?.tail ?? '')?.[1];
}

/** What values are to make of a reference whose template completes the name behind them; undefined where it cannot. */
export type Completing = (wanted: string, official: string) => string | undefined;

/** How references are solved: what templates may complete, and how values are filled where not by their heads. */
export interface Ways {
  readonly completing?: Completing;
  readonly strategy?: Strategy;
}

function withoutLibrary(wanted: string, official: string): string | undefined {
  return wanted.endsWith(`/${LIBRARY}${official}`)
    ? wanted.slice(0, -LIBRARY.length - official.length) + official
    : undefined;
}

/** The values that may be the first of a reference. */
function headsOf({ links: [{ slot }], behind = [] }: Attribution): readonly string[] {
  return [slotKey(slot), ...behind.flatMap(headsOf)];
}

/**
 * Names that templates may complete: those behind a registry of what is not moved, and the same names elsewhere, which one patch
 * completes with them.
 */
function completable(
  all: readonly Attribution[],
  stuck: ReadonlySet<ImageUse>,
  bareOf: (one: Attribution) => string | undefined,
): readonly Attribution[] {
  const heads = new Set(all.filter(({ use }) => stuck.has(use)).flatMap(headsOf));
  const spelled = all.filter((one) => bareOf(one) !== undefined);
  const shared = spelled.filter((one) => headsOf(one).some((head) => heads.has(head)));
  const names = new Set(shared.map(({ official }) => official));
  return spelled.filter(({ official }) => names.has(official));
}

/** Whether a solution moves more: of what was asked for, or as much of that and more of the others. */
function movesMore(one: Solution, than: Solution, asked: readonly Attribution[]): boolean {
  const uses = new Set(asked.map(({ use }) => use));
  const left = ({ unsolved }: Solution): number => unsolved.filter((use) => uses.has(use)).length;
  return left(one) < left(than) || (left(one) === left(than) && one.unsolved.length < than.unsolved.length);
}

/**
 * Solves, and where a registry has to say two things, since official names of Docker Hub stand behind it among others, once more
 * with `library/` written before those names that templates spell out.
 */
export function solveCompleting(
  attributions: readonly Attribution[],
  wanted: Wanted,
  later: readonly Attribution[] = [],
  { completing = withoutLibrary, strategy }: Ways = {},
): CompletedSolution {
  const plain = { ...solve(attributions, wanted, later, strategy), completed: [] };
  const bareOf = ({ use, official }: Attribution): string | undefined =>
    official === undefined ? undefined : completing(wanted(use), official);
  const all = [...attributions, ...later];
  const names = plain.unsolved.length === 0 ? [] : completable(all, new Set(plain.unsolved), bareOf);
  if (names.length === 0) return plain;
  const bare = new Map(names.map((one) => [one.use, bareOf(one)]));
  const other = solve(attributions, (use) => bare.get(use) ?? wanted(use), later, strategy);
  if (!movesMore(other, plain, attributions)) return plain;
  const left = new Set(other.unsolved);
  return { ...other, completed: [...bare.keys()].filter((use) => !left.has(use)) };
}
