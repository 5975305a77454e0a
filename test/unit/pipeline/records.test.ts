import { describe, expect, it } from 'vitest';
import { digestOf } from '../../../src/domain/manifest.ts';
import { type ImageRecord, readRecord } from '../../../src/domain/records/record.ts';
import { recordArtifact, recordLayer, type SmallArtifact } from '../../../src/domain/records/record-artifact.ts';
import type { Reference } from '../../../src/domain/reference.ts';
import type { ChartItem } from '../../../src/pipeline/chart-item.ts';
import { leaveRecord } from '../../../src/pipeline/records.ts';
import type { Run } from '../../../src/pipeline/run.ts';
import type { ArtifactPush, FetchedManifest, ReferrerList } from '../../../src/ports/registry.ts';
import { addonOf, anyDigest, chartOf, imageOf, portsOf, relocatedAs, runOf } from './runs.ts';

const BYTES = Buffer.from('the manifest of the chart');
const MANIFEST: FetchedManifest = {
  kind: 'found',
  bytes: BYTES,
  digest: digestOf(BYTES),
  mediaType: 'application/vnd.oci.image.manifest.v1+json',
};
const OTHER = recordArtifact({ chart: 'x', chartVersion: '1', chartDigest: anyDigest('y'), images: [] }, undefined);
const SUBJECT = { mediaType: MANIFEST.mediaType, digest: MANIFEST.digest, size: BYTES.length };

interface Target {
  referrers: ReferrerList;
  readonly tagged: Map<string, SmallArtifact>;
  answer: ArtifactPush;
  refusesSubjects: boolean;
  readonly pushed: { readonly reference: Reference; readonly artifact: SmallArtifact }[];
  readonly asked: string[];
}

function target(referrers: ReferrerList): Target {
  return { referrers, tagged: new Map(), answer: { kind: 'pushed' }, refusesSubjects: false, pushed: [], asked: [] };
}

/** A chart that is at the target with two images, one of which was kept as it was there. */
function stage(at: Target, push: 'present' | 'pushed' = 'pushed'): { readonly chart: ChartItem; readonly run: Run } {
  const base = portsOf({});
  const ports = {
    ...base,
    registry: {
      ...base.registry,
      async referrers() {
        at.asked.push('referrers');
        return at.referrers;
      },
      async head({ tag }: Reference) {
        at.asked.push('head');
        const found = at.tagged.get(tag ?? '');
        if (found === undefined) return { kind: 'absent' as const };
        return { kind: 'found' as const, digest: found.digest, mediaType: found.mediaType, size: 1 };
      },
      async tags() {
        at.asked.push('tags');
        return { kind: 'found' as const, tags: [...at.tagged.keys()] };
      },
    },
    artifacts: {
      async push(reference: Reference, artifact: SmallArtifact) {
        if (at.refusesSubjects && reference.tag === undefined)
          return { kind: 'refused' as const, detail: 'no subjects' };
        at.pushed.push({ reference, artifact });
        if (reference.tag !== undefined && at.answer.kind === 'pushed') at.tagged.set(reference.tag, artifact);
        return at.answer;
      },
    },
  };
  const run = runOf([addonOf('web')], {}, ports);
  const chart = chartOf(run.releases, { 'values.yaml': 'extra: quay.io/org/extra:9\nimage: quay.io/org/app:1\n' });
  chart.relocated = relocatedAs(chart, 'archive');
  chart.push =
    push === 'present' ? { kind: push, manifest: MANIFEST } : { kind: push, unproven: false, manifest: MANIFEST };
  run.charts = [chart];
  run.images = [
    imageOf('org/app', chart, { state: { kind: 'copied', digest: anyDigest('app'), bytes: 1, moved: 1 } }),
    imageOf('org/kept', chart, {
      state: {
        kind: 'cleared',
        decision: { kind: 'kept', digest: anyDigest('kept') },
        digest: anyDigest('kept'),
        bytes: 1,
      },
    }),
    imageOf('org/failed', chart, { state: { kind: 'failed' } }),
    imageOf('org/other', chart, { users: [], state: { kind: 'copied', digest: anyDigest('x'), bytes: 1, moved: 1 } }),
  ];
  return { chart, run };
}

function recordIn(artifact: SmallArtifact | undefined): ImageRecord {
  const layer = artifact === undefined ? undefined : recordLayer(artifact.manifest, artifact.mediaType)?.digest;
  const blob = artifact?.blobs.find((one) => digestOf(one) === layer);
  const reading = readRecord(blob ?? Buffer.alloc(0));
  if (reading.kind !== 'record') throw new Error(reading.reason);
  return reading.record;
}

const PREFIX = `${MANIFEST.digest.replace(':', '-')}.images`;
const TAG = expect.stringMatching(new RegExp(`^${PREFIX}\\.[0-9a-f]{16}$`));

