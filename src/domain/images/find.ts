import { DOCKER_HUB, parseReference } from '../reference.ts';
import { type CrdReference, readCrdObject, readCrdText } from './crd-text.ts';
import type { ImageUse, UsePlace } from './image-use.ts';
import { classOf } from './object-kinds.ts';
import type { FoundReference, SeenHosts } from './reference-text.ts';
import { isPlainList, isPlainMap, type Plain, type RenderedDocument } from './rendered-documents.ts';
import { walkData } from './walk-data.ts';
import { type Found, walkObject } from './walk-object.ts';

/** What the finder makes of a rendered chart. Unreadable documents are named, never passed over. */
export interface Findings {
  readonly uses: readonly ImageUse[];
  readonly unreadable: readonly { readonly template: string; readonly line: number; readonly reason: string }[];
}

interface ObjectIdentity {
  readonly template: string;
  readonly kind: string;
  readonly name: string;
}

function textOf(value: Plain | undefined): string {
  return typeof value === 'string' ? value : '';
}

function identify(template: string, value: Readonly<Record<string, Plain>>): ObjectIdentity {
  const metadata = value.metadata;
  const name = isPlainMap(metadata) ? textOf(metadata.name) || textOf(metadata.generateName) : '';
  return { template, kind: textOf(value.kind), name };
}

function toUse(found: FoundReference, place: UsePlace, path: string, identity: ObjectIdentity): ImageUse {
  return { text: found.text, reference: found.reference, role: found.role, place, path, ...identity };
}

function asDefaults(found: readonly CrdReference[], identity: ObjectIdentity): readonly ImageUse[] {
  return found.map(({ found: reference, path }) => toUse(reference, 'crd default', path, identity));
}

function findInObject(template: string, value: Readonly<Record<string, Plain>>, seen: SeenHosts): readonly ImageUse[] {
  const kind = textOf(value.kind);
  const objectClass = classOf(textOf(value.apiVersion), kind);
  const items = value.items;
  if (objectClass === 'list' && isPlainList(items)) {
    return items.flatMap((item) => (isPlainMap(item) ? findInObject(template, item, seen) : []));
  }
  const identity = identify(template, value);
  if (kind === 'CustomResourceDefinition') {
    return asDefaults(readCrdObject(value, '', '', seen), identity);
  }
  const uses: ImageUse[] = [];
  const emit: Found = (found, place, path) => uses.push(toUse(found, place, path, identity));
  if (objectClass === 'config map' || objectClass === 'secret') walkData(value, objectClass, seen, emit);
  else walkObject(value, '', objectClass === 'custom resource', seen, emit);
  return uses;
}

function crdUses(document: RenderedDocument, seen: SeenHosts): readonly ImageUse[] {
  const name = /^ {2}name: *["']?([^\s"']+)/m.exec(document.text)?.[1] ?? '';
  const identity = { template: document.template, kind: 'CustomResourceDefinition', name };
  return asDefaults(readCrdText(document.text, seen), identity);
}

function containerHosts(documents: readonly RenderedDocument[], known: readonly string[]): SeenHosts {
  const hosts = new Set<string>(known);
  for (const document of documents) {
    if (document.content.kind !== 'object') continue;
    walkObject(document.content.value, '', false, hosts, (found, place) => {
      const written = parseReference(found.text)?.registry;
      const inContainer = place === 'container' || place === 'initContainer';
      if (inContainer && written !== undefined && written !== DOCKER_HUB) hosts.add(written);
    });
  }
  return hosts;
}

/**
 * Finds every image reference in rendered documents, each with the place where it stands, in the documents' order.
 * `known` are further hosts that serve images: the target's, so that what was moved is found where it was found before.
 */
export function findImages(documents: readonly RenderedDocument[], known: readonly string[] = []): Findings {
  const seen = containerHosts(documents, known);
  const uses: ImageUse[] = [];
  const unreadable: { template: string; line: number; reason: string }[] = [];
  for (const document of documents) {
    const { content, template, line } = document;
    if (content.kind === 'object') uses.push(...findInObject(template, content.value, seen));
    else if (content.kind === 'crd') uses.push(...crdUses(document, seen));
    else if (content.kind === 'unreadable') unreadable.push({ template, line, reason: content.reason });
  }
  return { uses, unreadable };
}
