import type { ResourceKinds } from './operator.ts';
import { isPlainList, isPlainMap, type Plain } from './plain.ts';
import type { RenderedDocument } from './rendered-documents.ts';

/** Resources whose controllers fetch charts or manifests by themselves, with the fields that say from where. */
interface FetchingKind extends ResourceKinds {
  readonly fields: readonly string[];
}

const ARGO_SOURCES = ['source.repoURL', 'sources.repoURL'];
const ARGO_GENERATORS = ['git.repoURL', 'matrix.generators.git.repoURL', 'merge.generators.git.repoURL'];

const FETCHING: readonly FetchingKind[] = [
  // https://fluxcd.io/flux/components/source/api/v1/
  {
    group: 'source.toolkit.fluxcd.io',
    kinds: ['HelmRepository', 'GitRepository', 'Bucket'],
    fields: ['spec.url', 'spec.endpoint'],
  },
  // https://argo-cd.readthedocs.io/en/stable/user-guide/application-specification/
  { group: 'argoproj.io', kinds: ['Application'], fields: ARGO_SOURCES.map((field) => `spec.${field}`) },
  {
    group: 'argoproj.io',
    kinds: ['ApplicationSet'],
    fields: [
      ...ARGO_SOURCES.map((field) => `spec.template.spec.${field}`),
      ...ARGO_GENERATORS.map((field) => `spec.generators.${field}`),
    ],
  },
  // https://docs.k3s.io/helm#helmchart-field-definitions
  { group: 'helm.cattle.io', kinds: ['HelmChart'], fields: ['spec.repo', 'spec.chart'] },
  // https://fleet.rancher.io/ref-gitrepo
  { group: 'fleet.cattle.io', kinds: ['GitRepo'], fields: ['spec.repo'] },
  // https://ranchermanager.docs.rancher.com/how-to-guides/new-user-guides/helm-charts-in-rancher
  { group: 'catalog.cattle.io', kinds: ['ClusterRepo'], fields: ['spec.url', 'spec.gitRepo'] },
  // https://github.com/crossplane-contrib/provider-helm
  {
    group: 'helm.crossplane.io',
    kinds: ['Release'],
    fields: ['spec.forProvider.chart.repository', 'spec.forProvider.chart.url'],
  },
  // https://carvel.dev/kapp-controller/docs/latest/app-spec/
  {
    group: 'kappctrl.k14s.io',
    kinds: ['App'],
    fields: ['git.url', 'http.url', 'helmChart.repository.url'].map((field) => `spec.fetch.${field}`),
  },
];

const REMOTE = /^(?:https?|git|ssh):\/\/(?:[^@/]*@)?([^/:?#]+)|^[\w.-]+@([\w.-]+):/i;
const IN_CLUSTER = /^[^.]+$|\.svc(?:\.cluster\.local)?\.?$|\.local$/i;
// more names would hide the rest of a report
const SHOWN = 3;

/** The texts at a place of an object; lists are gone through. */
function textsAt(value: Plain | undefined, [key, ...rest]: readonly string[]): readonly string[] {
  if (isPlainList(value)) return value.flatMap((one) => textsAt(one, key === undefined ? [] : [key, ...rest]));
  if (key === undefined) return typeof value === 'string' ? [value] : [];
  return isPlainMap(value) ? textsAt(value[key], rest) : [];
}

/** The address without what may be a password. */
function shown(address: string): string {
  return address.replace(/^([a-z]+:\/\/)[^@/]*@/i, '$1').replace(/[?#].*$/, '');
}

function isRemote(address: string, own: readonly string[]): boolean {
  const [, byScheme, byUser] = REMOTE.exec(address) ?? [];
  const host = (byScheme ?? byUser)?.toLowerCase();
  return host !== undefined && !IN_CLUSTER.test(host) && !own.some((one) => one.replace(/:\d+$/, '') === host);
}

function sourcesOf(value: Plain, own: readonly string[]): readonly string[] {
  if (!isPlainMap(value)) return [];
  const { apiVersion, kind, metadata, items } = value;
  if (isPlainList(items) && typeof kind === 'string' && kind.endsWith('List'))
    return items.flatMap((one) => sourcesOf(one, own));
  if (typeof apiVersion !== 'string' || typeof kind !== 'string') return [];
  const group = apiVersion.slice(0, Math.max(0, apiVersion.indexOf('/')));
  const name = isPlainMap(metadata) && typeof metadata.name === 'string' ? metadata.name : '';
  const known = FETCHING.filter((one) => one.group === group && one.kinds?.includes(kind) === true);
  const addresses = known.flatMap(({ fields }) => fields.flatMap((field) => textsAt(value, field.split('.'))));
  return addresses.filter((one) => isRemote(one, own)).map((one) => `${kind}/${name} from ${shown(one)}`);
}

/**
 * What objects of a render let controllers fetch from elsewhere when the chart is installed, as sentences without a full stop:
 * charts and manifests of which nothing is known here, nor their images. `own` are the hosts of the target.
 */
export function fetchedSources(documents: readonly RenderedDocument[], own: readonly string[]): readonly string[] {
  const sources = documents.flatMap(({ content }) => (content.kind === 'object' ? sourcesOf(content.value, own) : []));
  const all = [...new Set(sources)];
  if (all.length === 0) return [];
  const more = all.length > SHOWN ? ` and ${all.length - SHOWN} more` : '';
  return [
    `once installed, controllers fetch charts or manifests: ${all.slice(0, SHOWN).join(', ')}${more}. Those and their images are neither mirrored nor proven by this chart: mirror such charts as entries of their own, and point these resources to them`,
  ];
}
