import { Readable } from 'node:stream';
import { describe, expect, test } from 'vitest';
import { type Part, resumedStream } from '../../../src/adapters/blob-stream.ts';

const WHOLE = Buffer.from('0123456789');

async function textOf(stream: Readable): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of stream as AsyncIterable<Buffer>) chunks.push(chunk);
  return Buffer.concat(chunks).toString();
}

/** A server that answers with these parts, in turn. */
function server(...parts: readonly ((from: number) => Part)[]) {
  const asked: number[] = [];
  const ask = async (from: number): Promise<Part> => {
    const part = parts[asked.length];
    asked.push(from);
    if (part === undefined) throw new Error('asked too often');
    return part(from);
  };
  return { asked, ask };
}

function breaking(bytes: Uint8Array): Readable {
  return Readable.from(
    (async function* () {
      yield bytes;
      throw new Error('reset');
    })(),
  );
}

const common = { from: 0, size: WHOLE.length, failed: async () => undefined };
const rest = (from: number): Part => ({ body: Readable.from([WHOLE.subarray(from)]), first: from });
const all = (): Part => ({ body: Readable.from([WHOLE]), first: 0 });

describe('a stream that goes on where it broke off', () => {
  test('asks for nothing before it is read', async () => {
    const { asked, ask } = server(all);
    const stream = resumedStream({ ...common, ask });
    await new Promise((resolve) => setImmediate(resolve));
    expect(asked).toEqual([]);
    expect(await textOf(stream)).toBe('0123456789');
  });

  test('asks for what is missing, also of who sends everything again', async () => {
    const { asked, ask } = server(() => ({ body: breaking(WHOLE.subarray(0, 4)), first: 0 }), all);
    const told: unknown[] = [];
    const failed = async (error: unknown, brought: number): Promise<void> => {
      told.push([error instanceof Error && error.message, brought]);
    };
    expect(await textOf(resumedStream({ ...common, ask, failed }))).toBe('0123456789');
    expect(asked).toEqual([0, 4]);
    expect(told).toEqual([['reset', 4]]);
  });

  /** Sends a byte now and then, of a blob that is large. */
  function trickle(): Part {
    const body = new Readable({ read: () => undefined });
    const timer = setInterval(() => body.push('.'), 5);
    body.once('close', () => clearInterval(timer));
    return { body, first: 0 };
  }

  test('asks anew where hardly a byte comes while it is waited for', async () => {
    const { asked, ask } = server(trickle, (from) => ({
      body: Readable.from(['x'.repeat(40_000 - from)]),
      first: from,
    }));
    const told: unknown[] = [];
    const failed = async (error: unknown): Promise<void> => void told.push(String(error));
    const text = await textOf(resumedStream({ ...common, size: 40_000, ask, failed, patienceMs: 100 }));
    expect(text).toHaveLength(40_000);
    expect(told).toEqual(['Error: it sends hardly a byte']);
    expect(asked).toHaveLength(2);
  });

  test('blames nobody for the time in which nobody reads', async () => {
    const body = Readable.from(['one', 'two'].map((word) => Buffer.from(word)));
    const { asked, ask } = server(() => ({ body, first: 0 }));
    const stream = resumedStream({ ...common, size: 6, ask, patienceMs: 20 });
    expect(String(await new Promise((resolve) => stream.once('readable', () => resolve(stream.read(3)))))).toBe('one');
    await new Promise((resolve) => setTimeout(resolve, 120));
    expect(await textOf(stream)).toBe('two');
    expect(asked).toEqual([0]);
  });

  test('asks again where an answer without a length ends early, while something comes', async () => {
    const short = (from: number): Part => ({ body: Readable.from([WHOLE.subarray(from, from + 3)]), first: from });
    const none = (from: number): Part => ({ body: Readable.from([]), first: from });
    const { asked, ask } = server(short, short, none);
    expect(await textOf(resumedStream({ ...common, ask }))).toBe('012345');
    expect(asked).toEqual([0, 3, 6]);
  });

  test('begins in the middle, and asks for nothing behind the end', async () => {
    expect(await textOf(resumedStream({ ...common, from: 7, ask: server(rest).ask }))).toBe('789');
    expect(await textOf(resumedStream({ ...common, from: 10, ask: server().ask }))).toBe('');
  });

  test('ends with what the watch throws, before those bytes go on', async () => {
    const seen: string[] = [];
    const body = Readable.from([WHOLE.subarray(0, 4), WHOLE.subarray(4)]);
    const watch = {
      chunk(bytes: Uint8Array) {
        if (seen.length === 1) throw new Error('these are others');
        seen.push(Buffer.from(bytes).toString());
      },
      end: () => seen.push('end'),
    };
    const failed = async (error: unknown): Promise<void> => {
      throw error;
    };
    const stream = resumedStream({ ...common, ask: async () => ({ body, first: 0 }), failed, watch });
    await expect(textOf(stream)).rejects.toThrow('these are others');
    expect(seen).toEqual(['0123']);
    expect(body.destroyed).toBe(true);
  });

  test('lets go of its answer when its reader leaves', async () => {
    const body = new Readable({ read: () => undefined });
    body.push(WHOLE.subarray(0, 4));
    const stream = resumedStream({ ...common, ask: async () => ({ body, first: 0 }) });
    for await (const _ of stream) break;
    expect(stream.destroyed).toBe(true);
    expect(body.destroyed).toBe(true);
  });

  test('reads no further ahead than one chunk of its source', async () => {
    const body = Readable.from([...WHOLE].map((byte) => Buffer.from([byte])));
    const seen: number[] = [];
    const watch = { chunk: (bytes: Uint8Array) => seen.push(bytes.length), end: () => undefined };
    const stream = resumedStream({ ...common, ask: async () => ({ body, first: 0 }), watch });
    for await (const _ of stream) {
      await new Promise((resolve) => setTimeout(resolve, 5));
      break;
    }
    expect(seen.length).toBeLessThanOrEqual(2);
  });
});
