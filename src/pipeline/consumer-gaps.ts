import type { ValuesLayer } from '../domain/addon.ts';
import { effectiveValues } from '../domain/chart/effective-values.ts';
import { declaredReferences } from '../domain/images/declared.ts';
import type { ImageUse } from '../domain/images/image-use.ts';
import { isAskedFor } from '../domain/profiles/profile.ts';
import { formatReference, looksLikeRegistry } from '../domain/reference.ts';
import type { ChartItem } from './chart-item.ts';
import { isMirrored } from './confirm-hidden.ts';
import { type HiddenImage, hiddenImages } from './hidden-images.ts';
import type { ReleaseItem } from './release-item.ts';
import type { Run } from './run.ts';

/** What the original chart is, as its consumers install it: with which values, and which references these name. */
interface Consumed {
  readonly release: ReleaseItem;
  /** What the values of the release name without the consumer values, and with them. */
  readonly before: ReadonlySet<string>;
  readonly after: ReadonlySet<string>;
  /** What no value moves: templates make it, or values that only a profile has. */
  readonly fixed: ReadonlySet<string>;
  /** Whether the consumer values move hidden images as far as they could be traced. */
  readonly isWhole: boolean;
}

/** A name without tag and digest, and where it has a host, what it begins with. */
function beginningsOf(text: string): readonly string[] {
  const parts = text.replace(/(?::[^:/@]*)?(?:@.*)?$/, '').split('/');
  const shortest = looksLikeRegistry(parts[0] ?? '') ? 1 : parts.length;
  return parts.flatMap((_, index) => (index + 1 < shortest ? [] : [parts.slice(0, index + 1).join('/')]));
}

/** What a patch of a file moves, or completes: not in the original chart. */
function patched({ relocated }: ChartItem, { relocation }: ReleaseItem): readonly ImageUse[] {
  const lines = (relocated?.patches ?? []).map(({ before }) => before);
  const literals = (relocation?.literals ?? []).filter(({ text }) =>
    beginningsOf(text).some((beginning) => lines.some((line) => line.includes(beginning))),
  );
  return [...literals, ...(relocation?.officials ?? [])];
}

function consumed(chart: ChartItem, release: ReleaseItem, values: string): Consumed {
  const { pulled } = chart;
  const { addon, relocation, profiles } = release;
  const own: ValuesLayer = { origin: 'inline', name: 'consumer values', text: values };
  const named = (layers: readonly ValuesLayer[]): ReadonlySet<string> => {
    if (pulled === undefined) return new Set();
    const all = declaredReferences(pulled.chart, effectiveValues(pulled.tree, pulled.chart, layers));
    // an annotation says nothing of where the image is pulled from
    return new Set(all.flatMap(({ reference, texts }) => (texts.length === 0 ? [] : [formatReference(reference)])));
  };
  // a switch has no values of its own beside those of the release, which the consumer values hold
  const ofProfiles = profiles
    .filter(({ profile }) => !isAskedFor(profile) && profile.kind !== 'switch')
    .flatMap(({ ownUses }) => ownUses);
  const lines = new Set(values.split('\n'));
  return {
    release,
    before: named(addon.layers),
    after: named([...addon.layers, own]),
    fixed: new Set([...patched(chart, release), ...ofProfiles].map(({ reference }) => formatReference(reference))),
    // a switch for a guard may have been added
    isWhole: (relocation?.consumerValues ?? '').split('\n').every((line) => lines.has(line)),
  };
}

/** Whether only the chart's own defaults show an image: values that the release has in their place are what is moved. */
function isOfDefaults({ reference }: HiddenImage, { profiles }: ReleaseItem): boolean {
  const text = formatReference(reference);
  return profiles
    .filter(({ extraction }) => extraction.uses.some((use) => formatReference(use.reference) === text))
    .every(({ profile }) => profile.kind === 'defaults');
}

/** Whether the original chart with the consumer values pulls a hidden image from the target, once other values bring it. */
function isMovedFor(image: HiddenImage, { release, before, after, fixed, isWhole }: Consumed): boolean {
  const text = formatReference(image.reference);
  if (image.isSpelledOut || fixed.has(text)) return false;
  if (before.has(text)) return !after.has(text);
  return isWhole && image.moved === 'proven' && !isOfDefaults(image, release);
}

function lineOf({ reference, evidence, when }: HiddenImage, mark: string): string {
  return `#   ${when.join(', ')}${evidence === 'declared' ? ' (named there)' : ''}: ${formatReference(reference)}${mark}`;
}

const FROM_SOURCE = ', from its public source';

/**
 * What other values may make the original chart pull, on top of these consumer values, that is not at the target or not
 * pulled from there, as comment lines: by the switch, profile or key that brings it.
 */
export function gapLines(chart: ChartItem, release: ReleaseItem, values: string, run: Run): readonly string[] {
  const facts = consumed(chart, release, values);
  const rows = hiddenImages(chart, release).map((image) => ({
    image,
    mirrored: isMirrored(image.reference, run),
    mark: isMovedFor(image, facts) ? '' : FROM_SOURCE,
  }));
  const missing = rows.filter(({ mirrored }) => !mirrored);
  const elsewhere = rows.filter(({ mirrored, mark }) => mirrored && mark !== '');
  const textOf = (some: typeof rows): readonly string[] => some.map(({ image, mark }) => lineOf(image, mark));
  return [
    ...(missing.length === 0
      ? []
      : ['# With other values, further images are pulled that were not mirrored:', ...textOf(missing)]),
    ...(missing.some(({ mark }) => mark === '')
      ? ['# Mirror them by images of the catalog entry, or with --images conditional, or all.']
      : []),
    ...(elsewhere.length === 0
      ? []
      : ['# With other values, these are pulled from elsewhere, though they were mirrored:', ...textOf(elsewhere)]),
    ...(rows.some(({ mark }) => mark !== '')
      ? [
          '# From its public source: these values do not move it, and mirroring does not help. Leave off what brings it,',
          '# or install the relocated chart, if hiddenImages in report.json says that it is moved there.',
        ]
      : []),
    ...(run.options.switches
      ? []
      : ['# Images behind switches are not known: this run turned no switch (--no-switches).']),
  ];
}
