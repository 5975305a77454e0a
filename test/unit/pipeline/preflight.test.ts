import { describe, expect, it } from 'vitest';
import type { Reference } from '../../../src/domain/reference.ts';
import { MirrorError } from '../../../src/errors.ts';
import { checkImageCollisions, joinEqualCharts } from '../../../src/pipeline/collisions.ts';
import { preflightImage } from '../../../src/pipeline/preflight.ts';
import type { Run } from '../../../src/pipeline/run.ts';
import type { Lookup, Side } from '../../../src/ports/registry.ts';
import { addonOf, anyDigest, chartOf, imageOf, portsOf, runOf, unreachable } from './runs.ts';

const FOUND: Lookup = { kind: 'found', digest: anyDigest('new'), mediaType: 'x', size: 1 };
const OLD = anyDigest('old');

/** A run with a chart for each of these images, all of one registry, and what was asked for. */
function runWith(
  images: readonly string[],
  head: (reference: Reference, side: Side) => Lookup,
  options: Parameters<typeof runOf>[1] = {},
): { readonly run: Run; readonly asked: string[] } {
  const asked: string[] = [];
  const ports = portsOf({
    head(reference, side) {
      asked.push(`${side} ${reference.repository}`);
      return head(reference, side);
    },
  });
  const run = runOf(
    images.map((image) => addonOf(image)),
    options,
    ports,
  );
  run.charts = run.releases.map((release) => chartOf([release]));
  run.images = run.charts.map((chart, index) => imageOf(images[index] ?? '', chart));
  return { run, asked };
}

async function preflightAll(run: Run): Promise<void> {
  for (const image of run.images) {
    const failed = await preflightImage(image, run).then(
      () => false,
      () => true,
    );
    // as the steps do
    expect(failed).toBe(image.failure !== undefined);
  }
}

const absentAtTarget = (side: Side, answer: () => Lookup): Lookup =>
  side === 'destination' ? { kind: 'absent' } : answer();

describe('a target that gives no answer', () => {
  const silent = (reference: Reference): never => {
    const cause = new Error('it did not answer in time');
    const details = { code: 'REGISTRY_UNREACHABLE', origin: 'destination', cause } as const;
    throw new MirrorError(`${reference.registry} did not answer`, details);
  };

  it('is asked for three images, and what was not asked for says so', async () => {
    const { run, asked } = runWith(['a', 'b', 'c', 'd', 'e'], (reference, side) =>
      side === 'destination' ? silent(reference) : FOUND,
    );
    await preflightAll(run);
    expect(asked.filter((line) => line.startsWith('destination'))).toHaveLength(3);
    expect(run.images.map(({ failure }) => failure?.message.includes('was not asked for'))).toEqual([
      ...[false, false, false],
      ...[true, true],
    ]);
    expect(run.images.at(-1)?.failure).toMatchObject({ code: 'REGISTRY_UNREACHABLE', origin: 'destination' });
  });

  it('is asked on while it answers now and then', async () => {
    const { run, asked } = runWith(['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h', 'i'], (reference, side) => {
      if (side !== 'destination') return FOUND;
      return /[cfi]$/.test(reference.repository) ? { kind: 'absent' } : silent(reference);
    });
    await preflightAll(run);
    expect(asked.filter((line) => line.startsWith('destination'))).toHaveLength(9);
  });
});

describe('a registry that gives no answer', () => {
  const head = (reference: Reference, side: Side): Lookup =>
    absentAtTarget(side, () => {
      throw unreachable(reference);
    });

  it('is asked for three images, and what was not asked for says so', async () => {
    const { run, asked } = runWith(['a', 'b', 'c', 'd', 'e'], head);
    await preflightAll(run);
    expect(asked.filter((line) => line.startsWith('source'))).toEqual(['source a', 'source b', 'source c']);
    expect(run.images.map(({ failure }) => failure?.message)).toEqual([
      ...['quay.io cannot be reached for a', 'quay.io cannot be reached for b', 'quay.io cannot be reached for c'],
      'quay.io/d:1 was not asked for: quay.io cannot be reached for a',
      'quay.io/e:1 was not asked for: quay.io cannot be reached for a',
    ]);
    expect(run.images.at(-1)?.failure).toMatchObject({ code: 'REGISTRY_UNREACHABLE', origin: 'source' });
  });

  it('leaves the images of a scan unconfirmed', async () => {
    const { run, asked } = runWith(['a', 'b', 'c', 'd'], head, { scanOnly: true });
    await preflightAll(run);
    expect(run.images.map(({ state }) => state.kind)).toEqual(Array(4).fill('unconfirmed'));
    expect(asked).toEqual(['source a', 'source b', 'source c']);
    expect(run.charts.map(({ failure }) => failure)).toEqual(Array(4).fill(undefined));
  });

  it('says nothing of the target, nor of other registries', async () => {
    const { run, asked } = runWith(['a', 'b', 'c', 'd', 'e'], head);
    run.images = run.images.map((image, index) =>
      index < 4 ? image : { ...image, source: { ...image.source, registry: 'ghcr.io' } },
    );
    await preflightAll(run);
    expect(asked).toContain('source e');
    expect(asked.filter((line) => line.startsWith('destination'))).toHaveLength(4);
  });
});

