import { openBundleWriter } from '../../src/adapters/files/bundle-writer.ts';
import { bundleOptions, chunked, MIB, pieceOf, SPLIT } from './bundle-samples.ts';
import { RUNNING } from './wrap-samples.ts';

function say(line: string): void {
  process.stdout.write(`${line}\n`);
}

async function* paced(data: Buffer, pace: number): AsyncGenerator<Uint8Array> {
  for await (const chunk of chunked(data, 20_000)) {
    if (pace > 0) await new Promise((resolve) => setTimeout(resolve, pace));
    yield chunk;
  }
}

/**
 * To be run in a process of its own: writes what is missing of the sample `SPLIT`, two blobs at once, with a pause before each
 * chunk, in milliseconds. Prints each digest when it is asked for and when it is whole.
 */
export async function writeAndSay(path: string, pace: number): Promise<void> {
  const writer = await openBundleWriter(path, SPLIT.entries, bundleOptions(MIB));
  say('begun');
  const missing = [...SPLIT.pieces.keys()].filter((digest) => !writer.done.has(digest));
  const writeNext = async (): Promise<void> => {
    for (let digest = missing.shift(); digest !== undefined; digest = missing.shift()) {
      say(`asked ${digest}`);
      await writer.write(digest, paced(pieceOf(SPLIT, digest), pace), RUNNING);
      say(`whole ${digest}`);
    }
  };
  await Promise.all([writeNext(), writeNext()]);
  say('finishing');
  await writer.finish(RUNNING);
  say('finished');
}
