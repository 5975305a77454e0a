import { DOCKER_HUB, parseReference } from '../reference.ts';
import { type CrdReference, crdName, readCrdObject, readCrdText } from './crd-text.ts';
import type { DocumentContent, DocumentMemo } from './document-memo.ts';
import type { ImageUse } from './image-use.ts';
import { classOf } from './object-kinds.ts';
import { isPlainList, isPlainMap, type Plain } from './plain.ts';
import type { FoundReference, SeenHosts } from './reference-text.ts';
import { isInCluster } from './registry-hosts.ts';
import type { RenderedDocument } from './rendered-documents.ts';
import { USE_RULES } from './use-rules.ts';
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

/** A reference at its place. The target may itself be a service of a cluster; no source can be one. */
function toUse(
  { text, reference, ...judged }: FoundReference,
  { place, path, ...identity }: ObjectIdentity & Pick<ImageUse, 'place' | 'path'>,
  seen: SeenHosts,
): ImageUse {
  const isInside = isInCluster(reference.registry) && !seen.has(reference.registry);
  const { role, certainty, why } = isInside ? USE_RULES.inCluster : judged;
  return { text, reference, role, certainty, why, place, path, ...identity };
}

/** The references of a custom resource definition, where they are defaults, at their places in a template. */
export function asDefaults(
  found: readonly CrdReference[],
  identity: ObjectIdentity,
  seen: SeenHosts,
): readonly ImageUse[] {
  return found.map(({ found: one, path }) => toUse(one, { ...identity, path, place: 'crd default' }, seen));
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
    return asDefaults(readCrdObject(value, '', '', seen), identity, seen);
  }
  const uses: ImageUse[] = [];
  const emit: Found = (found, place, path) => uses.push(toUse(found, { ...identity, place, path }, seen));
  if (objectClass === 'config map' || objectClass === 'secret') walkData(value, objectClass, seen, emit);
  else walkObject(value, '', objectClass === 'custom resource', seen, emit);
  return uses;
}

/** References in the text of one CRD: those that are defaults in its schema. */
function findInCrd(template: string, text: string, seen: SeenHosts): readonly ImageUse[] {
  const identity = { template, kind: 'CustomResourceDefinition', name: crdName(text) };
  return asDefaults(readCrdText(text, seen), identity, seen);
}

// Names of fields stand in the text as they are, unless they are written with escapes.
function mayHoldContainers(text: string): boolean {
  return text.includes('ontainers') || text.includes('\\');
}

const NAMES_ARTIFACTS: ReadonlySet<string | undefined> = new Set(
  [USE_RULES.ociScheme, USE_RULES.chartField, USE_RULES.chartRepository].map(({ why }) => why),
);

/** The references of a document whose hosts serve images or charts, whatever other hosts are known: in containers, and of charts. */
function telling({ content, template, text }: RenderedDocument, known: SeenHosts): readonly string[] {
  if (content.kind !== 'object') return [];
  const texts: string[] = [];
  if (mayHoldContainers(text))
    walkObject(content.value, '', false, known, (found, place) => {
      if (place === 'container' || place === 'initContainer') texts.push(found.text);
    });
  const uses = /oci:|repoURL|\\/.test(text) ? findInObject(template, content.value, known) : [];
  return [...texts, ...uses.filter(({ why }) => NAMES_ARTIFACTS.has(why)).map((use) => use.text)];
}

/** The hosts that a document pulls images from or names charts of. */
function hostsIn(document: RenderedDocument, known: SeenHosts): readonly string[] {
  return telling(document, known).flatMap((text) => {
    const host = parseReference(text)?.registry;
    return host === undefined || host === DOCKER_HUB || isInCluster(host) ? [] : [host];
  });
}

function servingHosts(
  documents: readonly RenderedDocument[],
  known: readonly string[],
  memo: DocumentMemo | undefined,
): SeenHosts {
  const given = new Set(known);
  const gather = (document: RenderedDocument): readonly string[] => hostsIn(document, given);
  return new Set([...known, ...documents.flatMap((one) => memo?.hosts(one.content, () => gather(one)) ?? gather(one))]);
}

/**
 * What only keys say that their map gives once more: helm prints both, and the last counts. They are moved all the same, so that
 * whichever a program takes is at the target.
 */
function onlyShadowed(uses: readonly ImageUse[], shadowed: readonly ImageUse[]): readonly ImageUse[] {
  const keyOf = ({ kind, name, path, text }: ImageUse): string => [kind, name, path, text].join('\n');
  const known = new Set(uses.map(keyOf));
  const others = new Map(shadowed.map((use) => [keyOf(use), use]));
  return [...others]
    .filter(([key]) => !known.has(key))
    .map(([, use]) => (use.role === 'image' ? { ...use, ...USE_RULES.shadowed } : use));
}

function findInData(
  template: string,
  { value, shadowed }: Extract<DocumentContent, { kind: 'object' }>,
  seen: SeenHosts,
): readonly ImageUse[] {
  const uses = findInObject(template, value, seen);
  const others = shadowed.flatMap((one) => findInObject(template, one, seen));
  return others.length === 0 ? uses : [...uses, ...onlyShadowed(uses, others)];
}

function usesIn({ content, template, text }: RenderedDocument, seen: SeenHosts): readonly ImageUse[] {
  switch (content.kind) {
    case 'object':
      return findInData(template, content, seen);
    case 'crd':
      return findInCrd(template, text, seen);
    case 'empty':
    case 'unreadable':
      return [];
  }
}

/**
 * Finds every image reference in rendered documents, each with the place where it stands, in the documents' order.
 * `known` are further hosts that serve images: the target's, so that what was moved is found where it was found before.
 * Documents that `memo` has from an earlier render are not searched again where the search would find the same.
 */
export function findImages(
  documents: readonly RenderedDocument[],
  known: readonly string[] = [],
  memo?: DocumentMemo,
): Findings {
  const seen = servingHosts(documents, known, memo);
  const uses: ImageUse[] = [];
  const unreadable: { template: string; line: number; reason: string }[] = [];
  for (const document of documents) {
    const { content, template, line } = document;
    const find = (hosts: SeenHosts): readonly ImageUse[] => usesIn(document, hosts);
    for (const use of memo?.uses(content, template, seen, find) ?? find(seen)) uses.push(use);
    if (content.kind === 'unreadable') unreadable.push({ template, line, reason: content.reason });
  }
  return { uses, unreadable };
}
