import type { ImageUse } from '../domain/images/image-use.ts';
import { isFlat, targetBase } from '../domain/plan/destination.ts';
import { behindLead } from '../domain/plan/flat-leads.ts';
import type { Attribution } from '../domain/trace/attribution.ts';
import { flatFills } from '../domain/trace/flat-fills.ts';
import type { Ways } from '../domain/trace/solve-officials.ts';
import type { Traced } from './release-item.ts';
import type { Run } from './run.ts';

/** How names are solved: as they are behind the target's path, or anew where each is one name. */
export function flatWays({ options: { naming } }: Run): Ways {
  if (!isFlat(naming)) return {};
  const base = targetBase(naming);
  return { strategy: flatFills(base), completing: (_, official) => `${base}/${official}` };
}

/** What was traced behind a beginning that a template spells out, and what its values have to make. */
export interface BehindLead {
  readonly one: Attribution;
  readonly wanted: string;
}

/** All that was traced behind such beginnings, as far as these name a registry; only flat names need it. */
export function behindLeads(
  all: readonly Traced[],
  wanted: (use: ImageUse) => string,
  run: Run,
): ReadonlyMap<ImageUse, BehindLead> {
  const base = targetBase(run.options.naming);
  const found = all
    .flatMap(({ led }) => led)
    .flatMap((one) => {
      const rest = behindLead(wanted(one.use), one.lead ?? '', base);
      return rest === undefined ? [] : [[one.use, { one, wanted: rest }] as const];
    });
  return new Map(found);
}
