import { describe, expect, it } from 'vitest';
import type { Digest } from '../../../../src/domain/reference.ts';
import type { ChartItem } from '../../../../src/pipeline/chart-item.ts';
import { keepResults, knownResults } from '../../../../src/pipeline/results/keep-results.ts';
import type { Reading } from '../../../../src/pipeline/results/reading.ts';
import type { Run } from '../../../../src/pipeline/run.ts';
import type { ResultCache } from '../../../../src/ports/files.ts';
import { addonOf, chartOf, portsOf, runOf } from '../runs.ts';

/** A cache in memory, shared by runs. */
function memoryCache(): ResultCache & { readonly texts: Map<Digest, string> } {
  const texts = new Map<Digest, string>();
  return {
    texts,
    today: 10,
    load: async (chart) => texts.get(chart),
    async store(chart, text) {
      texts.set(chart, text);
    },
  };
}

/** A run that has pulled a chart. */
interface Begun {
  readonly run: Run;
  readonly chart: ChartItem;
  readonly said: readonly string[];
}

async function begin(cache: ResultCache): Promise<Begun> {
  const said: string[] = [];
  const run = { ...runOf([addonOf('a')], {}, { ...portsOf({}), cache }), say: (line: string) => void said.push(line) };
  const chart = chartOf(run.releases);
  if (chart.pulled === undefined) throw new RangeError('it was pulled');
  chart.results = await knownResults(chart.pulled, run);
  return { run, chart, said };
}

const READING: Reading = { kind: 'read', uses: [], documented: [], badImage: undefined, incomplete: [], operators: [] };

describe('what two runs at once find out about one chart', () => {
  it('is kept, whichever ends last', async () => {
    const cache = memoryCache();
    const [one, two] = [await begin(cache), await begin(cache)];
    one.chart.results.keepReading('one', READING);
    two.chart.results.keepReading('two', READING);
    await keepResults(one.chart, one.run);
    await keepResults(two.chart, two.run);
    const { chart } = await begin(cache);
    expect(['one', 'two'].map((key) => chart.results.reading(key))).toEqual([READING, READING]);
  });

  it('is not written where there is nothing new', async () => {
    const cache = memoryCache();
    const { run, chart } = await begin(cache);
    await keepResults(chart, run);
    expect(cache.texts.size).toBe(0);
  });

  it('ends no run when it cannot be read: that is said', async () => {
    const cache = memoryCache();
    const { run, chart, said } = await begin(cache);
    chart.results.keepReading('one', READING);
    if (chart.pulled !== undefined) cache.texts.set(chart.pulled.archive.digest, 'no JSON');
    await keepResults(chart, run);
    expect(said).toEqual([expect.stringMatching(/^results cannot be kept: .*JSON/)]);
  });
});
