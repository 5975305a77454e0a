import { describe, expect, it } from 'vitest';
import type { ImageUse } from '../../../../src/domain/images/image-use.ts';
import { ChartResults, MAX_DAYS } from '../../../../src/pipeline/results/chart-results.ts';
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
  return { kind: 'read', uses, documented: [], badImage: undefined, operators: [] };
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
});
