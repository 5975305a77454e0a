import { type ChartNeeds, nameableRepositories } from '../../domain/prune/chart-needs.ts';
import { manifestName, type StoredManifest, type StoredRepository } from '../../domain/prune/stored.ts';
import { RECORD_LIMIT, type RecordedImage, readRecord } from '../../domain/records/record.ts';
import { chartOfRecordTag, mayBeRecordType, RECORD_TYPE } from '../../domain/records/record-artifact.ts';
import type { Digest } from '../../domain/reference.ts';
import { MirrorError } from '../../errors.ts';
import { ARCHIVE_LIMIT } from '../pull.ts';
import type { PruneRun } from './prune-run.ts';

const CHART_LAYER = /^application\/(?:vnd\.cncf\.helm\.chart\.content\.v1\.)?tar\+gzip$/;

/** Failures that say nothing of the chart: another try may go well. */
const PASSING: ReadonlySet<string> = new Set([
  'RATE_LIMITED',
  'REGISTRY_UNREACHABLE',
  'CREDENTIALS_UNREADABLE',
  'INTERRUPTED',
  'INTERNAL',
]);

/** A chart whose needs cannot be known, and why. */
class Unreadable extends Error {}

/** The blob of a type that a manifest refers to. */
function blobOf({ content }: StoredManifest, isIt: (mediaType: string) => boolean): Digest | undefined {
  return content.kind === 'image' ? content.blobs.find(({ mediaType }) => isIt(mediaType))?.digest : undefined;
}

async function fetchBlob(
  holder: StoredManifest,
  blob: Digest | undefined,
  limit: number,
  run: PruneRun,
): Promise<Uint8Array> {
  if (holder.isArchived) throw new Unreadable('it is archived');
  if (holder.content.kind === 'unread') throw new Unreadable('its manifest cannot be read');
  if (blob === undefined) throw new Unreadable('its manifest holds no such thing');
  const { repository, digest } = holder;
  const reference = { registry: run.scope.host, repository, tag: undefined, digest };
  return run.ports.registry.blob(reference, blob, limit, 'destination', run.signal);
}

/** Whether it is a record, or may be one as far as can be told. */
function mayBeRecord(one: StoredManifest): boolean {
  if (one.content.kind === 'unread') return mayBeRecordType(one.artifactType);
  return blobOf(one, (type) => type === RECORD_TYPE) !== undefined;
}

function recordsOf(chart: StoredManifest, manifests: readonly StoredManifest[]): readonly StoredManifest[] {
  return manifests.filter(
    (one) =>
      one.tags.some((tag) => chartOfRecordTag(tag) === chart.digest) ||
      (one.subject === chart.digest && mayBeRecord(one)),
  );
}

async function imagesOf(
  record: StoredManifest,
  chart: StoredManifest,
  run: PruneRun,
): Promise<readonly RecordedImage[]> {
  const blob = blobOf(record, (type) => type === RECORD_TYPE);
  const reading = readRecord(await fetchBlob(record, blob, RECORD_LIMIT, run));
  if (reading.kind === 'unreadable') throw new Unreadable(reading.reason);
  if (reading.record.chartDigest !== chart.digest) throw new Unreadable(`it is about ${reading.record.chartDigest}`);
  return reading.record.images;
}

async function recorded(records: readonly StoredManifest[], chart: StoredManifest, run: PruneRun): Promise<ChartNeeds> {
  const images: RecordedImage[] = [];
  for (const record of records) {
    try {
      images.push(...(await imagesOf(record, chart, run)));
    } catch (error) {
      throw unreadable(error, `its list of images ${record.digest}: `);
    }
  }
  return { kind: 'recorded', images };
}

async function nameable(chart: StoredManifest, names: readonly string[], run: PruneRun): Promise<ChartNeeds> {
  const bytes = await fetchBlob(
    chart,
    blobOf(chart, (type) => CHART_LAYER.test(type)),
    ARCHIVE_LIMIT,
    run,
  );
  const tree = await run.ports.archives.unpack(manifestName(chart), bytes);
  return { kind: 'nameable', repositories: nameableRepositories(tree, names) };
}

/** What makes a chart unreadable, in words; anything else is thrown on. */
function unreadable(error: unknown, before = ''): Unreadable {
  if (error instanceof Unreadable) return new Unreadable(`${before}${error.message}`);
  if (error instanceof MirrorError && !PASSING.has(error.code)) return new Unreadable(`${before}${error.message}`);
  throw error;
}

/**
 * What a chart needs: by its records where it has any, else by its archive.
 *
 * @throws MirrorError when the registry cannot be asked at all: that says nothing of the chart.
 */
export async function readNeeds(
  chart: StoredManifest,
  repositories: ReadonlyMap<string, StoredRepository>,
  run: PruneRun,
): Promise<ChartNeeds> {
  const records = recordsOf(chart, repositories.get(chart.repository)?.manifests ?? []);
  try {
    if (records.length > 0) return await recorded(records, chart, run);
    const within = [...repositories.values()].filter(({ reach }) => reach === 'in-reach');
    return await nameable(
      chart,
      within.map(({ name }) => name),
      run,
    );
  } catch (error) {
    return { kind: 'unreadable', reason: unreadable(error).message };
  }
}
