import { classOf } from '../images/object-kinds.ts';
import { isPlainList, isPlainMap, type Plain } from '../images/plain.ts';
import type { RenderedDocument } from '../images/rendered-documents.ts';
import type { ListForm } from './crd-forms.ts';

/**
 * A place of the rendered output from which a pod gets its pull credentials: the pod spec of a built-in kind (`pod`), a
 * map with containers in a custom resource (`embedded`), or another list of pull secrets there, from which an operator
 * makes pods (`field`).
 */
export interface PullSite {
  readonly role: 'pod' | 'embedded' | 'field';
  readonly template: string;
  readonly kind: string;
  readonly name: string;
  readonly namespace: string;
  /** The pod spec in the object; of a `field` the list itself. */
  readonly path: string;
  /** The names that its list of pull secrets has, as the API server reads them. */
  readonly secrets: readonly string[];
  /** The list as it stands there, as JSON: it may hold names in a form that nobody reads. */
  readonly written: string;
  /** Of a `field` nobody knows it but the operator. */
  readonly serviceAccount: string | undefined;
}

/** A service account of the rendered output. */
export interface ServiceAccount {
  readonly template: string;
  readonly name: string;
  readonly namespace: string;
  readonly secrets: readonly string[];
  readonly written: string;
}

/** All places of a rendered chart that decide with which credentials images are pulled. */
export interface PullSites {
  readonly sites: readonly PullSite[];
  readonly accounts: readonly ServiceAccount[];
}

type Fields = Readonly<Record<string, Plain>>;

/** The account of pods that name none: plugin/pkg/admission/serviceaccount/admission.go of Kubernetes. */
const DEFAULT_ACCOUNT = 'default';
const SECRET_FIELD = /^(?:image)?pullsecrets?$/i;

function textOf(value: Plain | undefined): string {
  return typeof value === 'string' ? value : '';
}

function join(path: string, key: string): string {
  const safe = /^[A-Za-z0-9_-]+$/.test(key) ? key : JSON.stringify(key);
  return path === '' ? safe : `${path}.${safe}`;
}

/** In which form names are read; undefined means in any, since nobody knows what an operator reads. */
type Reads = ListForm | undefined;

/** The names that a list has for whoever reads it. */
function namesIn(value: Plain | undefined, reads: Reads): readonly string[] {
  if (typeof value === 'string') return reads === undefined && value !== '' ? [value] : [];
  if (!isPlainList(value)) return [];
  return value.flatMap((item): readonly string[] => {
    const text = isPlainMap(item) ? item.name : item;
    const isRead = reads === undefined || reads === (isPlainMap(item) ? 'objects' : 'strings');
    return isRead && typeof text === 'string' && text !== '' ? [text] : [];
  });
}

function written(value: Plain | undefined): string {
  return value === undefined || value === '' ? '' : JSON.stringify(value);
}

/** A map on the way to a place, with its path. */
interface Level {
  readonly map: Fields;
  readonly path: string;
}

interface Walk {
  readonly custom: boolean;
  readonly reads: Reads;
  readonly identity: Pick<PullSite, 'template' | 'kind' | 'name' | 'namespace'>;
  readonly found: PullSite[];
  /** Lists that belong to a pod spec found below them. */
  readonly taken: Set<Plain>;
}

function hasContainers(map: Fields, custom: boolean): boolean {
  const { containers } = map;
  if (!isPlainList(containers)) return false;
  return containers.some((item) => isPlainMap(item) && (!custom || textOf(item.image) !== ''));
}

function accountOf(levels: readonly Level[]): string {
  const named = levels.map(({ map }) => textOf(map.serviceAccountName) || textOf(map.serviceAccount));
  return named.findLast((name) => name !== '') ?? DEFAULT_ACCOUNT;
}

/** In a custom resource the list may stand above the containers. */
function emitPod(levels: readonly Level[], walk: Walk): void {
  const own = walk.custom ? levels : levels.slice(-1);
  const list = own.findLast(({ map }) => map.imagePullSecrets !== undefined)?.map.imagePullSecrets;
  if (list !== undefined) walk.taken.add(list);
  walk.found.push({
    ...walk.identity,
    role: walk.custom ? 'embedded' : 'pod',
    path: levels.at(-1)?.path ?? '',
    secrets: namesIn(list, walk.reads),
    written: written(list),
    serviceAccount: accountOf(own),
  });
}

