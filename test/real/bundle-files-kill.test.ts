import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { describe, expect, it } from 'vitest';
import { digestOf } from '../../src/domain/manifest.ts';
import { writeAndSay } from '../support/bundle-child.ts';
import {
  bundlePath,
  contentsOfBundle,
  contentsOfSample,
  filesAt,
  MIB,
  SPLIT,
  streamOf,
  writeSample,
} from '../support/bundle-samples.ts';
import { randomFrom } from '../support/tar-mutations.ts';
import { inDirectory } from '../support/wrap-samples.ts';

const CHILD = join(import.meta.dirname, '..', 'support', 'bundle-child.ts');
const SCRIPT = `
  import { ${writeAndSay.name} as run } from ${JSON.stringify(CHILD)};
  await run(process.argv[1], Number(process.argv[2]));
`;
const SEED = Number(process.env.TEST_SEED ?? 20_261_122);

/** Runs the program to its end, which a look at what it says may bring about, and gives all that it said. */
async function runChild(
  path: string,
  pace: number,
  look: (line: string, kill: () => void) => void = () => undefined,
): Promise<readonly string[]> {
  const argv = ['--input-type=module', '-e', SCRIPT, path, String(pace)];
  const child = spawn(process.execPath, argv, { stdio: ['ignore', 'pipe', 'inherit'] });
  const ended = once(child, 'close');
  const said: string[] = [];
  for await (const line of createInterface({ input: child.stdout })) {
    said.push(line);
    look(line, () => child.kill('SIGKILL'));
  }
  await ended;
  return said;
}

function digestsOf(said: readonly string[], word: string): readonly string[] {
  return said.filter((line) => line.startsWith(`${word} sha256:`)).map((line) => line.slice(word.length + 1));
}

/** The digest of the bytes of a run without an interruption. */
function undisturbed(): Promise<string> {
  return inDirectory(async (directory) => {
    const { parts } = await writeSample(bundlePath(directory), SPLIT, { partBytes: MIB });
    return digestOf(await streamOf(parts));
  });
}

describe('a bundle whose writer was killed', () => {
  it('goes on without asking again for what is whole, to the same bytes', () =>
    inDirectory(async (directory) => {
      const path = bundlePath(directory);
      let count = 0;
      const first = await runChild(path, 2, (line, kill) => {
        if (line.startsWith('whole')) count += 1;
        if (count === 3) kill();
      });
      const whole = digestsOf(first, 'whole');
      expect(whole.length).toBeGreaterThanOrEqual(3);
      expect(whole.length).toBeLessThan(SPLIT.pieces.size);
      expect(await filesAt(path)).toEqual(expect.arrayContaining(['.journal', '.lock']));
      const second = await runChild(path, 0);
      expect(second.at(-1)).toBe('finished');
      const again = digestsOf(second, 'asked');
      expect(again.filter((digest) => whole.includes(digest))).toEqual([]);
      expect(new Set([...whole, ...again]).size).toBe(SPLIT.pieces.size);
      expect(await filesAt(path)).toEqual(['.001', '.002', '.sha256']);
      const bytes = Buffer.concat([await readFile(`${path}.001`), await readFile(`${path}.002`)]);
      expect(digestOf(bytes)).toBe(await undisturbed());
    }));

  it(`never looks whole before it is, whenever it is killed (TEST_SEED=${SEED})`, () =>
    inDirectory(async (directory) => {
      const path = bundlePath(directory);
      const random = randomFrom(SEED);
      for (let round = 0; round < 12; round += 1) {
        const word = round < 4 ? 'begun' : 'finishing';
        const said = await killedAfter(path, word, random(30));
        if (said.at(-1) !== 'finished' && !existsSync(`${path}.001`)) continue;
        // this bundle, or that of a round before, until it is replaced
        expect(await contentsOfBundle([`${path}.001`], SPLIT)).toEqual(contentsOfSample(SPLIT));
      }
      const last = await runChild(path, 0);
      expect(last.at(-1)).toBe('finished');
      expect(await filesAt(path)).toEqual(['.001', '.002', '.sha256']);
      const bytes = Buffer.concat([await readFile(`${path}.001`), await readFile(`${path}.002`)]);
      expect(digestOf(bytes)).toBe(await undisturbed());
    }));
});

/** Runs the program, kills it some milliseconds after it has said a word, and gives all that it said. */
async function killedAfter(path: string, word: string, milliseconds: number): Promise<readonly string[]> {
  const pace = word === 'begun' ? 1 : 0;
  return runChild(path, pace, (line, kill) => {
    if (line.startsWith(word)) setTimeout(kill, milliseconds);
  });
}
