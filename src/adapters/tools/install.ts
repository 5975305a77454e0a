import { randomUUID } from 'node:crypto';
import { chmod, mkdir, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type Host, reportsAs, TOOLS, type ToolName, type ToolSpec } from '../../domain/tool.ts';
import { MirrorError } from '../../errors.ts';
import { askVersion } from './ask-version.ts';
import { cachedToolDirectory, findTool } from './find.ts';
import { goBuild } from './go-build.ts';
import { type FetchBytes, fetchRelease } from './release.ts';

/** Where programs come from and go to. */
export interface InstallOptions {
  readonly cacheDir: string;
  /** The user's environment: PATH is searched, Go gets what it needs of the rest. */
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly host: Host;
  readonly fetchBytes: FetchBytes;
  readonly signal: AbortSignal;
  readonly onProgress: (line: string) => void;
  /** Other release hosts, by program; each ends in `/`. */
  readonly baseUrls?: Readonly<Partial<Record<string, string>>>;
}

/** A program that can be used now. `note` says in one line what was chosen and why. */
export interface InstalledTool {
  readonly program: string;
  readonly path: string;
  readonly version: string | undefined;
  readonly how: 'present' | 'release' | 'go';
  readonly note: string;
}

function notInstalled(spec: ToolSpec, reasons: readonly string[]): MirrorError {
  return new MirrorError(`${spec.program} ${spec.pinned} could not be installed: ${reasons.join('; ')}`, {
    code: 'TOOL_MISSING',
    origin: 'local',
    hint: `put ${spec.program} ${spec.floor} or newer on PATH, or make the release host or the Go module proxy reachable (with Go 1.24 or newer on PATH)`,
  });
}

/** Makes a finished program visible in one step; whoever installs the same version at the same time wins or loses whole. */
async function publish(spec: ToolSpec, incoming: string, options: InstallOptions): Promise<string> {
  const built = join(incoming, spec.program);
  await chmod(built, 0o755);
  const answer = await askVersion(built, spec, options.signal);
  if (answer.kind === 'broken' || !reportsAs(answer, spec.pinned)) {
    const why = answer.kind === 'broken' ? answer.reason : 'it reports another version';
    throw new MirrorError(`${spec.program} ${spec.pinned} was fetched or built but cannot be used: ${why}`, {
      code: 'TOOL_FAILED',
      origin: 'local',
      hint: `put ${spec.program} ${spec.floor} or newer on PATH`,
    });
  }
  const directory = cachedToolDirectory(spec, spec.pinned, options.cacheDir);
  await mkdir(directory, { recursive: true });
  const path = join(directory, spec.program);
  await rename(built, path);
  return path;
}

async function provide(
  spec: ToolSpec,
  incoming: string,
  options: InstallOptions,
): Promise<Pick<InstalledTool, 'how' | 'note'>> {
  const reasons: string[] = [];
  const release = spec.release(spec.pinned, options.host);
  if (release === undefined) {
    reasons.push(`no release archive known for ${options.host.os} on ${options.host.arch}`);
  } else {
    const base = options.baseUrls?.[spec.program] ?? release.base;
    options.onProgress(`fetching ${spec.program} ${spec.pinned}: ${base}${release.archive}`);
    const answer = await fetchRelease(release, base, options.fetchBytes, options.signal);
    if (answer.kind === 'fetched') {
      await writeFile(join(incoming, spec.program), answer.program, { mode: 0o755, flag: 'wx' });
      return { how: 'release', note: `the release ${answer.archive}, its checksum as the release publishes it` };
    }
    reasons.push(`release not reachable: ${answer.reason}`);
    options.onProgress(`${spec.program} ${spec.pinned}: release not reachable (${answer.reason}), trying go install`);
  }
  const build = await goBuild(spec, spec.pinned, { ...options, binDir: incoming });
  if (build.kind !== 'built') throw notInstalled(spec, [...reasons, build.reason]);
  return {
    how: 'go',
    note: `built by go ${build.go} from ${spec.goPackage}@v${spec.pinned}, because: ${reasons.join('; ')}`,
  };
}

/**
 * Makes sure that a program is there: one that is recent enough on PATH or in the cache is left as it is, otherwise the
 * pinned release is fetched and checked against the release's own checksums, or, where its host cannot be reached, built
 * by `go install`. A file that fails its check ends the matter: nothing else is tried.
 *
 * @throws MirrorError TOOL_MISSING when neither way is open, TOOL_FAILED when what came is not what was published.
 */
export async function installTool(spec: ToolSpec, options: InstallOptions): Promise<InstalledTool> {
  const places = { searchPath: options.env.PATH, cacheDir: options.cacheDir, signal: options.signal };
  const present = await findTool(spec, places);
  const { program } = spec;
  if (present.kind === 'found') {
    options.onProgress(present.note);
    return { program, path: present.path, version: present.version, how: 'present', note: present.note };
  }
  options.onProgress(present.reason);
  const start = Date.now();
  const incoming = join(options.cacheDir, 'tools', `.incoming-${randomUUID()}`);
  try {
    await mkdir(incoming, { recursive: true });
    const { how, note } = await provide(spec, incoming, options);
    const path = await publish(spec, incoming, options);
    const line = `${program} ${spec.pinned} installed in ${Math.round((Date.now() - start) / 1000)} s: ${path} (${note})`;
    options.onProgress(line);
    return { program, path, version: spec.pinned, how, note: line };
  } finally {
    await rm(incoming, { recursive: true, force: true });
  }
}

/** `installTool` for several programs, one after the other; the first failure ends it. */
export async function installTools(
  names: readonly ToolName[],
  options: InstallOptions,
): Promise<readonly InstalledTool[]> {
  const installed: InstalledTool[] = [];
  for (const name of names) installed.push(await installTool(TOOLS[name], options));
  return installed;
}
