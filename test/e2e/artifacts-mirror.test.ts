import { afterAll, beforeAll, expect, it } from 'vitest';
import { type CarryWorld, startCarryWorld } from '../support/carry-world.ts';
import { deployment } from '../support/e2e-charts.ts';
import { rawDigest } from '../support/e2e-registry.ts';
import { type Pushed, pushCosign } from '../support/made-artifacts.ts';
import type { PushedImage } from '../support/synthetic-images.ts';
import { describeWith } from '../support/tools.ts';

describeWith(['helm', 'registry'], 'artifacts of the images of charts', () => {
  let world: CarryWorld;
  let image: PushedImage;
  let signature: Pushed;

  const mirror = (path: string, ...flags: readonly string[]) =>
    world.run([
      ...['mirror', '--catalog', 'catalog.yaml', '--target-registry', `${world.target.host}/${path}`],
      ...['--output-dir', `out-${path}`, '--engine', 'native', ...flags],
    ]);

  const sigAt = (path: string): Promise<string | undefined> =>
    rawDigest(world.target.url, `${path}/team/app`, `${image.digest.replace(':', '-')}.sig`);

  beforeAll(async () => {
    world = await startCarryWorld({ helm: 'helm' });
    image = await world.push('team/app', '1.0');
    signature = await pushCosign(world.source.url, 'team/app', image.digest, '.sig', ['signed']);
    await world.chart('web', {
      values: 'image: HOST/team/app:1.0\n',
      templates: { 'd.yaml': deployment("- { name: a, image: '{{ .Values.image }}' }") },
    });
    await world.machine.write('catalog.yaml', JSON.stringify({ addons: [{ chart: 'web', repository: './web' }] }));
    await world.machine.write('airgap-charts.yaml', 'engine: native\n');
  });

  afterAll(() => world?.stop());

  it('are mirrored with them, and counted apart', async () => {
    const { code, stderr } = await mirror('signed');
    expect(code, stderr).toBe(0);
    expect(await sigAt('signed')).toBe(signature.digest);
    const report = await world.machine.report('out-signed');
    expect(report.images).toHaveLength(1);
    expect(report.totals.images).toEqual({ copied: 1 });
    expect(report.artifacts).toMatchObject({ choice: 'all', totals: { copied: 1 } });
  });

  it('that fail leave chart and image good, and the run not all done', async () => {
    const fault = world.target.addFault({ method: 'PUT', path: /\.sig$/, status: 403 });
    const { code, stderr } = await mirror('failing');
    fault.remove();
    expect(code, stderr).toBe(1);
    const report = await world.machine.report('out-failing');
    expect(report.charts).toMatchObject([{ status: 'pushed', error: null }]);
    expect(report.totals.images).toEqual({ copied: 1 });
    expect(report.artifacts.totals).toEqual({ failed: 1 });
    expect(stderr).toMatch(/FAILED {10}.*\.sig: IMAGE_DESTINATION_DENIED/);
    expect((await mirror('failing')).code).toBe(0);
    expect(await sigAt('failing')).toBe(signature.digest);
  });

  it('that a bundle has are pushed once, as images of it', async () => {
    const made = await world.run(['bundle', 'create', '--catalog', 'catalog.yaml', '--output', 'all.tar']);
    expect(made.code, made.stderr).toBe(0);
    const to = ['--target-registry', `${world.target.host}/bundled`, '--output-dir', 'out-bundled'];
    world.target.reset();
    const { code, stderr } = await world.run(['bundle', 'push', 'all.tar', ...to]);
    expect(code, stderr).toBe(0);
    expect(await sigAt('bundled')).toBe(signature.digest);
    const report = await world.machine.report('out-bundled');
    expect(report.artifacts).toMatchObject({ choice: 'none', rows: [] });
    expect(world.target.requests().filter(({ path }) => path.includes('/team/app/tags/list'))).toEqual([]);
  });
});
