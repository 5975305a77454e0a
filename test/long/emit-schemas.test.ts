import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { parse, parseAllDocuments } from 'yaml';
import { crdProblems } from '../support/crd-schemas.ts';
import { specialReport } from '../support/emit-reports.ts';
import { emitFrom } from '../support/emitted-files.ts';
import { goModule } from '../support/go-modules.ts';
import { merged } from '../support/merge-patch.ts';
import { describeUnless } from '../support/tools.ts';

const ARGO_CD = goModule('github.com/argoproj/argo-cd/v3@v3.2.0');
const SOURCE_CONTROLLER = goModule('github.com/fluxcd/source-controller@v1.7.0');
const HELM_CONTROLLER = goModule('github.com/fluxcd/helm-controller@v1.4.0');
const KYVERNO = goModule('github.com/kyverno/kyverno@v1.19.1');
const OPENSHIFT = goModule('github.com/openshift/api@v0.0.0-20250711200046-c86d80652a9e');

let directory: string;

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'emit-schemas-'));
});

afterAll(async () => {
  await rm(directory, { recursive: true, force: true });
});

async function fileOf(path: string): Promise<unknown> {
  return parse(await readFile(join(directory, path), 'utf8'));
}

describeUnless(ARGO_CD.reason, 'the patch for Argo CD', () => {
  const crd = join(ARGO_CD.path, 'manifests/crds/application-crd.yaml');
  const application = {
    apiVersion: 'argoproj.io/v1alpha1',
    kind: 'Application',
    metadata: { name: 'shop' },
    spec: {
      project: 'default',
      destination: { server: 'https://kubernetes.default.svc', namespace: 'shop' },
      source: { repoURL: 'https://git.example.com/a', path: 'shop', targetRevision: 'HEAD', helm: { values: 'a: 1' } },
    },
  };

  it('makes an Application that fits the CRD, and keeps its values', async () => {
    await emitFrom(directory, specialReport(), 'argocd', '--out', 'argocd');
    const patched = merged(application, await fileOf('argocd/shop/shop/application-patch.yaml'));
    expect(crdProblems(crd, patched)).toEqual([]);
    expect(patched).toMatchObject({ spec: { source: { chart: 'shop', helm: { values: 'a: 1' } } } });
    expect(patched).not.toHaveProperty('spec.source.path');
    expect(crdProblems(crd, merged(patched, { spec: { source: { charts: 'shop' } } }))).toHaveLength(1);
  });
});

describeUnless(SOURCE_CONTROLLER.reason ?? HELM_CONTROLLER.reason, 'files for Flux', () => {
  const bases = 'config/crd/bases';
  const sources = join(SOURCE_CONTROLLER.path, bases, 'source.toolkit.fluxcd.io_ocirepositories.yaml');
  const releases = join(HELM_CONTROLLER.path, bases, 'helm.toolkit.fluxcd.io_helmreleases.yaml');
  const REF = { kind: 'OCIRepository', name: 'other' };
  const release = {
    apiVersion: 'helm.toolkit.fluxcd.io/v2',
    kind: 'HelmRelease',
    metadata: { name: 'shop' },
    spec: { interval: '5m', chart: { spec: { chart: 'shop', sourceRef: { kind: 'HelmRepository', name: 'a' } } } },
  };

  it.each([release, { ...release, spec: { interval: '5m', chartRef: { ...REF, namespace: 'flux-system' } } }])(
    'fit their CRDs, and leave one place of the chart',
    async (before) => {
      await emitFrom(directory, specialReport(), 'flux', '--out', 'flux', '--plain-http');
      const source = await fileOf('flux/shop/shop/ocirepository.yaml');
      expect(crdProblems(sources, source)).toEqual([]);
      expect(crdProblems(sources, merged(source, { spec: { reference: 'x' } }))).toHaveLength(1);
      const patched = merged(before, await fileOf('flux/shop/shop/helmrelease-patch.yaml'));
      expect(crdProblems(releases, patched)).toEqual([]);
      expect(patched).not.toHaveProperty('spec.chart');
      expect(crdProblems(releases, merged(patched, { spec: { chartRef: { kind: 'GitRepository' } } }))).toHaveLength(1);
    },
  );
});

describeUnless(KYVERNO.reason, 'the policy of Kyverno', () => {
  const crd = join(KYVERNO.path, 'config/crds/policies.kyverno.io/policies.kyverno.io_validatingpolicies.yaml');

  it('fits the CRD', async () => {
    const policy: unknown = parse(await emitFrom(directory, specialReport(), 'kyverno'));
    expect(crdProblems(crd, policy)).toEqual([]);
    expect(crdProblems(crd, merged(policy, { spec: { validation: [] } }))).toHaveLength(1);
    expect(crdProblems(crd, merged(policy, { spec: { validationActions: ['Refuse'] } }))).toHaveLength(1);
  });
});

describeUnless(OPENSHIFT.reason, 'mirror sets of OpenShift', () => {
  const folder = join(OPENSHIFT.path, 'config/v1/zz_generated.crd-manifests');

  it('fit their CRDs', async () => {
    const documents = parseAllDocuments(await emitFrom(directory, specialReport(), 'openshift'));
    const [byDigest, byTag] = documents.map((one) => one.toJS() as unknown);
    const crdOf = (name: string): string => join(folder, `0000_10_config-operator_01_${name}.crd.yaml`);
    expect(crdProblems(crdOf('imagedigestmirrorsets'), byDigest)).toEqual([]);
    expect(crdProblems(crdOf('imagetagmirrorsets'), byTag)).toEqual([]);
    expect(crdProblems(crdOf('imagetagmirrorsets'), byDigest)).toHaveLength(1);
    const wrong = { spec: { imageTagMirrors: [{ source: 'a b', mirrors: ['x/y'] }] } };
    expect(crdProblems(crdOf('imagetagmirrorsets'), merged(byTag, wrong)).length).toBeGreaterThan(0);
  });
});
