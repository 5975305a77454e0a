import { createInterface } from 'node:readline/promises';
import type { Surroundings } from './surroundings.ts';

/** Asks before anything is pushed, where somebody is there to answer; otherwise the command line is answer enough. */
export async function isWanted(
  question: string,
  flags: { readonly yes: boolean; readonly scanOnly: boolean },
  { drawable, signal }: Surroundings,
): Promise<boolean> {
  if (flags.yes || flags.scanOnly || !drawable || !process.stdin.isTTY) return true;
  const prompt = createInterface({ input: process.stdin, output: process.stderr });
  try {
    return /^y(?:es)?$/i.test((await prompt.question(`${question} [y/N] `, { signal })).trim());
  } finally {
    prompt.close();
  }
}
