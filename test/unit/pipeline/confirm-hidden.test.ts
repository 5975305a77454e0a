import { describe, expect, it } from 'vitest';
import { parseReference, type Reference } from '../../../src/domain/reference.ts';
import { MirrorError } from '../../../src/errors.ts';
import { confirmationOf, confirmSteps, isMirrored } from '../../../src/pipeline/confirm-hidden.ts';
import type { ImageItem } from '../../../src/pipeline/image-item.ts';
import type { Run } from '../../../src/pipeline/run.ts';
import { planRows } from '../../../src/pipeline/run-plan/plan-rows.ts';
import { toldImages } from '../../../src/pipeline/told-images.ts';
import type { Lookup } from '../../../src/ports/registry.ts';
import {
  addonOf,
  anyDigest,
  chartOf,
  extractionOf,
  imageOf,
  portsOf,
  relocatedAs,
  runOf,
  unreachable,
} from './runs.ts';

const FOUND: Lookup = { kind: 'found', digest: anyDigest('x'), mediaType: 'x', size: 1 };
const ABSENT: Lookup = { kind: 'absent' };

function refer(text: string): Reference {
  const reference = parseReference(text);
  if (reference === undefined) throw new RangeError(text);
  return reference;
}

interface Given {
  /** Values that name images: these are hidden. */
  readonly values: string;
  readonly head: (reference: Reference) => Lookup;
  readonly options?: Parameters<typeof runOf>[1];
  readonly controller?: AbortController;
}

/** A chart of two releases that render nothing. */
function runWith({ values, head, options, controller = new AbortController() }: Given): {
  readonly run: Run;
  readonly asked: string[];
} {
  const asked: string[] = [];
  const ports = portsOf({
    head(reference, side) {
      asked.push(`${side} ${reference.registry}/${reference.repository}:${reference.tag}`);
      return head(reference);
    },
  });
  const run = runOf([addonOf('a'), addonOf('b')], options, ports, controller.signal);
  const chart = chartOf(run.releases, { 'values.yaml': values });
  chart.relocated = relocatedAs(chart, '');
  for (const release of run.releases) release.extraction = extractionOf();
  run.charts = [chart];
  return { run, asked };
}

/** Carries out the step, all items side by side, and returns what it told. */
async function confirmAll(run: Run): Promise<readonly string[]> {
  const told: string[] = [];
  await Promise.all(
    confirmSteps(run).map(({ work }) => work({ update: (text) => told.push(text), moved: () => undefined })),
  );
  return told;
}

function plan(run: Run, repository: string, parts: Partial<ImageItem>): void {
  const [chart] = run.charts;
  if (chart === undefined) throw new RangeError('one chart');
  run.images = [...run.images, imageOf(repository, chart, parts)];
}

const TWO = 'one: { image: "quay.io/a:1" }\ntwo: { image: "quay.io/b:1" }\n';

describe('hidden images that are not mirrored', () => {
  it('are asked for at the source, each once for all releases, and confirmed or not', async () => {
    const { run, asked } = runWith({
      values: TWO,
      head: ({ repository }) => (repository === 'a' ? FOUND : ABSENT),
    });
    expect(await confirmAll(run)).toEqual(['is not at its source']);
    expect(asked).toEqual(['source quay.io/a:1', 'source quay.io/b:1']);
    expect(confirmationOf(refer('quay.io/a:1'), run)).toEqual({ kind: 'confirmed' });
    expect(confirmationOf(refer('quay.io/b:1'), run)).toEqual({
      kind: 'unconfirmed',
      reason: 'quay.io/b:1 is not at its source',
    });
  });

  it('are unconfirmed where the source does not show them, or says something else', async () => {
    const { run } = runWith({
      values: TWO,
      head({ repository }) {
        if (repository === 'a') return { kind: 'denied', detail: 'answer 401' };
        throw new MirrorError('quay.io failed: 502', { code: 'REGISTRY_UNREACHABLE', origin: 'source' });
      },
    });
    await confirmAll(run);
    expect(['a', 'b'].map((name) => confirmationOf(refer(`quay.io/${name}:1`), run))).toEqual([
      { kind: 'unconfirmed', reason: 'quay.io/a:1 may not be read: answer 401' },
      { kind: 'unconfirmed', reason: 'quay.io failed: 502' },
    ]);
    expect([...run.releases, ...run.charts].map(({ failure }) => failure)).toEqual(Array(3).fill(undefined));
  });

  it('are asked for under one name after the other, until one is there', async () => {
    const { run, asked } = runWith({
      values: 'db: { image: { repository: ghcr.io/aquasecurity/trivy-db } }\n',
      head: ({ tag }) => (tag === '2' ? FOUND : ABSENT),
    });
    await confirmAll(run);
    expect(asked.toSorted()).toEqual([
      'source ghcr.io/aquasecurity/trivy-db:2',
      'source ghcr.io/aquasecurity/trivy-db:undefined',
    ]);
    expect(confirmationOf(refer('ghcr.io/aquasecurity/trivy-db'), run)).toEqual({ kind: 'confirmed' });
  });

  it('are not asked for when the preflight has', async () => {
    const { run, asked } = runWith({ values: TWO, head: () => FOUND });
    plan(run, 'a', { state: { kind: 'unconfirmed', reason: 'not there' } });
    plan(run, 'b', {
      state: { kind: 'failed' },
      failure: new MirrorError('no', { code: 'INTERNAL', origin: 'local' }),
    });
    expect(await confirmAll(run)).toEqual([]);
    expect(asked).toEqual([]);
    expect(confirmationOf(refer('quay.io/a:1'), run)).toEqual({ kind: 'unconfirmed', reason: 'not there' });
    expect(confirmationOf(refer('quay.io/b:1'), run)).toEqual({ kind: 'unconfirmed', reason: 'no' });
  });

  it('are asked for when they were planned for a chart that failed before the preflight', async () => {
    const { run, asked } = runWith({ values: TWO, head: () => FOUND });
    plan(run, 'a', {});
    await confirmAll(run);
    expect(asked).toContain('source quay.io/a:1');
    expect(confirmationOf(refer('quay.io/a:1'), run)).toEqual({ kind: 'confirmed' });
  });
});

