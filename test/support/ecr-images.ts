import { EcrFault, invalidParameter } from './ecr-faults.ts';
import { isDigest, isFixed, isTag } from './ecr-grammar.ts';
import { isIndex, parseManifest, sha256 } from './ecr-manifest.ts';
import type { StoredImage, StoredRepository } from './ecr-store.ts';

/** Source: client-ecr, `ImageManifest` (facts.md 1.3). */
const MANIFEST_LIMIT = 4 * 1024 * 1024;
/** Not adjustable (userguide/service-quotas.html, facts.md 1.3). */
const TAGS_PER_IMAGE = 1000;

/** A manifest on its way in. Without a tag it is pushed by its digest alone. */
export interface IncomingImage {
  readonly bytes: Buffer;
  readonly mediaType: string | undefined;
  readonly tag: string | undefined;
  /** What the caller takes the digest to be. */
  readonly digest: string | undefined;
}

/** What a push did: `unchanged` when manifest and tag were there already. */
export interface PutResult {
  readonly image: StoredImage;
  readonly unchanged: boolean;
}

function quoted(digests: readonly string[]): string {
  return `'[${[...new Set(digests)].join(', ')}]'`;
}

/** Layers, config and children have to be in the repository; a subject need not be (distribution-spec; facts.md 1.8). */
function checkReferences(repository: StoredRepository, { parts }: Pick<StoredImage, 'parts'>): void {
  const where = `required for pushing image into repository with name '${repository.name}' in the registry with id '${repository.registry.account}' do not exist`;
  const layers = parts.blobs.map(({ digest }) => digest).filter((digest) => !repository.blobs.has(digest));
  if (layers.length > 0)
    throw new EcrFault('LayersNotFoundException', `Layers with digests ${quoted(layers)} ${where}`);
  const children = parts.children.filter((digest) => !repository.images.has(digest));
  if (children.length > 0) {
    throw new EcrFault('ReferencedImagesNotFoundException', `Images with digests ${quoted(children)} ${where}`);
  }
}

/** An identical re-push to an immutable tag is refused too (containers-roadmap#2179); the text is of kaniko#204. */
function checkMutability(repository: StoredRepository, tag: string): void {
  if (!repository.tagged.has(tag) || !isFixed(repository.mutability, tag)) return;
  throw new EcrFault(
    'ImageTagAlreadyExistsException',
    `The image tag '${tag}' already exists in the '${repository.name}' repository and cannot be overwritten because the tag is immutable.`,
  );
}

function checkIncoming(image: IncomingImage): string {
  if (image.bytes.length > MANIFEST_LIMIT) {
    throw invalidParameter('imageManifest', `must have length less than or equal to ${MANIFEST_LIMIT}`);
  }
  if (image.tag !== undefined && !isTag(image.tag)) {
    throw invalidParameter('imageTag', "must satisfy regular expression '[a-zA-Z0-9-_.]+'");
  }
  return sha256(image.bytes);
}

function tagImage(repository: StoredRepository, image: StoredImage, tag: string): void {
  repository.tagged.get(tag)?.tags.delete(tag);
  repository.tagged.set(tag, image);
  image.tags.add(tag);
  if (image.tags.size > TAGS_PER_IMAGE) {
    untag(repository, image, tag);
    throw new EcrFault('LimitExceededException', `The maximum number of tags per image, ${TAGS_PER_IMAGE}, is reached`);
  }
}

function untag(repository: StoredRepository, image: StoredImage, tag: string): void {
  repository.tagged.delete(tag);
  image.tags.delete(tag);
}

/**
 * PutImage, as both planes do it. A re-push brings an archived image back (userguide/archive-image.html).
 *
 * @throws EcrFault InvalidParameterException, ImageDigestDoesNotMatchException, ImageTagAlreadyExistsException,
 * LayersNotFoundException, ReferencedImagesNotFoundException, LimitExceededException.
 */
export function putImage(repository: StoredRepository, incoming: IncomingImage, now: Date): PutResult {
  const digest = checkIncoming(incoming);
  if (incoming.digest !== undefined && incoming.digest !== digest) {
    throw new EcrFault(
      'ImageDigestDoesNotMatchException',
      `The image with digest '${incoming.digest}' in repository '${repository.name}' and registry ID '${repository.registry.account}' does not match the image digest that Amazon ECR has calculated.`,
    );
  }
  const known = repository.images.get(digest);
  const image = known ?? {
    digest,
    bytes: incoming.bytes,
    parts: parseManifest(incoming.bytes, incoming.mediaType),
    tags: new Set(),
    pushedAt: now,
    status: 'ACTIVE',
    archivedAt: undefined,
    activatedAt: undefined,
  };
  if (incoming.tag !== undefined) checkMutability(repository, incoming.tag);
  checkReferences(repository, image);
  const hasTag = incoming.tag === undefined || repository.tagged.get(incoming.tag) === image;
  const unchanged = known?.status === 'ACTIVE' && hasTag;
  if (image.status !== 'ACTIVE') Object.assign(image, { status: 'ACTIVE', activatedAt: now, pushedAt: now });
  repository.images.set(digest, image);
  if (incoming.tag !== undefined) tagImage(repository, image, incoming.tag);
  return { image, unchanged };
}

