import { describe, expect, it } from 'vitest';
import { helmCommand, type RenderedWith } from '../../../../src/domain/proof/helm-command.ts';

function command(parts: Partial<RenderedWith> = {}): string | undefined {
  return helmCommand({
    release: 'shop',
    archive: 'helm-charts/shop/shop-1.0.0.tgz',
    namespace: 'n',
    kubeVersion: '1.34.0',
    apiVersions: [],
    schemaSkipped: false,
    layers: [],
    moved: [],
    profile: { kind: 'release' },
    ...parts,
  });
}

const HEAD = 'helm template shop helm-charts/shop/shop-1.0.0.tgz --namespace n --kube-version 1.34.0';

describe('the command that repeats a render', () => {
  it.each<[string, Partial<RenderedWith>, string | undefined]>([
    ['without values', {}, HEAD],
    ['with API versions', { apiVersions: ['a/v1', 'b/v1'] }, `${HEAD} --api-versions a/v1 --api-versions b/v1`],
    ['without schema check', { schemaSkipped: true }, `${HEAD} --skip-schema-validation`],
    ['of a switch', { profile: { kind: 'switch', path: ['a', 'b'] } }, `${HEAD} --set a.b=true`],
    ['of a key with a dot', { profile: { kind: 'switch', path: ['a', 'b.c'] } }, `${HEAD} --set 'a.b\\.c=true'`],
    ['of a switch in a list', { profile: { kind: 'switch', path: ['a', 0, 'b'] } }, undefined],
    [
      'of test values',
      {
        profile: { kind: 'ci', file: 'ci/a-values.yaml' },
        layers: [{ origin: 'values-file', name: 'x/a-values.yaml' }],
      },
      `${HEAD} --values x/a-values.yaml`,
    ],
    ['with moved values', { moved: ['c.yaml', 'd.yaml'] }, `${HEAD} --values c.yaml --values d.yaml`],
    [
      'with values of several kinds',
      {
        layers: [
          { origin: 'shipped-override', name: 'o' },
          { origin: 'values-file', name: 'my values.yaml' },
          { origin: 'inline', name: 'i' },
        ],
      },
      `${HEAD} --values values-of-chart-overrides.yaml --values 'my values.yaml' --values values-of-the-catalog-entry.yaml`,
    ],
  ])('%s', (_, parts, expected) => {
    expect(command(parts)).toBe(expected);
  });
});
