import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { contentsOf } from '../support/ecr-contents.ts';
import { type EcrNames, ecrNames, placeOf } from '../support/ecr-hosts.ts';
import { type EcrWorld, startEcrWorld } from '../support/ecr-world.ts';
import { authsFor } from '../support/net-machine.ts';
import { imageChart } from '../support/net-world.ts';
import { describeWith, requireTool } from '../support/tools.ts';

describe('names', () => {
  const standard: readonly (readonly [region: string, registry: string, api: string])[] = [
    ['us-west-2', 'dkr.ecr.us-west-2.amazonaws.com', 'api.ecr.us-west-2.amazonaws.com'],
    ['us-gov-west-1', 'dkr.ecr.us-gov-west-1.amazonaws.com', 'api.ecr.us-gov-west-1.amazonaws.com'],
    ['cn-north-1', 'dkr.ecr.cn-north-1.amazonaws.com.cn', 'api.ecr.cn-north-1.amazonaws.com.cn'],
    ['eusc-de-east-1', 'dkr.ecr.eusc-de-east-1.amazonaws.eu', 'api.ecr.eusc-de-east-1.amazonaws.eu'],
    ['us-iso-east-1', 'dkr.ecr.us-iso-east-1.c2s.ic.gov', 'api.ecr.us-iso-east-1.c2s.ic.gov'],
    ['us-isob-east-1', 'dkr.ecr.us-isob-east-1.sc2s.sgov.gov', 'api.ecr.us-isob-east-1.sc2s.sgov.gov'],
    ['eu-isoe-west-1', 'dkr.ecr.eu-isoe-west-1.cloud.adc-e.uk', 'api.ecr.eu-isoe-west-1.cloud.adc-e.uk'],
    ['us-isof-east-1', 'dkr.ecr.us-isof-east-1.csp.hci.ic.gov', 'api.ecr.us-isof-east-1.csp.hci.ic.gov'],
  ];
  const account = '123456789012';

  it('are those of each partition, and stand for the same account and region in every form', () => {
    for (const [region, registry, api] of standard) {
      const names = ecrNames(account, region);
      expect([names.registry, names.api]).toEqual([`${account}.${registry}`, api]);
      for (const form of [names, names.fips, names.dualStack, names.dualStackFips]) {
        expect(placeOf(form.registry)).toEqual({ kind: 'data', service: 'ecr', account, region });
        expect(placeOf(`${form.api}:443`)).toEqual({ kind: 'control', service: 'ecr', region });
      }
      expect(placeOf(names.layers)).toEqual({ kind: 'layers' });
    }
    expect(ecrNames(account, 'us-west-2').dualStackFips.registry).toBe(`${account}.dkr-ecr-fips.us-west-2.on.aws`);
  });

  it('that only look like ECR’s are not', () => {
    const fakes = [
      `${account}.dkr.ecr.us-west-2.amazonaws.com.fake.example.com`,
      `${account}.dkr.ecr.us-west-2.amazonaws.com.cn`,
      `${account}.dkr.ecr.cn-north-1.amazonaws.com`,
      `12345.dkr.ecr.us-west-2.amazonaws.com`,
      'public.ecr.aws.example.com',
      'api.ecr.us-west-2.example.com',
    ];
    expect(fakes.map(placeOf)).toEqual(fakes.map(() => undefined));
  });
});

