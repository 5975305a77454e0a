// Shares nothing with the finder, on purpose: see sweep.ts.
import { fieldsAround, keyAbove, keyAt, keysBeside, type LineKey, type MapField } from './line-maps.ts';
import { type PageField, pageFields } from './page-fields.ts';
import type { Word } from './split-names.ts';

/** What is known of a page: the target, the planned references, and whether a text is one, or begins one. */
export interface JoinQuery {
  readonly target: string;
  readonly planned: ReadonlySet<string>;
  readonly isPlanned: (text: string) => boolean;
}

const LEAD = /^\w*(?:registry|hub|host|repository|repo)$/i;
const MIDDLE = /^\w*(?:namespace|owner|org|organi[sz]ation|project|path)$/i;
const LAST = /^(?:image|repository|repo|name|image_?name)$/i;
const TAG = /^\w*(?:tag|version|digest)$/i;
const REST = /^\w*(?:pull_?policy|pull_?secrets?|enabled)$/i;
const NAME = /^[a-z0-9]+(?:[._-]+[a-z0-9]+)*(?:\/[a-z0-9]+(?:[._-]+[a-z0-9]+)*)*$/;
// these say nothing but an image, whatever else is in the map
const SURE_LEAD = /^(?:image_?)?registry$/i;
const SURE_LAST = /^(?:image|repository|repo|image_?name)$/i;
const SURE_TAG = /^(?:image_?)?tag$/i;
const TAG_TEXT = /^\w[\w.-]{0,127}$/;

function namesIn(map: readonly MapField[], key: RegExp): readonly string[] {
  return map.flatMap(({ name, value }) => (key.test(name) && NAME.test(value) ? [value] : []));
}

/** Where a field at the target stands: its map, and the key above that. */
interface Place {
  readonly map: readonly MapField[];
  readonly above: string;
}

/** Whether what stands at the target is an owner alone, which is no image yet. */
function isOwner(tail: string, lasts: readonly string[], above: string): boolean {
  // `{name, repository: nginx}` is a container of that name, but below a key for images
  const owner = /image$/i.test(above) ? tail.replace(/^library\//, '') : tail;
  return owner !== '' && !owner.includes('/') && !lasts.includes(owner);
}

/** The names that a program may join from the fields of a map, behind what stands at the target; none where it is none of an image. */
function joinedBehind(lead: string, key: string, { map, above }: Place, target: string): readonly string[] {
  const others = map.filter(({ name }) => name !== key);
  const isImage = others.every(({ name }) => [MIDDLE, LAST, TAG, REST].some((known) => known.test(name)));
  const tagged = (known: RegExp): boolean => others.some(({ name, value }) => known.test(name) && value !== '');
  const [middle] = namesIn(others, MIDDLE);
  const isSure = SURE_LEAD.test(key) && middle === undefined && tagged(SURE_TAG);
  if (!isSure && !(isImage && tagged(TAG))) return [];
  const lasts = namesIn(others, isImage ? LAST : SURE_LAST);
  if (middle !== undefined) return lasts.map((last) => `${lead}/${middle}/${last}`);
  const isLead = !/repo(?:sitory)?$/i.test(key) || isOwner(lead.slice(target.length + 1), lasts, above);
  return isLead ? lasts.map((last) => `${lead}/${last}`) : [];
}

/** Whether some planned reference of a name has a tag in it, whatever a program puts around that, or is named by digest. */
function hasTag(name: string, tag: string, { planned }: JoinQuery): boolean {
  return [...planned].some((one) => {
    const rest = one.startsWith(name) ? one.slice(name.length) : '';
    return rest.startsWith('@') || (rest.startsWith(':') && rest.includes(tag));
  });
}

/** The reference of a name and the tag beside it, where the name alone is planned, and not with that tag. */
function untagged(name: string, map: readonly MapField[], query: JoinQuery): string | undefined {
  if (!query.planned.has(name)) return undefined;
  const tag = map.find(({ name: key, value }) => SURE_TAG.test(key) && TAG_TEXT.test(value))?.value;
  return tag === undefined || hasTag(name, tag, query) ? undefined : `${name}:${tag}`;
}

// kubeadm puts the names of etcd and CoreDNS behind these: https://kubernetes.io/docs/reference/config-api/kubeadm-config.v1beta4/
const KUBEADM = { local: 'etcd', dns: 'coredns' } as const;

function ofKubeadm(
  lines: readonly string[],
  name: string,
  above: LineKey | undefined,
  value: string,
): string | undefined {
  if (name !== 'imageRepository') return undefined;
  if (above?.name === 'dns') return `${value}/${KUBEADM.dns}`;
  const isEtcd = above?.name === 'local' && keyAbove(lines, keysBeside(lines, above))?.name === 'etcd';
  return isEtcd ? `${value}/${KUBEADM.local}` : undefined;
}

/** What nobody planned of what a field at the target makes with the fields of its map; undefined where all is planned. */
function unplanned(lines: readonly string[], field: PageField, value: string, query: JoinQuery): string | undefined {
  const { target, isPlanned } = query;
  const key = keyAt(lines, field.line);
  const above = key && keyAbove(lines, keysBeside(lines, key));
  const kubeadm = ofKubeadm(lines, field.name, above, value);
  if (kubeadm !== undefined) return isPlanned(kubeadm) ? undefined : kubeadm;
  const map = fieldsAround(lines, field.line, field.index);
  const joined = LEAD.test(field.name)
    ? joinedBehind(value, field.name, { map, above: above?.name ?? '' }, target)
    : [];
  if (joined.length > 0 && !joined.some(isPlanned)) return joined[0];
  const names = [...(LAST.test(field.name) ? [value] : []), ...joined];
  return names.flatMap((name) => untagged(name, map, query) ?? [])[0];
}

/**
 * Names and tags that nobody planned as a program joins them, from fields of one map of which one is at the target:
 * `{registry, namespace, name, tag}`, `{repository, tag}` and the like.
 */
export function joinedFields(lines: readonly string[], query: JoinQuery): readonly Word[] {
  const { target } = query;
  if (!lines.some((line) => line.includes(target))) return [];
  return pageFields(lines).flatMap((field): readonly Word[] => {
    const value = field.value.replace(/\/+$/, '');
    const isOwn = value === target || value.startsWith(`${target}/`);
    if (!isOwn || /[:@]/.test(value.slice(target.length))) return [];
    const joined = unplanned(lines, field, value, query);
    return joined === undefined
      ? []
      : [{ line: field.line, index: field.index, text: `${joined} (in several fields)` }];
  });
}
