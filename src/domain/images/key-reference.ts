import {
  type FoundReference,
  isImageKey,
  referenceByForm,
  referencesInText,
  type SeenHosts,
  wholeReference,
} from './reference-text.ts';
import { USE_RULES } from './use-rules.ts';

// a tag or digest: few keys have either
const TAGGED = /\w[:@]\w/;

/** What a key is by itself, or since its map is the value of an image field. */
function readKey(name: string, inImage: boolean, seen: SeenHosts): FoundReference | undefined {
  if (inImage) return wholeReference(name);
  return referenceByForm(name) ?? referencesInText(name, seen).find(({ text }) => text === name);
}

/**
 * The reference that a key of a map is, as in `images: {"org/app:1": {cmd: [app]}}`: a program looks there for what it pulls, so it
 * is moved with that. It needs a tag or digest. `owner` is the key of the map itself.
 */
export function keyReference(name: string, owner: string, seen: SeenHosts): FoundReference | undefined {
  const found = TAGGED.test(name) ? readKey(name, isImageKey(owner), seen) : undefined;
  const isWhole = (found?.reference.tag ?? found?.reference.digest) !== undefined;
  if (found === undefined || !isWhole) return undefined;
  return found.role === 'image' ? { ...found, ...USE_RULES.asKey } : found;
}
