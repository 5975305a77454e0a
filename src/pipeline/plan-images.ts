import { pulledReferences } from '../domain/images/artifacts.ts';
import { declaredReferences } from '../domain/images/declared.ts';
import { type Evidence, type ImageChoice, isChosen } from '../domain/images/evidence.ts';
import { exclusionOf } from '../domain/images/exclusion.ts';
import { formatUsePlace, isCarried } from '../domain/images/image-use.ts';
import { destinationOf } from '../domain/plan/destination.ts';
import { formatPlatform, type Platform } from '../domain/platform.ts';
import { formatProfile, isAskedFor } from '../domain/profiles/profile.ts';
import { formatReference, type Reference } from '../domain/reference.ts';
import { toMirrorError } from '../errors.ts';
import { type ChartItem, livingReleases } from './chart-item.ts';
import { checkNames } from './check-names.ts';
import { checkChartCollisions, joinEqualCharts } from './collisions.ts';
import { unusedExclusion } from './exclusion-notes.ts';
import { failUsers, isHidden } from './fail-users.ts';
import { hiddenImages } from './hidden-images.ts';
import type { ImageItem } from './image-item.ts';
import { askedPlatforms, childFor } from './image-platform.ts';
import type { ReleaseItem } from './release-item.ts';
import { livingCharts, type Run } from './run.ts';

interface Draft {
  readonly source: Reference;
  readonly users: Map<ReleaseItem, { chart: ChartItem; places: string[] }>;
  /** From the surest to the least sure. */
  evidence: Evidence;
  isCertain: boolean;
}

/** Something that names an image, in one release of a chart. */
interface Naming {
  readonly source: Reference;
  readonly chart: ChartItem;
  readonly release: ReleaseItem;
  readonly place: string;
  readonly evidence: Evidence;
  readonly isCertain: boolean;
}

const SUREST: readonly Evidence[] = ['rendered', 'added', 'conditional', 'declared'];

function addNaming(drafts: Map<string, Draft>, { source, chart, release, place, evidence, isCertain }: Naming): void {
  const key = formatReference(source);
  const draft = drafts.get(key) ?? { source, users: new Map(), evidence, isCertain };
  const user = draft.users.get(release) ?? { chart, places: [] };
  user.places.push(place);
  draft.users.set(release, user);
  draft.isCertain ||= isCertain;
  if (SUREST.indexOf(evidence) < SUREST.indexOf(draft.evidence)) draft.evidence = evidence;
  drafts.set(key, draft);
}

/** What a release and the profiles of its catalog entry render. */
function renderedIn(chart: ChartItem, release: ReleaseItem): readonly Naming[] {
  const asked = release.profiles.filter(({ profile }) => isAskedFor(profile));
  const renders = [
    ...(release.extraction === undefined ? [] : [{ uses: release.extraction.uses, suffix: '' }]),
    ...asked.map(({ profile, fresh }) => ({ uses: fresh, suffix: ` with ${formatProfile(profile)}` })),
  ];
  return renders.flatMap(({ uses, suffix }) =>
    uses
      .filter(({ role }) => isCarried(role))
      .flatMap((use): readonly Naming[] => {
        const isCertain = use.certainty !== 'candidate';
        const rest = {
          chart,
          release,
          place: `${formatUsePlace(use)}${suffix}`,
          evidence: 'rendered',
          isCertain,
        } as const;
        return pulledReferences(use.reference).map((source) => ({ source, ...rest }));
      }),
  );
}

function hiddenIn(chart: ChartItem, release: ReleaseItem, choice: ImageChoice): readonly Naming[] {
  if (choice === 'rendered') return [];
  return hiddenImages(chart, release)
    .filter(({ evidence }) => isChosen(evidence, choice))
    .flatMap(({ reference, evidence, when }) => {
      const place = `${evidence === 'declared' ? 'named by' : 'rendered with'} ${when.join(', ')}`;
      const rest = { chart, release, place, evidence, isCertain: false };
      return pulledReferences(reference).map((source) => ({ source, ...rest }));
    });
}

function addedTo(chart: ChartItem, release: ReleaseItem): readonly Naming[] {
  return release.addon.images.map(({ reference: source, reason }) => {
    const place = `images of the catalog entry${reason === undefined ? '' : `: ${reason}`}`;
    return { source, chart, release, place, evidence: 'added', isCertain: true };
  });
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

/** Gathers every image that a living chart is to have at the target, once per source, with all its users. */
export function planImages(run: Run): readonly ImageItem[] {
  const drafts = new Map<string, Draft>();
  for (const chart of livingCharts(run)) {
    for (const release of livingReleases(chart)) {
      const hidden = hiddenIn(chart, release, run.options.images);
      for (const one of [...renderedIn(chart, release), ...addedTo(chart, release), ...hidden]) addNaming(drafts, one);
    }
  }
  return [...drafts.values()].map(
    ({ source, users, evidence, isCertain }): ImageItem => ({
      source,
      destination: destinationOf(source, run.options.naming),
      ...platformsFor(users.keys(), run),
      evidence,
      isCertain,
      users: [...users].map(([release, { chart, places }]) => ({ chart, release, places })),
      listed: [],
      platforms: [],
      manifests: [],
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
    const error = toMirrorError(thrown);
    // what is hidden is looked up again before it is copied, and unconfirmed then
    if (!isHidden(image)) failUsers(image, error);
  }
}

function sayWhatHasNoTag(image: ImageItem): void {
  if (image.source.tag !== undefined || image.source.digest !== undefined) return;
  for (const { release } of image.users) {
    release.notes.push(`${formatReference(image.source)} has neither tag nor digest: its tag latest is mirrored`);
  }
}

function sayWhatIsNotExcluded(run: Run): void {
  for (const { addon, extraction, profiles, notes } of run.releases) {
    if (extraction === undefined) continue;
    const aside = [extraction, ...profiles.map((one) => one.extraction)].flatMap((one) => one.aside);
    const chart = run.charts.find(({ releases }) => releases.some((release) => release.addon === addon))?.pulled?.chart;
    const named = chart === undefined ? [] : declaredReferences(chart, extraction.values);
    const known = [...aside.map(({ use }) => use.reference), ...named.map(({ reference }) => reference)];
    const hit = new Set(known.map((reference) => exclusionOf(addon, reference)));
    for (const one of addon.excluded) if (!hit.has(one)) notes.push(unusedExclusion(one));
  }
}

/** Bases are moved, but what a program makes of them at run time is not known. */
function sayWhatIsCompleted(run: Run): void {
  for (const release of run.releases) {
    const asked = release.profiles.filter(({ profile }) => isAskedFor(profile)).flatMap(({ fresh }) => fresh);
    const uses = [...(release.extraction?.uses ?? []), ...asked];
    const bases = uses.filter(({ role }) => role === 'base').map(({ text }) => text);
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
  sayWhatIsNotExcluded(run);
  for (const image of run.images) {
    sayWhatHasNoTag(image);
    if (image.platform === undefined || image.source.digest === undefined || image.failure !== undefined) continue;
    await lookUpChild(image, image.platform, run);
  }
}
