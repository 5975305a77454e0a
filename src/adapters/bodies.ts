import { connectionFailure } from './connection-failure.ts';
import type { Answer } from './http.ts';

const DISCARD_LIMIT = 64 * 1024;
const REFUSAL_LIMIT = 64 * 1024;

/** That an answer's body is longer than its reader allows. `limit` is in bytes. */
export class AnswerTooLarge extends Error {
  readonly limit: number;

  constructor(host: string, limit: number) {
    super(`${host} answered with more than ${limit} bytes`);
    this.name = 'AnswerTooLarge';
    this.limit = limit;
  }
}

async function collect(answer: Answer, limit: number): Promise<{ bytes: Buffer; whole: boolean }> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of answer.body as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > limit) return { bytes: Buffer.concat(chunks), whole: false };
    chunks.push(chunk);
  }
  return { bytes: Buffer.concat(chunks), whole: true };
}

async function collectOrFail(
  answer: Answer,
  limit: number,
  signal: AbortSignal,
): Promise<{ bytes: Buffer; whole: boolean }> {
  try {
    return await collect(answer, limit);
  } catch (error) {
    signal.throwIfAborted();
    throw connectionFailure(error, answer.url.host, undefined);
  } finally {
    // a body that was not read to its end must not keep its connection
    answer.body.on('error', () => undefined).destroy();
  }
}

/**
 * The whole body of an answer, at most `limit` bytes. Nothing beyond the limit is kept in memory.
 *
 * @throws AnswerTooLarge; ConnectionFailure when the body breaks off or stalls; the signal's reason when it was aborted.
 */
export async function readBody(answer: Answer, limit: number, signal: AbortSignal): Promise<Buffer> {
  const { bytes, whole } = await collectOrFail(answer, limit, signal);
  if (!whole) throw new AnswerTooLarge(answer.url.host, limit);
  return bytes;
}

/** The beginning of a refusal's body as text: what is longer than any reasonable explanation is cut off. */
export async function readRefusal(answer: Answer, signal: AbortSignal): Promise<string> {
  const { bytes } = await collectOrFail(answer, REFUSAL_LIMIT, signal);
  return bytes.toString('utf8');
}

/** Gets rid of a body that nobody wants: a short one is read, so that its connection can be used again. */
export async function discardBody(answer: Answer): Promise<void> {
  try {
    await collect(answer, DISCARD_LIMIT);
  } catch {
    // what broke off was not wanted
  } finally {
    answer.body.on('error', () => undefined).destroy();
  }
}
