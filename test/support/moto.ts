import { execFile } from 'node:child_process';
import { access, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { type RunningServer, startServer } from '../../src/demo/registry-process.ts';
import { ROOT } from './shared-charts.ts';

const VERSION = '5.2.5';
/** The two beside moto are what its server needs for ECR; its `server` extra holds those of all services. */
const PACKAGES = [`moto==${VERSION}`, 'flask', 'flask-cors'];
/** Beside the other programs of a checkout. */
const HOME = join(ROOT, '.cache', `moto-${VERSION}`);
const PYTHON = join(HOME, 'bin', 'python3');
/** Written last, so that half an installation is none. */
const COMPLETE = join(HOME, 'complete');

const run = promisify(execFile);

function isThere(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}

async function install(): Promise<string | undefined> {
  try {
    await rm(HOME, { recursive: true, force: true });
    await run('python3', ['-m', 'venv', HOME]);
    const pip = ['-m', 'pip', 'install', '--quiet', '--disable-pip-version-check', '--retries', '1', '--timeout', '20'];
    await run(PYTHON, [...pip, ...PACKAGES], { timeout: 300_000 });
    await writeFile(COMPLETE, `${VERSION}\n`);
    return undefined;
  } catch (error) {
    const lines = (error instanceof Error ? error.message : String(error)).trim().split('\n');
    return `moto ${VERSION} cannot be had: ${lines.at(-1)}`;
  }
}

/** Installs moto once for all runs, in a Python environment of its own. Returns why that did not work, or undefined. */
export async function motoReason(): Promise<string | undefined> {
  return (await isThere(COMPLETE)) ? undefined : install();
}

/** Starts moto on a free port. Ask `motoReason` first. */
export function startMoto(): Promise<RunningServer> {
  return startServer({
    file: PYTHON,
    argv: ['-c', 'from moto.server import main; main(["-H", "127.0.0.1", "-p", "0"])'],
    env: {},
    scheme: 'http',
    portPattern: /Running on http:\/\/127\.0\.0\.1:(\d+)/,
  });
}
