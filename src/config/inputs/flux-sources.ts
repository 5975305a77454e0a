import { tagToVersion } from '../../domain/version/tags.ts';
import { shown } from '../problems.ts';
import { chartAddress } from './chart-address.ts';
import { checkoutNote, pathIn } from './checkouts.ts';
import { type FluxValuesFiles, NO_VALUES_FILES, valuesFilesOf } from './flux-values-files.ts';
import { chartIn, type InputContext } from './input-context.ts';
import type { ManifestObject } from './manifests.ts';
import { mapAt, type Tree, textAt } from './tree.ts';
import type { WantedFrom } from './wanted-chart.ts';

/** A chart as a Flux release names it, found; or why it could not be. */
export type FluxChart =
  | {
      readonly kind: 'chart';
      readonly chart: string;
      readonly from: WantedFrom;
      readonly version: string | undefined;
      readonly valuesFiles: FluxValuesFiles;
    }
  | { readonly kind: 'wrong'; readonly reason: string };

/** A reference to another object. */
interface FluxReference {
  readonly kind: string;
  readonly name: string;
  readonly namespace: string | undefined;
}

const NO_CHART = 'it names no chart; perhaps it is a patch for Kustomize, and those are not applied';

function wrong(reason: string): FluxChart {
  return { kind: 'wrong', reason };
}

/** The objects of Flux, to be found by reference. */
export class FluxObjects {
  readonly #objects: readonly ManifestObject[];

  constructor(objects: readonly ManifestObject[]) {
    this.#objects = objects;
  }

  /** Whether an object without a chart is a patch of a HelmRelease of the same name. */
  isPatch(release: ManifestObject): boolean {
    if (namesChart(release)) return false;
    return this.#objects.some((one) => one.kind === 'HelmRelease' && one.name === release.name && namesChart(one));
  }

  /**
   * The object behind a reference. A namespace that a manifest leaves out, since something else fills it in, fits any; then
   * there may be only one of that name, or several that say the same.
   */
  find(reference: FluxReference): ManifestObject | 'several' | undefined {
    const named = this.#objects.filter(({ kind, name }) => kind === reference.kind && name === reference.name);
    const exact = named.filter(({ namespace }) => namespace !== undefined && namespace === reference.namespace);
    const fitting = named.filter(({ namespace }) => namespace === undefined || reference.namespace === undefined);
    const found = exact.length > 0 ? exact : fitting;
    const said = new Set(found.map(({ tree }) => `${textAt(tree, 'spec', 'url')} ${textAt(tree, 'spec', 'type')}`));
    return reference.kind !== 'ConfigMap' && said.size > 1 ? 'several' : found[0];
  }
}

/** Whether a HelmRelease names its chart; one that does not is a patch of another. */
export function namesChart({ tree }: ManifestObject): boolean {
  const own = textAt(tree, 'spec', 'chart', 'spec', 'chart');
  return own !== undefined || textAt(tree, 'spec', 'chartRef', 'name') !== undefined;
}

function referenceOf(tree: Tree | undefined, namespace: string | undefined): FluxReference | undefined {
  const kind = textAt(tree, 'kind');
  const name = textAt(tree, 'name');
  if (kind === undefined || name === undefined) return undefined;
  return { kind, name, namespace: textAt(tree, 'namespace') ?? namespace };
}

function ociChart(source: ManifestObject): FluxChart {
  const { tree } = source;
  const url = textAt(tree, 'spec', 'url') ?? '';
  const address = chartAddress(url);
  const digest = textAt(tree, 'spec', 'ref', 'digest');
  const tag = textAt(tree, 'spec', 'ref', 'tag');
  const range = textAt(tree, 'spec', 'ref', 'semver');
  if (address === undefined) return wrong(`the url ${shown(url)} of its OCIRepository names no chart`);
  if (digest !== undefined && tag === undefined) {
    return wrong(`its OCIRepository ${shown(source.name)} asks for a digest; catalogs name versions`);
  }
  if (range === undefined && tag === undefined) {
    return wrong(
      `its OCIRepository ${shown(source.name)} names no tag, which stands for "latest"; catalogs name versions`,
    );
  }
  // fluxcd source-controller: digest before semver before tag
  const version = range ?? tagToVersion(tag ?? '');
  return {
    kind: 'chart',
    chart: address.chart,
    from: { kind: 'repository', text: address.repository },
    version,
    valuesFiles: NO_VALUES_FILES,
  };
}

