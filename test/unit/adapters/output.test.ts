import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createOutput } from '../../../src/adapters/output.ts';
import { digestOf } from '../../../src/domain/manifest.ts';

describe('a file that stays', () => {
  let directory: string;

  beforeEach(async () => {
    directory = await mkdtemp(join(tmpdir(), 'output-'));
  });
  afterEach(() => rm(directory, { recursive: true, force: true }));

  it('is always one of those that were written, whole, whoever writes it at once', async () => {
    const texts = ['a', 'b', 'c', 'd'].map((letter, index) => letter.repeat((index + 1) * 300_000));
    const known = new Set(texts);
    const path = join(directory, 'plan.json');
    await createOutput(directory).write('plan.json', texts[0] ?? '');
    const torn: number[] = [];
    let isOver = false;
    const watching = (async () => {
      while (!isOver) {
        const text = await readFile(path, 'utf8');
        if (!known.has(text)) torn.push(text.length);
      }
    })();
    for (let round = 0; round < 20; round += 1)
      await Promise.all(texts.map((text) => createOutput(directory).write('plan.json', text)));
    isOver = true;
    await watching;
    expect(torn).toEqual([]);
    expect(await readdir(directory)).toEqual(['plan.json']);
  });

  it('takes away what a killed run has left of it, and of nothing else', async () => {
    const host = digestOf(hostname()).slice('sha256:'.length, 'sha256:'.length + 8);
    const left = `plan.json.part-${host}-999999999-abcdef01`;
    const kept = [`other.json.part-${host}-999999999-abcdef01`, `plan.json.part-${host}-${process.pid}-abcdef01`];
    for (const name of [left, ...kept]) await writeFile(join(directory, name), 'half');
    await createOutput(directory).write('plan.json', 'whole');
    expect((await readdir(directory)).sort()).toEqual(['plan.json', ...kept].sort());
  });
});
