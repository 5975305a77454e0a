import { constants } from 'node:fs';
import { access, readdir, realpath, stat } from 'node:fs/promises';
import { isAbsolute, join } from 'node:path';
import { cachedVersions, judgeVersion, reportsAs, type ToolSpec } from '../../domain/tool.ts';
import { MirrorError } from '../../errors.ts';
import { askVersion } from './ask-version.ts';

/** Where programs are looked for. */
export interface SearchPlaces {
  /** The PATH variable. Relative entries are skipped. */
  readonly searchPath: string | undefined;
  /** The cache that `tools install` fills: `<cacheDir>/tools/<program>-<version>/<program>`. */
  readonly cacheDir: string;
  /** A program given by the user: used or refused, nothing else is tried. */
  readonly override?: string;
  readonly signal?: AbortSignal;
}

/** The program that was chosen. `version` is undefined for a build from source that does not know it. */
export interface FoundTool {
  readonly kind: 'found';
  readonly path: string;
  readonly version: string | undefined;
  readonly origin: 'PATH' | 'cache' | 'given';
  /** One line for people: what was chosen, and what was passed over and why. */
  readonly note: string;
}

/** No program will do. */
export interface MissingTool {
  readonly kind: 'missing';
  readonly reason: string;
  readonly hint: string;
}

type Candidate =
  | { readonly kind: 'fits'; readonly path: string; readonly version: string }
  | { readonly kind: 'unsure'; readonly path: string }
  | { readonly kind: 'unfit'; readonly why: string };

async function isProgram(path: string): Promise<boolean> {
  try {
    await access(path, constants.X_OK);
    return (await stat(path)).isFile();
  } catch {
    return false; // absent, unreadable or a dangling link: all mean that nothing can be run there
  }
}

async function judge(path: string, spec: ToolSpec, signal: AbortSignal | undefined): Promise<Candidate> {
  const answer = await askVersion(path, spec, signal);
  switch (answer.kind) {
    case 'broken':
      return { kind: 'unfit', why: `${path}: ${answer.reason}` };
    case 'unreadable':
      return { kind: 'unfit', why: `${path}: it calls its version ${JSON.stringify(answer.text.slice(0, 80))}` };
    case 'source':
      return { kind: 'unsure', path };
    case 'version': {
      const verdict = judgeVersion(spec, answer.version);
      if (verdict === 'fits') return { kind: 'fits', path, version: answer.version };
      const bound = verdict === 'too-old' ? `older than ${spec.floor}` : 'newer than any that is known to work';
      return { kind: 'unfit', why: `${path}: version ${answer.version} is ${bound}` };
    }
  }
}

async function onPath(spec: ToolSpec, searchPath: string | undefined): Promise<readonly string[]> {
  const found = new Map<string, string>();
  for (const directory of (searchPath ?? '').split(':')) {
    const path = join(directory, spec.program);
    if (!isAbsolute(directory) || !(await isProgram(path))) continue;
    const real = await realpath(path);
    if (!found.has(real)) found.set(real, path);
  }
  return [...found.values()];
}

/** The directory of one version of a program in the cache. */
export function cachedToolDirectory(spec: ToolSpec, version: string, cacheDir: string): string {
  return join(cacheDir, 'tools', `${spec.program}-${version}`);
}

async function cachedNames(cacheDir: string): Promise<readonly string[]> {
  return readdir(join(cacheDir, 'tools')).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return [];
    throw new MirrorError(`the tool cache ${cacheDir} cannot be read: ${error.code ?? 'unknown reason'}`, {
      code: 'WORKSPACE_FAILED',
      origin: 'local',
      hint: 'make it a readable directory, or remove it and run airgap-charts tools install',
      cause: error,
    });
  });
}

async function inCache(spec: ToolSpec, places: SearchPlaces, skipped: string[]): Promise<FoundTool | undefined> {
  for (const version of cachedVersions(spec, await cachedNames(places.cacheDir))) {
    const path = join(cachedToolDirectory(spec, version, places.cacheDir), spec.program);
    const answer = await askVersion(path, spec, places.signal);
    if (answer.kind !== 'broken' && reportsAs(answer, version)) {
      return found(spec, { path, version, origin: 'cache', skipped });
    }
    const why = answer.kind === 'broken' ? answer.reason : 'it is not the version it was installed as';
    skipped.push(`${path}: ${why}`);
  }
  return undefined;
}

function found(
  spec: ToolSpec,
  choice: Omit<FoundTool, 'kind' | 'note'> & { readonly skipped: readonly string[] },
): FoundTool {
  const { path, version, origin, skipped } = choice;
  const from = { PATH: 'the first on PATH that will do', cache: 'from the tool cache', given: 'as given' }[origin];
  const named =
    version === undefined ? 'of unknown version (built from source, so its age cannot be checked)' : version;
  const note = [`${spec.program} ${named}, ${from}: ${path}`, ...skipped.map((why) => `passed over ${why}`)].join('; ');
  return { kind: 'found', path, version, origin, note };
}

async function given(spec: ToolSpec, path: string, places: SearchPlaces): Promise<FoundTool | MissingTool> {
  const candidate = await judge(path, spec, places.signal);
  if (candidate.kind === 'unfit') {
    const hint = `name a ${spec.program} of version ${spec.floor} or newer, or none to have one chosen`;
    return { kind: 'missing', reason: `${spec.program} cannot be used: ${candidate.why}`, hint };
  }
  const version = candidate.kind === 'fits' ? candidate.version : undefined;
  return found(spec, { path, version, origin: 'given', skipped: [] });
}

/**
 * Finds a program that is recent enough: the first on PATH, then the newest in the cache, last one on PATH that does not
 * know its version. Every candidate is run to learn its version.
 */
export async function findTool(spec: ToolSpec, places: SearchPlaces): Promise<FoundTool | MissingTool> {
  if (places.override !== undefined) return given(spec, places.override, places);
  const skipped: string[] = [];
  let unsure: string | undefined;
  for (const path of await onPath(spec, places.searchPath)) {
    const candidate = await judge(path, spec, places.signal);
    switch (candidate.kind) {
      case 'fits':
        return found(spec, { path, version: candidate.version, origin: 'PATH', skipped });
      case 'unsure':
        unsure ??= candidate.path;
        break;
      case 'unfit':
        skipped.push(candidate.why);
    }
  }
  const cached = await inCache(spec, places, skipped);
  if (cached !== undefined) return cached;
  if (unsure !== undefined) return found(spec, { path: unsure, version: undefined, origin: 'PATH', skipped });
  const detail = skipped.length === 0 ? '' : ` (${skipped.join('; ')})`;
  const reason = `no ${spec.program} of version ${spec.floor} or newer on PATH or in the tool cache${detail}`;
  return { kind: 'missing', reason, hint: 'run airgap-charts tools install' };
}

/**
 * The program, or the end of the run.
 *
 * @throws MirrorError TOOL_MISSING, with what was passed over and how to get the program.
 */
export async function requireTool(spec: ToolSpec, places: SearchPlaces): Promise<FoundTool> {
  const search = await findTool(spec, places);
  if (search.kind === 'found') return search;
  throw new MirrorError(search.reason, { code: 'TOOL_MISSING', origin: 'local', hint: search.hint });
}
