import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { comparisonTable, requestTable } from '../bench/transfer/comparison.ts';
import { type Outcome, playScenarios, problemsOf, type Scenario } from '../bench/transfer/scenarios.ts';
import { findCrane } from '../bench/transfer/tools/crane.ts';
import { ENTRIES, findOurs } from '../bench/transfer/tools/ours.ts';
import type { TransferTool } from '../bench/transfer/tools/tool.ts';
import { makeWorkload, type Workload } from '../bench/transfer/workload.ts';
import { describeWith, requireTool } from '../support/tools.ts';

const IMAGES = 6;
const SCENARIOS: readonly Scenario[] = ['cold', 'warm', 'moved'];
const PROFILE = { name: 'local', sourceDelayMs: 0, targetDelayMs: 0, connectionRate: undefined, totalRate: undefined };

describeWith(['registry', 'crane'], 'the benchmark of transfers', () => {
  let storage: string;
  let workload: Workload;

  beforeAll(() => {
    storage = mkdtempSync(join(tmpdir(), 'bench-'));
    workload = makeWorkload(join(storage, 'source'), { seed: 'tests', images: IMAGES, bytes: 60_000 });
  });
  afterAll(() => rmSync(storage, { recursive: true, force: true }));

  async function play(tool: TransferTool | undefined, scenarios = SCENARIOS): Promise<readonly Outcome[]> {
    if (tool === undefined) throw new Error('the tool is not there');
    const { signal } = new AbortController();
    const stage = { registry: requireTool('registry'), storage, sources: 2, profile: PROFILE, workload, signal };
    return playScenarios(tool, scenarios, { ...stage, onOutcome: () => undefined });
  }

  it('shows our engine fetching everything once, and asking once for what is there', async () => {
    const outcomes = await play(findOurs('native', ENTRIES.source, {}));
    expect(outcomes.flatMap(problemsOf)).toEqual([]);
    const [cold, warm, moved] = outcomes;
    const { blobs, manifests, bytes } = workload.amount;
    expect(cold?.source).toMatchObject({
      requests: { 'get blob': blobs, 'get manifest': manifests },
      bytesDown: bytes,
    });
    expect(cold?.target.requests).toMatchObject({ 'put upload': blobs, 'put manifest': manifests });
    expect(warm?.source.requests).toEqual({ 'head manifest': IMAGES });
    expect(warm?.target.requests).toEqual({ 'head manifest': IMAGES });
    const { added } = workload.afterMove;
    expect(moved?.source.requests).toMatchObject({ 'get blob': added.blobs, 'get manifest': added.manifests });
    expect(moved?.source.bytesDown).toBe(added.bytes);
    expect(outcomes.reduce((sum, { source, target }) => sum + source.refused + target.refused, 0)).toBe(0);
  });

  it('shows crane to be equal, too, and prints both side by side', async () => {
    const outcomes = await play(findCrane({ TEST_CRANE: requireTool('crane') }), ['cold', 'warm']);
    expect(outcomes.flatMap(problemsOf)).toEqual([]);
    const [cold, warm] = outcomes;
    expect(cold?.target.requests['put manifest']).toBe(workload.amount.manifests);
    expect(warm?.target.requests['put manifest']).toBeUndefined();
    const whole = outcomes.filter(({ scenario }) => scenario === 'cold');
    expect(comparisonTable(whole, workload.amount.bytes)).toMatch(/^crane +[\d.]+ +1\.00 +1\.00 /m);
    expect(requestTable(whole)).toMatch(/^put manifest +0 \+ \d+$/m);
  });

  it('finds out what is not there', async () => {
    const lazy: TransferTool = {
      name: 'lazy',
      version: '0',
      isOurs: false,
      prepare: () => ({ atOnce: 1, commands: [{ file: '/bin/sh', argv: ['-c', 'echo no; exit 3'] }] }),
    };
    const problems = (await play(lazy, ['cold'])).flatMap(problemsOf);
    const parts = expect.stringMatching(/^lazy, cold: 0 of 6 digests are equal, \d\d+ parts are missing$/);
    expect(problems).toEqual([parts, 'lazy, cold: a program ended with 3: no']);
  });

  it('leaves nothing but the workload', () => {
    expect(readdirSync(storage)).toEqual(['source']);
  });
});
