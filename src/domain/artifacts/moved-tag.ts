import { type Manifest, parseManifest } from '../manifest.ts';
import type { ShelvedManifest } from '../shelf/shelf.ts';
import { isSigningTag } from './artifact-choice.ts';

/** A tag of an artifact that has one content at the source and another at the target. */
export interface MovedTag {
  readonly tag: string;
  readonly source: ShelvedManifest;
  readonly target: ShelvedManifest;
  /** Whether the target refuses to have the tag replaced. */
  readonly isLocked: boolean;
  /** Whether the caller wants tags replaced that hold other content. */
  readonly overwrite: boolean;
}

/** What becomes of the target's tag. */
export type MovedTagDecision = { readonly kind: 'replace' } | { readonly kind: 'keep'; readonly reason: string };

function layersOf(manifest: Manifest | undefined): readonly string[] | undefined {
  return manifest?.kind === 'image' ? manifest.layers.map(({ digest }) => digest) : undefined;
}

/**
 * Whether a tag follows its source. Who signs again moves the tag and keeps what was there: each signature is a layer. So a tag
 * is replaced when the source has every layer that the target has. Else somebody signed at the target, and that is never
 * thrown away; what is no signature is replaced where the caller wants tags replaced.
 */
export function decideMovedTag({ tag, source, target, isLocked, overwrite }: MovedTag): MovedTagDecision {
  if (isLocked) return { kind: 'keep', reason: 'the source has other content, and the tag is immutable' };
  const there = layersOf(parseManifest(target.bytes, target.mediaType));
  const wanted = new Set(layersOf(parseManifest(source.bytes, source.mediaType)));
  if (there?.every((digest) => wanted.has(digest)) === true) return { kind: 'replace' };
  if (overwrite && !isSigningTag(tag)) return { kind: 'replace' };
  return { kind: 'keep', reason: 'the target has something under this tag that the source does not have' };
}
