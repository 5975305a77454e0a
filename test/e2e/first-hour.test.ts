import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { deployment } from '../support/e2e-charts.ts';
import { installCli, runProgram, shellExamples } from '../support/e2e-command.ts';
import { startWorld, type World } from '../support/e2e-world.ts';
import { ROOT } from '../support/shared-charts.ts';
import { describeWith } from '../support/tools.ts';

const CHARTS = 'https://charts.example.com';
const PAGE = readFileSync(join(ROOT, 'docs', 'first-hour.md'), 'utf8');
const EXAMPLES = shellExamples('first-hour.md');

/** The files that the page shows, by the name in their first line. */
function shownFiles(): readonly (readonly [string, string])[] {
  return [...PAGE.matchAll(/^```yaml\n# (\S+)\n(.*?)^```$/gms)].map(([, name = '', text = '']) => [name, text]);
}

/** The script that begins with this command. */
function example(beginning: string): string {
  const found = EXAMPLES.filter((script) => script.startsWith(beginning));
  const [script] = found;
  if (script === undefined || found.length > 1) throw new Error(`${found.length} examples begin with ${beginning}`);
  return script;
}

describeWith(['helm', 'crane'], 'the first hour, command by command as its page has them', () => {
  let world: World;

  async function publish(name: string, version: string, image: string, address = CHARTS): Promise<void> {
    const templates = { 'd.yaml': deployment('- { name: a, image: "{{ .Values.image }}" }') };
    await world.publish(name, { version, values: `image: ${image}\n`, templates }, address);
    await world.sources.addImages([image]);
  }

  beforeAll(async () => {
    world = await startWorld();
    await publish('shop', '1.0.0', 'quay.io/team/shop:1.0');
    await publish('logs', '0.5.3', 'docker.io/team/logs:0.5');
    await publish('agent', '2.0.0', 'ghcr.io/team/agent:2.0', 'oci://ghcr.io/team/charts');
    const { machine, proxy, sources } = world;
    await installCli(machine);
    await machine.write(
      'gitops/.git/config',
      '[remote "origin"]\n\turl = https://git.example.com/platform/gitops.git\n',
    );
    for (const [name, text] of shownFiles()) {
      const here = text.replace('registry.example.com', proxy.host);
      const settings = `plainHttp: true\nsourceMirrors: ${JSON.stringify(sources.mirrors())}\n`;
      await machine.write(name, name === 'airgap-charts.yaml' ? `${here}${settings}` : here);
    }
    await machine.write('nightly.sh', example('# nightly.sh'));
  });

  afterAll(() => world?.stop());

  /** Runs a script as it stands in the page, but for the host of the target. What it said. */
  async function follow(script: string, expected = 0): Promise<string> {
    const { machine, proxy } = world;
    const shell = ['/bin/sh', '-e', '-c', script.replaceAll('registry.example.com', proxy.host)];
    const env = { ...machine.env, PATH: `${join(machine.work, '..', 'bin')}:/usr/bin:/bin` };
    const { code, stdout, stderr } = await runProgram(machine, shell, { env });
    expect(code, stdout + stderr).toBe(expected);
    return stdout + stderr;
  }

  async function pushed(): Promise<readonly string[]> {
    const { charts } = await world.machine.report('out');
    return charts.map(({ release, version, status }) => `${release} ${version} ${status}`).sort();
  }

  it('shows every file that its commands need', () => {
    expect(shownFiles().map(([name]) => name)).toEqual([
      ...['gitops/apps/shop.yaml', 'gitops/sets/agent.yaml', 'gitops/sets/edge.yaml'],
      ...['gitops/edge/logs/config.yaml', 'gitops/edge/logs/values.yaml', 'airgap-charts.yaml'],
    ]);
  });

  it('makes the catalog, looks, plans and does it', async () => {
    expect(await follow(example('airgap-charts catalog generate'))).toContain('catalog.yaml: 4 addons\n');
    const looked = await follow(example('airgap-charts mirror --catalog catalog.yaml --scan-only'));
    expect(looked).toMatch(/^scan only: nothing was pushed/m);
    expect(looked).toMatch(/^nothing is wrong/m);
    expect(world.proxy.writes()).toEqual([]);
    const done = await follow(example('airgap-charts plan'));
    expect(done).toMatch(/^charts: 4 push$/m);
    expect(done).toMatch(/^all done$/m);
    expect(await pushed()).toEqual([
      ...['agent-dev 2.0.0 pushed', 'agent-prod 2.0.0 pushed', 'logs 0.5.3 pushed', 'shop 1.0.0 pushed'],
    ]);
  });

  it('runs every night, and the second night changes nothing', async () => {
    expect(await follow('sh nightly.sh')).toContain('there is no earlier report at reports/last.json');
    world.proxy.reset();
    expect(await follow('sh nightly.sh')).toMatch(/^nothing has changed since .*: 4 charts and 3 images are at /m);
    expect(world.proxy.writes()).toEqual([]);
    expect(await world.machine.files()).toEqual(
      expect.arrayContaining(['out/report.html', 'out/report.md', 'reports/last.json']),
    );
  });

  it('takes a newer version over, and names what it changes', async () => {
    await publish('shop', '1.1.0', 'quay.io/team/shop:1.1');
    expect(await follow(example('airgap-charts catalog outdated'))).toMatch(
      /^outdated +shop 1\.0\.0 → 1\.1\.0\n +- quay\.io\/team\/shop:1\.0\n +\+ quay\.io\/team\/shop:1\.1$/m,
    );
    const said = await follow(example('sed -i'));
    expect(said).toMatch(/^charts: 1 push, 3 present$/m);
    expect(said).toMatch(/^changed chart +shop 1\.0\.0 → 1\.1\.0 /m);
    expect(said).toMatch(/^new image +quay\.io\/team\/shop:1\.1$/m);
    expect(said).toMatch(/^gone image +quay\.io\/team\/shop:1\.0$/m);
  });

  it('finds all images of an install at the target, and writes what Argo CD needs', async () => {
    expect(await follow(example('airgap-charts check'))).toMatch(/^FINE: /m);
    await follow(example('airgap-charts emit argocd'));
    const files = await world.machine.files(join(world.machine.work, 'argocd'));
    const patches = (folder: string) => ['', '-sources'].map((several) => `${folder}/application${several}-patch.yaml`);
    expect(files).toEqual([
      ...['agent/agent-dev', 'agent/agent-prod', 'logs/logs'].flatMap(patches),
      'repositories.yaml',
      ...patches('shop/shop'),
    ]);
    expect(await world.machine.read('argocd/shop/shop/application-patch.yaml')).toContain('targetRevision: 1.1.0');
  });

  it('has no other command than those that were run here', () => {
    const run = ['catalog generate', 'mirror --catalog catalog.yaml --scan-only', 'plan', 'catalog outdated', 'check'];
    const known = [...run.map((one) => `airgap-charts ${one}`), '# nightly.sh', 'sed -i', 'airgap-charts emit argocd'];
    expect(EXAMPLES.filter((script) => !known.some((one) => script.startsWith(one)))).toEqual([]);
    expect(EXAMPLES).toHaveLength(known.length);
  });
});