it('fails an image that is answered with 5xx alone', async () => {
  const broken = (reference: Reference): Lookup => {
    throw new MirrorError(`quay.io failed for ${reference.repository}: 500`, {
      ...{ code: 'REGISTRY_UNREACHABLE', origin: 'source' },
    });
  };
  const { run } = runWith(['a', 'b', 'c', 'd', 'e'], (reference, side) =>
    absentAtTarget(side, () => (reference.repository === 'e' ? FOUND : broken(reference))),
  );
  await preflightAll(run);
  expect(run.images.map(({ failure }) => failure?.message)).toEqual([
    ...['a', 'b', 'c', 'd'].map((name) => `quay.io failed for ${name}: 500`),
    undefined,
  ]);
});

describe('what is kept', () => {
  const moved = [{ match: 'quay.io/*', action: 'keep' as const }];
  const existing = { skipExisting: true, verifyDigest: true, overwrite: false, moved };
  const head = (_: Reference, side: Side): Lookup => (side === 'source' ? FOUND : { ...FOUND, digest: OLD });

  it('has the digest of the target', async () => {
    const { run } = runWith(['a'], head, { existing });
    await preflightAll(run);
    expect(run.images[0]?.state).toMatchObject({ kind: 'cleared', digest: OLD, decision: { kind: 'kept' } });
  });

  it('meets another image of that digest without a conflict, and one of another digest with one', async () => {
    const { run } = runWith(['a', 'b', 'c'], head, { existing });
    await preflightAll(run);
    const [a, b, c] = run.images;
    if (a === undefined || b === undefined || c === undefined) throw new RangeError('three images');
    const there = a.destination;
    const equal = { ...b, destination: there };
    const different = { ...c, destination: there };
    run.images = [a, equal];
    checkImageCollisions(run);
    expect([a.failure, equal.failure]).toEqual([undefined, undefined]);
    run.images = [a, different];
    different.state = {
      kind: 'cleared',
      decision: { kind: 'copy', replaces: undefined },
      digest: anyDigest('x'),
      bytes: 0,
    };
    checkImageCollisions(run);
    expect([a.failure?.code, different.failure?.code]).toEqual(['DESTINATION_COLLISION', 'DESTINATION_COLLISION']);
  });
});

it('refuses every image that meets others of another content, those that came last, too', async () => {
  const digests = ['x', 'y', 'x', 'z'].map(anyDigest);
  const { run } = runWith(['a', 'b', 'c', 'd', 'e'], (_, side) => absentAtTarget(side, () => FOUND));
  await preflightAll(run);
  const [there] = run.images;
  run.images = run.images.map((image, index) => {
    const digest = digests[index];
    if (there === undefined || digest === undefined) return image;
    const state = { kind: 'cleared', decision: { kind: 'copy', replaces: undefined }, digest, bytes: 0 } as const;
    return { ...image, destination: there.destination, state };
  });
  checkImageCollisions(run);
  const at = 'meet at registry.example.com/m/a:1 with different content';
  expect(run.images.map(({ failure }) => failure?.message)).toEqual([
    `quay.io/a:1 and quay.io/b:1 ${at}`,
    `quay.io/a:1 and quay.io/b:1 ${at}`,
    `quay.io/c:1 and quay.io/b:1 ${at}`,
    `quay.io/a:1 and quay.io/d:1 ${at}`,
    undefined,
  ]);
});

describe('charts of one archive', () => {
  const elsewhere = { source: { kind: 'http', repository: 'https://other.example.com', chart: 'web' } } as const;

  it('that go to one place are one, with the releases of both', () => {
    const run = runOf([addonOf('a'), addonOf('b', elsewhere)]);
    const [first, second] = run.releases.map((release) => chartOf([release]));
    if (first?.pulled === undefined || second?.pulled === undefined) throw new RangeError('two charts');
    second.pulled = { ...second.pulled, digest: first.pulled.digest };
    const joined = joinEqualCharts([first, second]);
    expect(joined.map(({ releases }) => releases.map(({ addon }) => addon.release))).toEqual([['a', 'b']]);
    expect(run.releases.map(({ notes }) => notes.length)).toEqual([0, 1]);
    expect(run.releases[1]?.notes[0]).toMatch(
      /other\.example\.com\/web 1\.0\.0 is the same archive as .*charts\.example\.com\/web/,
    );
  });

  it.each(['another archive', 'another place', 'a failure'])('stay apart with %s', (difference) => {
    const run = runOf([addonOf('a'), addonOf('b', elsewhere)]);
    const [first, second] = run.releases.map((release) => chartOf([release]));
    if (first?.pulled === undefined || second?.pulled === undefined) throw new RangeError('two charts');
    const { digest } = first.pulled;
    if (difference !== 'another archive') second.pulled = { ...second.pulled, digest };
    const other =
      difference === 'another place'
        ? { ...second, destination: { ...second.destination, repository: 'm/n/web' } }
        : second;
    if (difference === 'a failure')
      other.failure = new MirrorError('gone', { code: 'CHART_ARCHIVE_REFUSED', origin: 'source' });
    expect(joinEqualCharts([first, other])).toHaveLength(2);
  });
});
