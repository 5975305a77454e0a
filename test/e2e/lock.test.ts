import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { copyFile } from 'node:fs/promises';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type CarryWorld, pushWebImages, startCarryWorld, type WebImages, webParts } from '../support/carry-world.ts';
import { describeWith } from '../support/tools.ts';

describeWith(['helm', 'crane', 'registry'], 'lists and locks', () => {
  let world: CarryWorld;
  let images: WebImages;

  beforeAll(async () => {
    world = await startCarryWorld();
    images = await pushWebImages(world);
    await world.chart('web', webParts(images.pinned.digest));
  });

  afterAll(() => world?.stop());

  it('annotate each chart of a directory with its own images, and change nothing else', async () => {
    await world.chart('web', webParts(images.pinned.digest), 'annotated');
    const before = await world.machine.read('annotated/web/Chart.yaml');
    const { report, stderr } = await world.carry(['annotate', 'annotated/web']);
    expect(report.exitCode, stderr).toBe(0);
    const { host } = world.source;
    expect(await world.machine.read('annotated/web/Chart.yaml')).toBe(
      `${before}annotations:\n  images: |\n${[
        ['app', `${host}/team/app:1.0`],
        ['single', `${host}/team/single:2`],
        ['pinned', `${host}/team/pinned:4@${images.pinned.digest}`],
      ]
        .map(([name, image]) => `    - name: ${name}\n      image: ${image}\n`)
        .join('')}`,
    );
    expect(await world.machine.read('annotated/web/charts/sub/Chart.yaml')).toContain(`image: ${host}/team/sub:3\n`);
    const again = await world.carry(['annotate', 'annotated/web']);
    expect(again.stderr).toContain('4 images');
    expect(await world.machine.files(world.path('annotated'))).not.toContain('web/Images.lock');
  });

  it('keep what an annotation lists already, with its further fields', async () => {
    const yaml = [
      'annotations:',
      '  artifacthub.io/images: |',
      '    - name: x',
      '      image: HOST/team/app:1.0',
      '      whitelisted: true',
    ];
    await world.chart('kept', { ...webParts(images.pinned.digest), yaml: ['# top', ...yaml] });
    const { code, stderr } = await world.run(['annotate', 'kept', '--annotations-key', 'artifacthub.io/images']);
    expect(code, stderr).toBe(0);
    const text = await world.machine.read('kept/Chart.yaml');
    expect(text).toContain(`- name: x\n      image: ${world.source.host}/team/app:1.0\n      whitelisted: true\n`);
    expect(text.match(/team\/app/g)).toHaveLength(1);
    expect(text).toContain('team/single:2');
  });

  it('refuse an annotation that is no list, and change nothing', async () => {
    await world.chart('odd', { ...webParts(images.pinned.digest), yaml: ['annotations: { images: none }'] });
    const before = await world.machine.read('odd/Chart.yaml');
    const { code, stderr } = await world.run(['annotate', 'odd']);
    expect(code).toBe(1);
    expect(stderr).toContain('CHART_ARCHIVE_REFUSED');
    expect(await world.machine.read('odd/Chart.yaml')).toBe(before);
  });

  it('write an archive of a chart that is no directory', async () => {
    const { code, stderr } = await world.run(['wrap', 'web', '--output-dir', 'w']);
    expect(code, stderr).toBe(0);
    await world.run(['annotate', 'web', '--output-file', 'x.tgz']).then(({ code: refused }) => expect(refused).toBe(2));
  });

  it('lock the digest of every platform', async () => {
    const { code, stdout, stderr } = await world.run(['lock', 'web', '--output-file', '-']);
    expect(code, stderr).toBe(0);
    for (const { digest } of [...images.app.children, ...images.sub.children]) expect(stdout).toContain(digest);
    expect(stdout).not.toContain(images.app.digest);
    expect(stdout).not.toContain(images.app.attestations[0]);
    const one = await world.run(['lock', 'web', '--output-file', '-', '--platforms', 'linux/arm64']);
    expect(one.code).toBe(1);
    expect(one.stderr).toContain('has no linux/arm64');
  });

  it('tell which tag has moved, what is gone, and what nobody locked', async () => {
    await world.push('team/moving', '1', { name: 'before' });
    const containers = (image: string) =>
      `apiVersion: v1\nkind: Pod\nmetadata: {name: x}\nspec: {containers: [{name: a, image: "HOST/${image}"}]}\n`;
    await world.chart('moving', { templates: { 'a.yaml': containers('team/moving:1') } });
    expect((await world.run(['lock', 'moving'])).code).toBe(0);
    const same = await world.run(['lock', 'moving', '--verify']);
    expect([same.code, same.stdout.trimEnd().split('\n').at(-1)]).toEqual([0, 'moving 1.0.0: 1 image, all as locked']);
    const after = await world.push('team/moving', '1', { name: 'after' });
    const moved = await world.run(['lock', 'moving', '--verify', '--json']);
    expect(moved.code).toBe(1);
    const { images: rows } = JSON.parse(moved.stdout);
    expect(rows[0].verdict.kind).toBe('differs');
    expect(rows[0].verdict.platforms.map(({ found }: { found: string }) => found)).toEqual(
      after.children.map(({ digest }) => digest),
    );
    const lock = await world.machine.read('moving/Images.lock');
    await world.chart('moving', {
      templates: { 'a.yaml': containers('team/app:1.0') },
      files: { 'Images.lock': lock },
    });
    const other = await world.run(['lock', 'moving', '--verify', '--json']);
    expect(JSON.parse(other.stdout).images.map(({ verdict }: { verdict: { kind: string } }) => verdict.kind)).toEqual([
      'differs',
      'not-locked',
    ]);
  });

  it('tell what the lock has and the chart does not name any more', async () => {
    const pod = (image: string) =>
      `apiVersion: v1\nkind: Pod\nmetadata: {name: x}\nspec: {containers: [{name: a, image: "HOST/${image}"}]}\n`;
    await world.chart('fewer', { templates: { 'a.yaml': pod('team/app:1.0'), 'b.yaml': pod('team/single:2') } });
    expect((await world.run(['lock', 'fewer'])).code).toBe(0);
    await world.chart('fewer', { templates: { 'a.yaml': pod('team/app:1.0'), 'b.yaml': '' } });
    const { code, stdout } = await world.run(['lock', 'fewer', '--verify']);
    expect(code).toBe(1);
    expect(stdout).toContain('fewer 1.0.0: NOT as locked, 1 of 2 images differs');
    expect(stdout).toMatch(/^NOT NAMED .*team\/single:2\n.*the chart does not name it/m);
  });

  it('compare nothing by platforms: the lock says which there are', async () => {
    const { code, stderr } = await world.run(['lock', 'web', '--verify', '--platforms', 'linux/amd64']);
    expect([code, stderr]).toEqual([2, expect.stringContaining('with --verify the lock says which there are')]);
  });

  it('verify a target: 0 where all is there, 1 where a platform differs or an image is missing', async () => {
    const { host } = world.target;
    expect((await world.run(['wrap', 'web', '--output-dir', 'v'])).code).toBe(0);
    const file = 'v/web-1.2.3.wrap.tgz';
    const empty = await world.run(['verify', file, `${host}/verify`]);
    expect([empty.code, empty.stdout.match(/^ABSENT/gm)?.length]).toEqual([1, 4]);
    expect((await world.run(['unwrap', file, `${host}/verify`, '--output-dir', 'v'])).code).toBe(0);
    expect((await world.run(['verify', file, `oci://${host}/verify`])).code).toBe(0);
    const chart = await world.run(['verify', `oci://${host}/verify/web:1.2.3`, `${host}/verify`]);
    expect([chart.code, chart.stderr]).toEqual([0, '']);
    expect(chart.stdout).toContain('web 1.2.3: 4 images, all as locked');
    // the lock went along with the images
    expect(chart.stdout).toContain(`as locked   ${host}/verify/team/app:1.0`);
    expect(chart.stdout).not.toContain(world.source.host);
  });

  it('verify a chart archive however large its files are, and a lock whatever its name is', async () => {
    const { host } = world.target;
    const pod =
      'apiVersion: v1\nkind: Pod\nmetadata: {name: x}\nspec: {containers: [{name: a, image: HOST/team/app:1.0}]}\n';
    await world.chart('large', {
      templates: { 'a.yaml': pod },
      files: { 'files/noise.bin': randomBytes(6 * 2 ** 20) },
    });
    expect((await world.run(['lock', 'large'])).code).toBe(0);
    await promisify(execFile)('tar', ['-czf', world.path('large-1.0.0.tgz'), '-C', world.machine.work, 'large']);
    const archive = await world.run(['verify', 'large-1.0.0.tgz', `${host}/verify`]);
    expect([archive.code, archive.stdout]).toEqual([0, expect.stringContaining('large 1.0.0: 1 image, all as locked')]);
    await copyFile(world.path('large/Images.lock'), world.path('locked.yaml'));
    expect((await world.run(['verify', 'locked.yaml', `${host}/verify`])).code).toBe(0);
    const version = await world.run(['verify', 'large', `${host}/verify`, '--version', '2.0.0']);
    expect(version.code).not.toBe(0);
    expect(version.stderr).toContain('2.0.0');
    const other = await world.run(['verify', 'large/files/noise.bin', `${host}/verify`]);
    expect([other.code, other.stderr]).toEqual([2, expect.stringContaining('noise.bin cannot be read')]);
  });

  it('are refused with all that is wrong at once', async () => {
    const { code, stderr } = await world.run([
      ...['lock', 'nowhere', '--images', 'some', '--platforms', 'linux', '--annotations-key', '/x'],
      ...['--kube-version', 'old'],
    ]);
    expect(code).toBe(2);
    for (const flag of ['--images', '--platforms', '--annotations-key', '--kube-version', 'CHART'])
      expect(stderr).toContain(flag);
  });
});
