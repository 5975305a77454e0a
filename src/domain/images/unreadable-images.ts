import { parseReference } from '../reference.ts';
import { structured } from './embedded-text.ts';
import { classOf } from './object-kinds.ts';
import { isPlainList, isPlainMap, type Plain } from './plain.ts';
import type { RenderedDocument } from './rendered-documents.ts';

/** A container whose `image` is no reference: nobody could pull it, and nothing can be mirrored for it. */
export interface UnreadableImage {
  readonly template: string;
  /** `Deployment/web container main`. */
  readonly place: string;
  readonly text: string;
}

const CONTAINER_LISTS = ['containers', 'initContainers', 'ephemeralContainers'];

function textOf(value: Plain | undefined): string {
  return typeof value === 'string' ? value : '';
}

/** Whether nobody could mean an image by this; `true` is a switch that was written in its place, and no text to Kubernetes. */
function isNoImage(text: string): boolean {
  return text === 'true' || text === 'false' || parseReference(text) === undefined;
}

interface BadContainer {
  readonly name: string;
  readonly text: string;
}

// https://docs.redhat.com/en/documentation/openshift_container_platform/4.19/html/images/triggering-updates-on-imagestream-changes
const TRIGGERS = 'image.openshift.io/triggers';
const FIELD = /\.?(containers|initContainers)\[(?:(\d+)|\?\(@\.name==\\?["']([^"'\\]+)\\?["']\))\]\.image$/;

/** A container that OpenShift gives an image of a stream, by its place or its name. */
interface Filled {
  readonly list: string;
  readonly index: number | undefined;
  readonly name: string | undefined;
}

function filledOf(metadata: Plain | undefined): readonly Filled[] {
  const annotations = isPlainMap(metadata) ? metadata.annotations : undefined;
  const text = isPlainMap(annotations) ? textOf(annotations[TRIGGERS]) : '';
  const triggers = text === '' ? [] : (structured(text) ?? []).flatMap((one) => (isPlainList(one) ? one : []));
  return triggers.flatMap((trigger) => {
    const field = isPlainMap(trigger) ? FIELD.exec(textOf(trigger.fieldPath)) : null;
    if (field === null || !isPlainMap(trigger) || String(trigger.paused) === 'true') return [];
    const [, list = '', index, name] = field;
    return [{ list, index: index === undefined ? undefined : Number(index), name }];
  });
}

/** Containers without a readable image; blanks that the nearest object has filled are none. */
function badContainers(value: Plain, around: readonly Filled[]): readonly BadContainer[] {
  if (isPlainList(value)) return value.flatMap((entry) => badContainers(entry, around));
  if (!isPlainMap(value)) return [];
  const isObject = textOf(value.apiVersion) !== '' && textOf(value.kind) !== '';
  const filled = isObject ? filledOf(value.metadata) : around;
  return Object.entries(value).flatMap(([key, entry]) => {
    if (!CONTAINER_LISTS.includes(key) || !isPlainList(entry)) return badContainers(entry, filled);
    return entry.flatMap((container, at) => {
      const image = isPlainMap(container) ? container.image : undefined;
      if (!isPlainMap(container) || typeof image !== 'string' || !isNoImage(image.trim())) return [];
      const name = textOf(container.name);
      const isFilled = filled.some(
        (one) => one.list === key && (one.index === at || (name !== '' && one.name === name)),
      );
      return isFilled && image.trim() === '' ? [] : [{ name, text: image }];
    });
  });
}

/**
 * Containers of Kubernetes' own kinds whose image is there and is no reference, such as `:1.0` where a chart wants its
 * repository to be set, but for blanks that OpenShift fills. Custom resources may leave images to their operators.
 */
export function unreadableImages(documents: readonly RenderedDocument[]): readonly UnreadableImage[] {
  return documents.flatMap(({ template, content }) => {
    if (content.kind !== 'object') return [];
    const { apiVersion, kind, metadata } = content.value;
    const objectClass = classOf(textOf(apiVersion), textOf(kind));
    if (objectClass !== 'built-in' && objectClass !== 'list') return [];
    const name = isPlainMap(metadata) ? textOf(metadata.name) : '';
    return badContainers(content.value, []).map((one) => ({
      template,
      place: `${textOf(kind)}/${name} container ${one.name}`,
      text: one.text,
    }));
  });
}