async function gitChart(context: InputContext, source: ManifestObject, spec: Tree, path: string): Promise<FluxChart> {
  const url = textAt(source.tree, 'spec', 'url') ?? '';
  const checkout = context.checkouts.find(url);
  if (checkout === undefined) {
    return wrong(`it is ${shown(path)} in the Git repository ${shown(url)}, name a checkout of it with --checkout`);
  }
  const directory = pathIn(checkout, path);
  const chart = directory === undefined ? undefined : await chartIn(context, directory);
  if (directory === undefined || chart === undefined) {
    return wrong(`there is no chart at ${shown(path)} in the checkout ${shown(checkout.shown)}`);
  }
  context.findings.note(checkoutNote(url, checkout));
  const valuesFiles = valuesFilesOf(spec, { checkout, chart: directory });
  return { kind: 'chart', chart, from: { kind: 'local', path: directory }, version: undefined, valuesFiles };
}

/** The chart that `chart`, `version` and `sourceRef` name: those of a release's own `chart.spec` or of a HelmChart. */
async function specChart(
  context: InputContext,
  objects: FluxObjects,
  spec: Tree,
  namespace: string | undefined,
): Promise<FluxChart> {
  const chart = textAt(spec, 'chart');
  const reference = referenceOf(mapAt(spec, 'sourceRef'), namespace);
  if (chart === undefined) return wrong(NO_CHART);
  if (reference === undefined) return wrong('it names no source of the chart');
  const { kind, name } = reference;
  if (kind !== 'HelmRepository' && kind !== 'GitRepository')
    return wrong(`its chart is in the ${kind} ${shown(name)}, which cannot be read`);
  const source = objects.find(reference);
  if (source === 'several') return wrong(`there are several ${kind} objects called ${shown(name)}`);
  if (source === undefined) return wrong(`there is no ${kind} ${shown(name)} among the manifests`);
  if (kind === 'GitRepository') return gitChart(context, source, spec, chart);
  const url = textAt(source.tree, 'spec', 'url');
  if (url === undefined) return wrong(`the HelmRepository ${shown(name)} has no url`);
  const version = textAt(spec, 'version');
  const valuesFiles = valuesFilesOf(spec, undefined);
  return { kind: 'chart', chart, from: { kind: 'repository', text: url }, version, valuesFiles };
}

/** The chart of a HelmRelease: by `chart`, or by `chartRef`. References without a namespace are to that of the release. */
export async function fluxChart(
  context: InputContext,
  objects: FluxObjects,
  release: ManifestObject,
): Promise<FluxChart> {
  const spec = mapAt(release.tree, 'spec');
  const own = mapAt(spec, 'chart', 'spec');
  if (own !== undefined) return specChart(context, objects, own, release.namespace);
  const reference = referenceOf(mapAt(spec, 'chartRef'), release.namespace);
  if (reference === undefined) return wrong(NO_CHART);
  const source = objects.find(reference);
  const what = `${reference.kind} ${shown(reference.name)}`;
  if (source === 'several') return wrong(`there are several ${reference.kind} objects called ${shown(reference.name)}`);
  if (source === undefined) return wrong(`there is no ${what} among the manifests`);
  if (reference.kind === 'OCIRepository') return ociChart(source);
  const chartSpec = mapAt(source.tree, 'spec');
  if (reference.kind !== 'HelmChart' || chartSpec === undefined)
    return wrong(`its chart is the ${what}, which cannot be read`);
  return specChart(context, objects, chartSpec, source.namespace);
}
