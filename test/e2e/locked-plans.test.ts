import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { parse, stringify } from 'yaml';
import type { CatalogLock } from '../../src/domain/catalog-lock/catalog-lock.ts';
import type { Plan } from '../../src/domain/run-plan/plan.ts';
import { deployment } from '../support/e2e-charts.ts';
import { STABLE } from '../support/e2e-world.ts';
import { type PlanWorld, startPlanWorld } from '../support/plan-world.ts';
import { pushImage } from '../support/synthetic-images.ts';
import { describeWith } from '../support/tools.ts';

const APP = 'quay.io/team/app:1';

describeWith(['helm', 'crane', 'registry'], 'plans and bundles of a locked catalog', () => {
  let world: PlanWorld;
  let locked: CatalogLock;

  async function publish(version: string): Promise<void> {
    const templates = { 'd.yaml': deployment('- { name: app, image: "{{ .Values.image }}" }') };
    await world.publish('app', { version, values: `image: ${APP}\n`, templates });
  }

  /** A directory with the catalog, and with its lock from before the newer version and the moved tag. */
  async function write(directory: string, lock = locked): Promise<void> {
    const addons = [{ repository: STABLE, chart: 'app', version: '^1.0' }];
    await world.machine.write(join(directory, 'catalog.yaml'), JSON.stringify({ addons }));
    await world.machine.write(join(directory, 'airgap-charts.yaml'), world.configuration());
    await world.machine.write(join(directory, 'catalog.lock.yaml'), stringify(lock));
  }

  const run = (directory: string, ...argv: readonly string[]) => world.machine.run(argv, { cwd: directory });
  const CATALOG = ['--catalog', 'catalog.yaml'];
  const target = (directory: string) => ['--target-registry', `${world.proxy.host}/${directory}`];

  beforeAll(async () => {
    world = await startPlanWorld();
    await pushImage(world.sources.registry.url, 'quay.io/team/app', '1', { name: 'first' });
    await world.sources.addImages([APP]);
    await publish('1.0.0');
    await write('first', { version: 1, charts: [], images: [] });
    const { code, stderr } = await run('first', 'catalog', 'lock', ...CATALOG);
    expect(code, stderr).toBe(0);
    locked = parse(await world.machine.read('first/catalog.lock.yaml'));
    await publish('1.1.0');
    await pushImage(world.sources.registry.url, 'quay.io/team/app', '1', { name: 'moved' });
  });

  beforeEach(() => world.proxy.reset());

  afterAll(() => world?.stop());

  async function plan(directory: string): Promise<Plan> {
    await write(directory);
    const { code, stderr } = await run(directory, 'plan', ...CATALOG, '--locked', ...target(directory));
    expect(code, stderr).toBe(0);
    return world.planAt(directory);
  }

  it('are planned, and mirrored by their plan, as they were locked', async () => {
    const made = await plan('kept');
    expect(made.inputs?.locked).toBe('catalog.lock.yaml');
    expect(made.charts.map(({ version }) => version)).toEqual(['1.0.0']);
    expect(made.images.map(({ digest }) => digest)).toEqual([locked.images[0]?.digest]);
    const { code, stderr } = await run('kept', 'mirror', '--plan', 'plan.json');
    expect(code, stderr).toBe(0);
    const report = await world.reportAt('kept');
    expect(report.charts.map(({ version, status }) => [version, status])).toEqual([['1.0.0', 'pushed']]);
    expect(report.images.map(({ digest, status }) => [digest, status])).toEqual([[locked.images[0]?.digest, 'copied']]);
  });

  it('are refused by their plan when the lock was written anew meanwhile', async () => {
    await plan('anew');
    expect((await run('anew', 'catalog', 'lock', ...CATALOG)).code).toBe(0);
    const { code, stdout, stderr } = await run('anew', 'mirror', '--plan', 'plan.json');
    expect(code).toBe(1);
    expect(stdout + stderr).toContain('app');
    expect(world.proxy.writes()).toEqual([]);
  });

  it('need the lock of the plan when that is run', async () => {
    await plan('gone');
    await world.machine.write('gone/catalog.lock.yaml', 'version: 1\ncharts: []\nimages: []\n');
    const { code, stderr } = await run('gone', 'mirror', '--plan', 'plan.json');
    expect(code).toBe(2);
    expect(stderr).toMatch(/^catalog\.yaml:1:\d+: app .* is not in the lock/m);
    const both = await run('gone', 'mirror', '--plan', 'plan.json', '--locked');
    expect([both.code, both.stderr]).toEqual([2, expect.stringContaining('--locked: the plan has decided this')]);
    expect(world.proxy.writes()).toEqual([]);
  });

  it('are no lists of images', async () => {
    await write('list');
    await world.machine.write('list/images.txt', `${APP}\n`);
    const { code, stderr } = await run('list', 'plan', '--images', 'images.txt', '--locked', ...target('list'));
    expect([code, stderr]).toEqual([2, expect.stringContaining('--locked: a list of images has no lock')]);
  });

  it.each([
    ['whole', []],
    ['one-platform', ['--platform', 'linux/amd64']],
  ])('are bundled as they were locked: %s', async (directory, flags) => {
    await write(directory);
    const argv = ['bundle', 'create', ...CATALOG, '--locked', '--output', 'all.tar', ...flags];
    const made = await run(directory, ...argv);
    expect(made.code, made.stderr).toBe(0);
    const info = await run(directory, 'bundle', 'info', 'all.tar', '--json');
    expect(info.code, info.stderr).toBe(0);
    expect(info.stdout).toContain('"1.0.0"');
    expect(info.stdout).not.toContain('"1.1.0"');
    expect(info.stdout).toContain(locked.images[0]?.digest);
  });

  it('are refused in a bundle where an image is not in the lock', async () => {
    await write('short', { ...locked, images: [] });
    const { code, stdout, stderr } = await run(
      'short',
      'bundle',
      'create',
      ...CATALOG,
      '--locked',
      '--output',
      'a.tar',
    );
    expect(code).toBe(1);
    expect(stdout + stderr).toContain('LOCK_MOVED');
  });
});
