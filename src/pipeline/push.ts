import { digestOf, parseManifest } from '../domain/manifest.ts';
import { type Digest, formatReference, type Reference } from '../domain/reference.ts';
import { MirrorError } from '../errors.ts';
import type { FetchedManifest } from '../ports.ts';
import { chartTag } from './collisions.ts';
import { isPresent } from './copy.ts';
import { ARCHIVE_LIMIT } from './pull.ts';
import { type ChartItem, chartName, livingReleases, type RelocatedChart, type Run } from './run.ts';

/** The chart's reference at the target. */
export function chartReference(chart: ChartItem, run: Run): Reference & { readonly tag: string } {
  return { ...chart.destination, tag: chartTag(chart, run.options.chartVersionSuffix) };
}

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
  const there = await archives.unpack(formatReference(reference), bytes).catch(() => undefined);
  const here = await archives.unpack(relocated.path, relocated.bytes);
  return there !== undefined && archives.contentDigest(there) === archives.contentDigest(here);
}

function tagTaken(chart: ChartItem, reference: Reference): MirrorError {
  return new MirrorError(`${formatReference(reference)} already holds another ${chartName(chart)}`, {
    code: 'CHART_TAG_TAKEN',
    origin: 'destination',
    hint: 'publish the changed relocation beside it with --chart-version-suffix +mirror.2, or replace it with --overwrite-existing',
  });
}

/** Looks the chart up at the target: the same content is present, another one is refused unless it may be replaced. */
export async function preflightChart(chart: ChartItem, run: Run): Promise<void> {
  const { relocated } = chart;
  if (relocated === undefined) throw new RangeError(`${chartName(chart)} was not relocated`);
  if (run.options.scanOnly) return;
  const reference = chartReference(chart, run);
  const answer = await run.ports.registry.manifest(reference, 'destination', run.signal);
  if (answer.kind === 'absent') return;
  if (answer.kind === 'denied') {
    throw new MirrorError(`${formatReference(reference)} may not be looked up: ${answer.detail}`, {
      code: 'CHART_PUSH_FAILED',
      origin: 'destination',
      hint: 'the credentials of the target need to read and write this repository',
    });
  }
  if (await sameContent(reference, answer, relocated, run)) chart.push = { kind: 'present' };
  else if (!run.options.existing.overwrite) throw tagTaken(chart, reference);
}

function checkComplete(chart: ChartItem, run: Run): void {
  const missing = run.images.filter((image) => image.users.some((user) => user.chart === chart) && !isPresent(image));
  const [first] = missing;
  if (first === undefined) return;
  throw new MirrorError(
    `${chartName(chart)} is not pushed: ${missing.length} of its images are not at the target, first ${formatReference(first.source)}`,
    {
      code: 'IMAGES_INCOMPLETE',
      origin: 'destination',
      hint: 'see the errors of these images',
    },
  );
}

/**
 * Pushes a chart, only when all its images are at the target and every release is proven (or `--push-unproven` was
 * given). A present chart is left alone; in a scan a complete chart is ready.
 */
export async function push(chart: ChartItem, run: Run): Promise<void> {
  const { relocated } = chart;
  if (relocated === undefined) throw new RangeError(`${chartName(chart)} was not relocated`);
  if (run.options.scanOnly) {
    chart.push = { kind: 'ready' };
    return;
  }
  checkComplete(chart, run);
  if (chart.push.kind === 'present') return;
  const reference = chartReference(chart, run);
  const parent = reference.repository.split('/').slice(0, -1).join('/');
  await run.ports.pusher.push(relocated.path, reference.registry, parent, run.signal);
  const answer = await run.ports.registry.manifest(reference, 'destination', run.signal);
  if (answer.kind !== 'found' || layerOf(answer) !== digestOf(relocated.bytes)) {
    throw new MirrorError(`${formatReference(reference)} is not what was pushed`, {
      code: 'CHART_PUSH_FAILED',
      origin: 'destination',
      hint: 'somebody else pushed this version at the same time: run again',
    });
  }
  const unproven = livingReleases(chart).some((release) => release.verdict?.proven !== true);
  chart.push = { kind: 'pushed', unproven };
}
