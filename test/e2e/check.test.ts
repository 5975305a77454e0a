import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { buildImage } from '../../src/demo/synthetic-image.ts';
import { type CheckWorld, startCheckWorld } from '../support/check-world.ts';
import { deployment } from '../support/e2e-charts.ts';
import { startWorld, type World } from '../support/e2e-world.ts';
import { chartOf } from '../support/fault-world.ts';
import { describeWith } from '../support/tools.ts';

describeWith(['helm', 'registry'], 'check', () => {
  let world: CheckWorld;
  /** `host/platform`. */
  let own: string;

  beforeAll(async () => {
    world = await startCheckWorld();
    own = world.own;
    await world.push('platform/team/single', '3', { platforms: [], format: 'docker' });
    await world.push('elsewhere/app', '1');
  });

  afterAll(() => world?.stop());

  it('finds everything there, asks for each image once, and writes nothing anywhere', async () => {
    const before = await world.machine.files();
    world.registry.reset();
    const { code, report, stderr } = await world.check(['app']);
    expect(code, stderr).toBe(0);
    expect(report).toMatchObject({ verdict: 'fine', totals: { ok: 2 }, mentioned: [], errors: [] });
    expect(report.subject).toMatchObject({ kind: 'chart', version: '1.0.0' });
    const heads = world.registry.requests().filter(({ path }) => path.includes('/manifests/'));
    expect(heads.map(({ method, path }) => `${method} ${path}`).sort()).toEqual([
      'HEAD /v2/platform/team/agent/manifests/2',
      'HEAD /v2/platform/team/app/manifests/1',
    ]);
    expect(world.registry.writes()).toEqual([]);
    expect(await world.machine.files()).toEqual(before);
    expect(await world.machine.files(world.machine.temporary)).toEqual([]);
  });

  it('prints a table whose last line is the verdict', async () => {
    const { code, stdout, stderr } = await world.run(['app', '--registry', own]);
    expect([code, stderr]).toEqual([0, '']);
    const lines = stdout.trimEnd().split('\n');
    expect(lines[0]).toMatch(/^VERDICT +IMAGE +MISSING +PLACE$/);
    expect(lines.at(-1)).toBe(`FINE: ${join(world.machine.work, 'app')} 1.0.0: 2 images, all in ${own}`);
  });

  it('names an image that was removed from the registry, and what the values switch to', async () => {
    const { digest } = await world.push('platform/team/lost', '1');
    await world.machine.write('lost.yaml', `image0: ${own}/team/lost:1\n`);
    expect((await world.check(['app', '-f', 'lost.yaml'])).code).toBe(0);
    await world.remove('platform/team/lost', digest);
    const { code, report, row } = await world.check(['app', '-f', 'lost.yaml']);
    expect([code, report.verdict, report.totals]).toEqual([1, 'not-fine', { absent: 1, ok: 1 }]);
    expect(row('platform/team/lost:1')).toMatchObject({
      ...{ verdict: 'absent', detail: 'the registry does not have it' },
      places: [{ template: 'app/templates/d.yaml', kind: 'Deployment' }],
    });
    await world.machine.write('again.yaml', `image0: ${own}/team/app:1\n`);
    expect((await world.check(['app', '-f', 'lost.yaml', '-f', 'again.yaml'])).code).toBe(0);
  });

  it('goes by the digest of a reference, not by its tag', async () => {
    const { digest } = await world.push('platform/team/app', '1');
    const gone = buildImage('never pushed').root.digest;
    await world.machine.write('pins.yaml', `image0: ${own}/team/app:9@${digest}\nimage1: ${own}/team/app:1@${gone}\n`);
    const { code, row } = await world.check(['app', '-f', 'pins.yaml']);
    expect(code).toBe(1);
    expect(row(`platform/team/app:9@${digest}`)).toMatchObject({ verdict: 'ok', digest });
    expect(row(`platform/team/app:1@${gone}`).verdict).toBe('absent');
  });

  it('names the platform that an image lacks, by its index, its config, or a child that is lost', async () => {
    const half = await world.push('platform/team/half', '1');
    await world.machine.write('platforms.yaml', `image0: ${own}/team/half:1\nimage1: ${own}/team/single:3\n`);
    const both = ['--platforms', 'linux/amd64,linux/arm64'];
    const first = await world.check(['app', ...both]);
    expect(first.code).toBe(1);
    expect(first.row('platform/team/app:1')).toMatchObject({
      verdict: 'ok',
      platforms: ['linux/amd64', 'linux/arm64'],
    });
    expect(first.row('platform/team/agent:2')).toMatchObject({
      ...{ verdict: 'platform-missing', missingPlatforms: ['linux/arm64'] },
      detail: 'no linux/arm64 (has linux/amd64)',
    });
    expect(first.stderr).toMatch(/^platform missing +\S+\/platform\/team\/agent:2 +no linux\/arm64 /m);
    const arm = half.children.find(({ platform }) => platform === 'linux/arm64')?.digest ?? '';
    await world.remove('platform/team/half', arm);
    const second = await world.check(['app', '-f', 'platforms.yaml', ...both]);
    expect(second.row('platform/team/half:1')).toMatchObject({
      ...{ verdict: 'platform-missing', missingPlatforms: ['linux/arm64'], platforms: ['linux/amd64'] },
    });
    expect(second.row('platform/team/single:3')).toMatchObject({ verdict: 'platform-missing' });
    const third = await world.check(['app', '-f', 'platforms.yaml', '--platforms', 'linux/amd64']);
    expect([third.code, third.report.totals]).toEqual([0, { ok: 2 }]);
  });

  it('names what is outside of the registry or of its path; several registries can be allowed', async () => {
    await world.machine.write(
      'outside.yaml',
      `image0: docker.io/library/busybox:1.37\nimage1: ${world.registry.host}/elsewhere/app:1\n`,
    );
    const { code, report, row } = await world.check(['app', '-f', 'outside.yaml']);
    expect([code, report.totals]).toEqual([1, { outside: 2 }]);
    expect(row('docker.io/library/busybox:1.37').detail).toBe(`not in ${own}`);
    expect(row('elsewhere/app:1').verdict).toBe('outside');
    const wider = ['--registry', own, '--registry', `${world.registry.host}/elsewhere`];
    const second = await world.check(['app', '-f', 'outside.yaml', ...wider]);
    expect(second.row('elsewhere/app:1').verdict).toBe('ok');
    expect(second.report.totals).toEqual({ outside: 1, ok: 1 });
  });

  it('tells a container whose image is no reference', async () => {
    await world.machine.write('bad.yaml', `image0: ":1"\n`);
    const { code, report } = await world.check(['app', '-f', 'bad.yaml']);
    expect([code, report.totals.unreadable]).toEqual([1, 1]);
    expect(report.images[0]).toMatchObject({ reference: ':1', verdict: 'unreadable' });
  });

  it('says that nothing names an image', async () => {
    await world.write('none', { templates: { 'c.yaml': 'apiVersion: v1\nkind: ConfigMap\nmetadata: { name: c }\n' } });
    const plain = await world.run(['none', '--registry', own]);
    expect([plain.code, plain.stdout]).toEqual([0, expect.stringMatching(/^NO IMAGE: .*none 1\.0\.0 names no image/)]);
    const strict = await world.check(['none', '--strict']);
    expect([strict.code, strict.report.verdict]).toEqual([1, 'not-fine']);
  });

  it('shows other registries that are mentioned, and fails for them with --strict', async () => {
    const labels = deployment(`- name: a\n  image: ${own}/team/app:1`).replace(
      '{ app: x } }\n    spec',
      '{ app: x, from: quay.io } }\n    spec',
    );
    await world.write('mentions', { templates: { 'd.yaml': labels } });
    const { code, report, stderr } = await world.check(['mentions']);
    expect([code, report.mentioned]).toEqual([
      0,
      [{ template: 'mentions/templates/d.yaml', line: 10, text: 'quay.io' }],
    ]);
    expect(stderr).toContain('  mentions/templates/d.yaml, line 10: quay.io\n');
    expect((await world.check(['mentions', '--strict'])).code).toBe(1);
  });

  it('never shows what a Secret holds', async () => {
    const secret = [
      ...['apiVersion: v1', 'kind: Secret', 'metadata: { name: s }', 'stringData:'],
      ...['  url: oci://bob:hunter2@quay.io/org/app?token=hunter3', '  login: "team/admin:hunter4"', ''],
    ];
    const data = Buffer.from('https://eve:hunter5@ghcr.io/x; password=hunter6').toString('base64');
    const templates = {
      's.yaml': secret.join('\n'),
      't.yaml': `apiVersion: v1\nkind: Secret\nmetadata: { name: t }\ndata: { a: ${data} }\n`,
    };
    await world.write('secret', { templates });
    const { stdout, stderr } = await world.check(['secret', '--strict']);
    expect(stdout).toContain('quay.io');
    expect(stdout + stderr).not.toMatch(/hunter|bob|eve|admin/);
  });

  it('is interrupted with exit code 130', async () => {
    const argv = ['check', 'app', '--registry', own, '--plain-http', world.registry.host];
    const held = world.registry.addFault({
      path: /manifests/,
      until: new Promise((resolve) => setTimeout(resolve, 5000)),
    });
    const cli = world.machine.start(argv);
    await held.firstHit;
    cli.interrupt();
    const { code, stdout, stderr } = await cli.ended.finally(() => held.remove());
    expect([code, stdout]).toEqual([130, '']);
    expect(stderr).toContain('INTERRUPTED');
  });

  it('tells all that is wrong with the command line, and asks for nothing', async () => {
    world.registry.reset();
    const argv = ['nowhere', '-f', 'no.yaml', '--registry', 'bare', '--platforms', 'x', '--release', 'A'];
    const { code, stdout, stderr } = await world.run(argv);
    expect([code, stdout]).toEqual([2, '']);
    expect(
      stderr
        .trimEnd()
        .split('\n')
        .map((line) => line.slice(0, line.indexOf(':'))),
    ).toEqual([...['--registry', '--platforms', 'CHART', 'no.yaml', '--release'], 'INPUT_INVALID']);
    expect(world.registry.requests()).toEqual([]);
  });
});

