import { Readable } from 'node:stream';
import { finished } from 'node:stream/promises';
import type { ByteWatch } from '../ports/contents.ts';

/** What a server sends: its bytes, of which the first is the byte `first` of the whole. */
export interface Part {
  readonly body: Readable;
  readonly first: number;
}

/** What a stream that goes on where it broke off is made from. */
export interface ResumedStreamOptions {
  /** The first byte that is wanted, and the number of all. */
  readonly from: number;
  readonly size: number;
  /** Asks for everything from a byte on. More may come: what was there before is passed over. */
  readonly ask: (from: number) => Promise<Part>;
  /** Hears why a part broke off, and how many bytes it had brought. Waits until it may be asked again, or throws. */
  readonly failed: (error: unknown, brought: number) => Promise<void>;
  readonly watch?: ByteWatch | undefined;
  /** Who sends hardly a byte for so many milliseconds, while somebody waits for them, is asked anew; `PATIENCE_MS` unless it is said. */
  readonly patienceMs?: number;
}

const PATIENCE_MS = 120_000;
/** Fewer bytes than this are hardly any: the slowest of lines brings a hundred times as many in that time. */
const HARDLY_ANY = 16 * 1024;

/**
 * Chunks are pushed as they arrive, not pulled through iterators: with those, promises take a sixth of the time of a copy whose
 * limit is the processor (node 24, a gigabyte over loopback: 3.0 s of CPU with, 2.6 s without).
 */
class ResumedStream extends Readable {
  readonly #options: ResumedStreamOptions;
  #at: number;
  #body: Readable | undefined;
  #isBegun = false;
  /** Bytes since the last look, and for how long they had to wait for the reader meanwhile. */
  #brought = 0;
  #heldMs = 0;
  #heldSince: number | undefined;

  constructor(options: ResumedStreamOptions) {
    // nothing is gathered here: what was read ahead of a request that breaks off is fetched again
    super({ highWaterMark: 0 });
    this.#options = options;
    this.#at = options.from;
  }

  override _read(): void {
    if (this.#isBegun) {
      this.#countHeld(undefined);
      this.#body?.resume();
      return;
    }
    this.#isBegun = true;
    this.#run().then(
      () => this.push(null),
      (error: unknown) => this.destroy(error instanceof Error ? error : new Error(String(error))),
    );
  }

  override _destroy(error: Error | null, done: (error: Error | null) => void): void {
    this.#body?.destroy();
    done(error);
  }

  async #run(): Promise<void> {
    const { from, size, failed, watch } = this.#options;
    // a range that begins behind the end is an error to registries, and an empty blob is asked for once
    for (let isFirst = from === 0; isFirst || this.#at < size; isFirst = false) {
      const before = this.#at;
      try {
        await this.#take();
        // an answer without a length may end early: what is missing is asked for, while something comes
        if (this.#at === before) break;
      } catch (error) {
        if (this.destroyed) throw error;
        await failed(error, this.#at - before);
      }
    }
    watch?.end();
  }

  /** Passes one part on. */
  async #take(): Promise<void> {
    const { body, first } = await this.#options.ask(this.#at);
    this.#body = body;
    if (this.destroyed) body.destroy();
    let skip = this.#at - first;
    const wrong: unknown[] = [];
    const { patienceMs = PATIENCE_MS } = this.#options;
    this.#brought = 0;
    const look = setInterval(() => this.#look(body, patienceMs), patienceMs);
    body.on('data', (chunk: Uint8Array) => {
      const rest = skip === 0 ? chunk : chunk.subarray(Math.min(skip, chunk.length));
      skip -= chunk.length - rest.length;
      try {
        if (rest.length > 0) this.#pass(rest);
      } catch (error) {
        wrong.push(error);
        body.destroy();
      }
    });
    try {
      await finished(body, { writable: false });
    } catch (error) {
      wrong.push(error);
    } finally {
      clearInterval(look);
      this.#body = undefined;
      body.on('error', () => undefined).destroy();
    }
    // what the watch throws ends the body, which is no more than a consequence
    if (wrong.length > 0) throw wrong[0];
  }

  /** The time in which the reader did not want more is nobody's fault. */
  #countHeld(since: number | undefined): void {
    if (this.#heldSince !== undefined) this.#heldMs += performance.now() - this.#heldSince;
    this.#heldSince = since;
  }

  #look(body: Readable, patienceMs: number): void {
    this.#countHeld(this.#heldSince === undefined ? undefined : performance.now());
    if (this.#brought < HARDLY_ANY && this.#heldMs < patienceMs / 2) body.destroy(new Error('it sends hardly a byte'));
    this.#brought = 0;
    this.#heldMs = 0;
  }

  #pass(chunk: Uint8Array): void {
    this.#options.watch?.chunk(chunk);
    this.#at += chunk.length;
    this.#brought += chunk.length;
    if (this.push(chunk)) return;
    this.#countHeld(performance.now());
    this.#body?.pause();
  }
}

/**
 * A stream of content that a server sends, which goes on where a connection breaks off. It asks for nothing before it is read, and
 * ends with what `ask`, `failed` or the watch throws.
 */
export function resumedStream(options: ResumedStreamOptions): Readable {
  return new ResumedStream(options);
}
