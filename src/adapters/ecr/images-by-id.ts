import type { Image, ImageFailure, ImageIdentifier } from '@aws-sdk/client-ecr';
import { inParallel } from '../../domain/in-parallel.ts';
import { digestOf, MANIFEST_MEDIA_TYPES, parseManifest } from '../../domain/manifest.ts';
import type { FetchedManifest } from '../../ports/registry.ts';
import { invalidAnswer } from '../registry-errors.ts';
import { API_CONCURRENCY, batches } from './batches.ts';
import type { Doing, PrivateApi } from './private-api.ts';

/** Whole images of a repository, and those that there were none of, as BatchGetImage gives them. */
export interface ImagesById {
  readonly images: readonly { readonly tag: string | undefined; readonly manifest: FetchedManifest }[];
  readonly failures: readonly ImageFailure[];
}

const IMAGES_AT_ONCE = 100;

function verified(image: Image, host: string, { doing }: Doing): FetchedManifest {
  const { imageManifest: text = '', imageId, imageManifestMediaType } = image;
  const bytes = Buffer.from(text);
  const digest = digestOf(bytes);
  if (imageId?.imageDigest !== digest) {
    const why = `it promised ${imageId?.imageDigest ?? 'no digest'} and sent a manifest of ${digest}`;
    throw invalidAnswer(host, doing, why, 'destination');
  }
  const mediaType = imageManifestMediaType ?? parseManifest(bytes, '')?.mediaType ?? '';
  return { kind: 'found', bytes, digest, mediaType };
}

/**
 * Fetches images by tag or digest, a hundred in one request. Digests are computed from the manifests and compared.
 *
 * @throws what the SDK throws; MirrorError REGISTRY_ANSWER_INVALID for a manifest with another digest.
 */
export async function imagesById(
  api: PrivateApi,
  repository: string,
  ids: readonly ImageIdentifier[],
  what: Doing,
  signal: AbortSignal,
): Promise<ImagesById> {
  const client = await api.client();
  const answers = await inParallel(batches(ids, IMAGES_AT_ONCE), API_CONCURRENCY, (batch) => {
    const input = { ...api.owner, repositoryName: repository, imageIds: [...batch] };
    // without them an index may be answered with one of its images
    return client.batchGetImage({ ...input, acceptedMediaTypes: [...MANIFEST_MEDIA_TYPES] }, { abortSignal: signal });
  });
  const images = answers.flatMap((answer) => answer.images ?? []);
  return {
    images: images.map((image) => ({ tag: image.imageId?.imageTag, manifest: verified(image, api.host, what) })),
    failures: answers.flatMap((answer) => answer.failures ?? []),
  };
}
