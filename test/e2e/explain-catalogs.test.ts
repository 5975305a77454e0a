import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type ChartParts, deployment } from '../support/e2e-charts.ts';
import { shellExamples } from '../support/e2e-command.ts';
import { CATALOG, SHOP } from '../support/explain-charts.ts';
import { createExplainWorld, type ExplainWorld, told } from '../support/explain-world.ts';
import { describeWith } from '../support/tools.ts';

describeWith(['helm'], 'explain', () => {
  let world: ExplainWorld;

  beforeAll(async () => {
    world = await createExplainWorld();
    await world.write('shop', SHOP);
    await world.write('broken', { templates: { 'd.yaml': '{{ required "set .Values.size" .Values.size }}\n' } });
    await world.machine.write('catalog.yaml', CATALOG);
  });

  afterAll(() => world?.machine.remove());

  describe('of a question', () => {
    const quick = ['shop', '--no-switches'];

    it.each([
      ['quay.io/team/app', ['quay.io/team/app:1.0', 'quay.io/team/app:1.9']],
      ['quay.io/team/app:1.0', ['quay.io/team/app:1.0']],
      ['quay.io/*', ['quay.io/team/app:1.0', 'quay.io/team/app:1.9', 'quay.io/team/kv:0.9.1']],
      ['busybox', ['docker.io/library/busybox:1.36']],
      ['r.example/p/team/kv', ['quay.io/team/kv:0.9.1']],
    ])('%s', async (asked, images) => {
      const { code, report } = await world.explain([...quick, '--image', asked, '--target-registry', 'r.example/p']);
      expect([code, report.releases.flatMap((one) => one.images.map(({ image }) => image)).sort()]).toEqual([
        0,
        images,
      ]);
    });

    it('that nothing fits lists near names, and fails', async () => {
      const { code, stdout, stderr } = await world.run([...quick, '--image', 'busibox']);
      expect([code, stdout, stderr]).toEqual([
        1,
        'NOT FOUND: no image fits "busibox"\n  → near to it: docker.io/library/busybox:1.36\n',
        '',
      ]);
      const { report, stderr: said } = await world.explain([...quick, '--image', 'quay.io/team/ap:1']);
      expect(report).toMatchObject({ asked: 'quay.io/team/ap:1', releases: [] });
      expect(report.near).toContain('quay.io/team/app:1.0');
      expect(said).toMatch(/^NOT FOUND: /);
    });
  });

  describe('of a catalog', () => {
    it('tells profiles, added and excluded images, and names at the target', async () => {
      const only = ['--only-addon', 'shop', '--target-registry', 'r.example/p'];
      const { code, row, stderr } = await world.explain(['catalog.yaml', ...only]);
      expect(code, stderr).toBe(0);
      expect(row('quay.io/team/app:1.1')).toMatchObject({
        evidence: 'rendered',
        destination: 'r.example/p/team/app:1.1',
      });
      expect(row('quay.io/team/app:1.1').profiles[0]?.places.flatMap(told)).toContain(
        'app.image.tag = 1.1 (catalog.yaml:7)',
      );
      const debug = row('quay.io/team/debug:3');
      expect(debug).toMatchObject({ evidence: 'rendered', add: null });
      expect(debug.profiles.map(({ profile, kind }) => [profile, kind])).toEqual([
        ['profile big', 'catalog'],
        ['debug=true', 'switch'],
      ]);
      expect(debug.profiles[0]?.places[0]?.needs).toEqual(['debug=true']);
      expect(row('quay.io/team/kv:0.9.2')).toMatchObject({
        evidence: 'rendered',
        destination: 'r.example/p/team/kv:0.9.2',
      });
      expect(row('quay.io/team/kv:0.9.2').profiles[0]?.places.flatMap(told)).toEqual([
        'global.registry = quay.io (shop/values.yaml:2)',
        'store.image.name = team/kv (shop/charts/kv/values.yaml:2)',
        'store.image.tag = 0.9.2 (catalog.yaml:14)',
        'needs store.enabled=true',
      ]);
      expect(row('quay.io/team/hand:2')).toMatchObject({
        evidence: 'added',
        named: [{ where: 'images of the catalog entry: run by hand', spot: { file: 'catalog.yaml', line: 17 } }],
      });
      expect(row('ghcr.io/org/exporter:2')).toMatchObject({
        ...{ evidence: 'left-as-is', why: 'excluded in the catalog: ours', destination: null },
      });
      expect(row('ghcr.io/org/never:8').add).toEqual({ under: 'images.add', line: '- ghcr.io/org/never:8' });
      // the chart's own tag, which the entry replaces, is that of its defaults
      expect(row('quay.io/team/app:1.0').profiles[0]?.places.flatMap(told)).toContain(
        'app.image.tag = 1.0 (shop/values.yaml:6)',
      );
    });

    it('explains the others when one does not render, and fails', async () => {
      const { code, report, stderr } = await world.explain(['catalog.yaml', '--no-switches', '--image', 'busybox']);
      expect([code, report.releases.map(({ images }) => images.length)]).toEqual([1, [1, 0]]);
      expect(report.releases[1]?.error).toMatchObject({ code: 'RENDER_FAILED' });
      expect(stderr).toMatch(/^RENDER_FAILED: .*set \.Values\.size/);
    });
  });

  it('says what is wrong with its input, with exit code 2', async () => {
    const { code, stdout, stderr } = await world.run(['shop', '--image', 'a b']);
    expect([code, stdout]).toEqual([2, '']);
    expect(stderr).toMatch(/^--image: "a b" is no reference, /);
  });

  it('ends with 130 when it is interrupted, and leaves nothing', async () => {
    const { path, rendering } = await world.hang();
    const running = world.machine.start(['explain', 'shop', '--json'], { env: { PATH: path } });
    await expect.poll(() => existsSync(rendering), { timeout: 30_000 }).toBe(true);
    running.interrupt();
    const { code, stdout } = await running.ended;
    expect([code, stdout]).toEqual([130, '']);
    expect(await world.machine.files(world.machine.temporary)).toEqual([]);
  });

  it.each(shellExamples('explain.md').map((script) => [script]))('does what its document says: %s', async (script) => {
    const image =
      '{{ .Values.global.registry }}/{{ .Values.metrics.image.repository }}:{{ .Values.metrics.image.tag }}';
    const parts: ChartParts = {
      values:
        'global:\n  registry: quay.io\nmetrics:\n  enabled: true\n  image: { repository: team/exporter, tag: "1" }\n',
      templates: {
        'metrics.yaml': `{{- if .Values.metrics.enabled }}\n${deployment(`- name: m\n  image: ${image}`)}{{- end }}\n`,
      },
    };
    const place = join('docs', script.replace(/\W+/g, '-').slice(0, 80));
    await world.write('shop', parts, place);
    await world.machine.write(`${place}/my-values.yaml`, 'metrics:\n  image:\n    tag: "2"\n');
    await world.machine.write(`${place}/catalog.yaml`, 'addons:\n  - { chart: shop, repository: ./shop }\n');
    const { code, stdout, stderr } = await world.script(`cd ${place}\n${script}`);
    expect(code, stdout + stderr).toBe(0);
    expect(stderr).toBe('');
    if (!script.includes('>')) expect(stdout).toContain('quay.io/team/exporter:');
  });
});
