import type { Addon } from '../domain/addon.ts';
import type { ChartTree } from '../domain/chart/chart-tree.ts';
import { effectiveValues } from '../domain/chart/effective-values.ts';
import { declaredReferences } from '../domain/images/declared.ts';
import { exclusionOf, exclusionReason } from '../domain/images/exclusion.ts';
import { noImageGap } from '../domain/images/gaps.ts';
import type { ImageUse } from '../domain/images/image-use.ts';
import { USE_RULES } from '../domain/images/use-rules.ts';
import { DOCKER_HUB } from '../domain/reference.ts';
import { MirrorError } from '../errors.ts';
import type { ChartItem } from './chart-item.ts';
import { exampleAside, LOOK_AT_RENDER, pulledOf } from './find-uses.ts';
import type { AsideUse, Extraction, OriginalTexts, ReleaseItem, RenderSettings } from './release-item.ts';
import { firstSettings, type Rendering, renderFailure, withoutSchema } from './render.ts';
import { readRender } from './results/read-render.ts';
import type { Reading } from './results/reading.ts';
import type { Run } from './run.ts';

function illegible(message: string, hint: string): MirrorError {
  return new MirrorError(message, {
    code: 'IMAGES_UNREADABLE',
    origin: 'source',
    hint,
  });
}

/** A use at its place, equal for equal ones in several renders. */
export function placed({ template, kind, name, path, text }: ImageUse): string {
  return [template, kind, name, path, text].join('\n');
}

/**
 * The reference of which a single word and a tag are parts, where the same render has one: fields by whose names alone they would be
 * an image then say the end of that one.
 */
function wholeOf({ why, reference }: ImageUse, uses: readonly ImageUse[]): ImageUse | undefined {
  if (why !== USE_RULES.byFields.why) return undefined;
  const name = reference.repository.split('/').at(-1);
  const isWhole = (other: ImageUse): boolean =>
    other.why !== why &&
    other.reference.tag === reference.tag &&
    other.reference.repository.split('/').at(-1) === name &&
    (other.reference.registry !== reference.registry || other.reference.repository !== reference.repository);
  return uses.find(isWhole);
}

const CONTAINERS: ReadonlySet<ImageUse['place']> = new Set(['container', 'initContainer', 'ephemeralContainer']);

/**
 * The image of a container whose path and tag a text repeats without the registry, or without what stands before them there: such a text tells what runs, and at Docker Hub,
 * where it would lead by itself, nobody has to have it.
 */
function namesake({ text, place, reference }: ImageUse, uses: readonly ImageUse[]): ImageUse | undefined {
  const { registry, repository, tag, digest } = reference;
  if (CONTAINERS.has(place) || registry !== DOCKER_HUB || text.startsWith(DOCKER_HUB)) return undefined;
  return uses.find(
    (other) =>
      CONTAINERS.has(other.place) &&
      other.reference.registry !== registry &&
      `/${other.reference.repository}`.endsWith(`/${repository}`) &&
      other.reference.tag === tag &&
      other.reference.digest === digest,
  );
}

/**
 * Splits what was found into what is carried, and what is left as it is: examples, what the catalog excludes, and fields that say parts
 * of another reference.
 */
export function sortUses(uses: readonly ImageUse[], addon: Addon): Pick<Extraction, 'uses' | 'aside'> {
  const left = uses.flatMap((use): readonly AsideUse[] => {
    if (use.role === 'example') return [exampleAside(use)];
    const whole = wholeOf(use, uses);
    if (whole !== undefined) return [{ use, why: `parts of another reference: ${whole.text}` }];
    const same = namesake(use, uses);
    if (same !== undefined) return [{ use, why: `the name of ${same.text} without its registry` }];
    const exclusion = exclusionOf(addon, use.reference);
    return exclusion === undefined ? [] : [{ use, why: exclusionReason(exclusion) }];
  });
  const those = new Set(left.map(({ use }) => use));
  return { uses: uses.filter((use) => !those.has(use)), aside: left };
}

