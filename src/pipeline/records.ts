import type { Descriptor } from '../domain/manifest.ts';
import { conditionalImages } from '../domain/records/conditional-images.ts';
import {
  createRecord,
  formatRecord,
  type ImageRecord,
  mergeRecords,
  RECORD_LIMIT,
  type RecordedImage,
  readRecord,
} from '../domain/records/record.ts';
import { RECORD_TYPE, recordArtifact, recordLayer, recordTag } from '../domain/records/record-artifact.ts';
import { formatReference, type Reference } from '../domain/reference.ts';
import { MirrorError } from '../errors.ts';
import type { FetchedManifest } from '../ports.ts';
import { isPresent } from './copy.ts';
import { chartReference } from './push.ts';
import { type ChartItem, chartName, livingReleases, type Run } from './run.ts';

/**
 * What became of a chart's record. `refused`: the registry takes no such artifact; a chart without one is safe, since
 * prune then keeps whatever it could name.
 */
export type RecordOutcome =
  | { readonly kind: 'written' }
  | { readonly kind: 'present' }
  | { readonly kind: 'refused'; readonly detail: string };

function notReadable(what: string, why: string, hint: string): MirrorError {
  return new MirrorError(`${what} ${why}`, { code: 'CHART_PUSH_FAILED', origin: 'destination', hint });
}

function denied(what: string, detail: string): MirrorError {
  const hint = 'the credentials of the target need to read and write this repository';
  return notReadable(what, `may not be looked up: ${detail}`, hint);
}

/** What is at the target for a chart: the digest is that which its tag had when it was last looked at. */
function renderedImages(chart: ChartItem, run: Run): readonly RecordedImage[] {
  return run.images
    .filter((image) => isPresent(image) && image.users.some((user) => user.chart === chart))
    .map(({ destination: { repository, tag }, state }) => {
      const digest = state.kind === 'copied' || state.kind === 'cleared' ? state.digest : undefined;
      return { repository, tag, digest, how: 'rendered' };
    });
}

function recordOf(chart: ChartItem, manifest: FetchedManifest, run: Run): ImageRecord {
  const { pulled, relocated } = chart;
  if (pulled === undefined || relocated === undefined) throw new RangeError(`${chartName(chart)} was not relocated`);
  const extractions = livingReleases(chart).flatMap(({ extraction }) => extraction ?? []);
  const conditional = conditionalImages({
    tree: pulled.tree,
    chart: pulled.chart,
    values: extractions.map(({ values }) => values),
    rendered: extractions.flatMap(({ uses }) => uses.map(({ reference }) => reference)),
    naming: run.options.naming,
  });
  return createRecord({
    chart: pulled.chart.metadata.name,
    chartVersion: relocated.version,
    chartDigest: manifest.digest,
    images: [...renderedImages(chart, run), ...conditional],
  });
}

async function leave(
  reference: Reference,
  record: ImageRecord,
  subject: Descriptor | undefined,
  run: Run,
): Promise<RecordOutcome> {
  const answer = await run.ports.artifacts.push(reference, recordArtifact(record, subject), run.signal);
  return answer.kind === 'pushed' ? { kind: 'written' } : answer;
}

async function recordUnder(reference: Reference, run: Run): Promise<ImageRecord | undefined> {
  const what = `the list of images ${formatReference(reference)}`;
  const { registry } = run.ports;
  const answer = await registry.manifest(reference, 'destination', run.signal);
  if (answer.kind === 'absent') return undefined;
  if (answer.kind === 'denied') throw denied(what, answer.detail);
  const layer = recordLayer(answer.bytes, answer.mediaType);
  const hint = 'remove this tag, and run again';
  if (layer === undefined) throw notReadable(what, 'is something else', hint);
  const bytes = await registry.blob(reference, layer.digest, RECORD_LIMIT, 'destination', run.signal);
  const reading = readRecord(bytes);
  if (reading.kind === 'unreadable') throw notReadable(what, `cannot be read: ${reading.reason}`, hint);
  return reading.record;
}

/**
 * The record as an artifact that refers to the chart. Some registries list referrers and yet refuse to take this one (ECR:
 * aws/containers-roadmap#2783): then, and from then on, it stands under the tag.
 */
async function leaveAsReferrer(place: Reference, record: ImageRecord, about: Descriptor, run: Run) {
  const tagged = { ...place, tag: recordTag(record.chartDigest), digest: undefined };
  if ((await recordUnder(tagged, run)) === undefined) {
    const outcome = await leave({ ...place, digest: undefined }, record, about, run);
    if (outcome.kind !== 'refused') return outcome;
  }
  return leaveUnderTag(place, record, run);
}

/** The record under a tag of its own, joined with what that tag holds: other releases may use other images. */
async function leaveUnderTag(place: Reference, record: ImageRecord, run: Run): Promise<RecordOutcome> {
  const reference = { ...place, tag: recordTag(record.chartDigest), digest: undefined };
  const before = await recordUnder(reference, run);
  if (before === undefined) return leave(reference, record, undefined, run);
  if (before.chartDigest !== record.chartDigest) {
    const what = `the list of images ${formatReference(reference)}`;
    throw notReadable(what, `is about ${before.chartDigest}`, 'remove this tag, and run again');
  }
  const both = mergeRecords(before, record);
  if (formatRecord(both) === formatRecord(before)) return { kind: 'present' };
  return leave(reference, both, undefined, run);
}

/**
 * Leaves the list of a chart's images at the registry, beside the chart: as an artifact that refers to the chart, or under
 * a tag where the registry does not list what refers to a manifest, or does not take it. A list that is there already is not written again.
 *
 * @throws MirrorError CHART_PUSH_FAILED when it may not be looked for or written, RangeError when the chart is not at the
 * target.
 */
export async function leaveRecord(chart: ChartItem, run: Run): Promise<RecordOutcome> {
  const { push } = chart;
  if (push.kind !== 'present' && push.kind !== 'pushed') throw new RangeError(`${chartName(chart)} was not pushed`);
  const { digest, mediaType, bytes } = push.manifest;
  const record = recordOf(chart, push.manifest, run);
  const subject = { ...chartReference(chart, run), digest };
  const list = await run.ports.registry.referrers(subject, RECORD_TYPE, 'destination', run.signal);
  const place = { ...subject, tag: undefined };
  switch (list.kind) {
    case 'denied':
      throw denied(`what refers to ${formatReference(subject)}`, list.detail);
    case 'unsupported':
      return leaveUnderTag(place, record, run);
    case 'found': {
      const about = { mediaType, digest, size: bytes.length };
      if (list.digests.includes(recordArtifact(record, about).digest)) return { kind: 'present' };
      return leaveAsReferrer(place, record, about, run);
    }
  }
}
