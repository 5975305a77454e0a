import type { Descriptor } from '../../domain/manifest.ts';
import { type Digest, formatReference, type Reference } from '../../domain/reference.ts';
import { MirrorError } from '../../errors.ts';
import type { FetchedManifest, Lookup } from '../../ports/registry.ts';
import type { RelayWork } from '../relay-failures.ts';
import { Refused } from './refused.ts';
import { ChunksRefused, UploadLost } from './send-chunks.ts';

/** The codes of copies that fail. */
export const CODES = {
  failed: 'IMAGE_COPY_FAILED',
  tagTaken: 'IMAGE_TAG_TAKEN',
  destinationDenied: 'IMAGE_DESTINATION_DENIED',
} as const;

/** Whether the target says of a manifest that it lacks something that is named there. */
export function lacksBlobs(error: unknown): error is Refused {
  return error instanceof Refused && error.failure.problem.code === 'MANIFEST_BLOB_UNKNOWN';
}

/** The error of a copy for whatever was thrown. */
export function errorOf(thrown: unknown, work: RelayWork): unknown {
  if (thrown instanceof Refused) return thrown.toError(work);
  if (thrown instanceof UploadLost || thrown instanceof ChunksRefused)
    return new MirrorError(`${work.doing} failed: ${thrown.message}, again and again`, {
      code: 'IMAGE_COPY_FAILED',
      origin: 'destination',
      hint: 'look at the log of the destination for uploads, and run again: what is there stays there',
      cause: thrown,
    });
  if (!(thrown instanceof MirrorError)) return thrown;
  if (thrown.code !== 'CONTENT_DAMAGED' && thrown.code !== 'REGISTRY_ANSWER_INVALID') return thrown;
  return new MirrorError(`${work.doing} failed: ${thrown.message}`, {
    code: 'IMAGE_COPY_FAILED',
    origin: thrown.origin,
    ...(thrown.hint === undefined ? {} : { hint: thrown.hint }),
    cause: thrown,
  });
}

/** The error for a manifest that the source does not give. */
export function notGiven(
  reference: Reference,
  answer: Exclude<Lookup, { kind: 'found' }>,
  { doing }: RelayWork,
): MirrorError {
  const isAbsent = answer.kind === 'absent';
  const why = isAbsent ? 'is not at its source' : `may not be read: ${answer.detail}`;
  return new MirrorError(`${doing} failed: manifest ${formatReference(reference)} ${why}`, {
    code: isAbsent ? 'IMAGE_SOURCE_ABSENT' : 'IMAGE_SOURCE_DENIED',
    origin: 'source',
    hint: isAbsent
      ? 'the source lost it after it was planned: check the source, or choose another version'
      : 'log in to the source with an account that may read it',
  });
}

/** The error for bytes that nobody can say what they are. */
export function noManifest({ digest, mediaType }: FetchedManifest, { doing }: RelayWork): MirrorError {
  return new MirrorError(`${doing} failed: ${digest} is no manifest that can be copied (${mediaType})`, {
    code: 'IMAGE_COPY_FAILED',
    origin: 'source',
    hint: 'images in the form of schema 1 have to be pushed anew by a current docker',
  });
}

/** The error for a target that does not take what an index names beside images. CNCF Distribution takes known media types only. */
export function otherRefused(
  index: Digest,
  { digest, mediaType }: Pick<Descriptor, 'digest' | 'mediaType'>,
  refused: Refused,
  work: RelayWork,
): MirrorError {
  const { message } = refused.toError(work);
  return new MirrorError(`${message}; the index ${index} names ${digest} of the media type ${mediaType}`, {
    code: 'IMAGE_COPY_FAILED',
    origin: 'destination',
    hint: 'this registry does not take that kind of content: copy one platform (--platform), which leaves the index behind, or mirror to a registry that takes any kind',
    cause: refused,
  });
}
