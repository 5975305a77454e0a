import { createContentCheck } from '../files/checked-content.ts';
import type { RegistryCall } from '../registry-access.ts';
import { uploadAddress } from '../upload-address.ts';
import { Refused, writeTo } from './refused.ts';
import { ChunksRefused, sendChunks, statusOf, type Underway, UploadLost } from './send-chunks.ts';
import {
  type BlobUpload,
  callOf,
  isPassing,
  isThrottled,
  sendBody,
  type UploadBench,
  weightOf,
} from './upload-call.ts';

/** How a blob came to be there. */
export type Arrival = 'present' | 'uploaded';

const TRIES = 6;
const PAUSE_MS = 1_000;
const LONGEST_PAUSE_MS = 10_000;

/**
 * Begins an upload: undefined when the registry has the blob, mounted from elsewhere or there already (OCI distribution-spec,
 * "Mounting a blob from another repository": a registry that cannot mount begins an upload).
 */
async function begin(upload: BlobUpload, bench: UploadBench): Promise<URL | undefined> {
  const { repository, blob, from = repository } = upload;
  const common = callOf(upload, bench);
  const headers = { 'content-length': '0' };
  const plain = { ...common, method: 'POST', target: 'blobs/uploads/', headers, repeatable: true } as const;
  await bench.pace.turn(upload.registry, 'POST', plain.target, upload.signal);
  if (!bench.sessions.mayMount(upload.registry, blob.digest)) {
    const { answer } = await writeTo(bench.access, plain, [202]);
    return uploadAddress(answer, common.address, common.what);
  }
  const query = new URLSearchParams({ mount: blob.digest, from });
  const mount: RegistryCall = {
    ...plain,
    target: `blobs/uploads/?${query}`,
    alsoReads: from === repository ? [] : [from],
  };
  const asked = writeTo(bench.access, mount, [201, 202]);
  asked.then(
    () => bench.sessions.askedToMount(upload.registry, 'answered'),
    () => undefined,
  );
  const { answer } = await asked.catch(async (error: unknown) => {
    if (!(error instanceof Refused) || error.isTransient) throw error;
    // a registry that refuses to mount must still take the blob itself
    const begun = await writeTo(bench.access, plain, [201, 202]);
    bench.sessions.askedToMount(upload.registry, 'refused');
    return begun;
  });
  return answer.status === 201 ? undefined : uploadAddress(answer, common.address, common.what);
}

/** One streaming PUT. Size and digest are checked before its last byte is sent. */
async function sendWhole(upload: BlobUpload, place: URL, bench: UploadBench): Promise<void> {
  const { blob, registry, signal } = upload;
  const target = new URL(place);
  target.searchParams.set('digest', blob.digest);
  await bench.pace.turn(registry, 'PUT', target, signal);
  const bytes = upload.read({ watch: createContentCheck(blob) });
  await sendBody({ ...callOf(upload, bench), method: 'PUT', target }, { bytes, length: blob.size }, [201], bench);
}

function keyOf({ registry, repository, blob }: BlobUpload) {
  return { registry, repository, digest: blob.digest };
}

/** An upload that an earlier run has begun, as far as the registry says that it got. */
async function takenUp(upload: BlobUpload, bench: UploadBench): Promise<Underway | undefined> {
  const place = bench.sessions.take(keyOf(upload));
  // what a file says is not where credentials go
  const isOwn = place?.origin === callOf(upload, bench).address.base.origin;
  const told = place === undefined || !isOwn ? undefined : await statusOf(upload, place, bench);
  return told === undefined || told.offset > upload.blob.size ? undefined : told;
}

async function bring(upload: BlobUpload, bench: UploadBench): Promise<Arrival> {
  const { registry, blob } = upload;
  if (blob.size <= bench.chunkBytes || bench.sessions.isWholeOnly(registry)) {
    const place = await begin(upload, bench);
    if (place === undefined) return 'present';
    await sendWhole(upload, place, bench);
    return 'uploaded';
  }
  const earlier = await takenUp(upload, bench);
  const place = earlier?.place ?? (await begin(upload, bench));
  if (place === undefined) return 'present';
  bench.sessions.keep(keyOf(upload), place);
  try {
    await sendChunks(upload, { place, offset: earlier?.offset ?? 0 }, bench);
  } catch (error) {
    // what an earlier run has sent was not seen by this one: the registry may rightly refuse it
    if (earlier !== undefined && error instanceof Refused) throw new UploadLost(callOf(upload, bench).what);
    throw error;
  }
  bench.sessions.drop(keyOf(upload));
  return 'uploaded';
}

/**
 * Brings a blob into a repository by one POST and, where the registry does not have it, one streaming PUT, or chunks where it is
 * large; again from the beginning where the target fails in passing or loses the upload. A 429 counts for no failure while the
 * target serves others.
 *
 * @throws Refused when the target refuses, MirrorError of what the bytes come from, and REGISTRY_UNREACHABLE.
 */
export async function uploadBlob(upload: BlobUpload, bench: UploadBench): Promise<Arrival> {
  const all = bench.clock.now();
  let doubt: string | undefined;
  for (let count = 1; ; ) {
    const begun = { all, this: bench.clock.now() };
    let weight = 1;
    try {
      return await bring(upload, bench);
    } catch (error) {
      weight = isThrottled(error, upload, bench, begun) ? 0 : weightOf(error);
      if (upload.signal.aborted || (count >= TRIES && weight > 0)) throw error;
      if (error instanceof ChunksRefused) {
        // one stray answer is no reason to send everything whole from now on; the same for a fresh upload is
        const isBelieved = error.isSure || error.said === doubt;
        doubt = error.said;
        if (isBelieved) bench.sessions.refusesChunks(upload.registry);
        if (isBelieved) {
          count += 1;
          continue;
        }
      } else if (!isPassing(error) && !(error instanceof UploadLost)) throw error;
    }
    const pause = Math.min(LONGEST_PAUSE_MS, PAUSE_MS * 2 ** (count - 1));
    await bench.clock.sleep(pause * (0.5 + bench.clock.random()), upload.signal);
    count += weight;
  }
}
