import { symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { deployment } from '../support/e2e-charts.ts';
import { CLI } from '../support/e2e-cli.ts';
import { runProgram } from '../support/e2e-command.ts';
import { mirrorFlags } from '../support/e2e-machine.ts';
import { STABLE, startWorld, type World } from '../support/e2e-world.ts';
import { describeWith } from '../support/tools.ts';

const OCI = 'oci://oci.example.test/charts';
const GIT = 'https://git.example/team/gitops.git';

function application(name: string, source: string): string {
  return `apiVersion: argoproj.io/v1alpha1
kind: Application
metadata: { name: ${name}, namespace: argocd }
spec:
  destination: { namespace: apps }
${source}`;
}

const TREE = {
  '.git/config': `[remote "origin"]\n\turl = git@git.example:team/gitops.git\n`,
  'apps/web.yaml': application(
    'web',
    `  sources:
    - repoURL: ${STABLE}
      chart: web
      targetRevision: 1.0.*
      helm: { valueFiles: [$own/env/prod.yaml], parameters: [{ name: port, value: "80" }] }
    - { repoURL: "${GIT}", ref: own }
`,
  ),
  'apps/set.yaml': `apiVersion: argoproj.io/v1alpha1
kind: ApplicationSet
metadata: { name: charts }
spec:
  goTemplate: true
  generators: [{ git: { repoURL: "${GIT}", directories: [{ path: charts/* }] } }]
  template:
    metadata: { name: "{{ .path.basename }}" }
    spec: { source: { repoURL: "${GIT}", path: "{{ .path.path }}" }, destination: { namespace: apps } }
`,
  'apps/plain.yaml': application('plain', `  source: { repoURL: "${GIT}", path: env }\n`),
  'env/prod.yaml': 'image: quay.io/team/other:2\n',
  'charts/own/Chart.yaml': 'apiVersion: v2\nname: own\nversion: 0.1.0\n',
  'charts/own/templates/d.yaml': deployment('- { name: a, image: quay.io/team/app:1 }'),
};

describeWith(['helm', 'crane'], 'a catalog of what installs charts elsewhere', () => {
  let world: World;

  beforeAll(async () => {
    world = await startWorld();
    await world.publish('web', {
      values: 'image: quay.io/team/app:1\nport: 1\n',
      templates: { 'd.yaml': deployment('- { name: a, image: {{ .Values.image }} }') },
    });
    await world.sources.addImages(['quay.io/team/app:1', 'quay.io/team/other:2']);
    for (const [name, text] of Object.entries(TREE)) await world.machine.write(`gitops/${name}`, text);
  });

  afterAll(() => world?.stop());

  async function scanned(catalog: string, output: string) {
    const flags = ['--target-registry', world.proxy.host, '--plain-http', '--scan-only', '--output-dir', output];
    const argv = ['mirror', '--catalog', catalog, ...flags, ...mirrorFlags(world.sources.mirrors())];
    const { code, stderr } = await world.machine.run(argv);
    expect(code, stderr).toBe(0);
    return world.machine.report(output);
  }

  it('is made of a tree of Argo CD and can be mirrored, with its values', async () => {
    const { machine } = world;
    const made = await machine.run(['catalog', 'generate', '--manifests', 'gitops', '--out', 'made/catalog.yaml']);
    expect([made.code, made.stdout], made.stderr).toEqual([0, '']);
    expect(made.stderr).toContain('note: git.example/team/gitops is read from gitops as it is there');
    expect(made.stderr).toContain('not mirrored: Application plain (gitops/apps/plain.yaml:1)');
    expect(made.stderr).toContain('made/catalog.yaml: 2 addons, 1 cannot be mirrored (listed as comments)\n');
    const report = await scanned('made/catalog.yaml', 'scan');
    expect(report.charts.map(({ chart, release, version }) => [chart, release, version].join(' ')).sort()).toEqual([
      'own own 0.1.0',
      'web web 1.0.0',
    ]);
    expect(report.images.map(({ source }) => source).sort()).toEqual(['quay.io/team/app:1', 'quay.io/team/other:2']);
  });

  it('is printed where standard output is named, and no file is called so', async () => {
    const { machine } = world;
    const flags = ['catalog', 'generate', '--manifests', 'gitops', '--out'];
    expect((await machine.run([...flags, 'printed.yaml'])).code).toBe(0);
    const printed = await machine.run([...flags, '-']);
    expect([printed.code, printed.stdout]).toEqual([0, await machine.read('printed.yaml')]);
    expect(printed.stderr).toContain('standard output: 2 addons');
    expect(await machine.files(machine.work)).not.toContain('-');
  });

  it('is made of a kustomization with charts of a repository and of a registry, with their values', async () => {
    const { machine } = world;
    const version = '2.0.0';
    const templates = { 'd.yaml': deployment('- { name: a, image: {{ .Values.image }} }') };
    await world.publish('api', { version, values: 'image: quay.io/team/app:1\n', templates }, OCI);
    const text = `namespace: apps
helmCharts:
  - { name: web, repo: "${STABLE}", version: 1.0.0, releaseName: front, valuesFile: ../values/web.yaml }
  - name: api
    repo: ${OCI}
    version: ${version}
    releaseName: back
    valuesFile: ../values/web.yaml
    valuesInline: { image: quay.io/team/app:1 }
  - { name: api, repo: ${OCI}, releaseName: lost }
`;
    await machine.write('kust/prod/kustomization.yaml', text);
    await machine.write('kust/values/web.yaml', 'image: quay.io/team/other:2\n');
    const made = await machine.run(['catalog', 'generate', '--manifests', 'kust', '--out', 'made/kust.yaml']);
    expect([made.code, made.stdout], made.stderr).toEqual([0, '']);
    expect(made.stderr).toContain(
      'not mirrored: helm chart apps/lost (kust/prod/kustomization.yaml:10): it names no version',
    );
    expect(made.stderr).toContain('made/kust.yaml: 2 addons, 1 cannot be mirrored (listed as comments)\n');
    const report = await scanned('made/kust.yaml', 'kust-scan');
    expect(report.charts.map(({ chart, release, version: at }) => [chart, release, at].join(' ')).sort()).toEqual([
      'api back 2.0.0',
      'web front 1.0.0',
    ]);
    expect(report.images.map(({ source }) => source).sort()).toEqual(['quay.io/team/app:1', 'quay.io/team/other:2']);
  });

  it('holds nothing that a link in a checkout leads out to', async () => {
    const { machine } = world;
    const entry = '{ name: web, repo: https://x.example, version: 1.0.0, valuesFile: linked.yaml }';
    await machine.write('own.yaml', 'image: quay.io/team/own:1\n');
    await machine.write('linked/.git/config', '');
    await machine.write('linked/kustomization.yaml', `helmCharts: [${entry}]\n`);
    await symlink('../own.yaml', join(machine.work, 'linked', 'linked.yaml'));
    const made = await machine.run(['catalog', 'generate', '--manifests', 'linked', '--out', 'linked.yaml']);
    expect(made.stderr).toContain('the values file "linked.yaml" is not read: it is outside of the checkout');
    expect([made.code, (await machine.read('linked.yaml')).includes('valuesFiles')]).toEqual([0, false]);
  });

  it('is made of what helm lists, from standard input', async () => {
    const { machine } = world;
    await machine.write('repositories.yaml', `charts:\n  web: ${STABLE}\n`);
    const list = [
      { name: 'first', namespace: 'n', status: 'deployed', chart: 'web-1.0.0' },
      { name: 'second', namespace: 'n', status: 'deployed', chart: 'unknown-1.0.0' },
    ];
    const argv = ['catalog', 'generate', '--helm-list', '-', '--repositories', 'repositories.yaml', '--out', 'l.yaml'];
    const made = await runProgram(machine, [process.execPath, ...CLI, ...argv], { input: JSON.stringify(list) });
    expect([made.code, made.stdout], made.stderr).toEqual([0, '']);
    expect(made.stderr).toContain(
      'not mirrored: release n/second (standard input:1): --repositories names no repository',
    );
    const report = await scanned('l.yaml', 'listed');
    expect(report.charts.map(({ chart, release }) => [chart, release].join(' '))).toEqual(['web first']);
  });

  it('is not written where nothing can be read, or over what is read', async () => {
    const { machine } = world;
    const plain = ['catalog', 'generate', '--manifests', 'gitops/apps/plain.yaml'];
    const nothing = await machine.run([...plain, '--out', 'none.yaml']);
    expect(nothing.code).toBe(2);
    expect(nothing.stderr).toContain('nothing in gitops/apps/plain.yaml can be mirrored: no catalog was written');
    const web = [
      'catalog',
      'generate',
      '--manifests',
      'gitops/apps/web.yaml',
      '--out',
      './gitops/apps/../apps/web.yaml',
    ];
    const over = await machine.run(web);
    expect(over.code).toBe(2);
    expect(over.stderr).toContain('is one of the inputs itself');
    expect(await machine.read('gitops/apps/web.yaml')).toBe(TREE['apps/web.yaml']);
    const bare = await machine.run(['catalog', 'generate', '--out', 'none.yaml']);
    expect([bare.code, bare.stderr.includes('no input is named')]).toEqual([2, true]);
    expect(await machine.files(machine.work)).not.toContain('none.yaml');
  });
});