describe('the record of a chart', () => {
  it('names what is at the target with its digest, and what the chart could name', async () => {
    const at = target({ kind: 'found', digests: [] });
    const { chart, run } = stage(at);
    expect(await leaveRecord(chart, run)).toEqual({ kind: 'written' });
    const [one, ...more] = at.pushed;
    expect(more).toEqual([]);
    expect(one?.reference).toEqual({
      registry: 'registry.example.com',
      repository: 'm/web',
      tag: undefined,
      digest: undefined,
    });
    expect(recordIn(one?.artifact)).toEqual({
      chart: 'web',
      chartVersion: '1.0.0',
      chartDigest: MANIFEST.digest,
      images: [
        { repository: 'm/org/app', tag: '1', digest: anyDigest('app'), how: 'rendered' },
        { repository: 'm/org/extra', tag: '9', digest: undefined, how: 'conditional' },
        { repository: 'm/org/kept', tag: '1', digest: anyDigest('kept'), how: 'rendered' },
      ],
    });
    expect(JSON.parse(Buffer.from(one?.artifact.manifest ?? '').toString()).subject).toEqual(SUBJECT);
  });

  it('stands under a tag where the registry lists referrers and takes none, and is not tried again there', async () => {
    const at = target({ kind: 'found', digests: [] });
    at.refusesSubjects = true;
    const { chart, run } = stage(at);
    expect(await leaveRecord(chart, run)).toEqual({ kind: 'written' });
    expect(at.pushed.map(({ reference }) => reference.tag)).toEqual([TAG]);
    expect(await leaveRecord(chart, run)).toEqual({ kind: 'present' });
    expect(at.pushed).toHaveLength(1);
  });

  it.each(['present', 'pushed'] as const)('of a chart that was %s is not written when it is there', async (how) => {
    const first = target({ kind: 'found', digests: [] });
    const before = stage(first);
    await leaveRecord(before.chart, before.run);
    const digest = first.pushed[0]?.artifact.digest;
    if (digest === undefined) throw new Error('it was pushed');
    const again = target({ kind: 'found', digests: [anyDigest('signature'), digest] });
    const { chart, run } = stage(again, how);
    expect(await leaveRecord(chart, run)).toEqual({ kind: 'present' });
    expect(again.pushed).toEqual([]);
    expect(again.asked).toEqual(['referrers']);
  });

  it('is left beside another one, whose images other values name', async () => {
    const at = target({ kind: 'found', digests: [anyDigest('another')] });
    const { chart, run } = stage(at);
    expect(await leaveRecord(chart, run)).toEqual({ kind: 'written' });
    expect(at.pushed).toHaveLength(1);
  });

  it('goes under a tag, without a subject, where the registry lists no referrers', async () => {
    const at = target({ kind: 'unsupported' });
    const { chart, run } = stage(at);
    expect(await leaveRecord(chart, run)).toEqual({ kind: 'written' });
    expect(at.pushed[0]?.reference.tag).toEqual(TAG);
    expect(Buffer.from(at.pushed[0]?.artifact.manifest ?? '').toString()).not.toContain('subject');
    expect(await leaveRecord(chart, run)).toEqual({ kind: 'present' });
    expect(at.pushed).toHaveLength(1);
  });

  it('under a tag stands beside another one, and replaces none', async () => {
    const at = target({ kind: 'unsupported' });
    at.tagged.set(`${PREFIX}.0123456789abcdef`, OTHER);
    const { chart, run } = stage(at);
    expect(await leaveRecord(chart, run)).toEqual({ kind: 'written' });
    expect([...at.tagged.keys()]).toEqual([`${PREFIX}.0123456789abcdef`, TAG]);
  });

  it('does not take something else under its tag for itself', async () => {
    const at = target({ kind: 'unsupported' });
    const { chart, run } = stage(at);
    await leaveRecord(chart, run);
    for (const tag of at.tagged.keys()) at.tagged.set(tag, OTHER);
    await expect(leaveRecord(chart, run)).rejects.toMatchObject({ code: 'CHART_PUSH_FAILED' });
    expect(at.pushed).toHaveLength(1);
  });

  it.each([
    ['refers to the chart', { kind: 'found', digests: [anyDigest('older')] }, []],
    ['stands under a tag', { kind: 'unsupported' }, [`${PREFIX}.0123456789abcdef`]],
    ['stands under the tag of earlier versions', { kind: 'unsupported' }, [PREFIX]],
  ] as const)('that is refused is a failure where an older one %s, which prune would go by', async (_, list, tags) => {
    const at = target(list);
    at.answer = { kind: 'refused', detail: '400 TAG_INVALID' };
    for (const tag of tags) at.tagged.set(tag, OTHER);
    const { chart, run } = stage(at);
    await expect(leaveRecord(chart, run)).rejects.toMatchObject({
      code: 'CHART_PUSH_FAILED',
      message: expect.stringContaining('is not taken: 400 TAG_INVALID'),
    });
  });

  it('may be refused by a registry, and that is said', async () => {
    const at = target({ kind: 'found', digests: [] });
    at.answer = { kind: 'refused', detail: '400 MANIFEST_INVALID' };
    const { chart, run } = stage(at);
    expect(await leaveRecord(chart, run)).toEqual({ kind: 'refused', detail: '400 MANIFEST_INVALID' });
  });

  it('that may not be looked for is a failure', async () => {
    const { chart, run } = stage(target({ kind: 'denied', detail: '403' }));
    await expect(leaveRecord(chart, run)).rejects.toMatchObject({ code: 'CHART_PUSH_FAILED', origin: 'destination' });
  });

  it('is left for no chart that is not at the target', async () => {
    const { chart, run } = stage(target({ kind: 'found', digests: [] }));
    chart.push = { kind: 'waiting' };
    await expect(leaveRecord(chart, run)).rejects.toBeInstanceOf(RangeError);
  });
});
