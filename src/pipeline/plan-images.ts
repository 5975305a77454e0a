import { formatUsePlace } from '../domain/images/image-use.ts';
import { destinationOf } from '../domain/plan/destination.ts';
import { formatPlatform, type Platform } from '../domain/platform.ts';
import { formatReference, type Reference } from '../domain/reference.ts';
import { toMirrorError } from '../errors.ts';
import { checkNames } from './check-names.ts';
import { checkChartCollisions, joinEqualCharts } from './collisions.ts';
import { failUsers } from './fail-users.ts';
import { askedPlatforms, childFor } from './image-platform.ts';
import { type ChartItem, type ImageItem, livingCharts, livingReleases, type ReleaseItem, type Run } from './run.ts';

interface Draft {
  readonly source: Reference;
  readonly users: Map<ReleaseItem, { chart: ChartItem; places: string[] }>;
}

function addUse(
  drafts: Map<string, Draft>,
  source: Reference,
  chart: ChartItem,
  release: ReleaseItem,
  place: string,
): void {
  const key = formatReference(source);
  const draft = drafts.get(key) ?? { source, users: new Map() };
  const user = draft.users.get(release) ?? { chart, places: [] };
  user.places.push(place);
  draft.users.set(release, user);
  drafts.set(key, draft);
}

/**
 * What is copied of an image: one platform when all its users want that one and no other, else the whole, which must
 * then have every platform that a user names.
 */
function platformsFor(users: Iterable<ReleaseItem>, run: Run): Pick<ImageItem, 'platform' | 'required'> {
  const wanted = new Map<string, Platform>();
  let whole = false;
  for (const release of users) {
    const own = askedPlatforms(release, run);
    if (own.length === 0) whole = true;
    for (const one of own) wanted.set(formatPlatform(one), one);
  }
  const [only, ...more] = wanted.values();
  if (only !== undefined && more.length === 0 && !whole) return { platform: only, required: [] };
  return { platform: undefined, required: [...wanted.values()] };
}

/** Gathers every image that a living chart renders or is told to carry, once per source, with all its users. */
export function planImages(run: Run): readonly ImageItem[] {
  const drafts = new Map<string, Draft>();
  for (const chart of livingCharts(run)) {
    for (const release of livingReleases(chart)) {
      for (const use of release.extraction?.uses ?? []) {
        if (use.role === 'image') addUse(drafts, use.reference, chart, release, formatUsePlace(use));
      }
      for (const reference of release.addon.images)
        addUse(drafts, reference, chart, release, 'images of the catalog entry');
    }
  }
  return [...drafts.values()].map(
    ({ source, users }): ImageItem => ({
      source,
      destination: destinationOf(source, run.options.naming),
      ...platformsFor(users.keys(), run),
      users: [...users].map(([release, { chart, places }]) => ({ chart, release, places })),
      platforms: [],
      blobs: [],
      state: { kind: 'planned' },
      failure: undefined,
    }),
  );
}

/** The digest that a pinned image will have at the target when one platform of it is copied. */
async function lookUpChild(image: ImageItem, platform: Platform, run: Run): Promise<void> {
  try {
    const child = await childFor(image, platform, run);
    if (child !== undefined) run.copiedDigests.set(formatReference(image.source), child);
  } catch (thrown) {
    if (run.signal.aborted) throw thrown;
    failUsers(image, toMirrorError(thrown));
  }
}

function sayWhatHasNoTag(image: ImageItem): void {
  if (image.source.tag !== undefined || image.source.digest !== undefined) return;
  for (const { release } of image.users) {
    release.notes.push(`${formatReference(image.source)} has neither tag nor digest: its tag latest is mirrored`);
  }
}

/** Bases are moved, but what a program makes of them at run time is not known. */
function sayWhatIsCompleted(run: Run): void {
  for (const release of run.releases) {
    const bases = (release.extraction?.uses ?? []).filter(({ role }) => role === 'base').map(({ text }) => text);
    if (bases.length > 0) {
      const listed = [...new Set(bases)].join(', ');
      release.notes.push(
        `completed by programs at run time: ${listed}: name what they become under images of the catalog entry, if it is not mirrored already`,
      );
    }
  }
}

/**
 * Plans all destinations. Where one platform is copied and a chart pins the index by digest, the digest it will have
 * at the target is looked up now, since the chart must be rewritten to it.
 */
export async function planDestinations(run: Run): Promise<void> {
  run.charts = joinEqualCharts(run.charts);
  run.images = planImages(run);
  checkNames(run);
  checkChartCollisions(run);
  sayWhatIsCompleted(run);
  for (const image of run.images) {
    sayWhatHasNoTag(image);
    if (image.platform === undefined || image.source.digest === undefined || image.failure !== undefined) continue;
    await lookUpChild(image, image.platform, run);
  }
}
