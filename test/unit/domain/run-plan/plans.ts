import { digestOf } from '../../../../src/domain/manifest.ts';
import type { Plan, PlanContent, PlannedChart, PlannedImage } from '../../../../src/domain/run-plan/plan.ts';
import { sealed } from '../../../../src/domain/run-plan/seal.ts';
import { planOptions } from '../../../../src/pipeline/run-plan/plan-options.ts';
import { MIRROR_OPTIONS } from '../../../support/mirror-options.ts';

/** An image that is copied; its layers are named, with their sizes. */
export function plannedImage(
  name: string,
  layers: Readonly<Record<string, number>> = {},
  parts: Partial<PlannedImage> = {},
): PlannedImage {
  const blobs = Object.entries(layers).map(([layer, size]) => ({ digest: digestOf(layer), size }));
  return {
    source: `quay.io/${name}:1`,
    destination: `registry.example.com/m/${name}:1`,
    platform: null,
    digest: digestOf(name),
    decision: 'copy',
    reason: 'the target does not have it',
    replaces: null,
    bytes: blobs.reduce((sum, { size }) => sum + size, 0),
    contents: { manifests: [{ digest: digestOf(name), size: 400 }], blobs },
    usedBy: [],
    ...parts,
  };
}

/** A chart that is pushed. */
export function plannedChart(release: string, parts: Partial<PlannedChart> = {}): PlannedChart {
  return {
    chart: 'web',
    release,
    inputs: digestOf(`inputs of ${release}`),
    source: 'https://charts.example.com/web',
    version: '1.0.0',
    archive: digestOf('archive'),
    relocated: digestOf('relocated'),
    destination: 'oci://registry.example.com/m/web:1.0.0',
    decision: 'push',
    reason: null,
    ...parts,
  };
}

/** A whole plan. */
export function planOf(parts: Partial<PlanContent> = {}): Plan {
  return sealed({
    version: 1,
    mode: 'catalog',
    complete: true,
    shard: null,
    inputs: { catalogs: ['c.yaml'], values: null, chartOverrides: [], onlyAddon: [], excludeAddons: [], latest: false },
    options: planOptions(MIRROR_OPTIONS),
    charts: [],
    images: [],
    artifacts: null,
    repositories: null,
    requests: [],
    notes: [],
    ...parts,
  });
}
