import { execFile } from 'node:child_process';
import { link, mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { machinePlatform } from '../../src/adapters/tools/pack-tools.ts';
import { type CarryWorld, pushWebImages, startCarryWorld, type WebImages, webParts } from '../support/carry-world.ts';
import { NO_CUT, onClosedSide } from '../support/closed-side.ts';
import { ROOT } from '../support/shared-charts.ts';
import { describeUnless, describeWith, requireTool } from '../support/tools.ts';

const run = promisify(execFile);
const SLOW = 600_000;
const PLATFORM = machinePlatform(process.platform, process.arch);
const FOLDER = `airgap-charts-${PLATFORM?.replace('/', '-')}`;
const NO_TOOLS = PLATFORM === undefined ? 'tools are packed on Linux, amd64 or arm64' : undefined;

describeUnless(NO_TOOLS, 'tools in bundles', () => {
  describeWith(['helm', 'crane', 'registry'], 'are made and used', () => {
    let world: CarryWorld;
    let images: WebImages;
    let closed: string;
    let start: string;

    const create = (output: string, ...flags: readonly string[]) =>
      world.run([
        'bundle',
        'create',
        '--catalog',
        'catalog.yaml',
        '--output',
        output,
        '--output-dir',
        'made',
        ...flags,
      ]);
    /** A command line that the text in the bundle gives a person, the first that begins so. */
    const told = (beginning: string): string => {
      const line = start.split('\n').find((one) => one.startsWith(`  ${beginning}`));
      if (line === undefined) throw new Error(`no line begins with ${beginning}:\n${start}`);
      return line.trim();
    };
    const inShell = (line: string, cwd: string) => run('/bin/sh', ['-c', line], { cwd, maxBuffer: 64 * 1024 * 1024 });
    const rowIn = async (file: string) => {
      const { stdout, stderr, code } = await world.machine.run(['bundle', 'info', file, '--json', '--check']);
      expect(code, stderr).toBe(0);
      return JSON.parse(stdout).tools;
    };
    const place = async (name: string): Promise<string> => {
      const directory = join(closed, name);
      await mkdir(directory);
      return directory;
    };

    beforeAll(async () => {
      world = await startCarryWorld();
      closed = await mkdtemp(join(tmpdir(), 'closed-'));
      images = await pushWebImages(world);
      await world.push('team/single', `${images.single.digest.replace(':', '-')}.sig`, { platforms: [], name: 'sig' });
      await world.chart('web', webParts(images.pinned.digest));
      const addons = [{ chart: 'web', repository: './web', namespace: 'shop' }];
      await world.machine.write('catalog.yaml', JSON.stringify({ addons }));
      const { code, stderr } = await create('platform.tar', '--with-tools', `${PLATFORM},${PLATFORM}`);
      expect(code, stderr).toBe(0);
      expect(stderr).toContain('how to begin on the closed side: tar -xOf platform.tar airgap-charts/START.txt');
      const directory = await place('one');
      await link(world.path('platform.tar'), join(directory, 'platform.tar'));
      start = (await run('tar', ['-xOf', 'platform.tar', 'airgap-charts/START.txt'], { cwd: directory })).stdout;
      await inShell(told('tar -xOf platform.tar'), directory);
    }, SLOW);

    afterAll(async () => {
      await world?.stop();
      if (closed !== undefined) await rm(closed, { recursive: true, force: true });
    });

    it('are one directory with programs, the tool and the packages it needs, and nothing else', async () => {
      const directory = join(closed, 'one');
      expect((await readdir(directory)).sort()).toEqual([FOLDER, 'platform.tar']);
      expect((await readdir(join(directory, FOLDER))).sort()).toEqual(['airgap-charts', 'app', 'bin']);
      expect((await readdir(join(directory, FOLDER, 'bin'))).sort()).toEqual(['crane', 'helm', 'node']);
      const all = await readdir(join(directory, FOLDER), { recursive: true, withFileTypes: true });
      expect(all.filter((entry) => !entry.isFile() && !entry.isDirectory())).toEqual([]);
      const packages = await readdir(join(directory, FOLDER, 'app', 'node_modules'));
      expect(packages).toContain('yaml');
      for (const name of ['.bin', 'vitest', 'typescript', 'knip', '@biomejs']) expect(packages).not.toContain(name);
    });

    it('say in the list of contents what they are, and how to begin in a text after the index', async () => {
      const [row, ...others] = await rowIn('platform.tar');
      expect(others).toEqual([]);
      const { version } = JSON.parse(await readFile(join(closed, 'one', FOLDER, 'app', 'package.json'), 'utf8'));
      expect(row).toMatchObject({ platform: PLATFORM, node: process.versions.node, tool: version });
      const { stdout } = await run('tar', ['-tf', world.path('platform.tar')]);
      expect(stdout.split('\n').slice(0, 6)).toEqual([
        'airgap-charts/bundle-size.json',
        'oci-layout',
        'index.json',
        'airgap-charts/START.txt',
        'airgap-charts/bundle.json',
        `blobs/${row.digest.replace(':', '/')}`,
      ]);
      expect(start).toContain(`For ${PLATFORM}: Node, airgap-charts, helm and crane. They need `);
    });

    it('know the results that travel: they are of the same helm and the same rules', async () => {
      const { stdout } = await run('tar', ['-xOf', world.path('platform.tar'), 'airgap-charts/bundle.json']);
      const rules = join(ROOT, 'src', 'adapters', 'rules.ts');
      const code = join(closed, 'one', FOLDER, 'app', 'dist');
      const script = `const { rulesDigest } = await import(${JSON.stringify(rules)}); console.log(await rulesDigest(${JSON.stringify(code)}));`;
      const node = join(closed, 'one', FOLDER, 'bin', 'node');
      const there = await run(node, ['--input-type=module', '-e', script], { env: {} });
      expect(there.stdout.trim()).toBe(JSON.parse(stdout).charts[0].results.rules);
    });

    it(
      'come out of parts as well, with the same bytes, made by a second run',
      async () => {
        const flags = ['--split', '20MiB', '--with-tools', PLATFORM ?? ''];
        const { code, stderr } = await create('parts/platform.tar', ...flags);
        expect(code, stderr).toBe(0);
        expect(await rowIn('parts/platform.tar.001')).toEqual(await rowIn('platform.tar'));
        const directory = await place('parts');
        const files = await readdir(world.path('parts'));
        expect(files.length).toBeGreaterThan(3);
        expect(files).toContain('platform.tar.sha256');
        for (const name of files) await link(join(world.path('parts'), name), join(directory, name));
        await inShell('sha256sum -c platform.tar.sha256', directory);
        const { stderr: said } = await inShell(told('cat platform.tar.'), directory);
        expect(said).toBe('');
        await run('diff', ['-r', join(directory, FOLDER), join(closed, 'one', FOLDER)]);
      },
      SLOW,
    );

    it('are not there for another platform: nothing is done, in one line', async () => {
      world.source.reset();
      const { code, stdout, stderr } = await create('other.tar', '--with-tools', `${PLATFORM},linux/riscv64`);
      expect([code, stdout]).toEqual([2, '']);
      expect(stderr).toBe(
        `--with-tools: "linux/riscv64" is not the platform of this machine, run it on such a machine, or write ${PLATFORM}\n`,
      );
      expect(world.source.requests()).toEqual([]);
      expect((await world.machine.files()).filter((name) => name.includes('other.tar'))).toEqual([]);
    });

    it('are not taken from scripts, which start other programs of this machine: nothing is done', async () => {
      const bin = await place('bin');
      await writeFile(join(bin, 'helm'), `#!/bin/sh\nexec ${requireTool('helm')} "$@"\n`, { mode: 0o755 });
      await symlink(requireTool('crane'), join(bin, 'crane'));
      world.source.reset();
      const argv = ['bundle', 'create', '--catalog', 'catalog.yaml', '--output', 'script.tar', '--plain-http'];
      const wanted = [...argv, '--with-tools', PLATFORM ?? ''];
      const { code, stderr } = await world.machine.run(wanted, { env: { PATH: bin } });
      expect(code).toBe(1);
      expect(stderr).toContain(`TOOL_FAILED: the tools cannot be packed: helm (${join(bin, 'helm')}) is no program`);
      expect(world.source.requests()).toEqual([]);
      expect((await world.machine.files()).filter((name) => name.includes('script.tar'))).toEqual([]);
    });

    it('are not missed where nobody asked for them', async () => {
      expect((await create('plain.tar')).code).toBe(0);
      expect(await rowIn('plain.tar')).toEqual([]);
      const { stdout } = await run('tar', ['-tf', world.path('plain.tar')]);
      expect(stdout).not.toContain('START.txt');
    });

    it('leave nothing in the temporary directory', async () => {
      expect(await readdir(world.machine.temporary)).toEqual([]);
    });

    describeUnless(NO_CUT, 'without a network', () => {
      it(
        'are enough, with the bundle, for all of the closed side',
        async () => {
          const [directory, home] = [join(closed, 'one'), await place('home')];
          const signature = `${images.single.digest.replace(':', '-')}.sig`;
          const line = told(`./${FOLDER}/airgap-charts bundle push`).replace('HOST/PATH', 'HOST/platform');
          const tags = [
            ['platform/team/app', '1.0'],
            ['platform/team/single', '2'],
            ['platform/team/pinned', '4'],
            ['platform/team/sub', '3'],
            ['platform/team/single', signature],
          ] as const;
          const outcome = await onClosedSide({
            ...{ directory, home, tags },
            line: `${line} --yes --plain-http --output-dir out`,
            outside: world.source.url,
          });
          expect(outcome.code, outcome.output).toBe(0);
          expect([outcome.interfaces, outcome.reached]).toEqual([['lo'], false]);
          expect(outcome.digests).toEqual({
            'platform/team/app:1.0': images.app.digest,
            'platform/team/single:2': images.single.digest,
            'platform/team/pinned:4': images.pinned.digest,
            'platform/team/sub:3': images.sub.digest,
            [`platform/team/single:${signature}`]: expect.stringMatching(/^sha256:/),
          });
          // the program of the bundle, not that of the system
          expect(outcome.output).toContain(join(directory, FOLDER, 'bin', 'helm'));
          const report = JSON.parse(await readFile(join(directory, 'out', 'report.json'), 'utf8'));
          expect(report.charts).toMatchObject([{ chart: 'web', status: 'pushed', proof: { state: 'proven' } }]);
          expect(await readdir(join(directory, 'out', 'helm-charts', 'web'))).toContain('proof.json');
        },
        SLOW,
      );
    });
  });
});
