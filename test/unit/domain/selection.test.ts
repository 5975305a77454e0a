import { describe, expect, it } from 'vitest';
import type { Addon, Catalog, Unmirrorable } from '../../../src/domain/addon.ts';
import { nearNames, selectAddons } from '../../../src/domain/selection.ts';

function addon(release: string, chart: string, ociNamespace = ''): Addon {
  const source: Addon['source'] =
    ociNamespace === ''
      ? { kind: 'http', repository: 'https://x.example', chart }
      : { kind: 'oci', registry: 'ghcr.io', repository: `${ociNamespace}/${chart}`, chart };
  return {
    release,
    chart,
    source,
    ociNamespace,
    version: { kind: 'version', text: '1' },
    namespace: undefined,
    layers: [],
    profiles: [],
    kubeVersion: undefined,
    apiVersions: [],
    platforms: [],
    images: [],
    excluded: [],
    places: [],
  };
}

function unmirrorable(key: string): Unmirrorable {
  return { key, place: { file: 'v.yaml', line: 1, column: 1, key: `addons.${key}` }, reason: 'no chart' };
}

const ADDONS = [addon('argocd', 'argo-cd'), addon('karpenter-eu', 'karpenter', 'karpenter'), addon('keda', 'keda')];

function catalog(mode: Catalog['mode']): Catalog {
  const skipped = mode === 'values' ? [unmirrorable('adot_collector'), unmirrorable('kro')] : [];
  return { mode, addons: ADDONS, unmirrorable: skipped, moved: [], notes: [] };
}

function selected(mode: Catalog['mode'], only: readonly string[], exclude: readonly string[]): unknown {
  const selection = selectAddons(catalog(mode), { only, exclude });
  if (selection.kind === 'faults') return selection.faults;
  return [
    ...selection.catalog.addons.map(({ release }) => release),
    ...selection.catalog.unmirrorable.map(({ key }) => key),
  ];
}

describe('a selection', () => {
  it('without names takes everything', () => {
    expect(selected('values', [], [])).toEqual(['argocd', 'karpenter-eu', 'keda', 'adot_collector', 'kro']);
  });

  it('goes by release in catalog mode', () => {
    expect(selected('catalog', ['ArgoCD, karpenter-eu'], [])).toEqual(['argocd', 'karpenter-eu']);
    expect(selected('catalog', [], ['keda', 'argocd'])).toEqual(['karpenter-eu']);
    expect(selected('catalog', ['argo-cd'], [])).toEqual([
      { kind: 'no-match', flag: '--only-addon', name: 'argo-cd', near: ['argocd'] },
    ]);
  });

  it('goes by chart in values mode, alone or with its namespace', () => {
    expect(selected('values', ['ARGO-CD'], [])).toEqual(['argocd']);
    expect(selected('values', ['karpenter/Karpenter'], [])).toEqual(['karpenter-eu']);
    expect(selected('values', ['karpenter'], [])).toEqual(['karpenter-eu']);
    expect(selected('values', ['karpenter-eu'], [])).toEqual([
      { kind: 'no-match', flag: '--only-addon', name: 'karpenter-eu', near: ['karpenter'] },
    ]);
  });

  it('names what cannot be mirrored by map key or key path', () => {
    expect(selected('values', ['keda'], [])).toEqual(['keda']);
    expect(selected('values', ['keda,Adot_Collector'], [])).toEqual(['keda', 'adot_collector']);
    expect(selected('values', [], ['adot_collector', 'addons.kro'])).toEqual(['argocd', 'karpenter-eu', 'keda']);
  });

  it('is exact', () => {
    expect(selected('values', ['ked'], [])).toEqual([
      { kind: 'no-match', flag: '--only-addon', name: 'ked', near: ['keda'] },
    ]);
    expect(selected('values', ['ke*'], [])).toMatchObject([{ kind: 'no-match' }]);
  });

  it('leaves out after it has taken in', () => {
    expect(selected('catalog', ['keda,argocd'], ['keda'])).toEqual(['argocd']);
  });

  it('reports every fault of both flags', () => {
    expect(selected('catalog', ['kedaa', 'zzz,keda'], [' , '])).toEqual([
      { kind: 'no-match', flag: '--only-addon', name: 'kedaa', near: ['keda'] },
      { kind: 'no-match', flag: '--only-addon', name: 'zzz', near: [] },
      { kind: 'no-name', flag: '--exclude-addons' },
    ]);
  });

  it('may not leave nothing', () => {
    expect(selected('catalog', ['keda'], ['keda'])).toEqual([{ kind: 'nothing-left' }]);
    expect(selected('values', [], ['argo-cd,karpenter,keda'])).toEqual(['adot_collector', 'kro']);
  });
});

describe('near names', () => {
  it.each([
    ['karpneter', ['karpenter']],
    ['KEDA', ['keda']],
    ['prometheus', ['kube-prometheus', 'prometheus-adapter']],
    ['x', []],
    ['', []],
    ['kdea', ['keda']],
  ])('of %s are %j', (wrong, near) => {
    const known = ['keda', 'karpenter', 'kube-prometheus', 'prometheus-adapter', 'velero'];
    expect(nearNames(wrong, known)).toEqual(near);
  });

  it('are at most five, each once, the nearest first', () => {
    const known = ['chart-a', 'chart-b', 'chart-c', 'chart-d', 'chart-e', 'chart-f', 'chart-a', 'chart'];
    expect(nearNames('chart-x', known)).toHaveLength(5);
    expect(nearNames('charts', known)[0]).toBe('chart');
  });

  it('are found in time for texts of any length', () => {
    const long = 'a'.repeat(100_000);
    expect(nearNames(long, [long, 'b'])).toEqual([long]);
  });
});
