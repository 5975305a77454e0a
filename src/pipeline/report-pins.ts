import type { ImageUse } from '../domain/images/image-use.ts';
import { isAskedFor } from '../domain/profiles/profile.ts';
import { formatReference } from '../domain/reference.ts';
import type { ReportedPin, ReportedUnpinned } from '../domain/report/reported-pins.ts';
import type { ChartItem } from './chart-item.ts';
import { reasonFor } from './chart-pins.ts';
import type { ReleaseItem } from './release-item.ts';

/** What became of the images of a release that digests were asked for. Those that had one from the start are in neither list. */
export interface ReportedPins {
  readonly pinned: readonly ReportedPin[];
  readonly notPinned: readonly ReportedUnpinned[];
}

function askedUses({ extraction, profiles }: ReleaseItem): readonly ImageUse[] {
  const asked = profiles.filter(({ profile }) => isAskedFor(profile)).flatMap((one) => one.extraction.uses);
  return [...(extraction?.uses ?? []), ...asked];
}

function whyOpen(use: ImageUse, { pins }: ChartItem): string {
  if (use.role === 'artifact') return 'it is an artifact: only images of containers are pinned';
  return use.reference.tag === undefined ? 'it is named without a tag' : reasonFor(use, pins);
}

/** Folds the pins of a chart into the lists of the report; empty where none were asked for, or the chart or release failed. */
export function toPins(chart: ChartItem | undefined, release: ReleaseItem): ReportedPins {
  const relocated = chart?.relocated;
  const isFailed = (release.failure ?? chart?.failure) !== undefined;
  if (chart?.pins === undefined || relocated === undefined || isFailed) return { pinned: [], notPinned: [] };
  const open = askedUses(release).filter(
    ({ role, reference }) => (role === 'image' || role === 'artifact') && reference.digest === undefined,
  );
  const pinned: ReportedPin[] = [];
  const notPinned: ReportedUnpinned[] = [];
  for (const [image, uses] of Map.groupBy(open, ({ reference }) => formatReference(reference))) {
    const pins = uses.map((use) => relocated.pinned.get(use));
    const by = [...new Set(pins.flatMap((pin) => pin?.by ?? []))];
    const digest = pins[0]?.reference.digest;
    const left = uses.filter((use) => !relocated.pinned.has(use));
    const [first] = left;
    if (first === undefined && digest !== undefined) pinned.push({ image, digest, by });
    if (first === undefined) continue;
    const some = left.length < uses.length ? `at ${left.length} of its ${uses.length} places: ` : '';
    notPinned.push({ image, reason: `${some}${whyOpen(first, chart)}` });
  }
  return { pinned, notPinned };
}
