import { describe, expect, it } from 'vitest';
import type { ChartItem } from '../../../../src/pipeline/chart-item.ts';
import type { Rendering } from '../../../../src/pipeline/render.ts';
import { ChartResults } from '../../../../src/pipeline/results/chart-results.ts';
import { type Depth, readRender } from '../../../../src/pipeline/results/read-render.ts';
import type { Reading } from '../../../../src/pipeline/results/reading.ts';
import type { Run } from '../../../../src/pipeline/run.ts';
import type { RenderResult } from '../../../../src/ports/helm.ts';
import { podTemplate } from '../mini-helm.ts';
import { addonOf, anyDigest, chartOf, extractionOf, portsOf, runOf } from '../runs.ts';

const TEXT = `---\n# Source: web/templates/a.yaml\n${podTemplate('a', 'quay.io/team/app:1')}`;

const REFUSED: RenderResult = { kind: 'failed', reason: 'a is needed', lasting: true };
const ENDED: RenderResult = { kind: 'failed', reason: 'it took too long', lasting: false };

/** A chart of one release under a helm that gives these answers in turn, each after a while; errors are thrown. */
interface Bench {
  readonly renders: () => number;
  readonly chart: ChartItem;
  readonly read: (name?: string, depth?: Depth) => Promise<Reading>;
  readonly ask: () => Promise<readonly [Reading, string | undefined]>;
}

function benchOf(answers: readonly (RenderResult | Error)[], before?: ChartResults): Bench {
  let renders = 0;
  const helm = {
    version: '4.3.0',
    async render(): Promise<RenderResult> {
      const answer = answers[renders];
      renders += 1;
      await new Promise((resolve) => setTimeout(resolve, 5));
      if (answer === undefined) throw new Error('one render too many');
      if (answer instanceof Error) throw answer;
      return answer;
    },
  };
  const run: Run = runOf([addonOf('a')], {}, { ...portsOf({}), helm });
  const chart = chartOf(run.releases, {}, before === undefined ? {} : { results: before });
  const [release] = run.releases;
  if (release === undefined) throw new RangeError('there is one');
  const renderingOf = (name: string): Rendering => {
    const archive = { path: `/workspace/${name}.tgz`, digest: anyDigest(name) };
    return { release, settings: extractionOf().settings, archive, more: [] };
  };
  return {
    renders: () => renders,
    chart,
    read: (name = 'web', depth = 'everything') => readRender(chart, renderingOf(name), depth, run),
    async ask() {
      let text: string | undefined;
      const told = (shown: string): void => {
        text = shown;
      };
      return [await readRender(chart, renderingOf('web'), 'everything', run, { told }), text];
    },
  };
}

const shown: RenderResult = { kind: 'rendered', text: TEXT };

describe('renders of the same content at the same time', () => {
  it('are one render, of which each has uses of its own', async () => {
    const bench = benchOf([shown]);
    const readings = await Promise.all([bench.read(), bench.read(), bench.read()]);
    expect(bench.renders()).toBe(1);
    const uses = readings.map((reading) => (reading.kind === 'read' ? reading.uses[0] : undefined));
    expect(uses.map((use) => use?.text)).toEqual(Array(3).fill('quay.io/team/app:1'));
    expect(new Set(uses).size).toBe(3);
    expect(bench.chart.results.underway.size).toBe(0);
  });

  it('are several where archives or depths differ', async () => {
    const bench = benchOf([shown, shown, shown]);
    await Promise.all([bench.read(), bench.read('other'), bench.read('web', 'references')]);
    expect(bench.renders()).toBe(3);
  });

  it('give the text to everybody who asked for it', async () => {
    const bench = benchOf([shown]);
    const [, first, second] = await Promise.all([bench.read(), bench.ask(), bench.ask()]);
    expect(bench.renders()).toBe(1);
    expect([first[1], second[1]]).toEqual([TEXT, TEXT]);
  });

  it('share a refusal of helm', async () => {
    const bench = benchOf([REFUSED]);
    expect(await Promise.all([bench.read(), bench.ask()])).toMatchObject([REFUSED, [REFUSED, undefined]]);
    expect(bench.renders()).toBe(1);
  });

  it('fail by themselves: one that throws or takes too long spoils no other', async () => {
    for (const failure of [new Error('no room'), ENDED]) {
      const bench = benchOf([failure, shown]);
      const [first, ...others] = await Promise.allSettled([bench.read(), bench.read(), bench.ask()]);
      expect(first).toMatchObject(failure === ENDED ? { value: ENDED } : { reason: failure });
      expect(others).toMatchObject([{ value: { kind: 'read' } }, { value: [{ kind: 'read' }, TEXT] }]);
      expect(bench.renders()).toBe(2);
      expect(bench.chart.results.underway.size).toBe(0);
    }
  });

  it('end when each of them fails', async () => {
    const bench = benchOf([ENDED, ENDED, ENDED]);
    expect(await Promise.all([bench.read(), bench.read(), bench.read()])).toEqual([ENDED, ENDED, ENDED]);
  });

  it('are made once more where an earlier run found an end of the release', async () => {
    const earlier = benchOf([REFUSED]);
    await earlier.read();
    const bench = benchOf([shown], new ChartResults(earlier.chart.results.written, 0));
    const [first, second] = await Promise.all([bench.ask(), bench.ask()]);
    expect([first, second]).toMatchObject([
      [{ kind: 'read' }, TEXT],
      [{ kind: 'read' }, TEXT],
    ]);
    expect(bench.renders()).toBe(1);
  });
});