describeWith(['openssl', 'crane', 'helm'], 'a world of ECR behind a proxy and a private authority', () => {
  const china = { account: '210987654321', region: 'cn-north-1' };
  let world: EcrWorld;

  beforeAll(async () => {
    world = await startEcrWorld({
      registries: [china],
      privateNames: { 'registry.corp.example': { account: '123456789012', region: 'eu-central-1' } },
    });
    await world.addImages('team/app:1.0');
  });
  afterEach(() => {
    expect(world.ecr.defects()).toEqual([]);
    world.ecr.log.reset();
  });
  afterAll(() => world.stop());

  /** crane with a login for some hosts; what it printed, or the end of its complaint. */
  async function crane(hosts: readonly string[], ...argv: readonly string[]): Promise<string> {
    const { password } = world.ecr.tokens.issue('ecr', world.ecr.principal, world.ecr.region);
    const logins = Object.fromEntries(hosts.map((host) => [host, { user: 'AWS', password }]));
    const DOCKER_CONFIG = await world.machine.dockerConfig(authsFor(logins));
    const options = { env: { ...world.network, DOCKER_CONFIG } };
    const run = promisify(execFile)(requireTool('crane'), [...argv], options);
    return run.then(
      ({ stdout }) => stdout.trim(),
      (error: { readonly stderr: string }) => error.stderr.trim().split('\n').at(-1) ?? '',
    );
  }

  function registriesOf({ registry, fips, dualStack, dualStackFips }: EcrNames): readonly string[] {
    return [registry, fips.registry, dualStack.registry, dualStackFips.registry];
  }

  it('takes images from crane once their repository is there', async () => {
    const { registry } = world.names;
    const copy = () => crane([registry], 'copy', 'images.example.test/team/app:1.0', `${registry}/team/app:1.0`);
    expect(await copy()).toContain('NAME_UNKNOWN: The repository with name');
    world.contents.create('team/app');
    expect(await copy()).toBe('');
    expect(world.contents.list()).toHaveLength(4);
    const pulled = join(world.machine.work, 'pulled.tar');
    const digest = world.contents.image('team/app', '1.0').digest;
    expect(await crane([registry], 'pull', `${registry}/team/app@${digest}`, pulled)).toBe('');
    expect(world.proxy.tunnels()).toContainEqual({ authority: `${world.names.layers}:443`, allowed: true });
  });

  it('is the same registry under every form of its name, and under a private one', async () => {
    const hosts = [...registriesOf(world.names), 'registry.corp.example'];
    world.contents.add('many/names', '1.0');
    for (const host of hosts) expect(await crane(hosts, 'ls', `${host}/many/names`)).toBe('1.0');
  });

  it('keeps other accounts and regions apart, and their registries closed', async () => {
    const names = ecrNames(china.account, china.region);
    contentsOf(world.ecr, china).add('team/app', '2.0');
    const list = () => crane([names.registry], 'ls', `${names.registry}/team/app`);
    expect(await list()).toContain('no resource-based policy allows the ecr:ListImages action');
    world.ecr.access.trust(world.ecr.account, china.account);
    expect(await list()).toBe('2.0');
  });

  it('shows crane expired logins, throttling and immutable tags', async () => {
    const { registry } = world.names;
    world.contents.create('frozen', { mutability: { kind: 'IMMUTABLE', filters: [] } });
    world.contents.add('frozen', '1.0');
    const push = () => crane([registry], 'copy', 'images.example.test/team/app:1.0', `${registry}/frozen:1.0`);
    expect(await push()).toContain('cannot be overwritten because the tag is immutable');
    const off = world.ecr.log.before('ListImages', () => world.ecr.throttle({ kind: 'share', share: 1, seed: 1 }));
    expect(await crane([registry], 'ls', `${registry}/frozen`)).toContain('TOOMANYREQUESTS: Rate exceeded');
    off();
    world.ecr.throttle(undefined);
    world.ecr.tokens.setLife(-1);
    expect(await crane([registry], 'ls', `${registry}/frozen`)).toContain(
      'DENIED: Your authorization token has expired.',
    );
    world.ecr.tokens.setLife(60_000);
  });

  it('is a target of the command line, which leaves no secret anywhere', async () => {
    await world.publish('app', imageChart('images.example.test/team/app:1.0'), 'https://charts.example.test/stable');
    const addons = [{ chart: 'app', repository: 'https://charts.example.test/stable', version: '1.0.0' }];
    const flags = ['--target-registry', `${world.names.registry}/mirror`];
    const first = await world.mirror(addons, flags);
    expect([first.code, first.rows]).toEqual([0, ['app pushed']]);
    expect(world.contents.names()).toEqual(expect.arrayContaining(['mirror/app', 'mirror/team/app']));
    expect(world.ecr.tokens.issued()).toBeGreaterThan(0);
    expect(world.machine.faults()).toEqual([]);
  });
});