interface First {
  readonly settings: RenderSettings;
  readonly notes: readonly string[];
  readonly reading: Reading;
}

/** A reading that can be gone on with. */
export type Legible = Extract<Reading, { kind: 'read' }>;

/** What a render shows of a release, sorted. */
export function sorted(
  { uses, documented: examples }: Legible,
  { addon }: ReleaseItem,
): Pick<Extraction, 'uses' | 'aside'> {
  const own = sortUses(uses, addon);
  return { ...own, aside: [...own.aside, ...examples] };
}

/**
 * A reading that can be gone on with. A container's image that is no reference ends the release: leaving it out would look
 * finished.
 *
 * @throws MirrorError IMAGES_UNREADABLE, or RENDER_FAILED; `whose` is the release, or a profile of it.
 */
export function legible(item: ChartItem, reading: Reading, whose: string): Legible {
  switch (reading.kind) {
    case 'failed':
      throw renderFailure(item, whose, reading.reason);
    case 'unreadable':
      throw illegible(reading.reason, LOOK_AT_RENDER);
    case 'read':
      if (reading.badImage === undefined) return reading;
      throw illegible(
        reading.badImage,
        `set this image under overrides.${item.source.chart} in chart-overrides.yaml, or in the values of the release`,
      );
  }
}

/** Operators that pull more than the render shows, each once. */
export function sayOperators(notes: string[], { operators }: Legible): void {
  notes.push(...operators.filter((text) => !notes.includes(text)));
}

/** What no render shows: that there is no image at all, and what operators make up at run time. */
function sayWhatIsNotShown(chart: ChartTree, { extraction, notes }: ReleaseItem, reading: Legible): void {
  if (extraction === undefined) return;
  const { uses, values } = extraction;
  const none = noImageGap(declaredReferences(chart, values), uses);
  if (none !== undefined) notes.push(none);
  else if (uses.length === 0) notes.push('the chart renders no image with these values');
  sayOperators(notes, reading);
  notes.push(...reading.incomplete);
}

/** What is rendered at the same time as a release, by the same settings, for a step that comes later. */
export type Beside = (settings: RenderSettings) => Promise<void>;

/** The first render of a release. Where its schema turns out to need the network, it is rendered once more without. */
async function readFirst(
  item: ChartItem,
  release: ReleaseItem,
  index: number,
  texts: OriginalTexts,
  beside: Beside,
  run: Run,
): Promise<First> {
  const pulled = pulledOf(item);
  const first = await firstSettings(pulled, release, index, run);
  const renderingOf = (settings: RenderSettings): Rendering => ({
    release,
    settings,
    archive: pulled.archive,
    more: [],
  });
  const readWith = (settings: RenderSettings): Promise<Reading> =>
    readRender(item, renderingOf(settings), 'everything', run, {
      told: (text) => {
        texts.once = Promise.resolve(text);
      },
    });
  const [reading] = await Promise.all([readWith(first.settings), beside(first.settings)]);
  const without = reading.kind === 'failed' ? withoutSchema(first, reading.reason) : undefined;
  if (without === undefined) return { ...first, reading };
  const notes = [...first.notes, ...without.notes];
  return {
    settings: without.settings,
    notes,
    reading: await readWith(without.settings),
  };
}

/** Renders a release of a chart as it is and finds its images. */
export async function extract(
  item: ChartItem,
  release: ReleaseItem,
  index: number,
  run: Run,
  beside: Beside = async () => undefined,
): Promise<void> {
  const pulled = pulledOf(item);
  const texts: OriginalTexts = { once: undefined, again: undefined };
  const { reading, settings, notes } = await readFirst(item, release, index, texts, beside, run);
  release.notes.push(...notes);
  const seen = legible(item, reading, `release ${release.addon.release}`);
  const values = effectiveValues(pulled.tree, pulled.chart, release.addon.layers);
  release.extraction = { settings, values, ...sorted(seen, release), texts };
  sayWhatIsNotShown(pulled.chart, release, seen);
}
