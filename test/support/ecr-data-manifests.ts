import { readBody } from './ecr-control.ts';
import { sendEmpty, sendJson } from './ecr-data-answers.ts';
import { type DataParts, type DataRequest, entryOf } from './ecr-data-context.ts';
import { EcrFault } from './ecr-faults.ts';
import { isDigest, isTag } from './ecr-grammar.ts';
import { deleteImage, findImage, type ImageId, isFailure, putImage, referrersOf } from './ecr-images.ts';
import { repositoryIn, type StoredImage } from './ecr-store.ts';

/** A tag or digest in an address; ECR refuses others before it looks (bazel-contrib/rules_oci#720). */
function idOf(reference: string): ImageId {
  if (isDigest(reference)) return { imageDigest: reference };
  if (isTag(reference)) return { imageTag: reference };
  throw new EcrFault('InvalidTagException', `Invalid parameter at 'imageTag': '${reference}' is no tag`);
}

function find(asked: DataRequest, id: ImageId): StoredImage {
  const image = findImage(repositoryIn(asked.registry, asked.name), id);
  // archived images are answered with 404 (userguide/archive-image.html)
  if (isFailure(image) || image.status !== 'ACTIVE') {
    throw new EcrFault('ImageNotFoundException', 'Requested image not found');
  }
  return image;
}

/** A type that the client does not accept is not found, as with Distribution (facts.md 5); no Accept accepts everything. */
function isAccepted(asked: DataRequest, mediaType: string): boolean {
  const { accept } = asked.request.headers;
  if (accept === undefined) return true;
  const types = accept.split(',').map((part) => part.split(';')[0]?.trim());
  return types.some((type) => type === '*/*' || type === 'application/*' || type === mediaType);
}

/** GET and HEAD of a manifest: BatchGetImage. */
async function getManifest(parts: DataParts, asked: DataRequest, reference: string): Promise<void> {
  const id = idOf(reference);
  const image = await parts.gate.pass(entryOf(asked, 'BatchGetImage', reference), () => {
    const found = find(asked, id);
    if (isAccepted(asked, found.parts.mediaType)) return found;
    throw new EcrFault('ImageNotFoundException', 'Requested image not found');
  });
  asked.response.writeHead(200, {
    'content-type': image.parts.mediaType,
    'content-length': image.bytes.length,
    'docker-content-digest': image.digest,
  });
  asked.response.end(asked.request.method === 'HEAD' ? undefined : image.bytes);
}

/** PUT of a manifest: PutImage. Over this plane an unchanged push of a mutable tag is a success (distribution-spec). */
async function putManifest(parts: DataParts, asked: DataRequest, reference: string): Promise<void> {
  const id = idOf(reference);
  const bytes = await readBody(asked.request);
  const mediaType = asked.request.headers['content-type']?.split(';')[0]?.trim();
  const { image } = await parts.gate.pass(entryOf(asked, 'PutImage', reference), () =>
    putImage(
      repositoryIn(asked.registry, asked.name),
      { bytes, mediaType, tag: id.imageTag, digest: id.imageDigest },
      parts.now(),
    ),
  );
  const { subject } = image.parts;
  sendEmpty(asked.response, 201, {
    location: `${asked.place.origin}${asked.base}/manifests/${reference}`,
    'docker-content-digest': image.digest,
    ...(subject === undefined ? {} : { 'oci-subject': subject }),
  });
}

/** DELETE of a manifest: BatchDeleteImage (userguide/image-artifact-delete.html). */
async function deleteManifest(parts: DataParts, asked: DataRequest, reference: string): Promise<void> {
  const id = idOf(reference);
  await parts.gate.pass(entryOf(asked, 'BatchDeleteImage', reference), () => {
    const result = deleteImage(repositoryIn(asked.registry, asked.name), id);
    if (!('failureCode' in result)) return;
    const { failureCode, failureReason } = result;
    throw new EcrFault(failureCode === 'ImageNotFound' ? 'ImageNotFoundException' : failureCode, failureReason);
  });
  sendEmpty(asked.response, 202, {});
}

/** What is done with `/v2/<name>/manifests/<reference>`; undefined for a method that there is not. */
export function manifestRequest(parts: DataParts, asked: DataRequest, reference: string): Promise<void> | undefined {
  switch (asked.request.method) {
    case 'GET':
    case 'HEAD':
      return getManifest(parts, asked, reference);
    case 'PUT':
      return putManifest(parts, asked, reference);
    case 'DELETE':
      return deleteManifest(parts, asked, reference);
    default:
      return undefined;
  }
}

/** GET of the tags: ListImages. More than 1000 in a page are refused (google/go-containerregistry#1091). */
export async function listTags(parts: DataParts, asked: DataRequest): Promise<void> {
  const { query, base, name } = asked;
  const size = Number(query.get('n') ?? 1000);
  const last = query.get('last') ?? '';
  const tags = await parts.gate.pass(entryOf(asked, 'ListImages'), () => {
    if (!(size >= 1 && size <= 1000)) {
      const message =
        "Invalid parameter at 'maxResults' failed to satisfy constraint: 'Member must be between 1 and 1000'";
      throw new EcrFault('PageTooLargeException', message);
    }
    const active = [...repositoryIn(asked.registry, name).tagged].filter(([, image]) => image.status === 'ACTIVE');
    return active.map(([tag]) => tag).sort();
  });
  const rest = tags.filter((tag) => tag > last);
  const page = rest.slice(0, size);
  const next = `<${base}/tags/list?last=${page.at(-1)}&n=${size}>; rel="next"`;
  const fullName = base.slice('/v2/'.length);
  sendJson(asked.response, 200, { name: fullName, tags: page }, rest.length > size ? { link: next } : {});
}

/** GET of the referrers: ListImageReferrers, in the form of the distribution-spec. */
export async function listReferrers(parts: DataParts, asked: DataRequest, digest: string): Promise<void> {
  const type = asked.query.get('artifactType');
  const images = await parts.gate.pass(entryOf(asked, 'ListImageReferrers', digest), () => {
    if (!isDigest(digest)) throw new EcrFault('InvalidLayerException', `'${digest}' is no digest`);
    return referrersOf(repositoryIn(asked.registry, asked.name), digest).filter(({ status }) => status === 'ACTIVE');
  });
  const manifests = images
    .filter(({ parts: { artifactType } }) => type === null || artifactType === type)
    .map((image) => ({
      mediaType: image.parts.mediaType,
      digest: image.digest,
      size: image.bytes.length,
      artifactType: image.parts.artifactType,
      annotations: image.parts.annotations,
    }));
  const index = { schemaVersion: 2, mediaType: 'application/vnd.oci.image.index.v1+json', manifests };
  sendJson(asked.response, 200, index, {
    'content-type': index.mediaType,
    ...(type === null ? {} : { 'oci-filters-applied': 'artifactType' }),
  });
}
