import { isPair, isScalar, parseAllDocuments, type Scalar, visit } from 'yaml';
import { oneLine } from '../../errors.ts';
import { type AllowedRegistry, isInside } from '../check/allowed.ts';
import { readManifests } from '../check/manifest-texts.ts';
import { findImages } from '../images/find.ts';
import { formatUsePlace, type ImageUse, type UsePlace } from '../images/image-use.ts';
import type { RenderedDocument } from '../images/rendered-documents.ts';
import { unreadableImages } from '../images/unreadable-images.ts';
import { flowText } from '../overlay/scalar-text.ts';
import type { Relocate } from './known-images.ts';

/** Rendered manifests with their images at the target. */
export interface PostRendered {
  readonly text: string;
  readonly replaced: number;
  /** What pods would pull from elsewhere, and what cannot be read; nothing may be installed then. */
  readonly refused: readonly string[];
  /** What other fields name that is not at the target: nothing is known of who pulls it. */
  readonly mentioned: readonly string[];
}

/** What is moved: the manifests, what is known, and where images may come from. */
export interface PostRenderRequest {
  readonly manifests: string;
  readonly relocate: Relocate;
  readonly allowed: readonly AllowedRegistry[];
}

interface Edit {
  readonly start: number;
  readonly end: number;
  readonly text: string;
}

/** A word is an image under the keys of containers and image volumes; anywhere else it says a tag or a digest. */
function isNamed(key: unknown, value: string): boolean {
  return (isScalar(key) && (key.value === 'image' || key.value === 'reference')) || /\/.*[:@]/.test(value);
}

/** The new text of a value, which is a reference, or a flag with one behind its equals sign. */
function movedValue(key: unknown, value: string, relocate: Relocate): string | undefined {
  const [, flag = '', rest = value] = /^(-{1,2}[\w.-]+=)?(.*)$/s.exec(value) ?? [];
  const word = rest.trim();
  if (!isNamed(key, word)) return undefined;
  const moved = relocate(word);
  return moved === undefined ? undefined : `${flag}${moved}`;
}

function editOf(scalar: Scalar<string>, key: unknown, relocate: Relocate): readonly Edit[] {
  const moved = movedValue(key, scalar.value, relocate);
  if (moved === undefined || !scalar.range) return [];
  const [start, end] = scalar.range;
  const isBlock = scalar.type === 'BLOCK_FOLDED' || scalar.type === 'BLOCK_LITERAL';
  return [{ start, end, text: isBlock ? `${flowText('QUOTE_DOUBLE', moved)}\n` : flowText(scalar.type, moved) }];
}

function isText(node: Scalar): node is Scalar<string> {
  return typeof node.value === 'string';
}

/** The edits of all documents, and why a document cannot be read. */
function editsOf(
  manifests: string,
  relocate: Relocate,
): { readonly edits: readonly Edit[]; readonly faults: readonly string[] } {
  const edits: Edit[] = [];
  const documents = parseAllDocuments(manifests, { version: '1.1', uniqueKeys: false, logLevel: 'silent' });
  const faults = (Array.isArray(documents) ? documents : []).flatMap((document) => {
    const [error] = document.errors;
    if (error !== undefined) return [oneLine(error.message.split('\n')[0] ?? '')];
    visit(document, {
      Scalar(where, node, path) {
        if (where === 'key' || !isText(node)) return;
        const above = path.at(-1);
        edits.push(...editOf(node, isPair(above) ? above.key : undefined, relocate));
      },
    });
    return [];
  });
  return { edits, faults };
}

function applied(text: string, edits: readonly Edit[]): string {
  return edits
    .toSorted((a, b) => b.start - a.start)
    .reduce((done, { start, end, text: by }) => done.slice(0, start) + by + done.slice(end), text);
}

const IN_PODS: ReadonlySet<UsePlace> = new Set(['container', 'initContainer', 'ephemeralContainer', 'image volume']);

function isOutside({ reference, role }: ImageUse, allowed: readonly AllowedRegistry[]): boolean {
  return role !== 'example' && !isInside(reference, role === 'base' ? 'base' : 'image', allowed);
}

function tell(use: ImageUse): string {
  return `${use.text} at ${formatUsePlace(use)}`;
}

/** Containers whose image is no reference. */
function noReferences(documents: readonly RenderedDocument[]): readonly string[] {
  return unreadableImages(documents).map(
    ({ template, place, text }) => `"${text}", which is no reference, at ${template} ${place}`,
  );
}

/**
 * Names images at the target that are known to be there, in place, and leaves every other byte. Then it looks at the result with
 * the finder of the proof: pods that name anything from elsewhere are refused.
 */
export function postRender({ manifests, relocate, allowed }: PostRenderRequest): PostRendered {
  const { edits, faults } = editsOf(manifests, relocate);
  const text = applied(manifests, edits);
  const { documents, unreadable } = readManifests([{ file: '', text }]);
  const hosts = allowed.map(({ host }) => host);
  const { uses } = findImages(documents, hosts);
  const outside = uses.filter((use) => isOutside(use, allowed));
  const unread = unreadable.map(({ line, reason }) => `line ${line} of the manifests: ${reason}`);
  return {
    text,
    replaced: edits.length,
    refused: [
      ...(unread.length > 0 ? unread : faults),
      ...noReferences(documents),
      ...new Set(outside.filter(({ place }) => IN_PODS.has(place)).map(tell)),
    ],
    mentioned: [...new Set(outside.filter(({ place }) => !IN_PODS.has(place)).map(tell))],
  };
}
