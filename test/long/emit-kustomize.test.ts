import { afterAll, beforeAll, expect, it } from 'vitest';
import { parse } from 'yaml';
import { runProgram } from '../support/e2e-command.ts';
import { createMachine, type Machine } from '../support/e2e-machine.ts';
import { specialReport } from '../support/emit-reports.ts';
import { goTool } from '../support/go-modules.ts';
import { describeUnless } from '../support/tools.ts';

const KUSTOMIZE = goTool('sigs.k8s.io/kustomize/kustomize/v5@v5.7.1');

const MIRROR = 'registry.example.com/platform/mirror';

describeUnless(KUSTOMIZE.reason, 'kustomize', () => {
  let machine: Machine;

  beforeAll(async () => {
    machine = await createMachine({});
    await machine.write('report.json', JSON.stringify(specialReport()));
  });

  afterAll(() => machine?.remove());

  async function build(directory: string): Promise<string> {
    const { code, stdout, stderr } = await runProgram(machine, [KUSTOMIZE.path, 'build', directory]);
    expect(code, stderr).toBe(0);
    return stdout;
  }

  it('takes the component, and moves every spelling', async () => {
    await machine.run(['emit', 'kustomize', '--report', 'report.json', '--out', 'images/kustomization.yaml']);
    await machine.write('app/kustomization.yaml', 'resources: [pod.yaml]\ncomponents: [../images]\n');
    const named = [
      'nginx:1.27',
      'docker.io/library/nginx:1.27',
      'quay.io/team/app:2',
      'registry.local:5000/base/os:1',
      'other:1',
    ];
    const containers = named.map((one, index) => ({ name: `c${index}`, image: one }));
    const object = { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'a' }, spec: { containers } };
    await machine.write('app/pod.yaml', JSON.stringify(object));
    const { spec } = parse(await build('app'));
    expect(spec.containers.map((one: { readonly image: string }) => one.image)).toEqual([
      `${MIRROR}/library/nginx:1.27`,
      `${MIRROR}/library/nginx:1.27`,
      `${MIRROR}/team/app:2`,
      `${MIRROR}/base/os:1`,
      'other:1',
    ]);
  });

  it('takes the patch for an Application with several sources, at the source with the chart alone', async () => {
    await machine.run(['emit', 'argocd', '--report', 'report.json', '--out', 'several/argocd']);
    const git = { repoURL: 'https://git.example.com/values', targetRevision: 'main', ref: 'values' };
    const helm = { valueFiles: ['$values/shop.yaml'] };
    const chart = { repoURL: 'https://charts.example.com', chart: 'shop', targetRevision: '0.9.0', helm };
    const patch = 'argocd/shop/shop/application-sources-patch.yaml';
    const target = { kind: 'Application', name: 'shop' };
    await machine.write(
      'several/kustomization.yaml',
      JSON.stringify({ resources: ['a.yaml'], patches: [{ path: patch, target }] }),
    );
    const write = (sources: readonly object[]) =>
      machine.write(
        'several/a.yaml',
        JSON.stringify({
          ...{ apiVersion: 'argoproj.io/v1alpha1', kind: 'Application', metadata: { name: 'shop' } },
          spec: { project: 'a', sources },
        }),
      );
    await write([chart, git]);
    const { spec } = parse(await build('several'));
    const [moved, other] = spec.sources;
    expect(moved).toEqual({
      repoURL: 'registry.example.com/platform/charts',
      chart: 'shop',
      targetRevision: moved.targetRevision,
      helm,
    });
    expect(moved.targetRevision).not.toBe('0.9.0');
    expect(other).toEqual(git);
    await write([{ ...chart, chart: 'other' }, git]);
    const refused = await runProgram(machine, [KUSTOMIZE.path, 'build', 'several']);
    expect(refused.code).not.toBe(0);
  });

  it('takes the patches for Argo CD and Flux', async () => {
    await machine.run(['emit', 'argocd', '--report', 'report.json', '--out', 'apps/argocd']);
    await machine.run(['emit', 'flux', '--report', 'report.json', '--out', 'apps/flux']);
    const source = { repoURL: 'https://git.example.com/a', path: 'shop', targetRevision: 'HEAD' };
    const application = { metadata: { name: 'shop', namespace: 'argocd' }, spec: { project: 'a', source } };
    const release = { metadata: { name: 'shop', namespace: 'shop' }, spec: { interval: '1m', chart: { spec: {} } } };
    await machine.write(
      'apps/a.yaml',
      JSON.stringify({ apiVersion: 'argoproj.io/v1alpha1', kind: 'Application', ...application }),
    );
    await machine.write(
      'apps/b.yaml',
      JSON.stringify({ apiVersion: 'helm.toolkit.fluxcd.io/v2', kind: 'HelmRelease', ...release }),
    );
    const patches = ['argocd/shop/shop/application-patch.yaml', 'flux/shop/shop/helmrelease-patch.yaml'];
    const kustomization = { resources: ['a.yaml', 'b.yaml'], patches: patches.map((path) => ({ path })) };
    await machine.write('apps/kustomization.yaml', JSON.stringify(kustomization));
    const [app, hr] = (await build('apps')).split('---\n').map((text) => parse(text));
    expect(app.spec.source).toEqual({
      ...{ repoURL: 'registry.example.com/platform/charts', chart: 'shop', targetRevision: '1.2.3' },
    });
    expect(hr.spec).toEqual({ interval: '1m', chartRef: { kind: 'OCIRepository', name: 'shop', namespace: 'shop' } });
  });
});
