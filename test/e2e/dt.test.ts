import { execFile } from 'node:child_process';
import { mkdir, readFile, stat, symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type CarryWorld, pushWebImages, startCarryWorld, type WebImages, webParts } from '../support/carry-world.ts';
import { type ChartParts, deployment, vendored } from '../support/e2e-charts.ts';
import { rawManifest } from '../support/e2e-registry.ts';
import type { PushedImage } from '../support/synthetic-images.ts';
import { describeWith, requireTool } from '../support/tools.ts';

const run = promisify(execFile);

/** A chart, and the platform manifests that have to arrive, by repository and tag. */
interface Case {
  readonly name: string;
  readonly version: string;
  readonly parts: ChartParts;
  readonly images: Readonly<Record<string, PushedImage>>;
}

function annotation(...images: readonly (readonly [name: string, image: string])[]): readonly string[] {
  const lines = images.flatMap(([name, image]) => [`    - name: ${name}`, `      image: ${image}`]);
  return ['annotations:', '  images: |', ...lines];
}

function one(image: string): ChartParts {
  return {
    values: `image: ${image}\n`,
    templates: { 'd.yaml': deployment("- { name: a, image: '{{ .Values.image }}' }") },
  };
}

/**
 * Six charts: plain, with a subchart, annotated already, pinned to the manifest of a platform, with attestations, and one whose
 * own annotation pins an index.
 */
async function sixCharts(world: CarryWorld, web: WebImages): Promise<readonly Case[]> {
  const [amd64] = web.pinned.children;
  const plain = one('HOST/team/app:1.0');
  const sub = vendored('part', one('HOST/team/single:2'));
  const pinnedTo = `HOST/team/one@${web.single.digest}`;
  await world.push('team/one', 'x', { platforms: [], format: 'docker', name: 'team/single:2' });
  if (amd64 === undefined) throw new Error('the image has a platform');
  return [
    { name: 'plain', version: '1.0.0', parts: plain, images: { 'team/app:1.0': web.app } },
    {
      name: 'parent',
      version: '1.0.0',
      parts: { ...plain, yaml: ['dependencies:', '  - { name: part, version: 1.0.0 }'], files: sub },
      images: { 'team/app:1.0': web.app, 'team/single:2': web.single },
    },
    {
      name: 'listed',
      version: '1.0.0',
      parts: { ...plain, yaml: annotation(['app', 'HOST/team/app:1.0'], ['more', 'HOST/team/single:2']) },
      images: { 'team/app:1.0': web.app, 'team/single:2': web.single },
    },
    {
      name: 'pinned',
      version: '1.0.0',
      parts: one(pinnedTo),
      images: { [`team/one:mirrored-${web.single.digest.slice(7, 19)}`]: web.single },
    },
    {
      name: 'web',
      version: '1.2.3',
      parts: webParts(web.pinned.digest),
      images: { 'team/app:1.0': web.app, 'team/single:2': web.single, 'team/pinned:4': web.pinned },
    },
    {
      name: 'fixed',
      version: '1.0.0',
      parts: {
        ...one(`HOST/team/pinned:4@${web.pinned.digest}`),
        yaml: annotation(['its-own', `HOST/team/pinned:4@${web.pinned.digest}`]),
      },
      images: { 'team/pinned:4': web.pinned },
    },
  ];
}

function platformsOf({ children, digest }: PushedImage): readonly string[] {
  return children.length === 0 ? [digest] : children.map((child) => child.digest);
}

