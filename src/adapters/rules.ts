import { readdir, readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { digestOf } from '../domain/manifest.ts';
import type { Digest } from '../domain/reference.ts';
import { CODE } from '../package-root.ts';

/** Packages whose versions decide what is read in a render and how charts are rewritten. */
const DECIDING = ['yaml', 'semver', 'deepmerge', 'tar-stream'] as const;

async function sourcesBelow(folder: string): Promise<readonly string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile() && /\.(?:ts|js)$/.test(entry.name));
  return files.map(({ parentPath, name }) => join(parentPath, name)).sort();
}

/**
 * The digest of everything in this tool that decides what is found, moved and proven: its own source files and the versions
 * of the packages it reads with. Whatever changes in them, results of earlier runs count no more.
 * `root` is the folder of our sources. It throws what the file system throws where one cannot be read.
 */
export async function rulesDigest(root: string = CODE): Promise<Digest> {
  const files = await sourcesBelow(root);
  const digests = await Promise.all(
    files.map(async (file) => [file.slice(root.length), digestOf(await readFile(file))]),
  );
  const require = createRequire(import.meta.url);
  const versions = await Promise.all(
    DECIDING.map(async (name) => [name, await readFile(packageFile(require.resolve(name), name), 'utf8')]),
  );
  return digestOf(JSON.stringify([digests, versions, process.version]));
}

/** The package.json of an installed package, from the path of its main file: not all of them export it. */
function packageFile(main: string, name: string): string {
  const folder = join('node_modules', name);
  return join(main.slice(0, main.lastIndexOf(folder) + folder.length), 'package.json');
}