function walkValue(value: Plain, path: string, levels: readonly Level[], walk: Walk): void {
  if (isPlainList(value)) {
    for (const [index, item] of value.entries()) walkValue(item, `${path}[${index}]`, levels, walk);
  } else if (isPlainMap(value)) {
    const inside = [...levels, { map: value, path }];
    const isPod = hasContainers(value, walk.custom);
    if (isPod) emitPod(inside, walk);
    else for (const [key, inner] of Object.entries(value)) walkValue(inner, join(path, key), inside, walk);
  }
}

function secretFields(value: Plain, path: string): readonly (readonly [path: string, list: Plain])[] {
  if (isPlainList(value)) return value.flatMap((item, index) => secretFields(item, `${path}[${index}]`));
  if (!isPlainMap(value)) return [];
  return Object.entries(value).flatMap(([key, inner]): readonly (readonly [string, Plain])[] => {
    const at = join(path, key);
    return SECRET_FIELD.test(key) && !isPlainMap(inner) ? [[at, inner]] : secretFields(inner, at);
  });
}

function emitFields(object: Fields, walk: Walk): void {
  const pods = walk.found.map(({ path }) => `${path}.`);
  for (const [path, list] of secretFields(object, '')) {
    if (walk.taken.has(list) || pods.some((pod) => path.startsWith(pod))) continue;
    const secrets = namesIn(list, walk.reads);
    walk.found.push({
      ...walk.identity,
      role: 'field',
      path,
      secrets,
      written: written(list),
      serviceAccount: undefined,
    });
  }
}

/** The form of lists in custom resources by kind, as their definitions have it. */
export type ListForms = ReadonlyMap<string, ListForm>;

function inObject(template: string, object: Fields, release: string, forms: ListForms): PullSites {
  const kind = textOf(object.kind);
  const objectClass = classOf(textOf(object.apiVersion), kind);
  if (objectClass === 'list' && isPlainList(object.items)) {
    const items = object.items.filter(isPlainMap);
    return merged(items.map((item) => inObject(template, item, release, forms)));
  }
  const metadata = isPlainMap(object.metadata) ? object.metadata : {};
  const name = textOf(metadata.name) || textOf(metadata.generateName);
  const namespace = textOf(metadata.namespace) || release;
  if (kind === 'ServiceAccount' && objectClass === 'built-in') {
    const list = object.imagePullSecrets;
    const account = { template, name, namespace, secrets: namesIn(list, 'objects'), written: written(list) };
    return { sites: [], accounts: [account] };
  }
  if (objectClass === 'config map' || objectClass === 'secret' || kind === 'CustomResourceDefinition') return NOTHING;
  const custom = objectClass === 'custom resource';
  const reads = custom ? forms.get(kind) : 'objects';
  const walk: Walk = { custom, reads, identity: { template, kind, name, namespace }, found: [], taken: new Set() };
  walkValue(object, '', [], walk);
  if (custom) emitFields(object, walk);
  return { sites: walk.found, accounts: [] };
}

const NOTHING: PullSites = { sites: [], accounts: [] };

function merged(all: readonly PullSites[]): PullSites {
  return { sites: all.flatMap(({ sites }) => sites), accounts: all.flatMap(({ accounts }) => accounts) };
}

/**
 * Every place of a rendered chart where pull secrets are named or could be: pod specs of built-in kinds, also in lists;
 * maps with containers and lists of pull secrets in custom resources; service accounts. `release` is the namespace of
 * objects that name none.
 */
export function pullSites(documents: readonly RenderedDocument[], release: string, forms: ListForms): PullSites {
  return merged(
    documents.map(({ template, content }) =>
      content.kind === 'object' ? inObject(template, content.value, release, forms) : NOTHING,
    ),
  );
}

/** `templates/a.yaml Deployment/x spec.template.spec`: a site for people. */
export function formatSite({ template, kind, name, path }: PullSite): string {
  return `${template} ${kind}/${name} ${path}`;
}

/** `templates/a.yaml Deployment/x`: a document for people. */
export function formatObject({ template, content }: RenderedDocument): string {
  if (content.kind !== 'object') return template;
  const { kind, metadata } = content.value;
  return `${template} ${textOf(kind)}/${isPlainMap(metadata) ? textOf(metadata.name) : ''}`;
}
