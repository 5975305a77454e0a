import type { Reference } from '../reference.ts';
import { isArtifactKey, knownArtifact } from './artifacts.ts';
import { isPlaceholder } from './examples.ts';
import type { Judgement } from './image-use.ts';
import { needsOwner } from './registry-hosts.ts';
import { asCandidate, PLAIN_IMAGE, USE_RULES } from './use-rules.ts';

/** What speaks for a reference beside its own text. */
export interface Evidence {
  /** The key, flag or variable that it is the value of, or part of; empty where there is none. */
  readonly key: string;
  /** Whether that key says "image". */
  readonly named: boolean;
  /** `oci://` and the like, where it is written. */
  readonly scheme: string;
  /** Whether it is all that the value says, one of a list that a key announces, or a part of some text. */
  readonly within: 'value' | 'list' | 'text';
}

// models are carried in container images: https://kserve.github.io/website/docs/model-serving/storage/providers/oci
const MODEL_KEY = /^storageUri$/i;
const BASE_KEY = /(?:[pP]refix|PREFIX|[iI]mageBase|IMAGE_BASE|[rR]epo_?U[rR][lL]|REPO_URL|[bB]aseUrl|BASE_URL)$/;

function artifactRule(reference: Reference, { key, named, scheme }: Evidence): Judgement | undefined {
  if (knownArtifact(reference) !== undefined) return USE_RULES.knownArtifact;
  if (isArtifactKey(key)) return USE_RULES.artifactKey;
  const elsewhere = /^(?:oci|registry):/.test(scheme) && !named && !MODEL_KEY.test(key);
  return elsewhere ? USE_RULES.ociScheme : undefined;
}

function baseRule({ registry, repository }: Reference, key: string): Judgement | undefined {
  if (BASE_KEY.test(key)) return USE_RULES.baseKey;
  return !repository.includes('/') && needsOwner(registry) ? USE_RULES.ownerAlone : undefined;
}

/**
 * What a reference outside of containers is. A placeholder is none at all; then what is no container image; then, where
 * tag and digest are missing, the beginning of others. What is left is an image, and a plain one only with a tag or
 * digest, and only where it is the value or its key announces it.
 */
export function judge(text: string, reference: Reference, evidence: Evidence): Judgement {
  if (isPlaceholder(text)) return USE_RULES.placeholder;
  const bare = reference.tag === undefined && reference.digest === undefined;
  const base = bare ? baseRule(reference, evidence.key) : undefined;
  if (base !== undefined) return base;
  const artifact = artifactRule(reference, evidence);
  if (artifact !== undefined) {
    return bare ? asCandidate(artifact) : artifact;
  }
  if (bare) return USE_RULES.untagged;
  return evidence.within === 'text' ? USE_RULES.inText : PLAIN_IMAGE;
}
