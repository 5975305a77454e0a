import type { Platform } from './platform.ts';
import type { Reference } from './reference.ts';

/** Where something was written: a file as the user named it, line and column from 1, and the key path if there is one. */
export interface Place {
  readonly file: string;
  readonly line: number;
  readonly column: number;
  readonly key: string | undefined;
}

/** Where a chart comes from. `repository` of an OCI chart is the full path, chart name included. */
export type ChartSource =
  | { readonly kind: 'http'; readonly repository: string; readonly chart: string }
  | { readonly kind: 'oci'; readonly registry: string; readonly repository: string; readonly chart: string }
  | {
      readonly kind: 'local';
      readonly path: string;
      readonly chart: string;
      /** Where it had been fetched from, for what came in a file that says so. */
      readonly origin?: ChartSource | undefined;
    };

/** The version asked for. `newest` is the newest stable one; `asked` tells whether the input said so or left it out. */
export type VersionRequest =
  | { readonly kind: 'version'; readonly text: string }
  | { readonly kind: 'newest'; readonly asked: '--latest' | 'no version given' };

/** One values file handed to helm with `-f`, in order; later layers win by helm's own rules. `text` is YAML. */
export interface ValuesLayer {
  readonly origin: 'shipped-override' | 'user-override' | 'values-file' | 'inline';
  readonly name: string;
  readonly text: string;
}

/** Whether values are those of chart overrides, which hold for every use of the chart. */
export function isOverride({ origin }: Pick<ValuesLayer, 'origin'>): boolean {
  return origin === 'shipped-override' || origin === 'user-override';
}

/** A further set of values of a catalog entry. Its layers go on top of those of the addon; the name is unique in the entry. */
export interface CatalogProfile {
  readonly name: string;
  readonly layers: readonly ValuesLayer[];
  readonly place: Place;
}

/** A reference to carry although nothing that is rendered may name it. `reason` is one line. */
export interface AddedImage {
  readonly reference: Reference;
  readonly reason: string | undefined;
  readonly place: Place;
}

/** Images to leave out: `pattern` is a sound one by `isImagePattern`, as it was written. `reason` is one line. */
export interface ExcludedImages {
  readonly pattern: string;
  readonly reason: string;
  readonly place: Place;
}

/** One chart release that the inputs ask for. Identical declarations are one Addon with several places. */
export interface Addon {
  readonly release: string;
  readonly chart: string;
  readonly source: ChartSource;
  /** The path between the target registry and the chart name; empty for none. No leading or trailing slash. */
  readonly ociNamespace: string;
  readonly version: VersionRequest;
  readonly namespace: string | undefined;
  readonly layers: readonly ValuesLayer[];
  readonly profiles: readonly CatalogProfile[];
  readonly kubeVersion: string | undefined;
  readonly apiVersions: readonly string[];
  readonly platforms: readonly Platform[];
  /** Further references to carry that no template names. */
  readonly images: readonly AddedImage[];
  readonly excluded: readonly ExcludedImages[];
  readonly places: readonly Place[];
}

/** Something that looks like an addon but cannot be mirrored, with the reason. It fails the run only under `--strict`. */
export interface Unmirrorable {
  readonly key: string;
  readonly place: Place;
  readonly reason: string;
}

/** What to do when a tag at the target already holds another digest. The first rule whose pattern matches decides. */
export type MovedAction = 'refuse' | 'keep' | 'overwrite';

/** A rule for moved tags. `match` is a glob over `registry/repository:tag` in which `*` matches any characters. */
export interface MovedRule {
  readonly match: string;
  readonly action: MovedAction;
}

/** Everything the inputs ask for, checked. */
export interface Catalog {
  /** Of a list of images there are no addons. */
  readonly mode: 'catalog' | 'values' | 'list';
  readonly addons: readonly Addon[];
  readonly unmirrorable: readonly Unmirrorable[];
  readonly moved: readonly MovedRule[];
  /** Remarks for the person, such as merged entries. One line each. */
  readonly notes: readonly string[];
}

/** The source that `formatChartSource` writes so; undefined for one of a machine. */
export function parseChartSource(text: string, chart: string): ChartSource | undefined {
  const [, scheme, rest = ''] = /^(oci|https?):\/\/(.+)$/.exec(text) ?? [];
  const parts = rest.split('/');
  if (scheme === undefined || parts.length < 2) return undefined;
  if (scheme !== 'oci') return { kind: 'http', repository: `${scheme}://${parts.slice(0, -1).join('/')}`, chart };
  const [registry = '', ...path] = parts;
  return { kind: 'oci', registry, repository: path.join('/'), chart };
}

/** A stable, human spelling of a chart's source without its version. */
export function formatChartSource(source: ChartSource): string {
  switch (source.kind) {
    case 'http':
      return `${source.repository}/${source.chart}`;
    case 'oci':
      return `oci://${source.registry}/${source.repository}`;
    case 'local':
      return source.path;
  }
}
