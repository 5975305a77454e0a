import { spawn, spawnSync } from 'node:child_process';
import { stripVTControlCharacters } from 'node:util';
import { CLI, COMPILED } from './e2e-cli.ts';

/** What a program showed on a terminal, escape sequences and all. */
export interface Screen {
  readonly code: number | null;
  readonly text: string;
}

/** Makes a terminal for a program. */
const SCRIPT = 'script';

/** Why nothing can be run on a terminal here, or undefined. BSD's `script` takes other flags. */
export function terminalReason(): string | undefined {
  const { stdout } = spawnSync(SCRIPT, ['--version'], { encoding: 'utf8' });
  return /util-linux/.test(stdout ?? '') ? undefined : 'script of util-linux not found: put it on PATH';
}

function quoted(word: string): string {
  return `'${word.replaceAll("'", `'\\''`)}'`;
}

/** Keys that are pressed when a text is on the screen. */
export interface Keys {
  readonly after: string;
  readonly press: string;
}

const SHOW_CURSOR = '\u001b[?25h';

/** What a program drew, and the lines that it wrote when that was finished, without colours. */
export function drawnAndWritten(text: string): {
  readonly drawn: readonly string[];
  readonly written: readonly string[];
} {
  // at its very end a program gives the cursor back once more
  let whole = text.trimEnd();
  while (whole.endsWith(SHOW_CURSOR)) whole = whole.slice(0, -SHOW_CURSOR.length).trimEnd();
  const end = whole.lastIndexOf(SHOW_CURSOR) + SHOW_CURSOR.length;
  const lines = (part: string): readonly string[] => stripVTControlCharacters(part).replaceAll('\r', '').split('\n');
  return { drawn: lines(whole.slice(0, end)), written: lines(whole.slice(end)) };
}

/** Runs the command line on a terminal, of 120 columns and 40 rows unless said otherwise. `env` must hold the PATH for `sh`, `stty` and the tools. */
export function runOnTerminal(
  argv: readonly string[],
  options: {
    readonly cwd: string;
    readonly env: Readonly<Record<string, string>>;
    readonly columns?: number;
    readonly rows?: number;
  },
  keys?: Keys,
): Promise<Screen> {
  const { columns = 120, rows = 40, ...own } = options;
  const words = [process.execPath, ...CLI, ...argv].map(quoted);
  const command = `stty cols ${columns} rows ${rows}; exec ${words.join(' ')}`;
  const child = spawn(SCRIPT, ['--quiet', '--return', '--command', command, '/dev/null'], {
    ...own,
    env: { NODE_COMPILE_CACHE: COMPILED, ...own.env },
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  let text = '';
  let pressed = keys === undefined;
  if (keys === undefined) child.stdin.end();
  child.stdout.setEncoding('utf8').on('data', (chunk: string) => {
    text += chunk;
    if (pressed || keys === undefined || !text.includes(keys.after)) return;
    pressed = true;
    child.stdin.write(keys.press);
  });
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code) => resolve({ code, text }));
  });
}
