import { type ControlAction, type ControlContext, namedRepository, timestamp } from './ecr-control-context.ts';
import { EcrFault, invalidParameter } from './ecr-faults.ts';
import { checkBatch, checkNoPaging, type Fields, pageOf } from './ecr-fields.ts';
import { isDigest } from './ecr-grammar.ts';
import { deleteImage, findImage, type ImageFailure, type ImageId, isFailure, putImage, sizeOf } from './ecr-images.ts';
import type { StoredImage, StoredRepository } from './ecr-store.ts';

/** An id in a call. */
export function imageIdIn(input: Fields): ImageId {
  const imageDigest = input.optionalText('imageDigest');
  const imageTag = input.optionalText('imageTag');
  return {
    ...(imageDigest === undefined ? {} : { imageDigest }),
    ...(imageTag === undefined ? {} : { imageTag }),
  };
}

/** The ids of a call, at most 100 (client-ecr, `ImageIdentifierList`; facts.md 1.4). */
export function imageIdsIn(input: Fields): readonly ImageId[] {
  const ids = (input.objects('imageIds') ?? []).map(imageIdIn);
  checkBatch('imageIds', ids.length);
  return ids;
}

function oneOf(input: Fields, name: string, values: readonly string[]): string | undefined {
  const text = input.optionalText(name);
  if (text === undefined || values.includes(text)) return text;
  throw invalidParameter(name, `Member must satisfy enum value set: [${values.join(', ')}]`);
}

/** Only active images unless the call says otherwise (client-ecr, `DescribeImagesFilter`, `ListImagesFilter`). */
function passes(filter: Fields, usual: 'ACTIVE' | 'ANY'): (image: StoredImage) => boolean {
  const tagStatus = oneOf(filter, 'tagStatus', ['ANY', 'TAGGED', 'UNTAGGED']) ?? 'ANY';
  const imageStatus = oneOf(filter, 'imageStatus', ['ACTIVE', 'ARCHIVED', 'ACTIVATING', 'ANY']) ?? usual;
  return ({ tags, status }) => {
    const hasTag = tagStatus === 'ANY' || tagStatus === (tags.size > 0 ? 'TAGGED' : 'UNTAGGED');
    return hasTag && (imageStatus === 'ANY' || imageStatus === status);
  };
}

/** Client-ecr, `ImageDetail`. */
export function describeImage(repository: StoredRepository, image: StoredImage): Readonly<Record<string, unknown>> {
  const { parts, tags, archivedAt, activatedAt } = image;
  return {
    registryId: repository.registry.account,
    repositoryName: repository.name,
    imageDigest: image.digest,
    ...(tags.size === 0 ? {} : { imageTags: [...tags] }),
    imageSizeInBytes: sizeOf(repository, image),
    imagePushedAt: timestamp(image.pushedAt),
    imageManifestMediaType: parts.mediaType,
    ...(parts.artifactType === undefined ? {} : { artifactMediaType: parts.artifactType }),
    ...(parts.subject === undefined ? {} : { subjectManifestDigest: parts.subject }),
    imageStatus: image.status,
    ...(archivedAt === undefined ? {} : { lastArchivedAt: timestamp(archivedAt) }),
    ...(activatedAt === undefined ? {} : { lastActivatedAt: timestamp(activatedAt) }),
  };
}

/** One missing id fails the whole call (client-ecr, `DescribeImagesCommand`; the same in moto). */
function findOrThrow(repository: StoredRepository, id: ImageId): StoredImage {
  const found = findImage(repository, id);
  if (!isFailure(found)) return found;
  const { imageDigest = 'null', imageTag = 'null' } = id;
  if (found.failureCode !== 'ImageNotFound') throw invalidParameter('imageIds', found.failureReason);
  const where = `the repository with name '${repository.name}' in the registry with id '${repository.registry.account}'`;
  const what = `{imageDigest:'${imageDigest}', imageTag:'${imageTag}'}`;
  throw new EcrFault('ImageNotFoundException', `The image with imageId ${what} does not exist within ${where}`);
}

/** The images that a call names, or a page of all. `filter` is undefined for ECR Public, which has none. */
export function selectImages(context: ControlContext, filter: Fields | undefined) {
  const repository = namedRepository(context);
  const { input } = context;
  if (input.has('imageIds')) {
    checkNoPaging(input);
    const found = imageIdsIn(input).map((id) => findOrThrow(repository, id));
    // archived images can still be described (userguide/archive-image.html), so naming one is asking for it
    const fits = filter === undefined ? () => true : passes(filter, 'ANY');
    return { repository, items: [...new Set(found)].filter(fits), next: {} };
  }
  const fits = filter === undefined ? () => true : passes(filter, 'ACTIVE');
  const all = [...repository.images.values()].filter(fits);
  return { repository, ...pageOf(all, ({ digest }) => digest, input) };
}

/**
 * What BatchGetImage says of one id. Archived images cannot be pulled (userguide/archive-image.html); the code is the one
 * of the enum that fits. A media type that was not asked for is not handed out; how ECR words that is not documented.
 */
