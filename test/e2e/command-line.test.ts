import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { Report } from '../../src/domain/report/report.ts';
import { startConnectProxy } from '../support/connect-proxy.ts';
import { deployment } from '../support/e2e-charts.ts';
import { CLI, COMPILED } from '../support/e2e-cli.ts';
import { mirrorFlags } from '../support/e2e-machine.ts';
import { STABLE, startWorld, type World } from '../support/e2e-world.ts';
import { imageChart } from '../support/net-world.ts';
import { ROOT } from '../support/shared-charts.ts';
import { describeWith } from '../support/tools.ts';

const ESCAPE = '\u001b';
const MIRROR_FLAGS = [
  ...['values', 'catalog', 'chart-overrides', 'latest', 'scan-only', 'push-images', 'target-registry', 'target-prefix'],
  ...['image-path', 'include-dependencies', 'exclude-dependencies', 'kube-version', 'config', 'strict', 'platform'],
  ...['chart-version-suffix', 'skip-existing', 'verify-existing-digest', 'overwrite-existing', 'push-unproven'],
  ...['only-addon', 'exclude-addons', 'dockerhub-username', 'dockerhub-token', 'public-ecr-password'],
  ...['private-ecr-password', 'output-dir', 'concurrency', 'plain-http', 'ca-file', 'source-mirror', 'json'],
];
const VALUES = `platform:
  app: { chart: app, repoUrl: "${STABLE}", targetRevision: "1.0.0", releaseName: first }
  other:
    - { chart: other, repoUrl: "${STABLE}", targetRevision: "~1.0", enabled: false }
  broken: { repoUrl: "{{ .Values.repo }}", targetRevision: "1.0.0" }
`;

