import { createHash, type Hash, randomUUID } from 'node:crypto';
import { sendEmpty } from './ecr-data-answers.ts';
import { type DataParts, type DataRequest, entryOf } from './ecr-data-context.ts';
import { EcrFault } from './ecr-faults.ts';
import { isDigest } from './ecr-grammar.ts';
import { isReferenced } from './ecr-images.ts';
import { type LayerBucket, sendRange } from './ecr-layers.ts';
import { repositoryIn, type StoredRepository } from './ecr-store.ts';

/** An upload that has begun. */
interface Upload {
  readonly id: string;
  readonly repository: StoredRepository;
  readonly chunks: Buffer[];
  readonly hash: Hash;
  size: number;
}

function invalidLayer(digest: string): EcrFault {
  return new EcrFault('InvalidLayerException', `Layer digest '${digest}' is not that of the uploaded layer`);
}

function openIn(uploads: ReadonlyMap<string, Upload>, asked: DataRequest, id: string): Upload {
  const repository = repositoryIn(asked.registry, asked.name);
  const upload = uploads.get(id);
  if (upload?.repository === repository) return upload;
  const where = `the repository with name '${asked.name}' in the registry with id '${asked.registry.account}'`;
  throw new EcrFault('UploadNotFoundException', `The upload with id '${id}' does not exist in ${where}`);
}

/** Only what follows on the bytes that are there is taken (distribution-spec, "Pushing a blob in chunks"). */
function checkRange(asked: DataRequest, upload: Upload): void {
  const range = asked.request.headers['content-range'];
  const start = range === undefined ? undefined : /^(?:bytes )?(\d+)-\d+/.exec(range)?.[1];
  if (range === undefined || Number(start) === upload.size) return;
  throw new EcrFault('InvalidLayerPartException', `Layer part does not begin at byte ${upload.size}: ${range}`);
}

async function receive(asked: DataRequest, upload: Upload): Promise<void> {
  for await (const chunk of asked.request) {
    const bytes = chunk as Buffer;
    upload.chunks.push(bytes);
    upload.hash.update(bytes);
    upload.size += bytes.length;
  }
}

function hasBody(asked: DataRequest): boolean {
  const { 'content-length': length, 'transfer-encoding': encoding } = asked.request.headers;
  return encoding !== undefined || Number(length ?? 0) > 0;
}

function joined({ chunks }: Upload): Buffer {
  return chunks.length === 1 && chunks[0] !== undefined ? chunks[0] : Buffer.concat(chunks);
}

/** The blobs of the data plane. */
export interface BlobRequests {
  /** `/v2/<name>/blobs/uploads/` and below. */
  upload(asked: DataRequest, id: string): Promise<void> | undefined;
  /** `/v2/<name>/blobs/<digest>`. */
  blob(asked: DataRequest, digest: string): Promise<void> | undefined;
}

