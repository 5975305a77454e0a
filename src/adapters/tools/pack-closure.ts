import { readFile, realpath } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { isAbsent } from '../files/disk-failure.ts';
import { packFailure } from './pack-failure.ts';

/** A package of the closure: where it is on this machine, and where it goes, below the folder of the package that needs it. */
export interface PlacedPackage {
  readonly path: string;
  readonly directory: string;
}

interface Wanted {
  readonly name: string;
  readonly optional: boolean;
}

/** Where packages go, by their path; the empty path is the root. */
type Layout = Map<string, string>;

// packages that want each other in ever other versions would be nested for ever
const DEEPEST = 50;
const NAME = /^(?:@[^/@.][^/@]*\/)?[^/@.][^/@]*$/;

function keysOf(value: unknown): readonly string[] {
  return typeof value === 'object' && value !== null ? Object.keys(value) : [];
}

function isOptionalPeer(name: string, meta: unknown): boolean {
  if (typeof meta !== 'object' || meta === null) return false;
  const own = Object.entries(meta).find(([key]) => key === name)?.[1];
  return typeof own === 'object' && own !== null && 'optional' in own && own.optional === true;
}

/** What a package needs when it runs. Peers that it can do without are those of whoever uses it. */
async function needsOf(directory: string): Promise<readonly Wanted[]> {
  const file = join(directory, 'package.json');
  const parsed: unknown = JSON.parse(await readFile(file, 'utf8'));
  if (typeof parsed !== 'object' || parsed === null) throw packFailure(`${file} is no package`);
  const fields = new Map<string, unknown>(Object.entries(parsed));
  const optional = keysOf(fields.get('optionalDependencies'));
  const peers = keysOf(fields.get('peerDependencies'));
  const needed = [
    ...keysOf(fields.get('dependencies')),
    ...peers.filter((name) => !isOptionalPeer(name, fields.get('peerDependenciesMeta'))),
  ];
  const wrong = [...needed, ...optional].find((name) => !NAME.test(name));
  if (wrong !== undefined) throw packFailure(`${file} needs ${JSON.stringify(wrong)}, which is no name of a package`);
  const names = [...new Set([...needed, ...optional])].sort();
  return names.map((name) => ({ name, optional: optional.includes(name) }));
}

async function isPackage(directory: string): Promise<boolean> {
  try {
    await readFile(join(directory, 'package.json'));
    return true;
  } catch (error) {
    if (isAbsent(error)) return false;
    throw error;
  }
}

/**
 * The folder of a package as one in `directory` finds it: in the nearest `node_modules` above (Node.js documentation,
 * "Modules: CommonJS modules", "Loading from node_modules folders"), links followed.
 */
async function findPackage(name: string, directory: string): Promise<string | undefined> {
  for (let at = directory; ; at = dirname(at)) {
    const candidate = join(at, 'node_modules', name);
    if (basename(at) !== 'node_modules' && (await isPackage(candidate))) return realpath(candidate);
    if (dirname(at) === at) return undefined;
  }
}

/** What a package at `path` of the layout would find under a name. */
function visibleFrom(path: string, name: string, layout: Layout): string | undefined {
  for (let at = path; ; at = at.slice(0, Math.max(0, at.lastIndexOf('/node_modules/')))) {
    const found = layout.get(at === '' ? `node_modules/${name}` : `${at}/node_modules/${name}`);
    if (found !== undefined || at === '') return found;
  }
}

/** Places what one package needs; returns what was not there before. */
async function placeNeeds(path: string, directory: string, layout: Layout): Promise<readonly string[]> {
  const added: string[] = [];
  for (const { name, optional } of await needsOf(directory)) {
    const found = await findPackage(name, directory);
    if (found === undefined) {
      if (optional) continue;
      throw packFailure(`${directory} needs the package ${name}, which is not installed`);
    }
    const visible = visibleFrom(path, name, layout);
    if (visible === found) continue;
    const place = visible === undefined || path === '' ? `node_modules/${name}` : `${path}/node_modules/${name}`;
    if (place.split('node_modules/').length > DEEPEST) throw packFailure(`${found} is nested without an end`);
    layout.set(place, found);
    added.push(place);
  }
  return added;
}

/**
 * All packages that the package in `root` needs when it runs, each in the version that Node would find for whoever needs it, no
 * development dependencies. A package is placed at the top where nothing else of its name is, else below the one that needs
 * it; so each finds there what it finds here. In the order of their paths, the same for the same packages.
 *
 * @throws MirrorError TOOL_FAILED when a package that is needed is not installed; optional ones may be missing.
 */
export async function productionClosure(root: string): Promise<readonly PlacedPackage[]> {
  const layout: Layout = new Map();
  const own = await realpath(root);
  // all needs of a package are placed before those of what is below it: nothing placed later comes between
  const waiting: (readonly [path: string, directory: string])[] = [['', own]];
  for (const [path, directory] of waiting) {
    const added = await placeNeeds(path, directory, layout);
    waiting.push(...added.map((place) => [place, layout.get(place) ?? ''] as const));
  }
  return [...layout]
    .map(([path, directory]) => ({ path, directory }))
    .sort((a, b) => (a.path < b.path ? -1 : a.path > b.path ? 1 : 0));
}
