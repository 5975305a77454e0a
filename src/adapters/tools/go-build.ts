import { constants } from 'node:fs';
import { access } from 'node:fs/promises';
import { delimiter, isAbsolute, join } from 'node:path';
import { judgeGo, OLDEST_GO, type ToolSpec } from '../../domain/tool.ts';
import { oneLine } from '../../errors.ts';
import { type ProcessResult, run } from '../process.ts';

/** What a build needs to know. `env` is the user's environment, of which Go gets what it needs. */
export interface GoBuildOptions {
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Where Go keeps its own caches when the home directory cannot be used. */
  readonly cacheDir: string;
  /** Where the program is put. */
  readonly binDir: string;
  readonly signal: AbortSignal;
  readonly onProgress: (line: string) => void;
  /** Between two progress lines, in milliseconds. */
  readonly progressEveryMs?: number;
}

/** A build, or why there is none. `absent` means that nothing was tried. */
export type GoBuildResult =
  | { readonly kind: 'built'; readonly go: string }
  | { readonly kind: 'absent'; readonly reason: string }
  | { readonly kind: 'failed'; readonly reason: string };

const TIME_LIMIT_MS = 45 * 60_000;
const PASSED_ON =
  /^(?:GO[A-Z0-9_]*|CGO_ENABLED|PATH|HOME|TMPDIR|XDG_CACHE_HOME|XDG_CONFIG_HOME|NETRC|SSL_CERT_FILE|SSL_CERT_DIR|GIT_SSL_CAINFO)$/;
const PROXIES = /^(?:https?|no|all)_proxy$/i;

async function isUsable(directory: string | undefined): Promise<boolean> {
  if (directory === undefined || !isAbsolute(directory)) return false;
  return access(directory, constants.R_OK | constants.W_OK | constants.X_OK).then(
    () => true,
    () => false,
  );
}

async function goEnvironment(options: GoBuildOptions): Promise<Record<string, string>> {
  const env: Record<string, string> = { CGO_ENABLED: '0' };
  if (!(await isUsable(options.env.HOME))) {
    env.GOPATH = join(options.cacheDir, 'go');
    env.GOCACHE = join(options.cacheDir, 'go', 'build');
  }
  for (const [name, value] of Object.entries(options.env)) {
    if (value !== undefined && (PASSED_ON.test(name) || PROXIES.test(name))) env[name] = value;
  }
  return { ...env, GOBIN: options.binDir, GIT_TERMINAL_PROMPT: '0' };
}

async function findGo(searchPath: string | undefined): Promise<string | undefined> {
  for (const directory of (searchPath ?? '').split(delimiter)) {
    const path = join(directory, 'go');
    if (!isAbsolute(directory)) continue;
    if (
      await access(path, constants.X_OK).then(
        () => true,
        () => false,
      )
    )
      return path;
  }
  return undefined;
}

function failureOf(result: Exclude<ProcessResult, { kind: 'exited' }>): string {
  if (result.kind === 'spawn-failed') return `it cannot be started (${result.reason})`;
  return result.why === 'timeout'
    ? `it took longer than ${TIME_LIMIT_MS / 60_000} minutes`
    : `it was ended by ${result.signal}`;
}

/** The last lines that are not progress: Go names the cause there. */
function causeIn(stderr: string): string {
  const lines = stderr.split('\n').filter((line) => line.trim() !== '' && !line.startsWith('go: downloading '));
  return oneLine(lines.slice(-3).join(' ')).slice(0, 500);
}

async function askGo(
  go: string,
  env: Record<string, string>,
  signal: AbortSignal,
): Promise<ReturnType<typeof judgeGo>> {
  const result = await run(go, ['env', 'GOVERSION'], { env, signal, timeoutMs: 60_000 });
  return result.kind === 'exited' && result.code === 0 ? judgeGo(result.stdout) : undefined;
}

function reportProgress(title: string, minutes: number, options: GoBuildOptions): { stop(): void } {
  const start = Date.now();
  const usual = minutes === 1 ? 'about a minute' : `about ${minutes} minutes`;
  options.onProgress(`${title}: this takes ${usual} without a cache`);
  const timer = setInterval(
    () => options.onProgress(`${title}: ${Math.round((Date.now() - start) / 1000)} s so far, usually ${usual}`),
    options.progressEveryMs ?? 10_000,
  );
  return { stop: () => clearInterval(timer) };
}

/**
 * Builds a program with `go install <package>@v<version>` into `binDir`, with a progress line every ten seconds.
 * Modules are checked by Go against its checksum database.
 *
 * @throws an Error named AbortError when `signal` was aborted; Go and its compilers are gone then.
 */
export async function goBuild(spec: ToolSpec, version: string, options: GoBuildOptions): Promise<GoBuildResult> {
  const go = await findGo(options.env.PATH);
  if (go === undefined) return { kind: 'absent', reason: 'there is no go on PATH' };
  const env = await goEnvironment(options);
  const own = await askGo(go, env, options.signal);
  if (own === undefined) return { kind: 'absent', reason: `${go} does not tell its version` };
  if (!own.recent) return { kind: 'absent', reason: `${go} is ${own.version}, older than ${OLDEST_GO}` };
  const progress = reportProgress(
    `building ${spec.program} ${version} with go ${own.version}`,
    spec.buildMinutes,
    options,
  );
  try {
    // -modcacherw: downloaded modules can be removed like other files
    const argv = ['install', '-modcacherw', `${spec.goPackage}@v${version}`];
    const result = await run(go, argv, { env, cwd: options.binDir, signal: options.signal, timeoutMs: TIME_LIMIT_MS });
    if (result.kind !== 'exited') return { kind: 'failed', reason: `go install: ${failureOf(result)}` };
    if (result.code !== 0) return { kind: 'failed', reason: `go install: ${causeIn(result.stderr)}` };
    return { kind: 'built', go: own.version };
  } finally {
    progress.stop();
  }
}