describeWith(['helm', 'crane', 'registry', 'dt'], 'dt 0.4.12', () => {
  let world: CarryWorld;
  let cases: readonly Case[];
  let dtHome: string;

  const dt = (argv: readonly string[], cwd: string) =>
    run(requireTool('dt'), [...argv, '--insecure', '--use-plain-http', '--plain'], {
      cwd,
      env: { HOME: dtHome, PATH: join(dtHome, 'bin'), TMPDIR: world.machine.temporary },
    });

  /** The platform manifests under a tag of the target. */
  async function arrived(repository: string, tag: string): Promise<readonly string[]> {
    const manifest = await rawManifest(world.target.url, repository, tag);
    if (manifest === undefined) throw new Error(`${repository}:${tag} is not there`);
    const { manifests } = JSON.parse(manifest.text);
    if (manifests === undefined) return [manifest.digest];
    return manifests
      .filter(({ platform }: { platform: { os: string } }) => platform.os !== 'unknown')
      .map(({ digest }: { digest: string }) => digest);
  }

  beforeAll(async () => {
    world = await startCarryWorld();
    dtHome = join(world.machine.work, 'dt-home');
    await mkdir(join(dtHome, 'bin'), { recursive: true });
    await symlink(requireTool('helm'), join(dtHome, 'bin', 'helm'));
    cases = await sixCharts(world, await pushWebImages(world));
    for (const { name, parts } of cases) await world.chart(name, parts);
  });

  afterAll(() => world?.stop());

  describe.each(['plain', 'parent', 'listed', 'pinned', 'web', 'fixed'])('%s', (name) => {
    const own = (): Case => {
      const found = cases.find((one) => one.name === name);
      if (found === undefined) throw new Error(`there is no ${name}`);
      return found;
    };

    it('reads, pushes and verifies a wrap of ours', async () => {
      const { version, images } = own();
      const made = await world.run(['wrap', name, '--output-dir', 'ours']);
      expect(made.code, made.stderr).toBe(0);
      const file = `${name}-${version}.wrap.tgz`;
      const told = await dt(['info', file], world.path('ours'));
      for (const image of Object.keys(images)) expect(told.stdout + told.stderr).toContain(image);
      await dt(['unwrap', file, `oci://${world.target.host}/dt/${name}`, '--yes'], world.path('ours'));
      for (const [image, pushed] of Object.entries(images)) {
        const [repository = '', tag = ''] = image.split(':');
        expect(await arrived(`dt/${name}/${repository}`, tag)).toEqual(platformsOf(pushed));
      }
      const chart = `oci://${world.target.host}/dt/${name}/${name}`;
      await run(requireTool('helm'), ['template', 'x', chart, '--version', version, '--plain-http'], {
        env: { HOME: dtHome, PATH: join(dtHome, 'bin') },
      });
    });

    it('makes a wrap that we push, with the same platforms', async () => {
      const { version, parts, images } = own();
      await world.chart(name, parts, 'for-dt');
      const list = await world.run(['annotate', join('for-dt', name)]);
      expect(list.code, list.stderr).toBe(0);
      if (name === 'web' || name === 'fixed') {
        // dt pulls nothing that has a tag and the digest of an index
        const yaml = await world.machine.read(`for-dt/${name}/Chart.yaml`);
        await world.machine.write(`for-dt/${name}/Chart.yaml`, yaml.replace(/(team\/pinned:4)@sha256:\w+/, '$1'));
      }
      await dt(['wrap', name], world.path('for-dt'));
      const file = join('for-dt', `${name}-${version}.wrap.tgz`);
      const to = `oci://${world.target.host}/ours/${name}`;
      const { code, stderr } = await world.run(['unwrap', file, to, '--output-dir', `from-dt/${name}`]);
      expect(code, stderr).toBe(0);
      for (const [image, pushed] of Object.entries(images)) {
        const [repository = '', tag = ''] = image.split(':');
        expect(await arrived(`ours/${name}/${repository}`, tag)).toEqual(platformsOf(pushed));
      }
      const report = await world.machine.report(`from-dt/${name}`);
      expect(report.charts).toMatchObject([{ status: 'pushed', proof: { state: 'proven' } }]);
    });
  });

  it('writes the same lock but for who made it and when', async () => {
    const ours = await world.run(['lock', join('for-dt', 'parent'), '--output-file', '-']);
    await dt(['images', 'lock', 'parent'], world.path('for-dt'));
    const theirs = await world.machine.read('for-dt/parent/Images.lock');
    const plain = (text: string): string => text.replace(/^ {2}generated(?:At|By): .*$/gm, '');
    expect(plain(ours.stdout)).toBe(plain(theirs));
  });

  it('makes a wrap of nearly the same size', async () => {
    const [ours, theirs] = await Promise.all(
      ['ours/listed-1.0.0.wrap.tgz', 'for-dt/listed-1.0.0.wrap.tgz'].map((name) => stat(world.path(name))),
    );
    const ratio = (ours?.size ?? 0) / (theirs?.size ?? 1);
    expect(ratio).toBeLessThan(1.1);
    expect((await readFile(world.path('ours/listed-1.0.0.wrap.tgz'))).subarray(0, 10)).toEqual(
      (await readFile(world.path('for-dt/listed-1.0.0.wrap.tgz'))).subarray(0, 10),
    );
  });
});