describe('a registry that cannot be reached', () => {
  const THREE = `${TWO}three: { image: "quay.io/c:1" }\nother: { image: "ghcr.io/d:1" }\n`;
  const head = (reference: Reference): Lookup => {
    if (reference.registry === 'ghcr.io') return FOUND;
    throw unreachable(reference);
  };

  it('is asked for one image, though all are asked for side by side; others are not affected', async () => {
    const { run, asked } = runWith({ values: THREE, head });
    expect(await confirmAll(run)).toHaveLength(1);
    expect(asked.toSorted()).toEqual(['source ghcr.io/d:1', 'source quay.io/a:1']);
    expect(confirmationOf(refer('quay.io/c:1'), run)).toEqual({
      kind: 'unconfirmed',
      reason: 'quay.io/c:1 was not asked for: quay.io cannot be reached for a',
    });
    expect(confirmationOf(refer('ghcr.io/d:1'), run)).toEqual({ kind: 'confirmed' });
  });

  it('is not asked at all when the preflight could not reach it', async () => {
    const { run, asked } = runWith({ values: THREE, head });
    run.unreachable.set('quay.io', [unreachable(refer('quay.io/app:1'))]);
    await confirmAll(run);
    expect(asked).toEqual(['source ghcr.io/d:1']);
  });

  it('is left alone, too, when it wants fewer questions', async () => {
    const { run, asked } = runWith({
      values: TWO,
      head() {
        throw new MirrorError('quay.io throttles', { code: 'RATE_LIMITED', origin: 'source' });
      },
    });
    await confirmAll(run);
    expect(asked).toEqual(['source quay.io/a:1']);
  });
});

describe('an interrupted run', () => {
  it('asks for nothing more, and does not take that for an answer', async () => {
    const controller = new AbortController();
    const { run, asked } = runWith({
      values: TWO,
      controller,
      head() {
        controller.abort();
        throw new Error('aborted');
      },
    });
    expect(await confirmAll(run)).toEqual([]);
    expect(asked).toEqual(['source quay.io/a:1']);
    expect(confirmSteps(run)).toEqual([]);
    expect(confirmationOf(refer('quay.io/a:1'), run)).toEqual({
      kind: 'unconfirmed',
      reason: 'the run ended before its source was asked',
    });
  });
});

describe('a hidden image', () => {
  it('is mirrored under any of the names that it is pulled under', () => {
    const { run } = runWith({ values: TWO, head: () => FOUND });
    const source = refer('ghcr.io/aquasecurity/trivy-db:2');
    plan(run, 'x', { source, state: { kind: 'copied', digest: anyDigest('x'), bytes: 1, moved: 1 } });
    expect(isMirrored(refer('ghcr.io/aquasecurity/trivy-db'), run)).toBe(true);
    expect(isMirrored(refer('ghcr.io/aquasecurity/trivy-db:3'), run)).toBe(false);
  });

  it.each([
    [true, true],
    [false, false],
  ])('that is still to be copied is mirrored in a scan only: scan %j', (scanOnly, expected) => {
    const { run } = runWith({ values: TWO, head: () => FOUND, options: { scanOnly } });
    plan(run, 'a', {
      state: { kind: 'cleared', decision: { kind: 'copy', replaces: undefined }, digest: anyDigest('a'), bytes: 1 },
    });
    expect(isMirrored(refer('quay.io/a:1'), run)).toBe(expected);
  });
});

describe('a tag that stands for another of its repository', () => {
  it('is told of by reports and plans only where neither is there', () => {
    const { run } = runWith({ values: TWO, head: () => FOUND });
    plan(run, 'x', { source: refer('ghcr.io/aquasecurity/trivy-db:2'), state: { kind: 'unconfirmed', reason: 'no' } });
    expect(toldImages(run)).toHaveLength(1);
    const there = { kind: 'copied', digest: anyDigest('x'), bytes: 1, moved: 1 } as const;
    plan(run, 'y', { source: refer('ghcr.io/aquasecurity/trivy-db'), state: there });
    expect(toldImages(run).map(({ state }) => state.kind)).toEqual(['copied']);
    expect(planRows(run).images.map(({ decision }) => decision)).not.toContain('unconfirmed');
  });
});
