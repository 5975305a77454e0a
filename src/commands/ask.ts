import { createInterface } from 'node:readline/promises';
import { MirrorError } from '../errors.ts';
import type { Surroundings } from './surroundings.ts';

async function isWanted(
  question: string,
  flags: { readonly yes: boolean; readonly scanOnly: boolean },
  { drawable, signal }: Surroundings,
): Promise<boolean> {
  if (flags.yes || flags.scanOnly || !drawable || !process.stdin.isTTY) return true;
  const prompt = createInterface({ input: process.stdin, output: process.stderr });
  // at the end of the input (Ctrl-D) a question stays open for ever, and the process would end as if all were well
  const ended = new Promise<string>((done) => prompt.once('close', () => done('')));
  // with the terminal in its hands it gets the key, and nobody else the signal
  prompt.on('SIGINT', () => process.kill(process.pid, 'SIGINT'));
  try {
    const answer = await Promise.race([prompt.question(`${question} [y/N] `, { signal }), ended]);
    signal.throwIfAborted();
    return /^y(?:es)?$/i.test(answer.trim());
  } finally {
    prompt.close();
  }
}

/**
 * Asks before anything is pushed, where somebody is there to answer; otherwise the command line is answer enough.
 *
 * @throws MirrorError INPUT_INVALID when the answer is not yes.
 */
export async function askToPush(
  question: string,
  flags: { readonly yes: boolean; readonly scanOnly: boolean },
  around: Surroundings,
): Promise<void> {
  if (await isWanted(question, flags, around)) return;
  throw new MirrorError('nothing was pushed, since the answer was not yes', {
    code: 'INPUT_INVALID',
    origin: 'input',
    hint: 'answer y, or give --yes',
  });
}
