import type { ImageDetail } from '@aws-sdk/client-ecr';
import type { PrivateEcr } from '../../domain/ecr/registry.ts';
import { OWN_TAG } from '../../domain/ecr/repository-settings.ts';
import { type Digest, parseDigest } from '../../domain/reference.ts';
import type { FetchedManifest } from '../../ports/registry.ts';
import type { ListedImage, RegistryContents } from '../../ports/repositories.ts';
import { invalidAnswer } from '../registry-errors.ts';
import { errorName } from './api-errors.ts';
import type { EcrClients } from './clients.ts';
import { allRepositories } from './find-repositories.ts';
import { imagesById } from './images-by-id.ts';
import { createPrivateApi, type PrivateApi } from './private-api.ts';
import { privateListing } from './private-listing.ts';
import { removeImages } from './remove-images.ts';
import { tagRecord } from './repository-input.ts';

const PAGE = 1000;
/** Two clocks are no more accurate than that: answers tell the time in seconds, and take a while. */
const ACCURACY_MS = 60_000;

/**
 * The time of a push by the clock of this machine, where that is ahead of the registry's: else what is young would pass for
 * old. `offset` is the registry's clock minus ours, in milliseconds, as the SDK finds it in answers.
 */
function byOwnClock(pushedAt: Date, offset: number): Date {
  return offset < -ACCURACY_MS ? new Date(pushedAt.getTime() - offset) : pushedAt;
}

function listed(detail: ImageDetail, api: PrivateApi, repository: string, offset: number): ListedImage {
  const digest = parseDigest(detail.imageDigest ?? '');
  const { imagePushedAt: pushedAt, imageTags = [], imageStatus } = detail;
  if (digest === undefined || pushedAt === undefined) {
    const missing = digest === undefined ? 'no digest' : `no time for ${digest}`;
    throw invalidAnswer(api.host, `the images of ${repository}`, `it tells ${missing}`, 'destination');
  }
  return {
    digest,
    tags: imageTags,
    mediaType: detail.imageManifestMediaType ?? '',
    artifactType: detail.artifactMediaType,
    subject: parseDigest(detail.subjectManifestDigest ?? ''),
    pushedAt: byOwnClock(pushedAt, offset),
    // what is being restored cannot be read either
    isArchived: imageStatus === 'ARCHIVED' || imageStatus === 'ACTIVATING',
  };
}

/** An answer about a repository; undefined when somebody has deleted it since it was listed. */
async function unlessGone<T>(answer: Promise<T>): Promise<T | undefined> {
  try {
    return await answer;
  } catch (error) {
    if (errorName(error) === 'RepositoryNotFoundException') return undefined;
    throw error;
  }
}

/** What a private registry holds, through the API of Amazon ECR. Nothing is reached before it is asked. */
export function createEcrContents(clients: EcrClients, registry: PrivateEcr): RegistryContents {
  const api = createPrivateApi(clients, registry);
  const arns = new Map<string, string>();

  async function repositories(signal: AbortSignal): Promise<readonly string[]> {
    const what = { doing: 'list all repositories', right: 'ecr:DescribeRepositories' };
    const found = await api.send(what, signal, () => allRepositories(privateListing(api, signal)));
    return found.flatMap(({ repositoryName: name, repositoryArn: arn }) => {
      if (name !== undefined && arn !== undefined) arns.set(name, arn);
      return name ?? [];
    });
  }

  async function isOurs(repository: string, signal: AbortSignal): Promise<boolean> {
    if (!arns.has(repository)) await repositories(signal);
    const resourceArn = arns.get(repository);
    if (resourceArn === undefined) return false;
    const what = { doing: `read the tags of repository ${repository}`, right: 'ecr:ListTagsForResource' };
    const answer = await api.send(what, signal, (client) =>
      unlessGone(client.listTagsForResource({ resourceArn }, { abortSignal: signal })),
    );
    return tagRecord(answer?.tags)[OWN_TAG.name] === OWN_TAG.value;
  }

  async function details(repository: string, signal: AbortSignal): Promise<readonly ImageDetail[]> {
    const found: ImageDetail[] = [];
    let nextToken: string | undefined;
    const what = { doing: `list the images of ${repository}`, right: 'ecr:DescribeImages' };
    do {
      const input = { ...api.owner, repositoryName: repository, maxResults: PAGE };
      const at = nextToken === undefined ? {} : { nextToken };
      const page = { ...input, ...at, filter: { imageStatus: 'ANY' } } as const;
      const answer = await api.send(what, signal, (client) =>
        unlessGone(client.describeImages(page, { abortSignal: signal })),
      );
      if (answer === undefined) return [];
      found.push(...(answer.imageDetails ?? []));
      nextToken = answer.nextToken;
    } while (nextToken !== undefined);
    return found;
  }

  async function manifests(
    repository: string,
    digests: readonly Digest[],
    signal: AbortSignal,
  ): Promise<ReadonlyMap<Digest, FetchedManifest>> {
    const what = { doing: `read manifests of ${repository}`, right: 'ecr:BatchGetImage' };
    const ids = [...new Set(digests)].map((imageDigest) => ({ imageDigest }));
    try {
      const { images } = await imagesById(api, repository, ids, what, signal);
      return new Map(images.map(({ manifest }) => [manifest.digest, manifest]));
    } catch (error) {
      if (errorName(error) === 'RepositoryNotFoundException') return new Map();
      throw api.failure(error, what, signal);
    }
  }

  async function images(repository: string, signal: AbortSignal): Promise<readonly ListedImage[]> {
    const found = await details(repository, signal);
    const { systemClockOffset } = (await api.client()).config;
    return found.map((detail) => listed(detail, api, repository, systemClockOffset));
  }

  return {
    repositories,
    isOurs,
    images,
    manifests,
    remove: (repository, digests, signal) => removeImages(api, repository, digests, signal),
  };
}
