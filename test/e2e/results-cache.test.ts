import { chmod, chown, mkdir, readdir, readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { gunzipSync } from 'node:zlib';
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { type ChartParts, deployment, pod } from '../support/e2e-charts.ts';
import { type Entry, type Outcome, startWorld, type World } from '../support/e2e-world.ts';
import { describeWith, requireTool } from '../support/tools.ts';

const SECRET = 'kj3h4-not-for-the-cache';

/** One image by value, one spelled out, one behind a switch, test values, a guard, and a secret that is rendered. */
const SHOP: ChartParts = {
  values: [
    'app: { image: quay.io/team/app, tag: "1.0" }',
    'metrics: { enabled: false, image: quay.io/team/exporter:2 }',
    'strict: false',
    'sidecars: []',
    'password: none',
    '',
  ].join('\n'),
  templates: {
    'app.yaml': deployment('- name: main\n  image: {{ .Values.app.image }}:{{ .Values.app.tag }}'),
    'lit.yaml': pod('busybox:1.36', 'tier: lit'),
    'metrics.yaml': `{{- if .Values.metrics.enabled }}\n${pod('{{ .Values.metrics.image }}', 'tier: metrics')}\n{{- end }}\n`,
    'side.yaml': `{{- range .Values.sidecars }}\n---\n${pod('{{ .image }}', 'tier: {{ .token }}').replace('.Release', '$.Release').replace('name: ', 'name: side-')}\n{{- end }}\n`,
    'strict.yaml': '{{- if .Values.strict }}{{ fail "strict needs a license" }}{{ end }}\n',
    'secret.yaml':
      'apiVersion: v1\nkind: Secret\nmetadata: { name: s }\nstringData:\n  password: {{ .Values.password }}\n',
  },
  files: { 'ci/big-values.yaml': 'metrics: { enabled: true }\n' },
};

const IMAGES = [
  'quay.io/team/app:1.0',
  'quay.io/team/app:2.0',
  'quay.io/team/exporter:2',
  'docker.io/library/busybox:1.36',
];

/** Values that hold a secret, also in a list that consumers are given whole, since an image stands in it. */
const ENTRY: Entry = {
  chart: 'shop',
  version: '1.0.0',
  values: { password: SECRET, sidecars: [{ image: 'quay.io/team/exporter:2', token: SECRET }] },
};

describeWith(['helm', 'crane'], 'results that are kept between runs', () => {
  let world: World;
  let log: string;
  let path: string;
  let turn = 0;

  /** How often helm has rendered since the last question. */
  async function renders(): Promise<number> {
    const lines = await readFile(log, 'utf8').catch(() => '');
    await writeFile(log, '');
    return lines.split('\n').filter((line) => line === 'template').length;
  }

  function mirror(target: string, entry: Entry = ENTRY, flags: readonly string[] = []): Promise<Outcome> {
    const cache = flags.some((flag) => flag.includes('cache')) ? [] : ['--cache-dir', cacheDirectory()];
    return world.mirror(target, [entry], ['--image-pull-secret', 'regcred', ...cache, ...flags], {
      env: { PATH: path },
    });
  }

  function cacheDirectory(): string {
    return join(world.machine.work, `cache-${turn}`);
  }

  async function kept(): Promise<readonly string[]> {
    const folder = join(cacheDirectory(), 'results');
    return (await readdir(folder)).map((name) => join(folder, name));
  }

  beforeAll(async () => {
    world = await startWorld();
    await world.sources.addImages(IMAGES);
    await world.publish('shop', SHOP);
    path = join(world.machine.home, 'bin');
    log = join(world.machine.home, 'helm.log');
    await mkdir(path);
    const wrapper = `#!/bin/sh\necho "$1" >> ${log}\nexec ${requireTool('helm')} "$@"\n`;
    await writeFile(join(path, 'helm'), wrapper, { mode: 0o755 });
    await writeFile(join(path, 'crane'), `#!/bin/sh\nexec ${requireTool('crane')} "$@"\n`, { mode: 0o755 });
  });

  beforeEach(async () => {
    turn += 1;
    await renders();
  });

  afterAll(() => world.stop());

  it('an unchanged chart is not rendered a second time, and all else is the same', async () => {
    const first = await mirror('same');
    expect(first.code, first.stderr).toBe(0);
    expect(await renders()).toBeGreaterThan(10);
    const second = await mirror('same');
    expect(second.code, second.stderr).toBe(0);
    expect(await renders()).toBe(0);
    const [before, after] = [first.row('shop'), second.row('shop')];
    expect(before.proof).toMatchObject({ state: 'proven', earlier: false });
    expect(after.proof).toMatchObject({ state: 'proven', earlier: true });
    expect(after.profiles.map(({ profile, proof }) => [profile, proof.state, proof.earlier])).toEqual([
      ['default values', 'proven', true],
      ['ci/big-values.yaml', 'proven', true],
      ['metrics.enabled=true', 'proven', true],
    ]);
    expect({ ...after.consumer, earlier: false }).toEqual(before.consumer);
    for (const part of ['images', 'edits', 'hiddenImages', 'refusedProfiles', 'pullSecret', 'notes'] as const)
      expect(after[part], part).toEqual(before[part]);
    for (const file of ['helm-charts/shop/shop-1.0.0.tgz', 'helm-charts/shop/values.yaml'])
      expect(await world.machine.read(join(second.directory, file))).toBe(
        await world.machine.read(join(first.directory, file)),
      );
    expect(second.stderr).toMatch(/earlier run/);
  });

  it('another target needs new proofs only, and other values need new renders', async () => {
    await mirror('one');
    const all = await renders();
    const other = await mirror('another');
    expect(other.row('shop').proof).toMatchObject({ state: 'proven', earlier: false });
    const proofs = await renders();
    expect(proofs).toBeGreaterThan(0);
    expect(proofs).toBeLessThan(all / 2);
    const changed = await mirror('one', { ...ENTRY, values: { password: SECRET, app: { tag: '2.0' } } });
    expect(await renders()).toBeGreaterThan(5);
    expect(changed.row('shop').images).toContain('quay.io/team/app:2.0');
    const [chart] = changed.report.charts;
    expect(chart?.error?.code ?? 'none').toBe('none');
  });

  it('are for their user alone, and hold no rendered text', async () => {
    const outcome = await mirror('private');
    expect(await world.machine.read(join(outcome.directory, 'helm-charts/shop/values.yaml'))).toContain(SECRET);
    const files = await kept();
    expect(files).toHaveLength(1);
    expect((await stat(join(cacheDirectory(), 'results'))).mode & 0o777).toBe(0o700);
    for (const file of files) {
      expect((await stat(file)).mode & 0o777).toBe(0o600);
      const text = gunzipSync(await readFile(file)).toString();
      expect(text).toContain('quay.io');
      expect(text).not.toContain(SECRET);
    }
  });

  it('that were cut off, changed, or written by others count as not there', async () => {
    await mirror('spoiled');
    await renders();
    const [file = ''] = await kept();
    const bytes = await readFile(file);
    const spoil: readonly (() => Promise<unknown>)[] = [
      () => writeFile(file, bytes.subarray(0, bytes.length / 2)),
      () => writeFile(file, 'x'),
      () => chmod(file, 0o666),
      ...(process.getuid?.() === 0 ? [() => chown(file, 4321, 4321)] : []),
    ];
    for (const change of spoil) {
      await change();
      const outcome = await mirror('spoiled');
      expect(outcome.code, outcome.stderr).toBe(0);
      expect(await renders()).toBeGreaterThan(10);
      expect(outcome.row('shop').proof).toMatchObject({ state: 'proven', earlier: false });
    }
    await mirror('spoiled');
    expect(await renders()).toBe(0);
  });

  it('do not end a release: what does is rendered today', async () => {
    const failing = { ...ENTRY, values: { strict: true } };
    for (const round of [1, 2]) {
      const outcome = await mirror('failing', failing);
      expect(outcome.code, `round ${round}`).toBe(1);
      expect(outcome.row('shop').error?.code).toBe('RENDER_FAILED');
      expect(await renders()).toBeGreaterThan(0);
    }
    for (const round of [1, 2]) {
      const outcome = await mirror('unproven', ENTRY, ['--no-template-patches']);
      expect(outcome.row('shop').proof, `round ${round}`).toMatchObject({ state: 'not-proven', earlier: false });
      expect(await renders()).toBeGreaterThan(0);
    }
  });

  it('of two releases of one chart serve both', async () => {
    const two = [ENTRY, { ...ENTRY, release: 'other', oci_namespace: 'elsewhere' }];
    const run = async (): Promise<Outcome> =>
      world.mirror('two', two, ['--cache-dir', cacheDirectory()], { env: { PATH: path } });
    expect((await run()).code).toBe(0);
    expect(await renders()).toBeGreaterThan(10);
    const second = await run();
    expect(await renders()).toBe(0);
    expect([second.row('shop'), second.row('other')].map(({ proof }) => proof.earlier)).toEqual([true, true]);
  });

  it('of two runs at once are all kept', async () => {
    const other = { ...ENTRY, values: { password: SECRET, app: { tag: '2.0' } } };
    // side by side, but they do not end in the same moment
    const both = (): Promise<readonly Outcome[]> =>
      Promise.all([mirror('one-at-once', ENTRY), sleep(300).then(() => mirror('other-at-once', other))]);
    for (const outcome of await both()) expect(outcome.code, outcome.stderr).toBe(0);
    await renders();
    for (const outcome of await both()) expect(outcome.code, outcome.stderr).toBe(0);
    expect(await renders()).toBe(0);
  });

  it('are neither used nor left with --no-cache', async () => {
    await mirror('without');
    await renders();
    const before = await kept();
    const outcome = await mirror('without', ENTRY, ['--no-cache']);
    expect(outcome.code).toBe(0);
    expect(await renders()).toBeGreaterThan(10);
    expect(await kept()).toEqual(before);
  });

  it('stand in the cache of the user where no directory is named, and serve explain, too', async () => {
    const directory = join(world.machine.home, 'own');
    const env = { PATH: path, XDG_CACHE_HOME: directory };
    const argv = await world.commandLine('own', 'own', [ENTRY], []);
    expect(await world.machine.run(argv, { env, cwd: 'own' })).toMatchObject({ code: 0 });
    expect(await readdir(join(directory, 'airgap-charts', 'results'))).toHaveLength(1);
  });

  it('are done without where the cache of the user cannot be had', async () => {
    const file = await world.machine.write('no-cache', 'x');
    const argv = await world.commandLine('without-own', 'without-own', [ENTRY], []);
    const outcome = await world.machine.run(argv, { env: { PATH: path, XDG_CACHE_HOME: file }, cwd: 'without-own' });
    expect(outcome.code, outcome.stderr).toBe(0);
    const lines = outcome.stderr.split('\n').filter((line) => line.includes('nothing is kept for the next run'));
    expect(lines).toEqual([expect.stringMatching(/results cannot be kept in .*no-cache.*: (ENOTDIR|EEXIST)/)]);
  });

  it('in a directory that cannot be used stop the run before anything is done', async () => {
    const file = await world.machine.write('a-file', 'x');
    const outcome = await world.machine.run(
      await world.commandLine('refused', 'refused', [ENTRY], ['--cache-dir', file]),
      { env: { PATH: path }, cwd: 'refused' },
    );
    expect(outcome.code).toBe(2);
    expect(outcome.stderr).toMatch(/CACHE_REFUSED.*a-file/);
    expect(await renders()).toBe(0);
  });
});
