import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, expect, it } from 'vitest';
import { type CopyWorld, startCopyWorld } from '../support/copy-world.ts';
import { type Diagnosis, diagnosisOf } from '../support/doctor-run.ts';
import { specialReport } from '../support/emit-reports.ts';
import { authsFor } from '../support/net-machine.ts';
import { HTPASSWD, startDistribution } from '../support/registries.ts';
import { describeWith } from '../support/tools.ts';

describeWith(['registry'], 'the doctor', () => {
  let world: CopyWorld;

  beforeAll(async () => {
    world = await startCopyWorld();
    await mkdir(join(world.machine.work, 'out'));
  });

  afterEach(() => {
    world.source.reset();
    world.target.reset();
  });

  afterAll(async () => {
    await world?.stop();
  });

  async function examine(argv: readonly string[], env: Readonly<Record<string, string>> = {}): Promise<Diagnosis> {
    return diagnosisOf(await world.machine.run(['doctor', '--json', '--output-dir', 'out', ...argv], { env }));
  }

  const toTarget = (): readonly string[] => ['--target-registry', `${world.target.host}/p`, '--plain-http'];

  function catalog(): Promise<string> {
    const entry = `{chart: app, repository: "oci://${world.source.host}/charts", version: 1.0.0}`;
    return world.machine.write('catalog.yaml', `addons:\n  - ${entry}\n`);
  }

  it('asks source and target as a run would, writes to neither, and finds what is missing here', async () => {
    const found = await examine(['--catalog', await catalog(), ...toTarget()]);
    expect(found.rows('source')).toEqual([`${world.source.host} fine`, 'images doubt']);
    expect(found.rows('target')).toEqual([`${world.target.host} fine`]);
    expect(found.rows('clock')).toEqual(['this machine fine']);
    expect(found.rows('proxy')).toEqual(['none fine']);
    expect(found.rows('certificates')).toEqual(['authorities fine']);
    expect(found.rows('disk')).toEqual(['output directory fine', 'temporary files fine']);
    // this machine has no helm
    expect(found.of('program').map(({ subject, judgement, remedy }) => [subject, judgement, remedy])).toEqual([
      ['airgap-charts', 'fine', null],
      ['helm', 'wrong', expect.stringContaining('airgap-charts tools install')],
    ]);
    expect([found.code, found.report.healthy]).toEqual([1, false]);
    const asked = [...world.source.requests(), ...world.target.requests()];
    expect(asked.map(({ method, path }) => `${method} ${path}`)).toEqual([
      'GET /v2/',
      'HEAD /v2/charts/app/manifests/1.0.0',
      'GET /v2/',
      'GET /v2/',
    ]);
    expect(await world.machine.files(join(world.machine.work, 'out'))).toEqual([]);
  });

  it('prints a line for each finding, with its remedy below it', async () => {
    const { code, stdout } = await world.machine.run(['doctor', ...toTarget()]);
    expect(code).toBe(1);
    const lines = stdout.trimEnd().split('\n');
    expect(
      lines.filter((line) => /^(?:fine {2}|doubt |WRONG ) (?:program|proxy|cert|clock|source|target|disk)/.test(line)),
    ).toHaveLength(lines.length - 1 - lines.filter((line) => /^ +→ \S/.test(line)).length);
    expect(lines.at(-1)).toBe('1 thing is WRONG, 1 doubt');
  });

  it('says what is wrong with a host that nobody answers at, and what to do', async () => {
    const { code, of } = await examine(['--target-registry', '127.0.0.1:1', '--plain-http']);
    expect(code).toBe(1);
    expect(of('target')).toEqual([
      {
        ...{ area: 'target', subject: '127.0.0.1:1', judgement: 'wrong' },
        what: 'it cannot be reached: the connection was refused (REGISTRY_UNREACHABLE)',
        remedy: expect.stringContaining('check that 127.0.0.1:1 is up'),
      },
    ]);
    expect(of('clock')).toEqual([]);
  });

  it('does not wait as long as a run would for a host that is silent', async () => {
    const fault = world.target.addFault({ path: /^\/v2\/$/, until: new Promise(() => undefined) });
    const { code, of } = await examine(toTarget());
    fault.remove();
    expect(code).toBe(1);
    expect(of('target').map(({ what }) => what)).toEqual(['no answer within 20 s (REGISTRY_UNREACHABLE)']);
  }, 60_000);

  it.each([
    ['ahead', -600, 'wrong'],
    ['behind', 90, 'doubt'],
  ] as const)('tells that this machine is %s, where no host agrees with it', async (words, seconds, judgement) => {
    const headers = { Date: new Date(Date.now() + seconds * 1000).toUTCString() };
    const faults = [world.source, world.target].map((proxy) => proxy.addFault({ path: /^\/v2\/$/, headers }));
    const { of } = await examine(['--catalog', await catalog(), ...toTarget()]);
    for (const fault of faults) fault.remove();
    expect(of('clock')).toMatchObject([{ subject: 'this machine', judgement }]);
    expect(of('clock')[0]?.what).toMatch(new RegExp(`^its clock is \\d+ s ${words}, by the Date of `));
  });

  it('blames the host whose clock is off where another one agrees, and takes caches for what they are', async () => {
    const headers = { Date: new Date(Date.now() - 3_600_000).toUTCString() };
    const off = world.source.addFault({ path: /^\/v2\/$/, headers });
    const argv = ['--catalog', await catalog(), ...toTarget()];
    expect((await examine(argv)).rows('clock')).toEqual(['this machine fine', `${world.source.host} doubt`]);
    off.remove();
    const cached = world.source.addFault({ path: /^\/v2\/$/, headers: { ...headers, Age: '3600' } });
    expect((await examine(argv)).rows('clock')).toEqual(['this machine fine']);
    cached.remove();
  });

  it('tells with whose login a real registry is reached, and whether it is taken', async () => {
    const registry = await startDistribution({ htpasswd: HTPASSWD.line });
    const directory = (user: string, password: string): Promise<string> =>
      world.machine.write(
        `login-of-${password.length}/config.json`,
        JSON.stringify(authsFor({ [registry.host]: { user, password } })),
      );
    const argv = ['--target-registry', `${registry.host}/p`, '--plain-http'];
    const whatOf = async (config: string | undefined) => {
      const env = config === undefined ? {} : { DOCKER_CONFIG: join(config, '..') };
      const { of } = await examine(argv, env);
      return of('target').map(({ judgement, what, remedy }) => [judgement, what, remedy]);
    };
    try {
      const right = await directory(HTPASSWD.user, HTPASSWD.password);
      expect(await whatOf(right)).toEqual([
        ['fine', expect.stringMatching(/^reached in \d+ ms, the login of mirror from .*config\.json is taken$/), null],
      ]);
      // a secret that is a word of the report must not hide it
      const wrong = await directory(HTPASSWD.user, 'wrong');
      const said = `the login of mirror from ${wrong} is refused for the registry (401 UNAUTHORIZED: authentication required)`;
      expect(await whatOf(wrong)).toEqual([['wrong', said, expect.stringContaining(`docker login ${registry.host}`)]]);
      expect(await whatOf(undefined)).toEqual([
        [
          'wrong',
          expect.stringMatching(/^the registry wants a login, and none was found in /),
          expect.stringMatching(/^log in/),
        ],
      ]);
    } finally {
      await registry.stop();
    }
  });

  it('takes the sources of images from a report', async () => {
    const report = specialReport();
    const images = report.images.slice(0, 1).map((row) => ({ ...row, source: `${world.source.host}/team/app:1` }));
    await world.machine.write('report.json', JSON.stringify({ ...report, images }));
    const { rows } = await examine(['--report', 'report.json', ...toTarget()]);
    expect(rows('source')).toEqual([`${world.source.host} fine`]);
    expect(world.source.requests().map(({ path }) => path)).toEqual(['/v2/', '/v2/team/app/manifests/1']);
  });

  it('does not take a host for a registry that is none', async () => {
    const fault = world.source.addFault({ path: /./, status: 404, body: '<html>' });
    const { rows } = await examine(['--catalog', await catalog(), ...toTarget()]);
    fault.remove();
    expect(rows('source')).toEqual([`${world.source.host} doubt`, 'images doubt']);
  });

  it('looks where directories that are missing would be made, and says where they cannot', async () => {
    const { of } = await examine(['--output-dir', 'out/new/deep']);
    expect(of('disk')[0]).toMatchObject({ judgement: 'fine', what: expect.stringContaining('can be made in') });
    await world.machine.write('file', '');
    const { of: inFile } = await examine(['--output-dir', 'file']);
    expect(inFile('disk')[0]).toMatchObject({ judgement: 'wrong', remedy: 'name a directory that can be written' });
  });

  it('refuses bad input: all of it at once', async () => {
    const { code, stdout, stderr } = await world.machine.run([
      ...['doctor', '--catalog', 'none.yaml', '--report', 'none.json', '--ca-file', 'none.pem'],
    ]);
    expect([code, stdout]).toEqual([2, '']);
    for (const file of ['none.yaml', 'none.json', 'none.pem']) expect(stderr).toContain(file);
    const proxy = await world.machine.run(['doctor', '--target-registry', 'registry.example.com'], {
      env: { HTTPS_PROXY: 'ftp://proxy' },
    });
    expect([proxy.code, proxy.stdout]).toEqual([2, '']);
    expect(proxy.stderr).toContain('write HTTPS_PROXY as http://host:port');
  });
});
