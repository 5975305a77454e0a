import { spawn } from 'node:child_process';
import { mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Report } from '../../src/domain/report/report.ts';
import { CLI, COMPILED, SOURCE_CLI } from './e2e-cli.ts';
import { requireTool, type TestTool } from './tools.ts';

/** How a command line ended. */
export interface CliResult {
  /** Undefined when a signal ended it. */
  readonly code: number | undefined;
  readonly stdout: string;
  readonly stderr: string;
}

/** A command line that is running. */
export interface RunningCli {
  readonly pid: number;
  readonly ended: Promise<CliResult>;
  /** Resolves when the text appears on standard error; rejects when the program ends without it. */
  says(text: string): Promise<void>;
  interrupt(signal?: NodeJS.Signals): void;
}

/** What a command line is started with beside the machine's own environment. */
export interface CliOptions {
  readonly env?: Readonly<Record<string, string>>;
  /** The working directory below the machine's `work`. */
  readonly cwd?: string;
  /** A program with arguments that the command line is handed to. */
  readonly before?: readonly string[];
  /** Runs the sources in place of what was built of them: for preloads that change a source. */
  readonly fromSource?: boolean;
}

/** A machine that nothing is on: its own home, cache, temporary directory, working directory and PATH. */
export interface Machine {
  readonly home: string;
  readonly temporary: string;
  readonly work: string;
  /** The environment of every program on it. */
  readonly env: Readonly<Record<string, string>>;
  /** Writes a file below `work` and returns its path. */
  write(name: string, text: string | Uint8Array): Promise<string>;
  read(name: string): Promise<string>;
  /** All files below `work`, or below another directory, relative to it and sorted. */
  files(directory?: string): Promise<readonly string[]>;
  start(argv: readonly string[], options?: CliOptions): RunningCli;
  run(argv: readonly string[], options?: CliOptions): Promise<CliResult>;
  /** The report that the last run left in `directory` below `work`. */
  report(directory?: string): Promise<Report>;
  remove(): Promise<void>;
}

/** Which programs are on the machine's PATH. */
export interface MachineTools {
  readonly helm?: Extract<TestTool, 'helm' | 'helm4' | 'helm3'>;
  readonly crane?: boolean;
}

function startCli(words: readonly string[], cwd: string, env: Readonly<Record<string, string>>): RunningCli {
  const [program = '', ...argv] = words;
  const child = spawn(program, argv, { cwd, env, stdio: ['ignore', 'pipe', 'pipe'] });
  const texts = { stdout: '', stderr: '' };
  const waiting = new Set<() => void>();
  child.stdout.setEncoding('utf8').on('data', (chunk: string) => {
    texts.stdout += chunk;
  });
  child.stderr.setEncoding('utf8').on('data', (chunk: string) => {
    texts.stderr += chunk;
    for (const look of waiting) look();
  });
  const ended = new Promise<CliResult>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code) => resolve({ code: code ?? undefined, ...texts }));
  });
  return {
    pid: child.pid ?? 0,
    ended,
    interrupt: (signal = 'SIGINT') => {
      child.kill(signal);
    },
    says: (text) =>
      new Promise((resolve, reject) => {
        const look = () => {
          if (!texts.stderr.includes(text)) return;
          waiting.delete(look);
          resolve();
        };
        waiting.add(look);
        look();
        ended.then(() => reject(new Error(`it ended without saying ${text}:\n${texts.stderr}`)), reject);
      }),
  };
}

async function listFiles(directory: string): Promise<readonly string[]> {
  const entries = await readdir(directory, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => !entry.isDirectory());
  return files.map((entry) => join(entry.parentPath, entry.name).slice(directory.length + 1)).sort();
}

/** Makes a machine. Its PATH holds only links to the programs asked for: helm and crane unless said otherwise. */
export async function createMachine(tools: MachineTools = { helm: 'helm', crane: true }): Promise<Machine> {
  const root = await mkdtemp(join(tmpdir(), 'e2e-'));
  const place = (name: string) => join(root, name);
  const [home, temporary, work, bin] = [place('home'), place('tmp'), place('work'), place('bin')];
  for (const directory of [home, temporary, work, bin]) await mkdir(directory);
  if (tools.helm !== undefined) await symlink(requireTool(tools.helm), join(bin, 'helm'));
  if (tools.crane === true) await symlink(requireTool('crane'), join(bin, 'crane'));
  const own = {
    HOME: home,
    XDG_CACHE_HOME: place('cache'),
    TMPDIR: temporary,
    PATH: bin,
    // nothing leaves this machine: hosts that no source mirror stands for are not there
    HTTP_PROXY: 'http://127.0.0.1:9',
    HTTPS_PROXY: 'http://127.0.0.1:9',
    NO_PROXY: '127.0.0.1,localhost,::1',
    NODE_COMPILE_CACHE: COMPILED,
  };

  let said = '';

  function start(argv: readonly string[], options: CliOptions = {}): RunningCli {
    const words = [
      ...(options.before ?? []),
      process.execPath,
      ...(options.fromSource === true ? SOURCE_CLI : CLI),
      ...argv,
    ];
    return startCli(words, join(work, options.cwd ?? ''), { ...own, ...options.env });
  }

  async function run(argv: readonly string[], options?: CliOptions): Promise<CliResult> {
    const result = await start(argv, options).ended;
    said = result.stderr;
    return result;
  }

  async function report(directory = '.'): Promise<Report> {
    const text = await readFile(join(work, directory, 'report.json'), 'utf8').catch(() => undefined);
    if (text === undefined) throw new Error(`there is no report; the last run said:\n${said.slice(-4000)}`);
    return JSON.parse(text);
  }

  return {
    home,
    temporary,
    work,
    env: own,
    async write(name, text) {
      const path = join(work, name);
      await mkdir(join(path, '..'), { recursive: true });
      await writeFile(path, text);
      return path;
    },
    read: (name) => readFile(join(work, name), 'utf8'),
    files: (directory = work) => listFiles(directory),
    start,
    run,
    report,
    remove: () => rm(root, { recursive: true, force: true }),
  };
}

/** `--source-mirror` flags for mirrors. */
export function mirrorFlags(mirrors: readonly { readonly from: string; readonly to: string }[]): readonly string[] {
  return mirrors.flatMap(({ from, to }) => ['--source-mirror', `${from}=${to}`]);
}
