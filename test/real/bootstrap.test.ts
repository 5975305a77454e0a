import { spawn, spawnSync } from 'node:child_process';
import {
  accessSync,
  chmodSync,
  constants,
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { explainOldNode } from '../../src/node-version.ts';
import { describeUnless } from '../support/tools.ts';

const BOOTSTRAP = fileURLToPath(new URL('../../src/bootstrap.mjs', import.meta.url));

let root: string;

function write(path: string, text: string): string {
  const file = join(root, path);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, text);
  return file;
}

function lock(version: string): string {
  const packages = {
    '': {},
    'node_modules/a': { version },
    'node_modules/b-darwin': { version: '1.0.0', optional: true },
  };
  return JSON.stringify({ lockfileVersion: 3, packages });
}

/** An npm that notes what it is asked for and does it in miniature; FAKE_NPM_FAILS makes it fail. */
const NPM = `
const fs = require('node:fs');
const path = require('node:path');
const root = process.cwd();
fs.appendFileSync(path.join(root, 'npm.log'), process.argv.slice(2).filter((a) => !a.startsWith('--')).join(' ') + '\\n');
if (process.env.FAKE_NPM_FAILS) { console.error('npm error network down'); process.exit(1); }
console.log('npm chatter');
if (process.argv[2] === 'ci') {
  const { packages } = JSON.parse(fs.readFileSync(path.join(root, 'package-lock.json'), 'utf8'));
  const installed = Object.fromEntries(Object.entries(packages).filter(([key, value]) => key !== '' && !value.optional));
  fs.mkdirSync(path.join(root, 'node_modules'), { recursive: true });
  fs.writeFileSync(path.join(root, 'node_modules', '.package-lock.json'), JSON.stringify({ packages: installed }));
} else {
  const prefix = process.argv[process.argv.indexOf('--prefix') + 1];
  const binary = path.join(prefix, 'node_modules', process.argv[3].split('@')[0], 'bin', 'node');
  fs.mkdirSync(path.dirname(binary), { recursive: true });
  const real = process.env.REAL_NODE;
  fs.writeFileSync(binary, '#!/bin/sh\\ncase "$1" in -e) exit 0;; esac\\nexec ' + real + ' "$@"\\n', { mode: 0o755 });
}
`;

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'bootstrap-'));
  mkdirSync(join(root, 'src'));
  copyFileSync(BOOTSTRAP, join(root, 'src', 'bootstrap.mjs'));
  write('package.json', '{"type":"module"}');
  write('package-lock.json', lock('1.0.0'));
  write('fake/npm-cli.js', NPM);
  write('fake/package.json', '{"type":"commonjs"}');
  write(
    'src/demo/checkout-tools.ts',
    `export async function provideCheckoutTools(mode: string, options: { cacheDir: string; onProgress(line: string): void }) {
      options.onProgress('tools for ' + mode + ' in ' + options.cacheDir);
      if (process.env['FAKE_TOOLS_FAIL'] !== undefined) {
        throw Object.assign(new Error('helm 4.3.1 could not be installed'), { name: 'MirrorError', hint: 'install Go' });
      }
      return mode === 'start' ? { HELM: '/tools/h/helm', CRANE: '/tools/c/crane' } : { TEST_HELM: '/tools/h/helm' };
    }`,
  );
  write(
    'src/demo/main.ts',
    `const argv: string[] = process.argv.slice(2); console.log(JSON.stringify({ argv, path: process.env['PATH'] })); process.exitCode = 5;`,
  );
  write(
    'node_modules/vitest/vitest.mjs',
    `console.log(JSON.stringify({ argv: process.argv.slice(2), helm: process.env.TEST_HELM }));`,
  );
});

afterEach(() => {
  rmSync(root, { recursive: true, force: true });
});

