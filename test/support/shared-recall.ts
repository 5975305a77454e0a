import type { Report } from '../../src/domain/report/report.ts';
import type { SharedChart } from './shared-charts.ts';

/** A reference of charts.json with the places at which a run has found it; `where` is the kind of place it must have. */
export interface Recalled {
  readonly chart: string;
  readonly ref: string;
  readonly where: string;
  /** `place`: found where it must be. `base`: a path to which programs add names: moved, nothing is copied. */
  readonly found: 'place' | 'elsewhere' | 'base' | 'nowhere';
}

/** A reference that a run has found and charts.json does not list. */
export interface Extra {
  readonly chart: string;
  readonly image: string;
}

/** Why charts.json does not list an image that is there. Looked up by hand in the renders. */
export const EXPLAINED_EXTRAS: Readonly<Record<string, string>> = {
  'gpu-operator nvcr.io/nvidia/driver': 'a default in a schema of crds/, which helm template leaves out',
  'istiod registry.istio.io/testing/proxyv2:latest':
    'hub, name and tag in three fields of the settings of the injector',
  'kserve docker.io/kserve/modelmesh:v0.8.0': 'name and tag in two fields of a configuration file',
  'kserve docker.io/kserve/rest-proxy:v0.1.1': 'name and tag in two fields of a configuration file',
  'kserve docker.io/kserve/modelmesh-runtime-adapter:v0.8.0': 'name and tag in two fields of a configuration file',
  'kserve docker.io/kserve/alibi-explainer:v0.8.0': 'image and default version in two fields of JSON in a ConfigMap',
  'kserve docker.io/kserve/aix-explainer:v0.8.0': 'image and default version in two fields of JSON in a ConfigMap',
  'kserve docker.io/kserve/art-explainer:v0.8.0': 'image and default version in two fields of JSON in a ConfigMap',
};

/** What charts.json lists and no image is: paths to which programs add names. They are moved, and nothing is copied. */
export const LISTED_BASES = [
  'gpu-operator nvcr.io/nvidia',
  'gpu-operator nvcr.io/nvidia/cloud-native',
  'gpu-operator nvcr.io/nvidia/k8s',
  'istiod registry.istio.io/testing',
];

/** All that is left as it is, and why. */
export const LEFT = [
  'aws-load-balancer-controller: an example: documentation of a custom resource',
  'kyverno: an example: documentation of a custom resource',
];

const WORKLOAD = /^(?:Pod|Deployment|StatefulSet|DaemonSet|ReplicaSet|Job|CronJob)\//;

/** Whether a place of the report (`template Kind/name path`) is of a kind of charts.json. */
function isAt(place: string, where: string): boolean {
  const [, object = '', ...rest] = place.split(' ');
  const path = rest.join(' ');
  if (where.startsWith('env:')) return /\.env\[\d+\]\.value/.test(path) && path.includes(`(${where.slice(4)}`);
  switch (where) {
    case 'container':
      return WORKLOAD.test(object) && /\.containers\[\d+\]\.image$/.test(path);
    case 'initContainer':
      return WORKLOAD.test(object) && /\.initContainers\[\d+\]\.image$/.test(path);
    case 'arg':
      return WORKLOAD.test(object) && /\.(?:args|command)\[\d+\]/.test(path);
    case 'configmap':
      return object.startsWith('ConfigMap/');
    case 'secret':
      return object.startsWith('Secret/');
    case 'cr-container':
      return !WORKLOAD.test(object) && /ontainers\[\d+\]\.image$/.test(path);
    case 'cr-image-field':
      return !WORKLOAD.test(object) && /image$/i.test(path);
    case 'cr-split':
      return !WORKLOAD.test(object) && / \(.*,.*\)$/.test(path);
    default:
      return false;
  }
}

/** A reference as the report writes it, without a digest: a test exchanges those. */
function plain(text: string): string {
  const [first = ''] = text.split('/');
  const isHosted = text.includes('/') && /[.:]|^localhost$/.test(first);
  const full = (isHosted ? text : `docker.io/${text}`).replace(/@.*$/, '');
  return full.replace(/^docker\.io\/(?=[^/]*$)/, 'docker.io/library/');
}

/** The same, or the same without the tag that stands elsewhere. */
function isSame(image: string, listed: string): boolean {
  return plain(image) === plain(listed) || plain(image).startsWith(`${plain(listed)}:`);
}

/** The bases that a chart's notes name: paths to which programs add names at run time. */
function basesOf(report: Report, chart: string): readonly string[] {
  const notes = report.charts.filter((row) => row.chart === chart).flatMap((row) => row.notes);
  return notes.flatMap(
    (note) => /^completed by programs at run time: ([^ ]+(?:, [^ ]+)*):/.exec(note)?.[1]?.split(', ') ?? [],
  );
}

/** What a run has found of the references that charts.json lists, one by one. */
export function recall(report: Report, charts: readonly SharedChart[]): readonly Recalled[] {
  return charts.flatMap(({ name: chart, images }) => {
    const found = report.images.flatMap(({ source, usedBy }) =>
      usedBy.filter((user) => user.chart === chart).map(({ places }) => ({ source, places })),
    );
    const bases = basesOf(report, chart);
    return images.map(({ ref, where }): Recalled => {
      const places = found.filter(({ source }) => isSame(source, ref)).flatMap((one) => one.places);
      if (places.some((place) => isAt(place, where))) return { chart, ref, where, found: 'place' };
      if (places.length > 0) return { chart, ref, where, found: 'elsewhere' };
      // a base that images below it cover is told of by those
      const covers = found.some(({ source }) => source.startsWith(`${ref}/`));
      return { chart, ref, where, found: bases.includes(ref) || covers ? 'base' : 'nowhere' };
    });
  });
}

/** The images that a run has found beyond the list. */
export function extras(report: Report, charts: readonly SharedChart[]): readonly Extra[] {
  return charts.flatMap(({ name: chart, images }) => {
    const own = report.images.filter(({ usedBy }) => usedBy.some((user) => user.chart === chart));
    const further = own.filter(({ source }) => !images.some(({ ref }) => isSame(source, ref)));
    return further.map(({ source }) => ({ chart, image: source.replace(/@.*$/, '') }));
  });
}

/** How many references of each kind of place there are, and how many were found there: `107 of 107`. */
export function recallByKind(all: readonly Recalled[]): Readonly<Record<string, string>> {
  const kinds = [...new Set(all.map(({ where }) => where.replace(/:.*/, '')))].sort();
  return Object.fromEntries(
    kinds.map((kind) => {
      const listed = all.filter(({ where }) => where.replace(/:.*/, '') === kind);
      const good = listed.filter(({ found }) => found === 'place' || found === 'base');
      return [kind, `${good.length} of ${listed.length}`];
    }),
  );
}
