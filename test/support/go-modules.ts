import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  chmodSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ROOT } from './shared-charts.ts';

/** Something that a test takes from a Go module, or why it cannot be had; then the test is skipped, saying so. */
export type FromGo =
  | { readonly path: string; readonly reason: undefined }
  | { readonly path: ''; readonly reason: string };

const CACHE = join(ROOT, '.cache', 'go');
const MINUTES_10 = 600_000;
/** Found on PATH; where it is not, what needs it is skipped. */
const PROGRAM = 'go';

function missing(reason: string): FromGo {
  return { path: '', reason };
}

function had(path: string): FromGo {
  return { path, reason: undefined };
}

interface GoResult {
  readonly isDone: boolean;
  readonly stdout: string;
  readonly stderr: string;
}

function go(cwd: string, ...argv: readonly string[]): GoResult {
  // -mod=mod: the sums of what is needed are taken from the checksum database
  const env = { ...process.env, GOFLAGS: '-mod=mod -buildvcs=false', GOBIN: CACHE };
  const { status, stdout, stderr, error } = spawnSync(PROGRAM, argv, {
    cwd,
    env,
    encoding: 'utf8',
    timeout: MINUTES_10,
  });
  if (error !== undefined) return { isDone: false, stdout: '', stderr: `Go cannot be run: ${error.message}` };
  return { isDone: status === 0, stdout, stderr };
}

/** The module cache holds its files for reading alone. */
function makeWritable(directory: string): void {
  chmodSync(directory, 0o755);
  for (const { name, parentPath } of readdirSync(directory, { recursive: true, withFileTypes: true }))
    chmodSync(join(parentPath, name), 0o755);
}

function lastLine(text: string): string {
  return text.trim().split('\n').at(-1) ?? '';
}

/** The files of a module at a version: `module@version`. */
export function goModule(module: string): FromGo {
  mkdirSync(CACHE, { recursive: true });
  const { stdout, stderr } = go(CACHE, 'mod', 'download', '-json', module);
  const answer: unknown = stdout.trim() === '' ? {} : JSON.parse(stdout);
  const told = new Map(Object.entries(typeof answer === 'object' && answer !== null ? answer : {}));
  const directory: unknown = told.get('Dir');
  if (typeof directory === 'string') return had(directory);
  return missing(`${module} cannot be had: ${lastLine(String(told.get('Error') ?? stderr))}`);
}

/** A program of a module, built once: `path@version`. */
export function goTool(program: string): FromGo {
  const path = join(CACHE, createHash('sha256').update(program).digest('hex').slice(0, 16));
  if (existsSync(path)) return had(path);
  mkdirSync(CACHE, { recursive: true });
  const { isDone, stderr } = go(CACHE, 'install', program);
  if (!isDone) return missing(`${program} cannot be built: ${lastLine(stderr)}`);
  const name = /([^/]+?)(?:\/v\d+)?@/.exec(program)?.[1] ?? '';
  renameSync(join(CACHE, name), path);
  return had(path);
}

/**
 * A program of a module that replaces modules of others, which `go install` refuses: built once, in a copy of the module.
 * `module` is `path@version`, `folder` that of the program in it. Large ones take some minutes.
 */
export function goModuleProgram(module: string, folder: string): FromGo {
  const path = join(CACHE, createHash('sha256').update(`${module} ${folder}`).digest('hex').slice(0, 16));
  if (existsSync(path)) return had(path);
  const sources = goModule(module);
  if (sources.reason !== undefined) return sources;
  const copy = mkdtempSync(join(tmpdir(), 'go-module-'));
  try {
    cpSync(sources.path, copy, { recursive: true });
    makeWritable(copy);
    const { isDone, stderr } = go(copy, 'build', '-o', path, `./${folder}`);
    return isDone ? had(path) : missing(`${folder} of ${module} cannot be built: ${lastLine(stderr)}`);
  } finally {
    rmSync(copy, { recursive: true, force: true });
  }
}

/** A program of one file, built once, with the modules that it needs: `module version`. */
export function goProgram(source: string, modules: readonly string[]): FromGo {
  const text = `module test\n\ngo 1.25\n\nrequire (\n${modules.map((one) => `\t${one}\n`).join('')})\n`;
  const path = join(
    CACHE,
    createHash('sha256')
      .update(text + source)
      .digest('hex')
      .slice(0, 16),
  );
  if (existsSync(path)) return had(path);
  mkdirSync(CACHE, { recursive: true });
  const directory = mkdtempSync(join(tmpdir(), 'go-program-'));
  try {
    writeFileSync(join(directory, 'go.mod'), text);
    writeFileSync(join(directory, 'main.go'), source);
    const { isDone, stderr } = go(directory, 'build', '-o', path, '.');
    return isDone ? had(path) : missing(`a program with ${modules.join(', ')} cannot be built: ${lastLine(stderr)}`);
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}