function environment(extra: NodeJS.ProcessEnv = {}): NodeJS.ProcessEnv {
  return {
    PATH: '/usr/bin:/bin',
    HOME: root,
    npm_execpath: join(root, 'fake', 'npm-cli.js'),
    REAL_NODE: process.execPath,
    ...extra,
  };
}

function bootstrap(argv: readonly string[], extra: NodeJS.ProcessEnv = {}, node = process.execPath) {
  const options = { cwd: tmpdir(), env: environment(extra), encoding: 'utf8' as const, timeout: 60_000 };
  const { status, stdout, stderr } = spawnSync(node, [join(root, 'src', 'bootstrap.mjs'), ...argv], options);
  return { status, stdout, stderr };
}

function npmLog(): string {
  return existsSync(join(root, 'npm.log')) ? readFileSync(join(root, 'npm.log'), 'utf8') : '';
}

describe('the dependencies', () => {
  it('are installed when they are not there, and again only when the lock file has changed', () => {
    const first = bootstrap(['run', 'echo', 'a b', '$HOME']);
    expect(first).toMatchObject({ status: 0, stdout: 'a b $HOME\n' });
    expect(first.stderr).toMatch(
      /^setup: installing the dependencies \(npm ci\)\nnpm chatter\nsetup: the dependencies are there \(\d+ s\)\n$/,
    );
    expect(bootstrap(['run', 'true'])).toEqual({ status: 0, stdout: '', stderr: '' });
    expect(npmLog()).toBe('ci\n');
    write('package-lock.json', lock('2.0.0'));
    bootstrap(['run', 'true']);
    expect(npmLog()).toBe('ci\nci\n');
  });

  it('are installed again after an installation that broke off', () => {
    bootstrap(['run', 'true']);
    rmSync(join(root, 'node_modules', '.package-lock.json'));
    bootstrap(['run', 'true']);
    expect(npmLog()).toBe('ci\nci\n');
  });

  it('end the matter in one line when npm fails, whose own reason stands above', () => {
    const result = bootstrap(['run', 'echo', 'not reached'], { FAKE_NPM_FAILS: '1' });
    expect(result).toMatchObject({ status: 1, stdout: '' });
    expect(result.stderr).toMatch(/npm error network down\nsetup: npm ci failed: [^\n]*\n$/);
  });
});

describe('what is started', () => {
  beforeEach(() => {
    bootstrap(['run', 'true']);
  });

  it('is the demo, with the tools first on PATH, and its exit code', () => {
    const result = bootstrap(['start', '--keep', 'x y']);
    expect(result.status).toBe(5);
    const { argv, path } = JSON.parse(result.stdout) as { argv: string[]; path: string };
    expect(argv).toEqual(['--keep', 'x y']);
    expect(path).toBe(`/tools/h:/tools/c:${dirname(process.execPath)}:/usr/bin:/bin`);
    expect(result.stderr).toMatch(
      new RegExp(`^setup: tools for start in ${join(root, '.cache')}\\nsetup: everything is there \\(\\d+ s\\)\\n$`),
    );
  });

  it('is the test runner with both projects, the tools by name, and further arguments', () => {
    const result = bootstrap(['test', '--reporter=json']);
    expect(JSON.parse(result.stdout)).toEqual({
      argv: ['run', '--config', 'test/vitest.config.ts', '--project', 'unit', '--project', 'real', '--reporter=json'],
      helm: '/tools/h/helm',
    });
  });

  it('is nothing when the tools cannot be had, and the reason is one line', () => {
    const result = bootstrap(['test'], { FAKE_TOOLS_FAIL: '1' });
    expect(result).toMatchObject({ status: 1, stdout: '' });
    expect(result.stderr).toMatch(/\nsetup: helm 4\.3\.1 could not be installed; install Go\n$/);
  });

  it.each([
    [['run', 'sh', '-c', 'exit 3'], 3],
    [['run', 'sh', '-c', 'kill -9 $$'], 137],
  ])('gives its exit code on: %j', (argv, status) => {
    expect(bootstrap(argv)).toEqual({ status, stdout: '', stderr: '' });
  });

  it('is explained when there is no such program, and when the arguments make no sense', () => {
    expect(bootstrap(['run', 'no-such-program'])).toMatchObject({
      status: 1,
      stderr: expect.stringMatching(/^setup: no-such-program could not be started: [^\n]*\n$/),
    });
    for (const argv of [[], ['build'], ['run']]) {
      expect(bootstrap(argv)).toMatchObject({ status: 1, stderr: expect.stringMatching(/^setup: usage: [^\n]*\n$/) });
    }
  });

  it.each(['SIGTERM', 'SIGINT', 'SIGHUP'] as const)('gets %s passed on, and may take its time', async (signal) => {
    const script = `process.on('${signal}', () => setTimeout(() => { console.log('orderly'); process.exit(9); }, 200)); console.log('ready'); setTimeout(() => process.exit(1), 15_000);`;
    const argv = [join(root, 'src', 'bootstrap.mjs'), 'run', process.execPath, '-e', script];
    const child = spawn(process.execPath, argv, { env: environment(), stdio: ['ignore', 'pipe', 'inherit'] });
    let output = '';
    child.stdout.on('data', (chunk) => {
      output += String(chunk);
      if (String(chunk) === 'ready\n') child.kill(signal);
    });
    const code = await new Promise((resolve) => child.once('close', resolve));
    expect([code, output]).toEqual([9, 'ready\norderly\n']);
  });
});