describeWith(['helm', 'crane'], 'the command line', () => {
  let world: World;
  const app = { chart: 'app', version: '1.0.0', release: 'first' };
  const other = { chart: 'other', version: '1.0.0' };

  /** What identifies the rows of a report. */
  function rowsOf({ charts }: Report): readonly string[] {
    return charts
      .map(({ chart, release, version, source, destination }) =>
        [chart, release, version, source, destination].join(' '),
      )
      .sort();
  }

  /** Starts a scan of a values file in a directory of its own. */
  async function scanValues(directory: string, ...flags: readonly string[]) {
    await world.machine.write(`${directory}/v.yaml`, VALUES);
    const target = ['--target-registry', world.proxy.host, '--plain-http', '--scan-only'];
    const argv = ['mirror', '--values', 'v.yaml', ...target, ...mirrorFlags(world.sources.mirrors()), ...flags];
    return world.machine.run(argv, { cwd: directory });
  }

  beforeAll(async () => {
    world = await startWorld();
    await world.publish('app', imageChart('quay.io/team/app:1'));
    await world.publish('other', imageChart('quay.io/team/other:2'));
    await world.publish('needy', {
      values: 'image: quay.io/team/app:1\n',
      templates: {
        'd.yaml': deployment(
          '- { name: {{ required "appName is needed" .Values.appName }}, image: {{ .Values.image }} }',
        ),
      },
    });
    await world.sources.addImages(['quay.io/team/app:1', 'quay.io/team/other:2']);
  });

  afterAll(() => world?.stop());

  it('explains every command, and tells its version, on standard output', async () => {
    const commands = ['', 'mirror', 'catalog', 'catalog generate', 'tools', 'tools install'];
    const help = async (command: string): Promise<void> => {
      const words = command.split(' ').filter((word) => word !== '');
      const { code, stdout, stderr } = await world.machine.run([...words, '--help']);
      expect([code, stderr], command).toEqual([0, '']);
      expect(stdout).toContain(`Usage: ${['airgap-charts', ...words].join(' ')} `);
      if (command === 'mirror') for (const flag of MIRROR_FLAGS) expect(stdout).toMatch(new RegExp(`--${flag}\\b`));
    };
    await Promise.all(commands.map(help));
    const { version } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8'));
    expect(await world.machine.run(['--version'])).toEqual({ code: 0, stdout: `${version}\n`, stderr: '' });
  });

  it('names --help where a flag of a command is unknown', async () => {
    const { code, stderr } = await world.machine.run(['mirror', '--frobnicate']);
    expect(code).toBe(2);
    expect(stderr).toContain("unknown option '--frobnicate'");
    expect(stderr).toContain('--help');
  });

  it('writes plain lines where there is no terminal, and only JSON to standard output with --json', async () => {
    const env = { TERM: 'xterm-256color', COLORTERM: 'truecolor' };
    const plain = await world.mirror('plain', [app, other], [], { env });
    expect([plain.code, plain.stdout]).toEqual([0, '']);
    expect(plain.stderr).not.toContain(ESCAPE);
    expect(plain.stderr).not.toContain('\r');
    expect(plain.stderr).toMatch(/^pushed +app 1\.0\.0 \(first\), 1 image/m);
    expect(plain.stderr).toMatch(/^pushed +other 1\.0\.0, 1 image/m);

    const json = await world.mirror('plain', [app], ['--json'], { env });
    expect(json.stdout).toBe(await world.machine.read(join(json.directory, 'report.json')));
    expect(json.report.charts.map(({ status }) => status)).toEqual(['present']);
    expect(json.stderr).not.toContain(ESCAPE);
  });

  it.each(['stdout', 'stderr'] as const)('goes on when nobody reads its %s any more', async (stream) => {
    const directory = `deaf-${stream}`;
    await world.machine.write(`${directory}/x`, '');
    const argv = await world.commandLine(directory, directory, [app], ['--json']);
    const child = spawn(process.execPath, [...CLI, ...argv], {
      cwd: join(world.machine.work, directory),
      env: {
        HOME: world.machine.home,
        TMPDIR: world.machine.temporary,
        PATH: join(world.machine.home, '..', 'bin'),
        NODE_COMPILE_CACHE: COMPILED,
      },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    child[stream].destroy();
    let heard = '';
    child[stream === 'stdout' ? 'stderr' : 'stdout'].setEncoding('utf8').on('data', (text: string) => {
      heard += text;
    });
    const code = await new Promise((resolve) => child.once('close', resolve));
    expect(code, heard).toBe(0);
    expect(heard).not.toContain('EPIPE');
    expect((await world.machine.report(directory)).charts.map(({ status }) => status)).toEqual(['pushed']);
  });

  it('ends before anything is fetched when the output directory cannot be one', async () => {
    await world.machine.write('taken/file', '');
    const before = world.sources.repository.requests().length;
    for (const path of ['file', 'file/below']) {
      const argv = await world.commandLine('taken', 'taken', [app], ['--output-dir', path]);
      const { code, stderr } = await world.machine.run(argv, { cwd: 'taken' });
      expect([code, stderr.includes('--output-dir'), stderr.includes(`taken/${path}`)], stderr).toEqual([
        2,
        true,
        true,
      ]);
    }
    expect(world.sources.repository.requests()).toHaveLength(before);
    expect(await world.machine.files(join(world.machine.work, 'taken'))).toEqual(['catalog.yaml', 'file']);
  });

  it('asks the target for nothing in a scan, and needs no login to it', async () => {
    world.proxy.reset();
    const refused = world.proxy.addFault({
      path: /./,
      status: 401,
      headers: { 'www-authenticate': 'Basic realm="x"' },
    });
    const { code, report, stderr } = await world.mirror('scan', [app], ['--scan-only']);
    refused.remove();
    expect([code, report.scanOnly], stderr).toEqual([0, true]);
    expect(world.proxy.requests()).toEqual([]);
  });

  it('takes releases of a catalog and charts of a values file by name, in any case of letters', async () => {
    const names = ['--only-addon', 'FIRST,other', '--exclude-addons', 'Other'];
    const catalog = await world.mirror('some', [app, other], ['--scan-only', ...names]);
    expect(catalog.report.charts.map(({ release }) => release)).toEqual(['first']);
    const values = await scanValues(
      'some-values',
      '--strict',
      '--only-addon',
      'App,OTHER,broken',
      '--exclude-addons',
      'app,Broken',
    );
    expect(values.code, values.stderr).toBe(0);
    expect((await world.machine.report('some-values')).charts.map(({ chart }) => chart)).toEqual(['other']);
  });

  it('makes a catalog from a values file that asks for the same addons', async () => {
    const direct = await scanValues('round');
    expect(direct.code, direct.stderr).toBe(0);
    const expected = rowsOf(await world.machine.report('round'));
    expect(expected).toHaveLength(2);
    const { machine } = world;
    const made = await machine.run(['catalog', 'generate', '--values', 'round/v.yaml', '--out', 'round/made/c.yaml']);
    expect([made.code, made.stdout], made.stderr).toEqual([0, '']);
    const flags = ['--target-registry', world.proxy.host, '--plain-http', '--scan-only', '--output-dir', 'out'];
    const argv = ['mirror', '--catalog', 'made/c.yaml', ...flags, ...mirrorFlags(world.sources.mirrors())];
    const again = await machine.run(argv, { cwd: 'round' });
    expect(again.code, again.stderr).toBe(0);
    expect(rowsOf(await machine.report('round/out'))).toEqual(expected);

    const few = ['catalog', 'generate', '--values', 'round/v.yaml', '--out', 'round/few.yaml', '--only-addon', 'APP'];
    expect((await machine.run(few)).code).toBe(0);
    expect(await machine.read('round/few.yaml')).not.toContain('other');
  });

  it('never writes a catalog over the values file, or over a directory', async () => {
    await world.machine.write('self/v.yaml', VALUES);
    await world.machine.write('self/directory/x', '');
    for (const out of ['v.yaml', './directory/../v.yaml', 'directory']) {
      const argv = ['catalog', 'generate', '--values', 'v.yaml', '--out', out];
      const { code, stderr } = await world.machine.run(argv, { cwd: 'self' });
      expect(code, `${out}: ${stderr}`).toBe(2);
      expect(stderr).toContain('--out');
    }
    expect(await world.machine.read('self/v.yaml')).toBe(VALUES);
  });

  it('works from any directory, and takes settings and overrides from the one that it is in', async () => {
    const { machine, sources, proxy } = world;
    const mirrors = sources.mirrors().map(({ from, to }) => `  - { from: "${from}", to: "${to}" }\n`);
    await machine.write('here/deep/x', '');
    await machine.write('here/c.yaml', `addons: [{ chart: needy, repository: "${STABLE}", version: 1.0.0 }]\n`);
    const settings = `targetRegistry: ${proxy.host}/here\nplainHttp: true\noutputDir: out\nsourceMirrors:\n${mirrors.join('')}`;
    await machine.write('here/airgap-charts.yaml', settings);
    await machine.write('here/chart-overrides.yaml', 'overrides:\n  needy: { appName: a }\n');
    const picked = await machine.run(['mirror', '--catalog', 'c.yaml', '--scan-only'], { cwd: 'here' });
    expect(picked.code, picked.stderr).toBe(0);
    const report = await machine.report('here/out');
    expect([report.target, report.charts[0]?.status]).toEqual([`${proxy.host}/here`, 'ready']);

    const argv = ['mirror', '--catalog', '../c.yaml', '--scan-only', '--config', '../airgap-charts.yaml'];
    const elsewhere = await machine.run([...argv, '--output-dir', 'own'], { cwd: 'here/deep' });
    expect(elsewhere.code, elsewhere.stderr).toBe(1);
    const [row] = (await machine.report('here/deep/own')).charts;
    expect(row?.error).toMatchObject({ code: 'RENDER_FAILED' });
    expect(`${row?.error?.message} ${row?.error?.hint}`).toContain('appName');
    const named = [...argv, '--output-dir', 'own', '--chart-overrides', '../chart-overrides.yaml'];
    expect((await machine.run(named, { cwd: 'here/deep' })).code).toBe(0);
  });

  it('says which tools it takes, and ends with 2 where one can neither be found nor fetched', async () => {
    const { machine } = world;
    const found = await machine.run(['tools', 'install']);
    expect(found.code, found.stderr).toBe(0);
    expect(found.stderr).toMatch(/helm \d+\.\d+\.\d+, the first on PATH that will do: \S+\/bin\/helm/);
    expect(found.stderr).toMatch(/crane \d+\.\d+\.\d+, the first on PATH that will do: \S+\/bin\/crane/);

    const proxy = await startConnectProxy({ routes: {} });
    const env = { PATH: machine.work, HTTPS_PROXY: proxy.url, HTTP_PROXY: proxy.url };
    const none = await machine.run(['tools', 'install', 'crane'], { env });
    await proxy.stop();
    expect(none.code, none.stderr).toBe(2);
    expect(none.stderr).toContain('TOOL_MISSING');
    expect(proxy.tunnels().length).toBeGreaterThan(0);
    expect(proxy.tunnels().filter(({ allowed }) => allowed)).toEqual([]);
  });
});
