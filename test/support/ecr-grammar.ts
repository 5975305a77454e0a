import { EcrFault, invalidParameter } from './ecr-faults.ts';
import type { EcrService } from './ecr-hosts.ts';

/** The patterns of repository names, with what the API says when they are broken. Source: client-ecr models, facts.md 1.3. */
const NAMES: Readonly<Record<EcrService, { readonly pattern: string; readonly longest: number }>> = {
  ecr: {
    pattern: '[a-z0-9]+((\\.|_|__|-+)[a-z0-9]+)*(\\/[a-z0-9]+((\\.|_|__|-+)[a-z0-9]+)*)*',
    longest: 256,
  },
  // no `__` and no repeated `-`
  'ecr-public': { pattern: '(?:[a-z0-9]+(?:[._-][a-z0-9]+)*/)*[a-z0-9]+(?:[._-][a-z0-9]+)*', longest: 205 },
};

const DIGEST = /^sha256:[a-f0-9]{64}$/;
/** The data plane's own limit is OCI's; a `+` is answered with 400 (bazel-contrib/rules_oci#720). */
const TAG = /^[A-Za-z0-9_][A-Za-z0-9._-]{0,127}$/;
/** client-ecr, `ImageTagMutabilityExclusionFilter`. */
const FILTER = /^[0-9a-zA-Z._*-]{1,128}$/;

/** Whether it is a digest as ECR gives them. */
export function isDigest(text: string): boolean {
  return DIGEST.test(text);
}

/** Whether a tag may be pushed. */
export function isTag(text: string): boolean {
  return TAG.test(text);
}

/** Whether a repository may have this name. */
export function isName(service: EcrService, name: string): boolean {
  const { pattern, longest } = NAMES[service];
  return name.length >= 2 && name.length <= longest && new RegExp(`^${pattern}$`).test(name);
}

/** @throws EcrFault InvalidParameterException when a repository cannot have this name. */
export function checkName(service: EcrService, name: string): void {
  const { pattern, longest } = NAMES[service];
  if (name.length < 2) {
    throw invalidParameter('repositoryName', 'must have length greater than or equal to 2');
  }
  if (name.length > longest) {
    throw invalidParameter('repositoryName', `must have length less than or equal to ${longest}`);
  }
  if (!new RegExp(`^${pattern}$`).test(name)) {
    throw invalidParameter('repositoryName', `must satisfy regular expression '${pattern}'`);
  }
}

/** How tags of a repository behave (client-ecr, `ImageTagMutability`). */
export type MutabilityKind = 'MUTABLE' | 'IMMUTABLE' | 'MUTABLE_WITH_EXCLUSION' | 'IMMUTABLE_WITH_EXCLUSION';

const KINDS: readonly MutabilityKind[] = ['MUTABLE', 'IMMUTABLE', 'MUTABLE_WITH_EXCLUSION', 'IMMUTABLE_WITH_EXCLUSION'];

/** The setting of a repository; filters only where the kind has exclusions. */
export interface Mutability {
  readonly kind: MutabilityKind;
  readonly filters: readonly string[];
}

/**
 * The setting that a request asks for. Filters are required with the kinds that have exclusions, forbidden with the others,
 * and at most five (facts.md 1.5; the same rule is in moto's models.py).
 *
 * @throws EcrFault InvalidParameterException.
 */
export function mutabilityOf(text: string | undefined, filters: readonly string[] | undefined): Mutability {
  const kind = KINDS.find((one) => one === (text ?? 'MUTABLE'));
  if (kind === undefined) {
    throw invalidParameter('imageTagMutability', `Member must satisfy enum value set: [${KINDS.join(', ')}]`);
  }
  const parameter = 'imageTagMutabilityExclusionFilters';
  if (kind.endsWith('_WITH_EXCLUSION') !== (filters !== undefined)) {
    throw invalidParameter(parameter, `${parameter} does not go with imageTagMutability ${kind}`);
  }
  if (filters !== undefined && (filters.length < 1 || filters.length > 5)) {
    throw invalidParameter(parameter, 'must have between 1 and 5 members');
  }
  const broken = filters?.find((filter) => !FILTER.test(filter));
  if (broken !== undefined) throw invalidParameter(parameter, `must satisfy regular expression '${FILTER.source}'`);
  return { kind, filters: filters ?? [] };
}

/** `*` stands for any characters (userguide/image-tag-mutability.html). */
export function wildcard(filter: string): RegExp {
  return new RegExp(`^${filter.replace(/[.+?^${}()|[\]\\]/g, '\\$&').replaceAll('*', '.*')}$`, 's');
}

/** Whether a tag that exists may not be pushed again, not even with the same content (aws/containers-roadmap#2179). */
export function isFixed({ kind, filters }: Mutability, tag: string): boolean {
  const excluded = filters.some((filter) => wildcard(filter).test(tag));
  return kind.startsWith('IMMUTABLE') !== excluded;
}

/** At most 50 tags, keys of 128 and values of 256 characters (client-ecr, `TooManyTagsException`, `InvalidTagParameterException`). */
export function checkResourceTags(tags: ReadonlyMap<string, string>): void {
  if (tags.size > 50)
    throw new EcrFault('TooManyTagsException', 'The list of tags on the repository is over the limit.');
  for (const [key, value] of tags) {
    if (key.length < 1 || key.length > 128 || value.length > 256 || key.startsWith('aws:')) {
      throw new EcrFault('InvalidTagParameterException', `An invalid parameter has been specified: tag '${key}'`);
    }
  }
}