function oldNode(): string | undefined {
  for (const directory of [...(process.env.PATH ?? '').split(delimiter), '/usr/local/bin', '/usr/bin']) {
    const path = join(directory, 'node');
    try {
      accessSync(path, constants.X_OK);
    } catch {
      continue;
    }
    const version = spawnSync(path, ['-p', 'process.versions.node'], { encoding: 'utf8' }).stdout.trim();
    if (/^\d+\./.test(version) && explainOldNode(version) !== undefined) return path;
  }
  return undefined;
}

const old = oldNode();

describeUnless(old === undefined ? 'no Node older than 22.19 here' : undefined, 'on an older Node', () => {
  it('brings a current one once, and runs everything with it', () => {
    const first = bootstrap(['run', 'node', '-p', 'process.execPath'], {}, old);
    expect(first).toMatchObject({ status: 0, stdout: `${process.execPath}\n` });
    expect(first.stderr).toMatch(
      /^setup: Node [\d.]+ is older than 22\.19: bringing [\d.]+ from the npm registry [^\n]*\n/,
    );
    const [bring, ci] = npmLog().split('\n');
    expect(bring).toMatch(/^install node-[a-z0-9-]+@[\d.]+ /);
    expect(ci).toBe('ci');
    const second = bootstrap(['run', 'true'], {}, old);
    expect(second).toEqual({ status: 0, stdout: '', stderr: '' });
  });

  it('says in one line what to install when none can be brought', () => {
    const result = bootstrap(['run', 'true'], { FAKE_NPM_FAILS: '1' }, old);
    expect(result.status).toBe(1);
    expect(result.stderr).toMatch(
      /\nsetup: npm could not bring node-[^\n]*: install Node 22\.19 or newer, or make the npm registry reachable\n$/,
    );
    expect(existsSync(join(root, '.cache'))).toBe(true);
  });

  it('replaces one that does not run', () => {
    bootstrap(['run', 'true'], {}, old);
    const name = npmLog().split(/[ @]/)[1] ?? '';
    const version = npmLog().split(/[ @]/)[2] ?? '';
    const binary = join(root, '.cache', `node-${version}`, 'node_modules', name, 'bin', 'node');
    writeFileSync(binary, '#!/bin/sh\nexit 1\n');
    chmodSync(binary, 0o755);
    expect(bootstrap(['run', 'true'], {}, old).stderr).toContain('bringing');
    expect(bootstrap(['run', 'true'], {}, old).stderr).toBe('');
  });
});
