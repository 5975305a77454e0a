import { parseReference } from '../reference.ts';
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

function badContainers(value: Plain): readonly { readonly name: string; readonly text: string }[] {
  if (isPlainList(value)) return value.flatMap(badContainers);
  if (!isPlainMap(value)) return [];
  return Object.entries(value).flatMap(([key, entry]) => {
    if (!CONTAINER_LISTS.includes(key) || !isPlainList(entry)) return badContainers(entry);
    return entry.flatMap((container) => {
      const image = isPlainMap(container) ? container.image : undefined;
      if (!isPlainMap(container) || typeof image !== 'string') return [];
      return isNoImage(image.trim()) ? [{ name: textOf(container.name), text: image }] : [];
    });
  });
}

// https://docs.redhat.com/en/documentation/openshift_container_platform/4.19/html/images/triggering-updates-on-imagestream-changes
const TRIGGERS = 'image.openshift.io/triggers';

/** Whether OpenShift puts an image of a stream where the object has a blank. */
function isTriggered(metadata: Plain | undefined): boolean {
  const annotations = isPlainMap(metadata) ? metadata.annotations : undefined;
  return isPlainMap(annotations) && textOf(annotations[TRIGGERS]).includes('fieldPath');
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
    const bad = badContainers(content.value).filter(({ text }) => text.trim() !== '' || !isTriggered(metadata));
    return bad.map((one) => ({
      template,
      place: `${textOf(kind)}/${name} container ${one.name}`,
      text: one.text,
    }));
  });
}
