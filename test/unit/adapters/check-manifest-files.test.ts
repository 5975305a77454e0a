import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough, Readable } from 'node:stream';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { listManifestFiles, readStream } from '../../../src/adapters/manifest-files.ts';
import { NEVER } from '../../support/http-network.ts';

describe('the manifests of a directory', () => {
  let root = '';

  beforeEach(async () => {
    root = await mkdtemp(join(tmpdir(), 'manifests-'));
  });

  afterEach(() => rm(root, { recursive: true }));

  async function put(...names: readonly string[]): Promise<void> {
    for (const name of names) {
      await mkdir(join(root, name, '..'), { recursive: true });
      await writeFile(join(root, name), '');
    }
  }

  it('are its YAML and JSON files at any depth, in order', async () => {
    await put('b.yml', 'a/c.yaml', 'a/d/e.json', 'a/d/F.YAML', '.hidden/g.yaml', 'h.txt', 'yaml', 'a/i.yaml.tpl');
    expect(await listManifestFiles(root)).toEqual(['.hidden/g.yaml', 'a/c.yaml', 'a/d/F.YAML', 'a/d/e.json', 'b.yml']);
  });

  it('are also those behind links, as in a volume of a ConfigMap, but not for ever', async () => {
    await put('..2026/a.yaml');
    await symlink('..2026', join(root, '..data'));
    await symlink('..data/a.yaml', join(root, 'a.yaml'));
    await symlink('.', join(root, '..2026', 'loop'));
    expect(await listManifestFiles(root)).toEqual(['..2026/a.yaml', '..data/a.yaml', 'a.yaml']);
  });

  it('are not listed in part: a link that leads nowhere is an error', async () => {
    await put('a.yaml');
    await symlink('nowhere.yaml', join(root, 'b.yaml'));
    await expect(listManifestFiles(root)).rejects.toMatchObject({ code: 'INPUT_INVALID', origin: 'input' });
  });
});

describe('standard input', () => {
  it('is read to its end, whatever its pieces', async () => {
    const bytes = Buffer.from('a: "ä€"\n');
    const pieces = [...bytes].map((byte) => Buffer.from([byte]));
    expect(await readStream(Readable.from(pieces), NEVER)).toBe('a: "ä€"\n');
    expect(await readStream(Readable.from([]), NEVER)).toBe('');
  });

  it('is undefined when it is no text', async () => {
    expect(await readStream(Readable.from([Buffer.from([0xff, 0xfe])]), NEVER)).toBeUndefined();
  });

  it('is given up when the run is interrupted', async () => {
    const abort = new AbortController();
    const reading = readStream(new PassThrough(), abort.signal);
    abort.abort();
    await expect(reading).rejects.toMatchObject({ name: 'AbortError' });
  });
});
