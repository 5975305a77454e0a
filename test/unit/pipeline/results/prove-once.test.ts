import { beforeEach, describe, expect, it } from 'vitest';
import type { ChartItem } from '../../../../src/pipeline/chart-item.ts';
import { plannedFor } from '../../../../src/pipeline/planned-texts.ts';
import { proveBoth } from '../../../../src/pipeline/prove-both.ts';
import { ChartResults } from '../../../../src/pipeline/results/chart-results.ts';
import type { KeptProof } from '../../../../src/pipeline/results/kept-proof.ts';
import { type Claim, made, proveOnce } from '../../../../src/pipeline/results/prove-once.ts';
import type { Run } from '../../../../src/pipeline/run.ts';
import type { MirrorOptions } from '../../../../src/pipeline/run-settings.ts';
import { type Relocated, relocated } from '../mini-helm.ts';
import { APP } from '../proved.ts';
import { addonOf, chartOf, extractionOf, relocatedAs, runOf, verdictOf } from '../runs.ts';

const FOUND: KeptProof = {
  verdict: verdictOf(true),
  secret: { verdict: { served: [], unserved: [] }, accountWay: { commands: [], notes: [] } },
  isSwitched: false,
};

/** A later run, with what the earlier one has kept. */
function later(results: ChartResults): ChartResults {
  return new ChartResults(results.written, 0);
}

describe('a proof that an earlier run carried out', () => {
  let chart: ChartItem;
  let run: Run;
  let carriedOut: number;

  beforeEach(() => {
    run = runOf([addonOf('a')]);
    chart = chartOf(run.releases);
    chart.relocated = relocatedAs(chart, 'moved');
    carriedOut = 0;
  });

  function claimOf(parts: Partial<Claim> = {}): Claim {
    const [release] = run.releases;
    if (release === undefined) throw new RangeError('there is one');
    const extraction = extractionOf();
    return {
      kind: 'relocated',
      rendering: {
        release,
        settings: extraction.settings,
        archive: { path: 'a.tgz', digest: chartDigest() },
        more: [],
      },
      extraction,
      planned: plannedFor(chart.relocated, [], true, run),
      isWhole: true,
      secret: undefined,
      isSecretJudged: false,
      ...parts,
    };
  }

  function chartDigest() {
    if (chart.relocated === undefined) throw new RangeError('it was relocated');
    return chart.relocated.archive.digest;
  }

  function prove(parts: Partial<Claim>, proof: KeptProof): Promise<KeptProof> {
    const work = async () => {
      carriedOut += 1;
      return made(proof, proof.verdict);
    };
    return proveOnce(chart, claimOf(parts), work, run);
  }

  it('counts for the very same claim, and says that it is earlier', async () => {
    const first = await prove({}, FOUND);
    chart.results = later(chart.results);
    expect(await prove({}, FOUND)).toEqual({ ...first, verdict: { ...first.verdict, isEarlier: true } });
    expect(carriedOut).toBe(1);
  });

  it('does not count where the pull secret is to be judged, too, or no more', async () => {
    const without = { ...FOUND, secret: undefined };
    await prove({ isSecretJudged: false }, without);
    chart.results = later(chart.results);
    expect(await prove({ isSecretJudged: true }, FOUND)).toMatchObject({ secret: FOUND.secret });
    expect((await prove({ isSecretJudged: false }, without)).secret).toBeUndefined();
    expect(carriedOut).toBe(2);
  });

  it('does not count for the other side, for references only, or with another secret in the original', async () => {
    await prove({}, FOUND);
    for (const parts of [{ kind: 'consumer' }, { isWhole: false }, { secret: 'a: 1\n' }] as const) {
      chart.results = later(chart.results);
      await prove(parts, FOUND);
    }
    expect(carriedOut).toBe(4);
  });
});

describe('the finding of the pull secret', () => {
  const NAMED = { name: 'regcred', inChart: false };
  const IN_CHART = { name: 'regcred', inChart: true };

  async function proven(pullSecret: MirrorOptions['pullSecret'], before?: ChartResults): Promise<Relocated> {
    const all = await relocated([addonOf('a')], { ...APP, 'values.yaml': 'app: quay.io/team/app:1\n' }, { pullSecret });
    if (before !== undefined) all.chart.results = later(before);
    await proveBoth(all.chart, 0, all.run);
    return all;
  }

  it('is there in the next run, whether the chart or the values had the secret before, or neither', async () => {
    for (const [first, second] of [
      [undefined, NAMED],
      [undefined, IN_CHART],
      [NAMED, IN_CHART],
      [IN_CHART, NAMED],
      [NAMED, { ...NAMED, name: 'other' }],
      [NAMED, NAMED],
      [IN_CHART, IN_CHART],
    ] as const) {
      const before = await proven(first);
      const after = await proven(second, before.chart.results);
      const [release] = after.releases;
      expect(release?.verdict?.proven).toBe(true);
      expect(release?.pullSecret?.verdict?.unserved, JSON.stringify([first, second])).toHaveLength(1);
      const isSame = JSON.stringify(first) === JSON.stringify(second);
      const judged = second.inChart ? release?.verdict : release?.consumerVerdict;
      expect(judged?.isEarlier, JSON.stringify([first, second])).toBe(isSame);
    }
  });
});
