import { pulledReferences } from '../domain/images/artifacts.ts';
import { isCarried } from '../domain/images/image-use.ts';
import { digestOf, parseManifest } from '../domain/manifest.ts';
import { isAskedFor } from '../domain/profiles/profile.ts';
import { type Digest, formatReference, type Reference } from '../domain/reference.ts';
import { MirrorError } from '../errors.ts';
import type { FetchedManifest } from '../ports/registry.ts';
import { chartReference } from './chart-destination.ts';
import { type ChartItem, chartName, livingReleases, type RelocatedChart } from './chart-item.ts';
import { isPresent } from './copy.ts';
import { isProven, proofFailure } from './proof-failure.ts';
import { ARCHIVE_LIMIT } from './pull.ts';
import type { ReleaseItem } from './release-item.ts';
import type { Run } from './run.ts';
import { heldAt, isLocked } from './target-tag.ts';

function layerOf(answer: FetchedManifest): Digest | undefined {
  const manifest = parseManifest(answer.bytes, answer.mediaType);
  return manifest?.kind === 'image' ? manifest.layers[0]?.digest : undefined;
}

/** Whether what is at the target has the same files, though perhaps packed by another gzip. */
async function sameContent(
  reference: Reference,
  answer: FetchedManifest,
  relocated: RelocatedChart,
  run: Run,
): Promise<boolean> {
  const layer = layerOf(answer);
  if (layer === undefined) return false;
  if (layer === digestOf(relocated.bytes)) return true;
  const { registry, archives } = run.ports;
  const bytes = await registry.blob(reference, layer, ARCHIVE_LIMIT, 'destination', run.signal);
  const here = await archives.unpack(relocated.archive.path, relocated.bytes);
  try {
    const there = await archives.unpack(formatReference(reference), bytes);
    return archives.contentDigest(there) === archives.contentDigest(here);
  } catch (error) {
    // what is no chart archive is not the same
    if (error instanceof MirrorError && error.code === 'CHART_ARCHIVE_REFUSED') return false;
    throw error;
  }
}

function tagRefused(reference: Reference, what: string, hint: string): MirrorError {
  return new MirrorError(`${formatReference(reference)} ${what}`, {
    code: 'CHART_TAG_TAKEN',
    origin: 'destination',
    hint: `${hint} ${SUFFIX_HINT}`,
  });
}

const SUFFIX_HINT = 'publish the changed relocation beside it with --chart-version-suffix +mirror.2';

/** Refuses what cannot, or may not, be replaced: other content under the chart's tag. */
function checkReplaceable(chart: ChartItem, reference: Reference & { readonly tag: string }, run: Run): void {
  const other = `already holds another ${chartName(chart)}`;
  if (isLocked(reference, run)) {
    throw tagRefused(reference, `${other}, and the tag is immutable`, 'nothing replaces an immutable tag:');
  }
  if (!run.options.existing.overwrite) {
    const replacing =
      run.plan === undefined
        ? '--overwrite-existing replaces it; or'
        : 'it was taken after the plan was made, so plan again: --overwrite-existing then replaces it; or';
    throw tagRefused(reference, other, replacing);
  }
}

/** Looks the chart up at the target: the same content is present, another one is refused unless it may be replaced. */
export async function preflightChart(chart: ChartItem, run: Run): Promise<void> {
  const { relocated } = chart;
  if (relocated === undefined) throw new RangeError(`${chartName(chart)} was not relocated`);
  const reference = chartReference(chart, run);
  const answer = heldAt(reference, run) ?? (await run.ports.registry.manifest(reference, 'destination', run.signal));
  switch (answer.kind) {
    case 'absent':
      return;
    case 'archived':
      throw tagRefused(reference, 'is archived', 'restore it, delete it, or');
    case 'denied':
      throw new MirrorError(`${formatReference(reference)} may not be looked up: ${answer.detail}`, {
        code: 'CHART_PUSH_FAILED',
        origin: 'destination',
        hint: 'the credentials of the target need to read and write this repository',
      });
    case 'found':
      if (await sameContent(reference, answer, relocated, run)) chart.push = { kind: 'present', manifest: answer };
      else checkReplaceable(chart, reference, run);
  }
}

/** What a release and the profiles of its catalog entry need at the target. */
function neededBy({ addon, extraction, profiles }: ReleaseItem): readonly Reference[] {
  const asked = profiles.filter(({ profile }) => isAskedFor(profile));
  const uses = [...(extraction?.uses ?? []), ...asked.flatMap(({ fresh }) => fresh)];
  const rendered = uses.filter(({ role }) => isCarried(role)).flatMap(({ reference }) => pulledReferences(reference));
  return [...rendered, ...addon.images.map(({ reference }) => reference)];
}

/**
 * Every image that a living release renders must be at the target: asked of the renders, not of the plan. What only looks
 * like an image, and what its source does not have, is reported as unconfirmed.
 */
function checkComplete(chart: ChartItem, run: Run): void {
  const settled = run.images.filter((image) => isPresent(image) || image.state.kind === 'unconfirmed');
  const present = new Set(settled.map((image) => formatReference(image.source)));
  const rendered = livingReleases(chart).flatMap(neededBy);
  const missing = [...new Set(rendered.map(formatReference))].filter((reference) => !present.has(reference));
  const [first] = missing;
  if (first === undefined) return;
  throw new MirrorError(
    `${chartName(chart)} is not pushed: ${missing.length} of its images are not at the target, first ${first}`,
    {
      code: 'IMAGES_INCOMPLETE',
      origin: 'destination',
      hint: 'see the errors of these images',
    },
  );
}

/** A chart whose releases were not all rendered and proven is not pushed, however it came so far. */
function checkProven(chart: ChartItem, run: Run): void {
  const failure = proofFailure(chart);
  const unknown = livingReleases(chart).some(
    ({ extraction, verdict }) => extraction === undefined || verdict === undefined,
  );
  if (unknown) throw new RangeError(`${chartName(chart)} was not proven`);
  if (failure !== undefined && !run.options.pushUnproven) throw failure;
}

/**
 * Pushes a chart, only when all its images are at the target and every release is proven (or `--push-unproven` was
 * given). A present chart is left alone; in a scan a complete chart is ready.
 */
export async function push(chart: ChartItem, run: Run): Promise<void> {
  const { relocated } = chart;
  if (relocated === undefined) throw new RangeError(`${chartName(chart)} was not relocated`);
  checkProven(chart, run);
  if (run.options.scanOnly) {
    chart.push = { kind: 'ready' };
    return;
  }
  checkComplete(chart, run);
  if (chart.push.kind === 'present') return;
  const reference = chartReference(chart, run);
  const parent = reference.repository.split('/').slice(0, -1).join('/');
  await run.ports.pusher.push(relocated.archive.path, reference.registry, parent, run.signal);
  const answer = await run.ports.registry.manifest(reference, 'destination', run.signal);
  if (answer.kind !== 'found' || layerOf(answer) !== digestOf(relocated.bytes)) {
    throw new MirrorError(`${formatReference(reference)} is not what was pushed`, {
      code: 'CHART_PUSH_FAILED',
      origin: 'destination',
      hint: 'somebody else pushed this version at the same time: run again',
    });
  }
  const unproven = livingReleases(chart).some((release) => !isProven(release));
  chart.push = { kind: 'pushed', unproven, manifest: answer };
}
