import { readFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { CODE, CODE_EXTENSION } from '../../package-root.ts';
import { isAbsent, onDisk } from '../files/disk-failure.ts';
import { productionClosure } from './pack-closure.ts';
import { packFailure } from './pack-failure.ts';
import { fileAt, filesBelow, type PackedFile, sizeOf } from './pack-files.ts';

/** This tool with all that it needs but Node: files below `app`. */
export interface PackedApp {
  readonly version: string;
  /** The file that starts it, below `app`. */
  readonly main: string;
  readonly files: readonly PackedFile[];
}

const SHIPPED_FILES = ['package.json', 'chart-overrides.yaml', 'docs/errors.md'] as const;
const SHIPPED_FOLDERS = ['schemas', 'catalogs'] as const;

async function versionIn(root: string): Promise<string> {
  const file = join(root, 'package.json');
  const parsed: unknown = JSON.parse(await onDisk(file, 'read', readFile(file, 'utf8')));
  const version = typeof parsed === 'object' && parsed !== null && 'version' in parsed ? parsed.version : undefined;
  if (typeof version === 'string') return version;
  throw packFailure(`${file} tells no version`);
}

async function ifThere(root: string, name: string): Promise<readonly PackedFile[]> {
  const file = fileAt(join(root, name), `app/${name}`);
  try {
    await sizeOf(file);
    return [file];
  } catch (error) {
    if (error instanceof Error && isAbsent(error.cause)) return [];
    throw error;
  }
}

/**
 * The files of this tool: the code that runs now (`dist` of a build, else `src`), what ships beside it, and the packages that
 * it needs when it runs. `code` is the folder of the code, `extension` that of its files, with the dot.
 *
 * @throws MirrorError TOOL_FAILED when something is not there, or is a link; WORKSPACE_FAILED when it cannot be read.
 */
export async function packedApp(code: string = CODE, extension: string = CODE_EXTENSION): Promise<PackedApp> {
  const root = dirname(code);
  const folder = basename(code);
  const files: PackedFile[] = SHIPPED_FILES.map((name) => fileAt(join(root, name), `app/${name}`));
  files.push(...(await ifThere(root, 'CHANGELOG.md')));
  for (const name of [...SHIPPED_FOLDERS, folder]) files.push(...(await filesBelow(join(root, name), `app/${name}`)));
  // packages below it have places of their own
  for (const { path, directory } of await productionClosure(root))
    files.push(...(await filesBelow(directory, `app/${path}`, ['node_modules'])));
  return { version: await versionIn(root), main: `${folder}/main${extension}`, files };
}
