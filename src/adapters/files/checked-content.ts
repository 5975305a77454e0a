import { createHash, getHashes } from 'node:crypto';
import type { Digest } from '../../domain/reference.ts';
import { MirrorError } from '../../errors.ts';
import type { ByteWatch } from '../../ports/contents.ts';

function damaged(digest: Digest, why: string): MirrorError {
  return new MirrorError(`content ${digest} came damaged: ${why}`, {
    code: 'CONTENT_DAMAGED',
    origin: 'source',
    hint: 'fetch or copy it again',
  });
}

/** What is said of content whose digest cannot be computed here. */
export function uncheckable(digest: Digest): MirrorError {
  return damaged(digest, 'digests of this kind cannot be checked');
}

/**
 * Checks the chunks of a blob as they come, never more than its bytes where its size is known. Then the digest is known to be right
 * before the last chunk goes on.
 *
 * @throws MirrorError CONTENT_DAMAGED when size or digest differ; what came before is then worth nothing.
 */
export function createContentCheck({
  digest,
  size,
}: {
  readonly digest: Digest;
  readonly size: number | undefined;
}): ByteWatch {
  const [algorithm = ''] = digest.split(':');
  if (!getHashes().includes(algorithm)) throw uncheckable(digest);
  const hash = createHash(algorithm);
  let seen = 0;
  let isRight = false;

  function checkDigest(): void {
    const found = `${algorithm}:${hash.digest('hex')}`;
    if (found !== digest) throw damaged(digest, `its ${seen} bytes have the digest ${found}`);
    isRight = true;
  }

  return {
    chunk(bytes) {
      seen += bytes.length;
      if (size !== undefined && seen > size) throw damaged(digest, `more than the promised ${size} bytes`);
      if (bytes.length > 0) hash.update(bytes);
      if (seen === size && !isRight) checkDigest();
    },
    end() {
      if (size !== undefined && seen !== size) throw damaged(digest, `${seen} instead of ${size} bytes`);
      if (!isRight) checkDigest();
    },
  };
}

/**
 * Passes the chunks of a blob on as they come, checked.
 *
 * @throws MirrorError CONTENT_DAMAGED, see `createContentCheck`.
 */
export async function* checkedContent(
  blob: { readonly digest: Digest; readonly size: number | undefined },
  chunks: AsyncIterable<Uint8Array>,
  signal: AbortSignal,
): AsyncGenerator<Uint8Array> {
  const check = createContentCheck(blob);
  signal.throwIfAborted();
  for await (const chunk of chunks) {
    signal.throwIfAborted();
    check.chunk(chunk);
    yield chunk;
  }
  signal.throwIfAborted();
  check.end();
}
