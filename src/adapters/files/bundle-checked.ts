import { createHash } from 'node:crypto';
import { MirrorError } from '../../errors.ts';
import type { PlannedBlob } from './bundle-plan.ts';

function damaged(digest: string, why: string): MirrorError {
  return new MirrorError(`content ${digest} came damaged: ${why}`, {
    code: 'CONTENT_DAMAGED',
    origin: 'source',
    hint: 'fetch or copy it again',
  });
}

/**
 * Passes the chunks of a blob on as they come, never more than its bytes.
 *
 * @throws MirrorError CONTENT_DAMAGED when size or digest differ.
 */
export async function* checkedBlob(
  { digest, size }: PlannedBlob,
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
    if (seen > size) throw damaged(digest, `more than the promised ${size} bytes`);
    hash.update(chunk);
    yield chunk;
  }
  signal.throwIfAborted();
  if (seen !== size) throw damaged(digest, `${seen} instead of ${size} bytes`);
  const found = `${algorithm}:${hash.digest('hex')}`;
  if (found !== digest) throw damaged(digest, `its ${seen} bytes have the digest ${found}`);
}