describeWith(['helm', 'crane'], 'a chart that was mirrored', () => {
  let world: World;

  beforeAll(async () => {
    world = await startWorld();
    const images = ['a.example.test/team/app:1', 'docker.io/library/busybox:1.37'];
    await world.sources.addImages(images);
    await world.publish('shop', chartOf(...images));
  });

  afterAll(() => world?.stop());

  it('passes, and fails when one of its images is removed', async () => {
    const { code, stderr } = await world.mirror('m', [{ chart: 'shop', version: '1.0.0' }]);
    expect(code, stderr).toBe(0);
    await world.machine.write('values.yaml', 'replicas: 2\n');
    const chart = `oci://${world.proxy.host}/m/shop:1.0.0`;
    const flags = ['--registry', `${world.proxy.host}/m`, '--plain-http', '--strict', '--platforms', 'linux/amd64'];
    const argv = ['check', chart, '-f', 'values.yaml', ...flags];
    const good = await world.machine.run(argv);
    expect(good.code, good.stdout + good.stderr).toBe(0);
    expect(good.stdout).toMatch(/^FINE: .*: 2 images, all in .* for linux\/amd64$/m);
    const answer = await fetch(`${world.proxy.url}/v2/m/library/busybox/manifests/1.37`, { method: 'DELETE' });
    expect(answer.ok).toBe(true);
    const bad = await world.machine.run(argv);
    expect(bad.code).toBe(1);
    expect(bad.stdout).toMatch(/^absent +\S+\/m\/library\/busybox:1\.37 /m);
  });
});
