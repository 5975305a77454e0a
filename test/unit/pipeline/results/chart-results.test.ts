import { describe, expect, it } from 'vitest';
import type { ImageUse } from '../../../../src/domain/images/image-use.ts';
import { ChartResults } from '../../../../src/pipeline/results/chart-results.ts';
import { MAX_DAYS } from '../../../../src/pipeline/results/kept-entries.ts';
import type { KeptProof } from '../../../../src/pipeline/results/kept-proof.ts';
import type { Reading } from '../../../../src/pipeline/results/reading.ts';
import { verdictOf } from '../runs.ts';

function use(text: string): ImageUse {
  return {
    text,
    reference: { registry: 'quay.io', repository: text, tag: '1', digest: undefined },
    role: 'image',
    certainty: 'certain',
    why: undefined,
    place: 'container',
    template: 'c/templates/a.yaml',
    kind: 'Pod',
    name: 'a',
    path: 'spec.containers[0].image',
  };
}

function reading(...texts: readonly string[]): Reading {
  const uses = texts.map(use);
  return { kind: 'read', uses, documented: [], badImage: undefined, incomplete: [], operators: [] };
}

const PROOF: KeptProof = { verdict: verdictOf(true), secret: undefined, isSwitched: true };

/** The results as the next run of that day finds them. */
function later(results: ChartResults, today: number): ChartResults {
  return new ChartResults(results.written, today);
}

