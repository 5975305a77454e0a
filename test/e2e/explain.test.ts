import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startChartRepository } from '../../src/demo/chart-repository.ts';
import { makeChart } from '../support/e2e-charts.ts';
import { SHOP } from '../support/explain-charts.ts';
import { createExplainWorld, type ExplainWorld, told } from '../support/explain-world.ts';
import { sharedCharts, sharedChartsReason } from '../support/shared-charts.ts';
import { describeWith } from '../support/tools.ts';

describeWith(['helm'], 'explain', () => {
  let world: ExplainWorld;

  beforeAll(async () => {
    world = await createExplainWorld();
    await world.write('shop', SHOP);
    await world.machine.write('my-values.yaml', 'store:\n  image:\n    tag: "1.0.0"\n');
  });

  afterAll(() => world?.machine.remove());

  describe('of a chart', () => {
    it('tells every image with what makes each, and writes nothing', async () => {
      const before = await world.machine.files();
      const { code, report, row, stderr } = await world.explain(['shop', '-f', 'my-values.yaml']);
      expect(code, stderr).toBe(0);
      const places = (image: string) =>
        row(image).profiles.map(({ profile, places: all }) => [profile, ...all.flatMap(told)]);
      const release = 'values of the release';
      expect(places('quay.io/team/app:1.0')).toEqual([
        [
          release,
          'global.registry = quay.io (shop/values.yaml:2)',
          'app.image.repository = team/app (shop/values.yaml:5)',
          'app.image.tag = 1.0 (shop/values.yaml:6)',
        ],
      ]);
      expect(places('quay.io/team/kv:1.0.0')).toEqual([
        [
          release,
          'global.registry = quay.io (shop/values.yaml:2)',
          'store.image.name = team/kv (shop/charts/kv/values.yaml:2)',
          'store.image.tag = 1.0.0 (my-values.yaml:3)',
          'needs store.enabled=true',
        ],
      ]);
      expect(places('ghcr.io/org/exporter:2')).toEqual([
        [release, 'metrics.image = ghcr.io/org/exporter:2 (shop/values.yaml:7)', 'needs metrics.enabled=true'],
      ]);
      expect(places('ghcr.io/org/versioned:v7.4')).toEqual([
        [
          release,
          'versioned.repository = ghcr.io/org/versioned (shop/values.yaml:9)',
          'appVersion = 7.4? (shop/Chart.yaml:4)',
        ],
      ]);
      expect(places('docker.io/library/busybox:1.36')).toEqual([[release, 'in shop/templates/wait.yaml:9']]);
      expect(places('quay.io/team/debug:3')).toEqual([
        ['debug=true', 'global.registry = quay.io (shop/values.yaml:2)'],
      ]);
      expect(places('ghcr.io/org/cluster:1.9')).toEqual([
        [
          'ci/cluster-values.yaml',
          'app.image.tag = 1.9 (shop/ci/cluster-values.yaml:2)',
          'in shop/templates/cluster.yaml:10',
        ],
      ]);
      expect(row('ghcr.io/org/never:8')).toMatchObject({
        ...{ evidence: 'declared', profiles: [] },
        named: [{ where: 'never', spot: { file: 'shop/values.yaml', line: 13 } }],
      });
      expect(report.releases[0]).toMatchObject({ chart: 'shop', release: 'shop', version: '1.0.0', error: null });
      expect(await world.machine.files()).toEqual(before);
      expect(await world.machine.files(world.machine.temporary)).toEqual([]);
    });

    it('shows of a value nothing but the word that is the reference', async () => {
      const { code, stdout } = await world.run(['shop', '--image', 'ghcr.io/org/arg']);
      expect(code).toBe(0);
      expect(stdout).toContain('args = …ghcr.io/org/arg:5  (shop/values.yaml:16)\n');
      expect(stdout).not.toContain('hunter2');
    });

    it('prints the line that adds what is not mirrored', async () => {
      const { row } = await world.explain(['shop']);
      expect(row('quay.io/team/debug:3')).toMatchObject({
        evidence: 'conditional',
        add: { under: 'images', line: '- quay.io/team/debug:3' },
      });
      expect(row('ghcr.io/org/never:8').add).toEqual({ under: 'images', line: '- ghcr.io/org/never:8' });
      expect(row('quay.io/team/app:1.0').add).toBeNull();
    });

    it('turns nothing on or off with --no-switches', async () => {
      const { row, report } = await world.explain(['shop', '--no-switches']);
      expect(row('ghcr.io/org/exporter:2').profiles[0]?.places[0]?.needs).toEqual([]);
      expect(report.releases[0]?.switches).toBe(0);
      expect(() => row('quay.io/team/debug:3')).toThrow();
    });

    it('may be an archive, or come from a repository', async () => {
      const repository = await startChartRepository();
      const address = `${repository.url}/stable`;
      const served = await makeChart('shop', SHOP);
      repository.add('stable', [served], address);
      await world.machine.write('packed.tgz', served.archive);
      try {
        for (const argv of [['packed.tgz'], ['shop:^1', '--repo', address, '--plain-http']]) {
          const { code, report, stderr } = await world.explain([...argv, '--image', 'busybox', '--no-switches']);
          expect([code, report.releases.map(({ images }) => images.length)], stderr).toEqual([0, [1]]);
        }
      } finally {
        await repository.stop();
      }
    });
  });
});

describe.skipIf(sharedChartsReason() !== undefined)('explain of a real chart', () => {
  it.each([['metrics-server'], ['cert-manager']])('finds every image of %s, and what makes each', async (name) => {
    const chart = sharedCharts().find((one) => one.name === name);
    if (chart === undefined) throw new Error(`there is no chart ${name}`);
    const world = await createExplainWorld();
    try {
      const { code, report, stderr } = await world.explain([chart.path, '--no-switches']);
      expect(code, stderr).toBe(0);
      const images = report.releases[0]?.images.filter(({ evidence }) => evidence === 'rendered') ?? [];
      const texts = images.flatMap(({ profiles }) => profiles.flatMap(({ places }) => places.map(({ text }) => text)));
      expect(chart.images.map(({ ref }) => ref).filter((ref) => !texts.includes(ref))).toEqual([]);
      const places = images.flatMap(({ profiles }) => profiles.flatMap((one) => one.places));
      expect(
        places.filter(({ values, literals }) => literals.length === 0 && !values.some(({ part }) => part === 'name')),
      ).toEqual([]);
      const spots = places.flatMap(({ values }) => values.map(({ setBy }) => setBy?.line ?? 0));
      expect(spots.every((line) => line > 0)).toBe(true);
    } finally {
      await world.machine.remove();
    }
  });
});
