import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { catalogDocument, type ValuesCatalog } from '../../../src/config/catalog-document.ts';
import { shippedPath } from '../../../src/config/documents.ts';
import { loadCatalog } from '../../../src/config/load-catalog.ts';
import { diskFiles } from '../../../src/config/read-text.ts';
import type { Addon } from '../../../src/domain/addon.ts';
import { catalogOf, messagesOf, requestFor } from './inputs.ts';

const FIXTURES = fileURLToPath(new URL('../../fixtures/inputs/', import.meta.url));
const SHARED = fileURLToPath(new URL('../../../../shared/inputs/', import.meta.url));

async function valuesCatalog(request: Parameters<typeof requestFor>[1]): Promise<ValuesCatalog> {
  const shippedOverrides = shippedPath('chart-overrides.yaml');
  const result = await loadCatalog(requestFor({}, { files: diskFiles, shippedOverrides, ...request }));
  if (result.kind === 'problems') throw new Error(messagesOf(result).join('\n'));
  return { ...result.catalog, mode: 'values' };
}

function withoutPlaces(addons: readonly Addon[]): unknown {
  return addons.map((addon) => ({ ...addon, places: [] }));
}

async function roundTrip(cwd: string, values: string) {
  const catalog = await valuesCatalog({ cwd, values });
  const text = catalogDocument(catalog, values);
  const again = await catalogOf(
    { 'a.yaml': text },
    { catalogs: ['a.yaml'], shippedOverrides: shippedPath('chart-overrides.yaml') },
  );
  return { catalog, text, again };
}

describe('a catalog from a values file', () => {
  it('is written for people', async () => {
    const values =
      'keda: {chart: team/keda, repoUrl: registry-1.docker.io/x, version: 1.10, namespace: n}\nb: {chart: b, repository: https://x.example, release: "yes"}\nc: {repoUrl: "{{ .u }}", version: "1"}\n';
    const catalog = await catalogOf({ 'v.yaml': values }, { values: 'v.yaml' });
    expect(
      catalogDocument({ ...catalog, mode: 'values' }, 'v.yaml'),
    ).toBe(`# Written by airgap-charts catalog generate from v.yaml.
addons:
  - chart: "keda"
    repository: "oci://registry-1.docker.io/x"
    oci_namespace: "team"
    version: "1.10"
    release: "keda"
    namespace: "n"
  - chart: "b"
    repository: "https://x.example"
    oci_namespace: ""
    release: "yes"
# Not mirrored:
#   c (line 3): no chart, repoUrl is a template
`);
  });

  it('asks for the same addons', async () => {
    const { catalog, again } = await roundTrip(FIXTURES, 'mixed.values.yaml');
    expect(catalog.addons.length).toBeGreaterThan(5);
    expect(withoutPlaces(again.addons)).toEqual(withoutPlaces(catalog.addons));
  });

  it('keeps the names that tell versions of a release apart', async () => {
    const entry = (version: string) =>
      `{releaseName: keda, chart: keda, repoUrl: https://x.example, version: "${version}"}`;
    const values = await catalogOf({ 'v.yaml': `a: ${entry('1')}\nb: ${entry('2')}\n` }, { values: 'v.yaml' });
    const text = catalogDocument({ ...values, mode: 'values' }, 'v.yaml');
    const again = await catalogOf({ 'a.yaml': text }, { catalogs: ['a.yaml'] });
    expect(withoutPlaces(again.addons)).toEqual(withoutPlaces(values.addons));
  });

  it.skipIf(!existsSync(SHARED))('asks for the same addons as the real values file', async () => {
    const { catalog, text, again } = await roundTrip(SHARED, 'eks-addons.values.yaml');
    expect(catalog.addons).toHaveLength(59);
    expect(withoutPlaces(again.addons)).toEqual(withoutPlaces(catalog.addons));
    expect(text).toContain('#   addons.adot_collector (line 284): no chart, repoUrl is a template');
  });
});
