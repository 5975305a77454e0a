import { readFile, realpath, stat } from 'node:fs/promises';

/** Reads a whole file as text. Rejects with Node's error (its `code` says why), or with a TypeError when it is not UTF-8. */
type ReadText = (path: string) => Promise<string>;

/** What is found at a path. `hidden` means that the system does not let us look. */
export type PathKind = 'file' | 'directory' | 'absent' | 'hidden';

/** All that reading the inputs needs of the file system. Paths are absolute. */
export interface InputFiles {
  readonly readText: ReadText;
  readonly kindOf: (path: string) => Promise<PathKind>;
  /** The path with links resolved, so that two names of one file can be told; the path itself when that fails. */
  readonly realPath: (path: string) => Promise<string>;
}

/** The `code` of a Node system error, or undefined. */
export function systemCode(error: unknown): string | undefined {
  if (typeof error !== 'object' || error === null || !('code' in error)) return undefined;
  return typeof error.code === 'string' ? error.code : undefined;
}

async function readUtf8(path: string): Promise<string> {
  return new TextDecoder('utf-8', { fatal: true }).decode(await readFile(path));
}

async function kindOf(path: string): Promise<PathKind> {
  try {
    return (await stat(path)).isDirectory() ? 'directory' : 'file';
  } catch (error) {
    const code = systemCode(error);
    return code === 'ENOENT' || code === 'ENOTDIR' ? 'absent' : 'hidden';
  }
}

async function realPath(path: string): Promise<string> {
  try {
    return await realpath(path);
  } catch {
    return path;
  }
}

/** The real file system. */
export const diskFiles: InputFiles = { readText: readUtf8, kindOf, realPath };