describe('the results of a chart', () => {
  it('are found again by their key, and by no other', () => {
    const results = new ChartResults(undefined, 10);
    results.keepReading('k', { ...reading('a', 'b'), documented: [{ use: use('c'), why: 'an example' }] } as Reading);
    results.keepReading('f', { kind: 'failed', reason: 'no', lasting: true });
    results.proofs.keep('p', PROOF);
    for (const known of [results, later(results, 10)]) {
      expect(known.reading('k')).toMatchObject({
        uses: [{ text: 'a' }, { text: 'b' }],
        documented: [{ use: { text: 'c' } }],
      });
      expect(known.reading('f')).toEqual({ kind: 'failed', reason: 'no', lasting: true });
      expect(known.proofs.get('p')).toMatchObject({ isSwitched: true, verdict: { proven: true } });
      expect([known.reading('p'), known.proofs.get('k')]).toEqual([undefined, undefined]);
    }
  });

  it('give uses that are told apart by identity', () => {
    const results = new ChartResults(undefined, 10);
    const shown = reading('a');
    results.keepReading('k', shown);
    const [one, two] = [results.reading('k'), results.reading('k')];
    if (one?.kind !== 'read' || two?.kind !== 'read') throw new Error('they were kept');
    expect(one.uses[0]).not.toBe(two.uses[0]);
    expect(one.uses).toEqual(two.uses);
  });

  it('write a reference once, however many renders show it', () => {
    const results = new ChartResults(undefined, 10);
    for (let index = 0; index < 50; index += 1)
      results.keepReading(`k${index}`, reading('a-long-name', `own-${index}`));
    expect(results.written.split('"a-long-name"')).toHaveLength(3);
  });

  it('keep maps, such as values trees', () => {
    const results = new ChartResults(undefined, 10);
    const overlay = { kind: 'map', entries: new Map([['a', { kind: 'null', origin: { kind: 'absent' } }]]) };
    results.secretPlans.keep('s', { overlay } as never);
    expect(later(results, 10).secretPlans.get('s')).toEqual({ overlay });
  });

  it('say which of them this run has made', () => {
    const results = new ChartResults(undefined, 10);
    results.proofs.keep('p', PROOF);
    expect(results.proofs.isOwn('p')).toBe(true);
    expect(later(results, 10).proofs.isOwn('p')).toBe(false);
  });

  it('are made anew after some time, though they are asked for every day', () => {
    let results = new ChartResults(undefined, 100);
    results.proofs.keep('p', PROOF);
    for (let day = 101; day < 100 + MAX_DAYS; day += 1) {
      results = later(results, day);
      expect(results.proofs.get('p'), `day ${day}`).toBeDefined();
    }
    expect(later(results, 100 + MAX_DAYS).proofs.get('p')).toBeUndefined();
  });

  it('are written when there is something new, or a new day of use', () => {
    const results = new ChartResults(undefined, 10);
    expect(results.isChanged).toBe(false);
    results.proofs.keep('p', PROOF);
    expect(results.isChanged).toBe(true);
    const [same, next] = [later(results, 10), later(results, 11)];
    expect([same.proofs.get('p'), next.proofs.get('p')]).not.toContain(undefined);
    expect([same.isChanged, next.isChanged]).toEqual([false, true]);
  });

  it('are written up to a bound, and go by their last use', () => {
    const limit = 5000;
    let results = new ChartResults(undefined, 10);
    for (let index = 0; index < 8; index += 1) {
      results.keepReading(`k${index}`, reading('a-name', `own-${index}-${'x'.repeat(100)}`));
      results.proofs.keep(`p${index}`, PROOF);
    }
    expect(results.written.length).toBeGreaterThan(limit);
    results = new ChartResults(results.written, 11);
    results.reading('k5');
    results.proofs.get('p5');
    results = new ChartResults(results.written, 12, limit);
    results.reading('k1');
    for (let index = 0; index < 8; index += 1) results.keepReading(`n${index}`, reading(`new-${index}`));
    const text = results.written;
    expect(text.length).toBeLessThanOrEqual(limit);
    expect(text.length).toBeGreaterThan(limit / 2);
    const next = new ChartResults(text, 13);
    const left = ['n0', 'n7', 'k1', 'k5', 'k0', 'k7'].filter((key) => next.reading(key) !== undefined);
    expect(left).toEqual(['n0', 'n7', 'k1', 'k5']);
    expect(next.reading('k1')).toMatchObject({ uses: [{ text: 'a-name' }, { text: expect.stringMatching('own-1-') }] });
    expect(next.proofs.get('p5')).toBeDefined();
  });

  it('of one day stay the same ones under the bound, proofs before readings', () => {
    let results = new ChartResults(undefined, 10, 4000);
    const kept = new Set<string>();
    for (let round = 0; round < 3; round += 1) {
      for (let index = 0; index < 30; index += 1)
        if (results.reading(`k${index}`) === undefined) results.keepReading(`k${index}`, reading(`one-${index}`));
      if (results.proofs.get('p') === undefined) results.proofs.keep('p', PROOF);
      results = new ChartResults(results.written, 10 + round, 4000);
      expect(results.proofs.get('p')).toBeDefined();
      const keys = Array.from({ length: 30 }, (_, index) => `k${index}`);
      kept.add(keys.filter((key) => results.reading(key) !== undefined).join());
    }
    expect([...kept]).toEqual([expect.stringMatching(/^k0,k1,/)]);
  });

  it('take in those of a run that began after midnight', () => {
    const [one, two] = [new ChartResults(undefined, 9), new ChartResults(undefined, 10)];
    two.keepReading('two', reading('a'));
    one.adopt(two.written);
    expect(later(one, 10).reading('two')).toBeDefined();
  });

  it('take in those of another run, and of one result the newer', () => {
    const before = new ChartResults(undefined, 9);
    before.keepReading('both', reading('old'));
    before.keepReading('mine', reading('x', 'a'));
    const [one, two] = [later(before, 10), later(before, 10)];
    one.keepReading('one', reading('a', 'b'));
    one.proofs.keep('p', PROOF);
    two.keepReading('two', { ...reading('b', 'c'), documented: [{ use: use('d'), why: 'an example' }] } as Reading);
    two.keepReading('both', reading('new'));
    two.secretPlans.keep('s', {} as never);
    one.reading('mine');
    one.adopt(two.written);
    const all = later(one, 11);
    const texts = ['one', 'two', 'both', 'mine'].map((key) => {
      const found = all.reading(key);
      return found?.kind === 'read' ? found.uses.map(({ text }) => text) : undefined;
    });
    expect(texts).toEqual([['a', 'b'], ['b', 'c'], ['new'], ['x', 'a']]);
    expect(all.reading('two')).toMatchObject({ documented: [{ use: { text: 'd' } }] });
    expect([all.proofs.get('p'), all.secretPlans.get('s')]).not.toContain(undefined);
    expect([one.isOwnReading('one'), one.isOwnReading('two')]).toEqual([true, false]);
    const again = later(one, 10);
    again.reading('mine');
    expect(again.isChanged, 'it was used today').toBe(false);
    two.adopt(before.written);
    expect(two.reading('both')).toMatchObject({ uses: [{ text: 'new' }] });
  });
});
