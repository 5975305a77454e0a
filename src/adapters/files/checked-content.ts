import { createHash } from 'node:crypto';
import type { Digest } from '../../domain/reference.ts';
import { MirrorError } from '../../errors.ts';

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
 * Passes the chunks of a blob on as they come, never more than its bytes where its size is known.
 *
 * @throws MirrorError CONTENT_DAMAGED when size or digest differ; what was passed on before is then worth nothing.
 */
export async function* checkedContent(
  { digest, size }: { readonly digest: Digest; readonly size: number | undefined },
  chunks: AsyncIterable<Uint8Array>,
  signal: AbortSignal,
): AsyncGenerator<Uint8Array> {
  const [algorithm = ''] = digest.split(':');
  const hash = createHash(algorithm);
  let seen = 0;
  signal.throwIfAborted();
  for await (const chunk of chunks) {
    signal.throwIfAborted();
    seen += chunk.length;
    if (size !== undefined && seen > size) throw damaged(digest, `more than the promised ${size} bytes`);
    hash.update(chunk);
    yield chunk;
  }
  signal.throwIfAborted();
  if (size !== undefined && seen !== size) throw damaged(digest, `${seen} instead of ${size} bytes`);
  const found = `${algorithm}:${hash.digest('hex')}`;
  if (found !== digest) throw damaged(digest, `its ${seen} bytes have the digest ${found}`);
}
