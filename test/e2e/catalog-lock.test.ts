import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Ajv2020, type AnySchemaObject } from 'ajv/dist/2020.js';
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { parse } from 'yaml';
import type { CatalogLock } from '../../src/domain/catalog-lock/catalog-lock.ts';
import { deployment } from '../support/e2e-charts.ts';
import { STABLE } from '../support/e2e-world.ts';
import { type Done, type PlanWorld, startPlanWorld } from '../support/plan-world.ts';
import { pushImage } from '../support/synthetic-images.ts';
import { describeWith } from '../support/tools.ts';

const SCHEMA = join(import.meta.dirname, '..', '..', 'schemas', 'outdated.schema.json');
// a checked boundary: ajv validates the schema against its meta-schema and throws when it is none
const outdatedFits = new Ajv2020({ strict: true }).compile(JSON.parse(readFileSync(SCHEMA, 'utf8')) as AnySchemaObject);

const APP = 'quay.io/team/app:1';
const MORE = 'quay.io/team/more:1';

const TEMPLATE = deployment(`- { name: app, image: "{{ .Values.image }}" }
{{- if .Values.more.enabled }}
- { name: more, image: "{{ .Values.more.image }}" }
{{- end }}`);

describeWith(['helm', 'registry'], 'a locked catalog', () => {
  let world: PlanWorld;

  async function publish(version: string, image = APP): Promise<void> {
    const values = `image: ${image}\nmore:\n  enabled: false\n  image: ${MORE}\n`;
    await world.publish('app', { version, values, templates: { 'd.yaml': TEMPLATE } });
  }

  async function catalog(directory: string, addon: Readonly<Record<string, unknown>> = {}): Promise<void> {
    const addons = [{ repository: STABLE, chart: 'app', version: '^1.0', ...addon }];
    await world.machine.write(join(directory, 'catalog.yaml'), JSON.stringify({ addons }));
    await world.machine.write(join(directory, 'airgap-charts.yaml'), world.configuration());
  }

  async function lock(directory: string, ...flags: readonly string[]) {
    return world.machine.run(['catalog', 'lock', '--catalog', 'catalog.yaml', ...flags], { cwd: directory });
  }

  async function locked(directory: string): Promise<CatalogLock> {
    return parse(await world.machine.read(join(directory, 'catalog.lock.yaml')));
  }

  async function mirror(directory: string, ...flags: readonly string[]): Promise<Done> {
    const target = ['--target-registry', `${world.proxy.host}/${directory}`];
    const argv = ['mirror', '--catalog', 'catalog.yaml', '--locked', ...target, ...flags];
    const result = await world.machine.run(argv, { cwd: directory });
    return { ...result, report: await world.reportAt(directory) };
  }

  async function move(): Promise<string> {
    return (await pushImage(world.sources.registry.url, 'quay.io/team/app', '1', { name: 'moved' })).digest;
  }

  beforeAll(async () => {
    world = await startPlanWorld();
    await publish('1.0.0');
  });

  beforeEach(async () => {
    for (const image of [APP, MORE]) {
      const [repository = '', tag = ''] = image.split(':');
      await pushImage(world.sources.registry.url, repository, tag, { name: image });
    }
    await world.sources.addImages([APP, MORE]);
    world.proxy.reset();
  });

  afterAll(() => world?.stop());

  it('is mirrored with its versions and digests, whatever is newer', async () => {
    await catalog('newer');
    const made = await lock('newer');
    expect(made.code, made.stderr).toBe(0);
    expect(made.stderr).toContain('catalog.lock.yaml: 1 chart and 1 image locked\n');
    expect(world.proxy.writes()).toEqual([]);
    const before = await locked('newer');
    expect(before.charts).toMatchObject([{ source: expect.stringMatching(/\/app$/), asked: '^1.0', version: '1.0.0' }]);
    expect(before.images.map(({ image }) => image)).toEqual([APP]);

    await publish('1.1.0');
    const digest = await move();
    const { code, stderr, report } = await mirror('newer');
    expect(code, stderr).toBe(0);
    expect(report.charts.map(({ version, status, requested }) => [version, status, requested])).toEqual([
      ['1.0.0', 'pushed', '1.0.0'],
    ]);
    expect(report.images.map((row) => [row.status, row.digest])).toEqual([['copied', before.images[0]?.digest]]);
    expect(report.images[0]?.digest).not.toBe(digest);

    // written anew, it is what there is now
    expect((await lock('newer')).code).toBe(0);
    const after = await locked('newer');
    expect(after.charts.map(({ version }) => version)).toEqual(['1.1.0']);
    expect(after.images.map((row) => row.digest)).toEqual([digest]);
  });

  it('is the same text where nothing has changed', async () => {
    await catalog('same', { version: '1.0.0' });
    await lock('same');
    const first = await world.machine.read('same/catalog.lock.yaml');
    await lock('same');
    expect(await world.machine.read('same/catalog.lock.yaml')).toBe(first);
  });

  it('refuses entries that are not in it, with their line, before anything is written', async () => {
    await catalog('other', { version: '1.0.0' });
    await lock('other');
    await catalog('other', { version: '1.0.0 - 1.9.9' });
    const argv = ['mirror', '--catalog', 'catalog.yaml', '--locked', '--latest', '--target-registry', world.proxy.host];
    const flags = await world.machine.run(argv, { cwd: 'other' });
    expect([flags.code, flags.stderr]).toEqual([2, expect.stringContaining('--latest: it is given beside --locked')]);
    const plain = argv.filter((one) => one !== '--latest');
    const { code, stderr } = await world.machine.run(plain, { cwd: 'other' });
    expect(code).toBe(2);
    expect(stderr).toMatch(
      /^catalog\.yaml:1:\d+: app 1\.0\.0 - 1\.9\.9 of \S+\/app is not in the lock, which has it for 1\.0\.0, write catalog\.lock\.yaml anew/m,
    );
    expect(world.proxy.writes()).toEqual([]);
  });

  it('fails a chart whose archive is another one under the same version', async () => {
    await catalog('archive', { version: '1.0.0' });
    await lock('archive');
    const text = await world.machine.read('archive/catalog.lock.yaml');
    await world.machine.write(
      'archive/catalog.lock.yaml',
      text.replace(/sha256:[0-9a-f]{64}/, `sha256:${'0'.repeat(64)}`),
    );
    const { code, report } = await mirror('archive');
    expect(code).toBe(1);
    expect(report.charts[0]).toMatchObject({ status: 'refused', error: { code: 'LOCK_MOVED' } });
    expect(report.charts[0]?.error?.message).toMatch(/app 1\.0\.0.* is sha256:[0-9a-f]{64} now, sha256:0+ is locked/);
    expect(world.proxy.writes()).toEqual([]);
  });

  it('fails a chart with an image that is not in it', async () => {
    await catalog('image', { version: '1.0.0' });
    await lock('image');
    await catalog('image', { version: '1.0.0', values: { more: { enabled: true } } });
    const { code, report } = await mirror('image');
    expect(code).toBe(1);
    expect(report.charts[0]).toMatchObject({ status: 'refused', error: { code: 'LOCK_MOVED' } });
    expect(report.charts[0]?.error?.message).toContain(`${MORE} is not in the lock`);
  });

  it('fails an image that its source lost, and copies no other one for it', async () => {
    await catalog('lost', { version: '1.0.0' });
    await lock('lost');
    const text = await world.machine.read('lost/catalog.lock.yaml');
    const [, , digest = ''] = /digest: (\S+)[\s\S]*digest: (\S+)/.exec(text) ?? [];
    await world.machine.write('lost/catalog.lock.yaml', text.replace(digest, `sha256:${'1'.repeat(64)}`));
    const { code, report } = await mirror('lost');
    expect(code).toBe(1);
    expect(report.charts[0]?.error?.code).toBe('IMAGE_SOURCE_ABSENT');
    expect(world.proxy.writes()).toEqual([]);
  });

  it('is not written while something cannot be looked at: the older one stays', async () => {
    await catalog('gap', { version: '1.0.0' });
    await lock('gap');
    const before = await world.machine.read('gap/catalog.lock.yaml');
    await catalog('gap', { version: '9.9.9' });
    const { code, stderr } = await lock('gap');
    expect(code).toBe(1);
    expect(stderr).toMatch(/^not locked: app \(app\): VERSION_NOT_FOUND /m);
    expect(stderr).toContain('catalog.lock.yaml is not written');
    expect(await world.machine.read('gap/catalog.lock.yaml')).toBe(before);
  });

  it('is compared with what is newest, with the images that come and go', async () => {
    await catalog('old', { version: '1.0.0' });
    await lock('old');
    await publish('2.0.0', MORE);
    const ask = async (...flags: readonly string[]) => {
      const argv = ['catalog', 'outdated', '--catalog', 'catalog.yaml', ...flags];
      return world.machine.run(argv, { cwd: 'old' });
    };
    const table = await ask();
    expect(table.code, table.stderr).toBe(0);
    expect(table.stdout).toBe(
      `outdated        app 1.0.0 → 2.0.0\n                  - ${APP}\n                  + ${MORE}\n1 of 1 release outdated\n`,
    );
    const { stdout } = await ask('--locked', '--json');
    const report: unknown = JSON.parse(stdout);
    expect(outdatedFits(report), JSON.stringify(outdatedFits.errors)).toBe(true);
    expect(report).toMatchObject({
      exitCode: 0,
      releases: [{ state: 'outdated', current: '1.0.0', newest: '2.0.0', images: { added: [MORE], removed: [APP] } }],
    });

    await catalog('old', { version: '2.0.0' });
    const current = await ask();
    expect([current.code, current.stdout]).toEqual([0, '0 of 1 release outdated\n']);
    await catalog('old', { version: '7.0.0' });
    const unknown = await ask();
    expect(unknown.code).toBe(1);
    expect(unknown.stdout).toMatch(/^UNKNOWN +app: VERSION_NOT_FOUND .*\n0 of 1 release outdated, 1 NOT known\n$/);
    expect(world.proxy.writes()).toEqual([]);
  });
});