function getImage(repository: StoredRepository, id: ImageId, accepted: readonly string[] | undefined) {
  const image = findImage(repository, id);
  if (isFailure(image)) return image;
  const imageId = { ...id, imageDigest: image.digest };
  if (image.status !== 'ACTIVE') {
    const failureReason = `Image with status ${image.status} cannot be pulled`;
    return { imageId, failureCode: 'ImageInaccessible', failureReason };
  }
  if (accepted !== undefined && !accepted.includes(image.parts.mediaType)) {
    return { imageId: id, failureCode: 'ImageNotFound', failureReason: 'Requested image not found' };
  }
  return {
    registryId: repository.registry.account,
    repositoryName: repository.name,
    imageId,
    imageManifest: image.bytes.toString('utf8'),
    imageManifestMediaType: image.parts.mediaType,
  };
}

/** Deletes what a call names, in its order; what could not be deleted is said item by item. */
export const batchDeleteImage: ControlAction = (context) => {
  const repository = namedRepository(context);
  const results = imageIdsIn(context.input).map((id) => deleteImage(repository, id));
  const isRefused = (one: readonly ImageId[] | ImageFailure): one is ImageFailure => 'failureCode' in one;
  return {
    imageIds: results.flatMap((one) => (isRefused(one) ? [] : one)),
    failures: results.filter(isRefused),
  };
};

/** The actions on images of the private API (client-ecr, `*Command`). */
export const IMAGE_ACTIONS: Readonly<Record<string, ControlAction>> = {
  DescribeImages(context) {
    const { repository, items, next } = selectImages(context, context.input.object('filter'));
    return { imageDetails: items.map((image) => describeImage(repository, image)), ...next };
  },
  ListImages(context) {
    const repository = namedRepository(context);
    const images = [...repository.images.values()].filter(passes(context.input.object('filter'), 'ACTIVE'));
    const ids = images.flatMap(({ digest, tags }) =>
      tags.size === 0 ? [{ imageDigest: digest }] : [...tags].map((imageTag) => ({ imageDigest: digest, imageTag })),
    );
    const keyOf = (id: ImageId) => `${id.imageDigest} ${id.imageTag ?? ''}`;
    const { items, next } = pageOf(ids, keyOf, context.input);
    return { imageIds: items, ...next };
  },
  BatchGetImage(context) {
    const repository = namedRepository(context);
    const accepted = context.input.texts('acceptedMediaTypes');
    const answers = imageIdsIn(context.input).map((id) => getImage(repository, id, accepted));
    return {
      images: answers.filter((answer) => 'imageManifest' in answer),
      failures: answers.filter((answer) => 'failureCode' in answer),
    };
  },
  BatchDeleteImage: batchDeleteImage,
  BatchCheckLayerAvailability(context) {
    const repository = namedRepository(context);
    const digests = context.input.texts('layerDigests') ?? [];
    checkBatch('layerDigests', digests.length);
    const layers = digests.filter(isDigest).map((layerDigest) => {
      const blob = repository.blobs.get(layerDigest);
      if (blob === undefined) return { layerDigest, layerAvailability: 'UNAVAILABLE' };
      return { layerDigest, layerAvailability: 'AVAILABLE', layerSize: blob.length };
    });
    const broken = digests.filter((digest) => !isDigest(digest));
    const failures = broken.map((layerDigest) => ({
      layerDigest,
      failureCode: layerDigest === '' ? 'MissingLayerDigest' : 'InvalidLayerDigest',
      failureReason: `Invalid layer digest '${layerDigest}'`,
    }));
    return { layers, failures };
  },
  PutImage(context) {
    const { input, now } = context;
    const repository = namedRepository(context);
    const tag = input.optionalText('imageTag');
    const { image, unchanged } = putImage(
      repository,
      {
        bytes: Buffer.from(input.text('imageManifest')),
        mediaType: input.optionalText('imageManifestMediaType'),
        tag,
        digest: input.optionalText('imageDigest'),
      },
      now,
    );
    const { name, registry } = repository;
    if (unchanged) {
      const what = `Image with digest '${image.digest}' and tag '${tag ?? 'null'}'`;
      const where = `in the repository with name '${name}' in registry with id '${registry.account}'`;
      throw new EcrFault('ImageAlreadyExistsException', `${what} already exists ${where}`);
    }
    return {
      image: {
        registryId: registry.account,
        repositoryName: name,
        imageId: { imageDigest: image.digest, ...(tag === undefined ? {} : { imageTag: tag }) },
        imageManifest: image.bytes.toString('utf8'),
        imageManifestMediaType: image.parts.mediaType,
      },
    };
  },
  UpdateImageStorageClass(context) {
    const repository = namedRepository(context);
    const { input, now } = context;
    const image = findOrThrow(repository, imageIdIn(input.object('imageId')));
    const target = input.text('targetStorageClass');
    if (target !== 'ARCHIVE' && target !== 'STANDARD') {
      throw new EcrFault('ValidationException', `targetStorageClass '${target}' is not in [STANDARD, ARCHIVE]`);
    }
    if (target === 'ARCHIVE') Object.assign(image, { status: 'ARCHIVED', archivedAt: now });
    // restoring takes up to 20 minutes (userguide/archive_restore_image.html); a test ends it by setting the status
    else if (image.status === 'ARCHIVED') image.status = 'ACTIVATING';
    return {
      registryId: repository.registry.account,
      repositoryName: repository.name,
      imageId: { imageDigest: image.digest },
      imageStatus: image.status,
    };
  },
};
