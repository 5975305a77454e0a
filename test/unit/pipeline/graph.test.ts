import { describe, expect, it } from 'vitest';
import { sentence } from '../../../src/pipeline/graph.ts';
import type { Step } from '../../../src/pipeline/progress.ts';
import type { Repositories } from '../../../src/ports/repositories.ts';
import { addonOf, chartOf, MANIFEST, portsOf, relocatedAs, runOf, verdictOf } from './runs.ts';

const VIEW = { update: () => {}, moved: () => {} };

function titles(scanOnly: boolean): readonly string[] {
  return sentence(runOf([], { scanOnly })).map(({ title }) => title);
}

async function carryOut(step: Step | undefined): Promise<readonly string[]> {
  const errors: string[] = [];
  for (const { work } of step?.items() ?? []) {
    await work(VIEW).catch((error: Error) => errors.push(error.message));
  }
  return errors;
}

function never(): never {
  throw new Error('no step runs here');
}

const REPOSITORIES: Repositories = {
  describe: never,
  create: never,
  change: never,
  lookUp: never,
  mounting: never,
  calls: never,
};

describe('the steps of a run', () => {
  it('write nothing outside the workspace before everything is known that can be refused', () => {
    const all = titles(false);
    const first = all.findIndex((title) => /^(?:Copy|Push)/.test(title));
    expect(all.slice(first)).toEqual([
      ...['Copy images', 'Copy artifacts', 'Push or confirm charts', 'Write archives and consumer values'],
    ]);
    const asked = [
      'Preflight charts',
      'Preflight images',
      'Compare destinations',
      'Read manifests',
      'Look for artifacts',
    ];
    expect(all.filter((title) => asked.includes(title))).toEqual(asked);
    expect(all.indexOf('Prove by rendering again')).toBeLessThan(all.indexOf('Preflight charts'));
  });

  it('set up repositories where the target does not do so itself, after everything that can be refused', () => {
    const ports = { ...portsOf({}), repositories: REPOSITORIES };
    const run = runOf([], { repositories: { rules: [], applySettings: true } }, ports);
    const added = sentence(run)
      .map(({ title }) => title)
      .filter((title) => !titles(false).includes(title));
    expect(added).toEqual([
      ...['Look at repositories', 'Read tags at the target', 'Create repositories', 'Change repositories'],
    ]);
    const all = sentence(run).map(({ title }) => title);
    expect(all.indexOf('Create repositories')).toBe(all.indexOf('Look for artifacts') + 1);
  });

  it('name nothing in a scan that would ask the target or write to it', () => {
    const left = titles(false).filter((title) => !titles(true).includes(title));
    expect(left).toEqual(['Preflight charts', 'Copy images', 'Copy artifacts', 'Push or confirm charts']);
    expect(titles(true).filter((title) => !titles(false).includes(title))).toEqual([
      'Conclude (scan only: nothing is pushed)',
    ]);
  });

  it.each(['Gather charts', 'Plan destinations', 'Compare destinations'])(
    'that all later ones need fail everything with their own reason: %s',
    async (title) => {
      const controller = new AbortController();
      const run = runOf([addonOf('a'), addonOf('b')], {}, portsOf({}), controller.signal);
      run.charts = [chartOf(run.releases)];
      controller.abort();
      const errors = await carryOut(sentence(run).find((step) => step.title === title));
      expect(errors).toEqual(['interrupted']);
      const failures = [...run.releases, ...run.charts].map(({ failure }) => failure?.code);
      expect(failures).toEqual(['INTERRUPTED', 'INTERRUPTED', 'INTERRUPTED']);
    },
  );

  it('write the files of what is done after an interrupt, too', async () => {
    const controller = new AbortController();
    const written = new Map<string, string>();
    const run = runOf([addonOf('a')], {}, portsOf({}, written), controller.signal);
    const chart = chartOf(run.releases, {}, { push: { kind: 'pushed', unproven: false, manifest: MANIFEST } });
    chart.relocated = relocatedAs(chart, 'bytes');
    run.charts = [chart];
    for (const release of run.releases) release.verdict = verdictOf(true);
    controller.abort();
    const errors = await carryOut(sentence(run).find(({ title }) => title.startsWith('Write')));
    expect([errors, chart.failure]).toEqual([[], undefined]);
    expect([...written.keys()]).toEqual([
      'helm-charts/web/web-1.0.0.tgz',
      'helm-charts/web/a/values.yaml',
      'helm-charts/web/values.yaml',
      'helm-charts/web/proof.json',
    ]);
  });
});