/** What a request names an image by; one or both. */
export interface ImageId {
  readonly imageDigest?: string;
  readonly imageTag?: string;
}

/** Why an item of a batch was left out (client-ecr, `ImageFailureCode`). */
export interface ImageFailure {
  readonly imageId: ImageId;
  readonly failureCode: string;
  readonly failureReason: string;
}

function failure(imageId: ImageId, failureCode: string, failureReason: string): ImageFailure {
  return { imageId, failureCode, failureReason };
}

/** Finds the image that an id names, or says why there is none. Texts are those that moto has from ECR. */
export function findImage(repository: StoredRepository, id: ImageId): StoredImage | ImageFailure {
  const { imageDigest, imageTag } = id;
  if (imageDigest === undefined && imageTag === undefined) {
    const why = 'Invalid request parameters: both tag and digest cannot be null';
    return failure(id, 'MissingDigestAndTag', why);
  }
  if (imageDigest !== undefined && !isDigest(imageDigest)) {
    const why = "Invalid request parameters: image digest should satisfy the regex '[a-zA-Z0-9-_+.]+:[a-fA-F0-9]+'";
    return failure(id, 'InvalidImageDigest', why);
  }
  if (imageTag !== undefined && (imageTag === '' || imageTag.length > 300)) {
    return failure(
      id,
      'InvalidImageTag',
      'Invalid request parameters: image tag must have between 1 and 300 characters',
    );
  }
  const byTag = imageTag === undefined ? undefined : repository.tagged.get(imageTag);
  const byDigest = imageDigest === undefined ? undefined : repository.images.get(imageDigest);
  const found = byDigest ?? byTag;
  const missing = found === undefined || (imageTag !== undefined && byTag === undefined);
  if (missing || (imageDigest !== undefined && byDigest === undefined)) {
    return failure(id, 'ImageNotFound', 'Requested image not found');
  }
  if (imageTag !== undefined && byTag !== found) {
    return failure(id, 'ImageTagDoesNotMatchDigest', 'The image tag does not belong to the image digest');
  }
  return found;
}

/** Whether `findImage` found nothing. */
export function isFailure(found: StoredImage | ImageFailure): found is ImageFailure {
  return 'failureCode' in found;
}

/** The indexes of a repository that name a manifest. */
export function parentsOf(repository: StoredRepository, digest: string): readonly StoredImage[] {
  return [...repository.images.values()].filter(({ parts }) => parts.children.includes(digest));
}

/** The manifests of a repository whose subject is `digest`. The subject itself may be absent (distribution-spec). */
export function referrersOf(repository: StoredRepository, digest: string): readonly StoredImage[] {
  return [...repository.images.values()].filter(({ parts }) => parts.subject === digest);
}

/**
 * Deletes what one id names. By digest the image goes with all tags; by tag only the tag, unless it is the last one
 * (client-ecr, `BatchDeleteImageCommand`). Neither is done while an index names the image
 * (userguide/image-artifact-delete.html). Referrers stay.
 */
export function deleteImage(repository: StoredRepository, id: ImageId): readonly ImageId[] | ImageFailure {
  const image = findImage(repository, id);
  if (isFailure(image)) return image;
  const { imageDigest, imageTag } = id;
  if (imageDigest === undefined && imageTag !== undefined && image.tags.size > 1) {
    untag(repository, image, imageTag);
    return [{ imageDigest: image.digest, imageTag }];
  }
  const parents = parentsOf(repository, image.digest).map(({ digest }) => digest);
  if (parents.length > 0) {
    const why = `Requested image referenced by manifest list: [${parents.join(', ')}]`;
    return failure(id, 'ImageReferencedByManifestList', why);
  }
  const tags = [...image.tags];
  for (const tag of tags) untag(repository, image, tag);
  repository.images.delete(image.digest);
  if (tags.length === 0) return [{ imageDigest: image.digest }];
  return tags.map((tag) => ({ imageDigest: image.digest, imageTag: tag }));
}

/** The bytes of config and layers; of an index, those of its biggest child (client-ecr, `ImageDetail.imageSizeInBytes`). */
export function sizeOf(repository: StoredRepository, image: StoredImage): number {
  if (!isIndex(image.parts.mediaType)) return image.parts.blobs.reduce((sum, { size }) => sum + size, 0);
  const children = image.parts.children.flatMap((digest) => repository.images.get(digest) ?? []);
  return children.reduce((biggest, child) => Math.max(biggest, sizeOf(repository, child)), 0);
}

/** Whether a manifest in the repository names a blob: only then it can be mounted (containers-roadmap#2860). */
export function isReferenced(repository: StoredRepository, blob: string): boolean {
  for (const { parts } of repository.images.values()) {
    if (parts.blobs.some(({ digest }) => digest === blob)) return true;
  }
  return false;
}
