import { describe, expect, it } from 'vitest';
import type { Report } from '../../../src/domain/report/report.ts';
import { MirrorError } from '../../../src/errors.ts';
import type { ChartItem, ChartPush } from '../../../src/pipeline/chart-item.ts';
import { finish, type RunFacts } from '../../../src/pipeline/finish.ts';
import type { ImageItem } from '../../../src/pipeline/image-item.ts';
import { toChart } from '../../../src/pipeline/report-chart.ts';
import type { Run } from '../../../src/pipeline/run.ts';
import { addonOf, anyDigest, chartOf, imageOf, MANIFEST, portsOf, runOf, verdictOf } from './runs.ts';

const FACTS: RunFacts = {
  startedAt: '2026-01-01T00:00:00.000Z',
  finishedAt: '2026-01-01T00:00:01.000Z',
  helm: '4',
  crane: '0',
  network: { hosts: new Map(), plainHttpHosts: [], plainHttpLoopback: false, caFile: undefined, mirrors: [] },
  earlier: new Map(),
};
const PUSHED: ChartPush = { kind: 'pushed', unproven: false, manifest: MANIFEST };

function failure(code: MirrorError['code']): MirrorError {
  return new MirrorError('x', { code, origin: 'local' });
}

interface Given {
  readonly push?: ChartPush;
  readonly proven?: boolean;
  readonly chart?: Partial<ChartItem>;
  readonly image?: Partial<ImageItem>;
  readonly options?: Parameters<typeof runOf>[1];
  readonly interrupted?: boolean;
}

function runWith(given: Given): Run {
  const controller = new AbortController();
  if (given.interrupted === true) controller.abort();
  const run = runOf([addonOf('a')], given.options, portsOf({}), controller.signal);
  for (const release of run.releases) release.verdict = verdictOf(given.proven ?? true);
  const chart = chartOf(run.releases, {}, { push: given.push ?? PUSHED, ...given.chart });
  run.charts = [chart];
  const copied = { kind: 'copied', digest: anyDigest('i'), bytes: 10, moved: 4 } as const;
  run.images = [imageOf('i', chart, { state: copied, ...given.image })];
  return run;
}

function finishedReport(run: Run): Report {
  return finish(
    run,
    FACTS,
    run.releases.map((release) => toChart(run, release)),
  );
}

describe('the end of a chart', () => {
  it.each<[string, Given, string, number]>([
    ['pushed', {}, 'pushed', 0],
    ['found at the target', { push: { kind: 'present', manifest: MANIFEST } }, 'present', 0],
    ['ready in a scan', { push: { kind: 'ready' }, options: { scanOnly: true } }, 'ready', 0],
    [
      'pushed unproven',
      { push: { kind: 'pushed', unproven: true, manifest: MANIFEST }, proven: false },
      'pushed-unproven',
      1,
    ],
    [
      'found at the target, unproven',
      { push: { kind: 'present', manifest: MANIFEST }, proven: false },
      'present-unproven',
      1,
    ],
    [
      'unproven in a scan',
      { push: { kind: 'ready' }, proven: false, options: { scanOnly: true } },
      'ready-unproven',
      1,
    ],
    ['not reached', { push: { kind: 'waiting' } }, 'unfinished', 1],
    [
      'interrupted',
      { push: { kind: 'waiting' }, chart: { failure: failure('INTERRUPTED') }, interrupted: true },
      'unfinished',
      130,
    ],
    ['reached before an interrupt', { interrupted: true }, 'pushed', 130],
    ['without its files', { chart: { leftover: failure('WORKSPACE_FAILED') } }, 'pushed', 1],
    ['not proven', { push: { kind: 'waiting' }, chart: { failure: failure('NOT_PROVEN') } }, 'not-proven', 1],
    ...(
      [
        ...['CHART_TAG_TAKEN', 'DESTINATION_COLLISION', 'IMAGES_INCOMPLETE', 'IMAGE_TAG_TAKEN', 'IMAGE_SOURCE_ABSENT'],
        ...['IMAGE_SOURCE_DENIED', 'IMAGE_DESTINATION_DENIED', 'IMAGE_PLATFORM_MISSING'],
      ] as const
    ).map((code): [string, Given, string, number] => [
      ...([`refused with ${code}`, { push: { kind: 'waiting' }, chart: { failure: failure(code) } }] as const),
      ...(['refused', 1] as const),
    ]),
    ['failed', { push: { kind: 'waiting' }, chart: { failure: failure('RATE_LIMITED') } }, 'failed', 1],
  ])('that was %s', (_, given, status, exitCode) => {
    const report = finishedReport(runWith(given));
    expect([report.charts[0]?.status, report.exitCode]).toEqual([status, exitCode]);
    const isDone = ['pushed', 'present', 'ready'].includes(status) && report.charts[0]?.error === null;
    expect(report.totals.addons).toEqual({
      declared: 1,
      done: isDone ? 1 : 0,
      failed: isDone ? 0 : 1,
      unmirrorable: 0,
    });
  });

  it('that was pushed without its files tells why', () => {
    const report = finishedReport(runWith({ chart: { leftover: failure('WORKSPACE_FAILED') } }));
    expect(report.charts[0]).toMatchObject({ archive: null, error: { code: 'WORKSPACE_FAILED' } });
  });
});

