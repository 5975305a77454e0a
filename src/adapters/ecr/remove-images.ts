import type { ImageFailure } from '@aws-sdk/client-ecr';
import type { Digest } from '../../domain/reference.ts';
import type { RemovalFailure } from '../../ports/repositories.ts';
import { invalidAnswer } from '../registry-errors.ts';
import { errorName } from './api-errors.ts';
import { batches } from './batches.ts';
import type { PrivateApi } from './private-api.ts';

const IMAGES_AT_ONCE = 100;

/** What a batch left: manifests that cannot be removed, and those that an index, perhaps of a later batch, still names. */
interface Left {
  readonly failures: readonly RemovalFailure[];
  readonly named: readonly Digest[];
}

function reasonOf({ failureCode, failureReason }: ImageFailure): string {
  return [failureCode, failureReason].filter((part) => part !== undefined).join(': ');
}

/** Failures that name no manifest of the batch: any of it may still be there, and nothing of it counts as removed. */
function checkFailures(
  batch: readonly Digest[],
  failures: readonly ImageFailure[],
  api: PrivateApi,
  repository: string,
): void {
  const known: ReadonlySet<string | undefined> = new Set(batch);
  const odd = failures.find(({ imageId }) => !known.has(imageId?.imageDigest));
  if (odd === undefined) return;
  const detail = `it tells of a failure without saying of what: ${reasonOf(odd)}`;
  throw invalidAnswer(api.host, `removing images of ${repository}`, detail, 'destination');
}

function digestsOf(batch: readonly Digest[], failures: readonly ImageFailure[]): readonly Digest[] {
  const failed = new Set(failures.map(({ imageId }) => imageId?.imageDigest));
  return batch.filter((digest) => failed.has(digest));
}

async function removeBatch(
  api: PrivateApi,
  repository: string,
  batch: readonly Digest[],
  signal: AbortSignal,
): Promise<Left> {
  const client = await api.client();
  const imageIds = batch.map((imageDigest) => ({ imageDigest }));
  const input = { ...api.owner, repositoryName: repository, imageIds };
  const { failures = [] } = await client.batchDeleteImage(input, { abortSignal: signal });
  checkFailures(batch, failures, api, repository);
  const isNamed = ({ failureCode }: ImageFailure) => failureCode === 'ImageReferencedByManifestList';
  const real = failures.filter((failure) => failure.failureCode !== 'ImageNotFound' && !isNamed(failure));
  const reasons = new Map(real.map((failure) => [failure.imageId?.imageDigest, reasonOf(failure)]));
  return {
    failures: digestsOf(batch, real).map((digest) => ({ digest, reason: reasons.get(digest) ?? 'unknown' })),
    named: digestsOf(batch, failures.filter(isNamed)),
  };
}

/**
 * One pass over all digests. A refusal of a whole request ends it: what is left is left for that reason.
 *
 * @throws MirrorError when the request failed for another reason than the repository's own.
 */
async function removeOnce(
  api: PrivateApi,
  repository: string,
  digests: readonly Digest[],
  signal: AbortSignal,
): Promise<Left> {
  const failures: RemovalFailure[] = [];
  const named: Digest[] = [];
  const queue = batches(digests, IMAGES_AT_ONCE);
  for (const [index, batch] of queue.entries()) {
    try {
      const left = await removeBatch(api, repository, batch, signal);
      failures.push(...left.failures);
      named.push(...left.named);
    } catch (error) {
      if (errorName(error) === 'RepositoryNotFoundException') return { failures, named: [] };
      const what = { doing: `remove images of ${repository}`, right: 'ecr:BatchDeleteImage' };
      const failure = api.failure(error, what, signal);
      if (failure.code !== 'REPOSITORY_FAILED') throw failure;
      const { message } = failure;
      const rest = queue.slice(index).flat();
      return { failures: [...failures, ...rest.map((digest) => ({ digest, reason: message }))], named };
    }
  }
  return { failures, named };
}

/**
 * Removes manifests with all their tags, a hundred in one request, in the order given. What an index named at that moment
 * is tried again as long as the pass before has removed something; what is gone already counts as removed.
 *
 * @throws MirrorError when the registry cannot be asked: throttling, an outage, credentials that are of no use. What was
 * removed before is not told then, so that a caller gives a batch at a time. Refusals are failures of the manifests concerned.
 * @throws the signal's reason when it was aborted.
 */
export async function removeImages(
  api: PrivateApi,
  repository: string,
  digests: readonly Digest[],
  signal: AbortSignal,
): Promise<readonly RemovalFailure[]> {
  const failures: RemovalFailure[] = [];
  let left: readonly Digest[] = [...new Set(digests)];
  for (;;) {
    const pass = await removeOnce(api, repository, left, signal);
    failures.push(...pass.failures);
    if (pass.named.length === 0) return failures;
    const removed = left.length - pass.failures.length - pass.named.length;
    if (removed === 0) {
      const reason = 'an index that is not removed names it (ImageReferencedByManifestList)';
      return [...failures, ...pass.named.map((digest) => ({ digest, reason }))];
    }
    left = pass.named;
  }
}
