#!/usr/bin/env node
import process from 'node:process';
import { explainOldNode } from './node-version.ts';

const tooOld = explainOldNode(process.versions.node);
if (tooOld !== undefined) {
  process.stderr.write(`${tooOld}\n`);
  process.exitCode = 2;
} else {
  const { runCli } = await import('./run-cli.ts');
  const abort = new AbortController();
  const stop = (): void => {
    if (abort.signal.aborted) process.exit(130);
    process.stderr.write('\ninterrupted: stopping what runs, then writing the report (once more to stop at once)\n');
    abort.abort();
  };
  // a reader that went away (`| head`) is no failure of the run
  for (const stream of [process.stdout, process.stderr]) {
    stream.on('error', (error: NodeJS.ErrnoException) => {
      if (error.code !== 'EPIPE') throw error;
    });
  }
  process.on('SIGINT', stop);
  process.on('SIGTERM', stop);
  process.exitCode = await runCli({
    argv: process.argv.slice(2),
    env: process.env,
    cwd: process.cwd(),
    platform: process.platform,
    arch: process.arch,
    node: process.versions.node,
    terminal: process.stderr.isTTY === true && process.stdout.isTTY === true,
    columns: process.stdout.isTTY ? process.stdout.columns : undefined,
    rows: process.stdout.isTTY ? process.stdout.rows : undefined,
    input: () => process.stdin,
    signal: abort.signal,
    print: (text) => process.stdout.write(text),
    complain: (text) => process.stderr.write(text),
  });
  if (abort.signal.aborted) {
    // pauses of the AWS SDK between its tries end with the process only
    const written = [process.stdout, process.stderr].map(
      (stream) => new Promise<void>((resolve) => stream.write('', () => resolve())),
    );
    await Promise.all(written);
    process.exit();
  }
}
