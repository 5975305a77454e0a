import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { diskFiles, type InputFiles } from '../read-text.ts';

/** What reading whole directories needs beside single files. */
export interface TreeFiles extends InputFiles {
  /** The names in a directory, in one order; none where it cannot be read. */
  readonly namesIn: (directory: string) => Promise<readonly string[]>;
}

async function namesIn(directory: string): Promise<readonly string[]> {
  try {
    return (await readdir(directory)).sort();
  } catch {
    return [];
  }
}

/** The real file system. */
export const diskTree: TreeFiles = { ...diskFiles, namesIn };

/** A file or directory below another, by its path from there with slashes. */
export interface TreeEntry {
  readonly path: string;
  readonly relative: string;
  readonly kind: 'file' | 'directory';
}

/**
 * Everything below a directory but what begins with a dot; each directory once, whatever links lead to it. Directories come
 * before what is in them; `enter` says of each whether to look into it.
 */
export async function entriesBelow(
  files: TreeFiles,
  directory: string,
  enter: (entry: TreeEntry) => boolean = () => true,
): Promise<readonly TreeEntry[]> {
  const found: TreeEntry[] = [];
  const seen = new Set([await files.realPath(directory)]);
  async function walk(path: string, prefix: string): Promise<void> {
    for (const name of await files.namesIn(path)) {
      if (name.startsWith('.')) continue;
      const below = join(path, name);
      const kind = await files.kindOf(below);
      if (kind !== 'file' && kind !== 'directory') continue;
      const entry: TreeEntry = { path: below, relative: `${prefix}${name}`, kind };
      if (kind === 'file') {
        found.push(entry);
        continue;
      }
      const real = await files.realPath(below);
      if (seen.has(real)) continue;
      seen.add(real);
      found.push(entry);
      if (enter(entry)) await walk(below, `${prefix}${name}/`);
    }
  }
  await walk(directory, '');
  return found;
}
