import { readdirSync, rmSync, writeFileSync } from 'node:fs';
import { mkdir, mkdtemp, readdir, rename, rm, stat, symlink, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type OpenCache, openResultCache } from '../../../src/adapters/result-cache.ts';
import { rulesDigest } from '../../../src/adapters/rules.ts';
import { digestOf } from '../../../src/domain/manifest.ts';

const CHART = digestOf('chart');

describe('the cache of results', () => {
  let directory: string;
  const complaints: string[] = [];

  beforeEach(async () => {
    directory = join(await mkdtemp(join(tmpdir(), 'result-cache-')), 'results');
    complaints.length = 0;
  });
  afterEach(() => rm(join(directory, '..'), { recursive: true, force: true }));

  function open(
    parts: { readonly rules?: string; readonly helm?: string; readonly limit?: number } = {},
  ): Promise<OpenCache> {
    const { rules = 'rules', helm = '4.3.0', limit } = parts;
    const setup = { directory, rules: digestOf(rules), helm: digestOf(helm), now: () => new Date(86_400_000 * 7.5) };
    const complain = (why: string): void => {
      complaints.push(why);
    };
    return openResultCache({ ...setup, complain, ...(limit === undefined ? {} : { limit }) });
  }

  it('gives back what was stored for the same chart, helm and rules only', async () => {
    const cache = await open();
    expect(cache.today).toBe(7);
    expect(await cache.load(CHART)).toBeUndefined();
    await cache.store(CHART, 'text\nwith lines\n');
    expect(await (await open()).load(CHART)).toBe('text\nwith lines\n');
    expect(await cache.load(digestOf('other'))).toBeUndefined();
    expect(await (await open({ rules: 'newer' })).load(CHART)).toBeUndefined();
    expect(await (await open({ helm: '3.22.0' })).load(CHART)).toBeUndefined();
    expect(complaints).toEqual([]);
  });

  it('holds for what a file says of itself, not for its name', async () => {
    const cache = await open();
    await cache.store(CHART, 'text');
    const [own = ''] = await readdir(directory);
    for (const [other, chart] of [
      [await open(), digestOf('other')],
      [await open({ rules: 'newer' }), CHART],
      [await open({ helm: '3.22.0' }), CHART],
    ] as const) {
      await other.store(chart, 'of another');
      const [name = ''] = (await readdir(directory)).filter((one) => one !== own);
      await rename(join(directory, name), join(directory, own));
      expect(await cache.load(CHART)).toBeUndefined();
    }
    await cache.store(CHART, 'text');
    expect(await cache.load(CHART)).toBe('text');
  });

  it('believes no link in the place of a file', async () => {
    const cache = await open();
    await cache.store(CHART, 'text');
    const [name = ''] = await readdir(directory);
    const moved = join(directory, '..', 'moved');
    await writeFile(moved, '');
    await rm(join(directory, name));
    await symlink(moved, join(directory, name));
    expect(await cache.load(CHART)).toBeUndefined();
    await cache.store(CHART, 'text');
    expect(await cache.load(CHART)).toBe('text');
    expect((await stat(moved)).size).toBe(0);
  });

  it('makes its directory private, though it was not', async () => {
    await mkdir(directory, { mode: 0o777 });
    await open();
    expect((await stat(directory)).mode & 0o777).toBe(0o700);
  });

  it('lets go of what was used least recently, and of nothing that is not its own', async () => {
    const cache = await open({ limit: 3000 });
    const noise = (seed: number): string =>
      Array.from({ length: 60 }, (_, index) => digestOf(`${seed} ${index}`)).join('\n');
    for (let index = 0; index < 5; index += 1) {
      const chart = digestOf(`chart ${index}`);
      await cache.store(chart, noise(index));
      const names = await readdir(directory);
      const sizes = await Promise.all(
        names.map(async (name) => [name, (await stat(join(directory, name))).mtimeMs] as const),
      );
      const newest = sizes.toSorted((a, b) => b[1] - a[1])[0]?.[0] ?? '';
      await utimes(join(directory, newest), index + 1, index + 1);
    }
    await writeFile(join(directory, 'note.txt'), 'x'.repeat(10_000));
    await cache.trim();
    const left = await Promise.all([0, 1, 2, 3, 4].map((index) => cache.load(digestOf(`chart ${index}`))));
    expect(left[0]).toBeUndefined();
    expect(left[4]).toBe(noise(4));
    expect(await readdir(directory)).toContain('note.txt');
  });

  it('is brought within its bound though another run removes files meanwhile', async () => {
    const cache = await open({ limit: 500 });
    const noise = Array.from({ length: 1500 }, (_, index) => `${digestOf(`${index}`).slice('sha256:'.length)}.json.gz`);
    for (const name of noise) writeFileSync(join(directory, name), 'x');
    // what is listed last is looked at last
    const names = [...readdirSync(directory)];
    let isOver = false;
    const work = cache.trim().finally(() => {
      isOver = true;
    });
    while (!isOver && names.length > 0) {
      rmSync(join(directory, names.pop() ?? ''), { force: true });
      await new Promise(setImmediate);
    }
    await work;
    expect(complaints).toEqual([]);
    expect((await readdir(directory)).length).toBeLessThanOrEqual(500);
  });

  it('tells once that nothing can be kept, and goes on', async () => {
    const cache = await open();
    await rm(directory, { recursive: true });
    await cache.store(CHART, 'text');
    await cache.store(CHART, 'text');
    expect(complaints).toHaveLength(1);
    expect(await cache.load(CHART)).toBeUndefined();
  });

  it('refuses a directory that is a file', async () => {
    await writeFile(directory, '');
    await expect(open()).rejects.toMatchObject({ code: 'CACHE_REFUSED' });
  });

  it('knows the rules of this tool by their text', async () => {
    expect(await rulesDigest()).toBe(await rulesDigest());
    expect(await rulesDigest()).toMatch(/^sha256:/);
    await mkdir(join(directory, 'domain'), { recursive: true });
    const digests = new Set([await rulesDigest(directory)]);
    for (const [file, text] of [
      ['a.ts', '1'],
      ['domain/b.ts', '1'],
      ['domain/b.ts', '2'],
    ] as const) {
      await writeFile(join(directory, file), text);
      digests.add(await rulesDigest(directory));
    }
    expect(digests.size).toBe(4);
    await rename(join(directory, 'a.ts'), join(directory, 'c.ts'));
    expect(digests).not.toContain(await rulesDigest(directory));
    await rm(join(directory, '..'), { recursive: true });
    await expect(rulesDigest(directory)).rejects.toThrow(/ENOENT/);
  });
});
