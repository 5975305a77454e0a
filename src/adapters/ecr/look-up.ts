import type { ImageFailure } from '@aws-sdk/client-ecr';
import { MirrorError } from '../../errors.ts';
import type { TagState } from '../../ports/repositories.ts';
import { invalidAnswer } from '../registry-errors.ts';
import { errorName, isDenied, isWithoutIdentity, said } from './api-errors.ts';
import { imagesById } from './images-by-id.ts';
import type { Doing, PrivateApi } from './private-api.ts';

/** A tag that has to be looked for among the archived ones; `otherwise` is what it is when it is not there. */
interface Unfound {
  readonly tag: string;
  readonly otherwise: TagState;
}

const PAGE = 1000;

function reasonOf({ failureCode, failureReason }: ImageFailure): string {
  return [failureCode, failureReason].filter((part) => part !== undefined).join(': ');
}

function upstreamFailure(
  api: PrivateApi,
  { doing }: Doing,
  failure: ImageFailure,
  code: 'RATE_LIMITED' | 'REGISTRY_UNREACHABLE',
) {
  return new MirrorError(`${api.host} failed to ${doing}: ${reasonOf(failure)}`, {
    code,
    origin: 'destination',
    hint: 'the repository belongs to a pull through cache rule: push to a path that no such rule has, or run again later',
  });
}

/** What a failure says of its tag. Codes as in client-ecr, `ImageFailureCode`. */
function judge(api: PrivateApi, what: Doing, failure: ImageFailure): Unfound {
  const tag = failure.imageId?.imageTag ?? '';
  const denied = { kind: 'denied', detail: reasonOf(failure) } as const;
  switch (failure.failureCode) {
    case 'ImageNotFound':
      return { tag, otherwise: { kind: 'absent' } };
    case 'ImageInaccessible':
    case 'KmsError':
    case 'UpstreamAccessDenied':
      return { tag, otherwise: denied };
    case 'UpstreamTooManyRequests':
      throw upstreamFailure(api, what, failure, 'RATE_LIMITED');
    case 'UpstreamUnavailable':
      throw upstreamFailure(api, what, failure, 'REGISTRY_UNREACHABLE');
    default:
      throw invalidAnswer(api.host, what.doing, `of tag ${tag} it says ${reasonOf(failure)}`, 'destination');
  }
}

/** The tags of archived images. Where they may not be listed, none is known: then the push tells. */
async function archivedTags(api: PrivateApi, repository: string, signal: AbortSignal): Promise<ReadonlySet<string>> {
  const found = new Set<string>();
  let nextToken: string | undefined;
  try {
    const client = await api.client();
    do {
      const input = { ...api.owner, repositoryName: repository, maxResults: PAGE };
      const at = nextToken === undefined ? {} : { nextToken };
      const filter = { imageStatus: 'ARCHIVED', tagStatus: 'TAGGED' } as const;
      const answer = await client.describeImages({ ...input, ...at, filter }, { abortSignal: signal });
      for (const { imageTags = [] } of answer.imageDetails ?? []) for (const tag of imageTags) found.add(tag);
      nextToken = answer.nextToken;
    } while (nextToken !== undefined);
  } catch (error) {
    if (!isDenied(error) && errorName(error) !== 'RepositoryNotFoundException') {
      const what = { doing: `list archived images of ${repository}`, right: 'ecr:DescribeImages' };
      throw api.failure(error, what, signal);
    }
  }
  return found;
}

function allOf(tags: readonly string[], state: TagState): ReadonlyMap<string, TagState> {
  return new Map(tags.map((tag) => [tag, state]));
}

/**
 * What stands under tags of one repository: BatchGetImage for a hundred of them, and where some are missing, the list of
 * archived images once. Of a missing repository all tags are absent.
 *
 * @throws MirrorError RATE_LIMITED, REGISTRY_UNREACHABLE, REGISTRY_ANSWER_INVALID, CREDENTIALS_UNREADABLE.
 */
export async function lookUpTags(
  api: PrivateApi,
  repository: string,
  tags: readonly string[],
  signal: AbortSignal,
): Promise<ReadonlyMap<string, TagState>> {
  const wanted = [...new Set(tags)];
  const what = { doing: `look up tags of ${repository}`, right: 'ecr:BatchGetImage' };
  const states = new Map<string, TagState>();
  try {
    const ids = wanted.map((imageTag) => ({ imageTag }));
    const { images, failures } = await imagesById(api, repository, ids, what, signal);
    for (const { tag, manifest } of images) if (tag !== undefined) states.set(tag, manifest);
    const unfound = failures.map((failure) => judge(api, what, failure));
    const archived = unfound.length === 0 ? new Set() : await archivedTags(api, repository, signal);
    for (const { tag, otherwise } of unfound) states.set(tag, archived.has(tag) ? { kind: 'archived' } : otherwise);
  } catch (error) {
    if (errorName(error) === 'RepositoryNotFoundException') return allOf(wanted, { kind: 'absent' });
    if (isDenied(error)) return allOf(wanted, { kind: 'denied', detail: said(error) });
    if (isWithoutIdentity(error)) return new Map();
    throw api.failure(error, what, signal);
  }
  const missing = wanted.filter((tag) => !states.has(tag));
  if (missing.length === 0) return states;
  throw invalidAnswer(api.host, what.doing, `it says nothing of ${missing.join(', ')}`, 'destination');
}
