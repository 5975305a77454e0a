import { describe, expect, it } from 'vitest';
import { loadOf } from '../../../../src/domain/run-plan/bytes.ts';
import type { PlannedImage } from '../../../../src/domain/run-plan/plan.ts';
import { digestOfPlan } from '../../../../src/domain/run-plan/seal.ts';
import { doubledBytes, splitPlan } from '../../../../src/domain/run-plan/split.ts';
import { plannedChart, plannedImage, planOf } from './plans.ts';

/** Numbers that follow from a seed: 0 to below 1. */
function numbers(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state * 1_103_515_245 + 12_345) % 2_147_483_648;
    return state / 2_147_483_648;
  };
}

/** Images of families that share layers, under a base that all have. */
function manyImages(count: number, seed: number): readonly PlannedImage[] {
  const next = numbers(seed);
  return Array.from({ length: count }, (_, index) => {
    const family = Math.floor(next() * 6);
    const layers = { base: 30, [`family ${family}`]: 200 + 10 * family, [`own ${index}`]: Math.floor(next() * 400) };
    return plannedImage(`team/app-${index}`, layers);
  });
}

function names(images: readonly PlannedImage[]): readonly string[] {
  return images.map(({ source }) => source);
}

describe('a plan is split', () => {
  it.each([1, 2, 3, 4, 7, 30])('into %i disjoint parts that are the whole together', (count) => {
    const plan = planOf({ images: manyImages(40, count), charts: [plannedChart('a')] });
    const shards = splitPlan(plan, count);
    expect(shards).toHaveLength(count);
    expect(shards.flatMap(({ images }) => names(images)).sort()).toEqual([...names(plan.images)].sort());
    for (const [index, shard] of shards.entries()) {
      expect(shard).toMatchObject({
        charts: [],
        inputs: null,
        shard: { index: index + 1, of: count, plan: plan.digest },
      });
      expect(digestOfPlan(shard)).toBe(shard.digest);
    }
  });

  it.each([2, 3, 4, 8])('into %i parts of which none is a tenth, or its last group, above the mean', (count) => {
    for (let seed = 1; seed <= 30; seed += 1) {
      const images = manyImages(60, seed);
      const loads = splitPlan(planOf({ images }), count).map((shard) => loadOf(shard.images).bytes);
      const mean = loads.reduce((sum, bytes) => sum + bytes, 0) / count;
      const largest = Math.max(...images.map(({ bytes }) => bytes ?? 0));
      expect(Math.max(...loads)).toBeLessThanOrEqual(Math.max(1.1 * mean, mean + largest));
    }
  });

  it('so that less is moved twice than by turns', () => {
    const plan = planOf({ images: manyImages(60, 5) });
    const shards = splitPlan(plan, 4);
    const turns = shards.map((shard, index) => ({ ...shard, images: plan.images.filter((_, at) => at % 4 === index) }));
    expect(doubledBytes(plan, shards)).toBeLessThan(doubledBytes(plan, turns));
  });

  it('in the same way whatever the order of its images', () => {
    const images = manyImages(25, 9);
    const sets = (all: readonly PlannedImage[]) =>
      splitPlan(planOf({ images: all }), 3).map((shard) => [...names(shard.images)].sort());
    expect(sets(images.toReversed())).toEqual(sets(images));
  });

  it('with the images of one repository together, and equal ones too where there is room', () => {
    const tags = ['1', '2', '3'].map((tag) =>
      plannedImage(
        'team/app',
        { [tag]: 100 },
        { source: `quay.io/team/app:${tag}`, destination: `registry.example.com/m/team/app:${tag}` },
      ),
    );
    const equal = ['a/x', 'b/x'].map((name) => plannedImage(name, { x: 120, y: 20 }));
    const rest = ['c', 'd', 'e'].map((name) => plannedImage(`rest/${name}`, { [name]: 100 }));
    const shards = splitPlan(planOf({ images: [...tags, ...rest, ...equal] }), 2);
    const at = (image: PlannedImage): number => shards.findIndex(({ images }) => names(images).includes(image.source));
    expect(new Set(tags.map(at)).size).toBe(1);
    expect(new Set(equal.map(at)).size).toBe(1);
    expect(doubledBytes(planOf({ images: [...tags, ...rest, ...equal] }), shards)).toBe(0);
  });

  it('with what is not known as heavy as usual, what is there dealt out, and what is left out left out', () => {
    const unknown = ['u1', 'u2'].map((name) => plannedImage(name, {}, { bytes: null, contents: null }));
    const known = ['k1', 'k2'].map((name) => plannedImage(name, { [name]: 100 }));
    const there = ['t1', 't2', 't3', 't4'].map((name) =>
      plannedImage(name, {}, { decision: 'present', contents: null, bytes: null }),
    );
    const out = plannedImage('out', {}, { decision: 'unconfirmed', digest: null, contents: null, bytes: null });
    const shards = splitPlan(planOf({ images: [...there, out, ...unknown, ...known] }), 2);
    expect(shards.map(({ images }) => images.length)).toEqual([4, 4]);
    for (const { images } of shards) expect(images.filter(({ decision }) => decision === 'copy')).toHaveLength(2);
    expect(shards[0]?.requests).toEqual([{ registry: 'quay.io', manifests: 2, exact: false, kept: 1, quota: null }]);
  });
});