describe('the end of an image', () => {
  const cleared = (decision: Extract<ImageItem['state'], { kind: 'cleared' }>['decision']): Partial<ImageItem> => ({
    state: { kind: 'cleared', decision, digest: anyDigest('i'), bytes: undefined },
  });

  it.each<[string, Given, string, number]>([
    ['copied', {}, 'copied', 0],
    ['there', { image: cleared({ kind: 'present', verified: true }) }, 'present', 0],
    ['there by its tag', { image: cleared({ kind: 'present', verified: false }) }, 'present-unverified', 0],
    ['kept', { image: cleared({ kind: 'kept', digest: anyDigest('i') }) }, 'kept', 0],
    ['to be copied, and was not', { image: cleared({ kind: 'copy', replaces: undefined }) }, 'unfinished', 1],
    [
      'to be copied in a scan',
      { image: cleared({ kind: 'copy', replaces: undefined }), options: { scanOnly: true } },
      'to-copy',
      0,
    ],
    [
      'unconfirmed',
      { image: { state: { kind: 'unconfirmed', reason: 'x' } }, options: { scanOnly: true } },
      'unconfirmed',
      0,
    ],
    [
      'unconfirmed, with --strict',
      { image: { state: { kind: 'unconfirmed', reason: 'x' } }, options: { scanOnly: true, strict: true } },
      'unconfirmed',
      1,
    ],
    ['denied', { image: { failure: failure('IMAGE_SOURCE_DENIED') } }, 'refused', 1],
    ['in the way', { image: { failure: failure('IMAGE_TAG_TAKEN') } }, 'refused', 1],
    ['broken', { image: { state: { kind: 'failed' }, failure: failure('IMAGE_COPY_FAILED') } }, 'failed', 1],
    ['interrupted', { image: { failure: failure('INTERRUPTED') }, interrupted: true }, 'unfinished', 130],
    ['not looked at', { image: { state: { kind: 'planned' } } }, 'unfinished', 1],
  ])('that was %s', (_, given, status, exitCode) => {
    const push: ChartPush = given.options?.scanOnly === true ? { kind: 'ready' } : PUSHED;
    const report = finishedReport(runWith({ push, ...given }));
    expect([report.images[0]?.status, report.exitCode]).toEqual([status, exitCode]);
  });

  it.each<[string, Partial<ImageItem>]>([
    ['to be copied', cleared({ kind: 'copy', replaces: undefined })],
    ['planned', { state: { kind: 'planned' } }],
    ['unconfirmed', { state: { kind: 'unconfirmed', reason: 'x' } }],
  ])('that was %s, and that no living chart needs, is not needed', (_, image) => {
    const chart = { failure: failure('CHART_TAG_TAKEN') };
    const report = finishedReport(runWith({ push: { kind: 'waiting' }, chart, image }));
    expect(report.images[0]).toMatchObject({ status: 'not-needed', reason: null });
  });

  it('that is unconfirmed says why', () => {
    const report = finishedReport(runWith({ image: { state: { kind: 'unconfirmed', reason: 'not there' } } }));
    expect(report.images[0]?.reason).toBe('not there');
  });

  it('counts the bytes that moved, and gives the size as it is', () => {
    const report = finishedReport(runWith({}));
    expect([report.totals.bytesCopied, report.images[0]?.bytes]).toEqual([4, 10]);
    const state = { kind: 'copied', digest: anyDigest('i'), bytes: undefined, moved: 3 } as const;
    const unknown = finishedReport(runWith({ image: { state } }));
    expect([unknown.totals.bytesCopied, unknown.images[0]?.bytes]).toEqual([3, null]);
  });
});
