import type { Descriptor } from '../domain/manifest.ts';
import { conditionalImages } from '../domain/records/conditional-images.ts';
import { createRecord, type ImageRecord, type RecordedImage } from '../domain/records/record.ts';
import { chartOfRecordTag, RECORD_TYPE, recordArtifact, recordTag } from '../domain/records/record-artifact.ts';
import { type Digest, formatReference, type Reference } from '../domain/reference.ts';
import { MirrorError } from '../errors.ts';
import type { FetchedManifest, ReferrerList } from '../ports/registry.ts';
import { chartReference } from './chart-destination.ts';
import { type ChartItem, chartName, livingReleases } from './chart-item.ts';
import { isPresent } from './copy.ts';
import type { Run } from './run.ts';

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

/** Whether a list of this chart is there already, which prune would go by. */
async function hasOlder(place: Reference, chart: Digest, list: ReferrerList, run: Run): Promise<boolean> {
  if (list.kind === 'found' && list.digests.length > 0) return true;
  const { registry } = run.ports;
  const tags = await registry.tags(place.registry, place.repository, 'destination', run.signal);
  // tags that may not be listed may hold one
  return tags.kind === 'denied' || (tags.kind === 'found' && tags.tags.some((tag) => chartOfRecordTag(tag) === chart));
}

/** The record under a tag of its own, which no other content can have. */
async function leaveUnderTag(
  place: Reference,
  record: ImageRecord,
  list: ReferrerList,
  run: Run,
): Promise<RecordOutcome> {
  const reference = { ...place, tag: recordTag(record), digest: undefined };
  const what = `the list of images ${formatReference(reference)}`;
  const answer = await run.ports.registry.head(reference, 'destination', run.signal);
  if (answer.kind === 'denied') throw denied(what, answer.detail);
  if (answer.kind === 'found') {
    if (answer.digest === recordArtifact(record, undefined).digest) return { kind: 'present' };
    throw notReadable(what, `is something else: ${answer.digest}`, 'remove this tag, and run again');
  }
  const outcome = await leave(reference, record, undefined, run);
  if (outcome.kind === 'refused' && (await hasOlder(place, record.chartDigest, list, run)))
    throw notReadable(
      what,
      `is not taken: ${outcome.detail}`,
      'prune would go by an older list of this chart: do not prune before this one is there',
    );
  return outcome;
}

/**
 * The record as an artifact that refers to the chart. Some registries list referrers and yet refuse to take this one (ECR:
 * aws/containers-roadmap#2783): then it stands under its tag, which is looked for first, so that it is not tried each time.
 */
async function leaveAsReferrer(place: Reference, record: ImageRecord, about: Descriptor, list: ReferrerList, run: Run) {
  const tagged = { ...place, tag: recordTag(record), digest: undefined };
  const known = await run.ports.registry.head(tagged, 'destination', run.signal);
  if (known.kind === 'absent') {
    const outcome = await leave({ ...place, digest: undefined }, record, about, run);
    if (outcome.kind !== 'refused') return outcome;
  }
  return leaveUnderTag(place, record, list, run);
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
      return leaveUnderTag(place, record, list, run);
    case 'found': {
      const about = { mediaType, digest, size: bytes.length };
      if (list.digests.includes(recordArtifact(record, about).digest)) return { kind: 'present' };
      return leaveAsReferrer(place, record, about, list, run);
    }
  }
}