/** Makes the uploads and downloads. */
export function createBlobRequests(parts: DataParts, bucket: LayerBucket): BlobRequests {
  const { gate } = parts;
  const uploads = new Map<string, Upload>();

  function tellProgress(asked: DataRequest, { id, size }: Upload): void {
    sendEmpty(asked.response, 202, {
      location: `${asked.place.origin}${asked.base}/blobs/uploads/${id}`,
      'docker-upload-uuid': id,
      range: `0-${Math.max(size - 1, 0)}`,
    });
  }

  function tellDone(asked: DataRequest, digest: string): void {
    const location = `${asked.place.origin}${asked.base}/blobs/${digest}`;
    sendEmpty(asked.response, 201, { location, 'docker-content-digest': digest });
  }

  /**
   * Mounts where all rules allow it; otherwise it is an upload, as if nothing had been asked (userguide/blob-mounting.html,
   * facts.md 1.7): the account setting is on, same registry, same encryption type and key, the caller may download from the
   * source, and a manifest there refers to the blob (containers-roadmap#2860).
   */
  async function mounted(asked: DataRequest, target: StoredRepository): Promise<string | undefined> {
    const digest = asked.query.get('mount');
    const from = asked.query.get('from');
    if (digest === null || from === null || asked.registry.settings.get('BLOB_MOUNTING') !== 'ENABLED')
      return undefined;
    const source = asked.registry.repositories.get(from);
    const bytes = source?.blobs.get(digest);
    if (source === undefined || bytes === undefined || !isReferenced(source, digest)) return undefined;
    const { type, key } = source.encryption;
    if (type !== target.encryption.type || key !== target.encryption.key) return undefined;
    try {
      await gate.pass({ ...entryOf(asked, 'GetDownloadUrlForLayer', digest), repositories: [from] }, () => undefined);
    } catch (error) {
      if (error instanceof EcrFault && error.code === 'AccessDeniedException') return undefined;
      throw error;
    }
    target.blobs.set(digest, bytes);
    return digest;
  }

  async function begin(asked: DataRequest): Promise<void> {
    const mount = asked.query.get('mount') ?? undefined;
    const repository = await gate.pass(entryOf(asked, 'InitiateLayerUpload', mount), () =>
      repositoryIn(asked.registry, asked.name),
    );
    const digest = await mounted(asked, repository);
    if (digest !== undefined) return tellDone(asked, digest);
    const upload = { id: randomUUID(), repository, chunks: [], hash: createHash('sha256'), size: 0 };
    uploads.set(upload.id, upload);
    return tellProgress(asked, upload);
  }

  async function part(asked: DataRequest, id: string): Promise<Upload> {
    return gate.pass(entryOf(asked, 'UploadLayerPart'), async () => {
      const upload = openIn(uploads, asked, id);
      checkRange(asked, upload);
      await receive(asked, upload);
      return upload;
    });
  }

  async function complete(asked: DataRequest, id: string): Promise<void> {
    if (hasBody(asked)) await part(asked, id);
    const digest = asked.query.get('digest') ?? '';
    await gate.pass(entryOf(asked, 'CompleteLayerUpload', digest), () => {
      const upload = openIn(uploads, asked, id);
      uploads.delete(id);
      if (!isDigest(digest) || `sha256:${upload.hash.digest('hex')}` !== digest) throw invalidLayer(digest);
      upload.repository.blobs.set(digest, joined(upload));
    });
    tellDone(asked, digest);
  }

  async function check(asked: DataRequest, digest: string): Promise<void> {
    const bytes = await gate.pass(entryOf(asked, 'BatchCheckLayerAvailability', digest), () => {
      const found = repositoryIn(asked.registry, asked.name).blobs.get(digest);
      if (found === undefined) throw new EcrFault('LayersNotFoundException', `Layer '${digest}' was not found`);
      return found;
    });
    const headers = { 'content-type': 'application/octet-stream', 'docker-content-digest': digest };
    asked.response.writeHead(200, { ...headers, 'content-length': bytes.length }).end();
  }

  /** A layer that no image refers to cannot be had (client-ecr, `LayerInaccessibleException`). */
  async function download(asked: DataRequest, digest: string): Promise<void> {
    const bytes = await gate.pass(entryOf(asked, 'GetDownloadUrlForLayer', digest), () => {
      const repository = repositoryIn(asked.registry, asked.name);
      const found = repository.blobs.get(digest);
      if (found === undefined) throw new EcrFault('LayersNotFoundException', `Layer '${digest}' was not found`);
      if (isReferenced(repository, digest)) return found;
      const message = 'The specified layer is not available because it is not associated with an image.';
      throw new EcrFault('LayerInaccessibleException', message);
    });
    if (!parts.redirects) return sendRange(asked.request, asked.response, bytes, { 'docker-content-digest': digest });
    return sendEmpty(asked.response, 307, { location: `${asked.place.layers}${bucket.offer(digest, bytes)}` });
  }

  return {
    upload(asked, id) {
      const { method } = asked.request;
      if (method === 'POST' && id === '') return begin(asked);
      if (method === 'PATCH') return part(asked, id).then((upload) => tellProgress(asked, upload));
      return method === 'PUT' ? complete(asked, id) : undefined;
    },
    blob(asked, digest) {
      const { method } = asked.request;
      if (method === 'HEAD') return check(asked, digest);
      return method === 'GET' ? download(asked, digest) : undefined;
    },
  };
}
