import { type ChildProcess, spawn } from 'node:child_process';
import { readFile, rm } from 'node:fs/promises';
import { constants } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { afterEach, expect, it } from 'vitest';
import { COMPILED, NODE_FLAGS } from '../support/e2e-cli.ts';
import { ROOT } from '../support/shared-charts.ts';
import { describeWith, requireTool } from '../support/tools.ts';

interface Demo {
  readonly child: ChildProcess;
  readonly output: () => string;
  readonly ended: Promise<number>;
}

const folders = new Set<string>();
afterEach(async () => {
  for (const folder of folders) await rm(folder, { recursive: true, force: true });
  folders.clear();
});

function startDemo(): Demo {
  const tools = [requireTool('helm4'), requireTool('crane')].map((path) => dirname(path));
  const env = { ...process.env, PATH: [...tools, process.env.PATH].join(delimiter), NODE_COMPILE_CACHE: COMPILED };
  const child = spawn(process.execPath, [...NODE_FLAGS, join(ROOT, 'src', 'demo', 'main.ts')], {
    env,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let text = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', (chunk: Buffer) => {
      text += chunk.toString('utf8');
      const folder = /--output-dir (\S+)\/first-run/.exec(text)?.[1];
      if (folder !== undefined) folders.add(folder);
    });
  }
  const ended = new Promise<number>((resolve) => {
    child.once('close', (code, signal) => resolve(code ?? (signal === null ? 0 : 128 + constants.signals[signal])));
  });
  return { child, ended, output: () => text };
}

async function isReachable(host: string): Promise<boolean> {
  return fetch(`http://${host}/v2/`).then(
    () => true,
    () => false,
  );
}

function registries(output: string): readonly string[] {
  return [...output.matchAll(/^ {2}(?:source registry|target) +(127\.0\.0\.1:\d+)/gm)].map((match) => match[1] ?? '');
}

describeWith(['helm4', 'crane'], 'the demo', () => {
  it('mirrors everything, then finds everything there, and leaves nothing running', async () => {
    const demo = startDemo();
    expect(await demo.ended, demo.output()).toBe(0);
    const [folder = ''] = folders;
    const report = async (run: string) => JSON.parse(await readFile(join(folder, run, 'report.json'), 'utf8'));
    expect((await report('first-run')).totals.images).toEqual({ copied: 22 });
    expect((await report('second-run')).totals.images).toEqual({ present: 22 });
    expect(registries(demo.output())).toHaveLength(2);
    for (const host of registries(demo.output())) expect(await isReachable(host)).toBe(false);
  });

  it('stops its registries when it is interrupted', async () => {
    const demo = startDemo();
    await expect.poll(() => demo.output(), { timeout: 30_000 }).toContain('Resolve versions');
    const [first = ''] = registries(demo.output());
    expect(await isReachable(first)).toBe(true);
    demo.child.kill('SIGINT');
    expect(await demo.ended).toBe(130);
    for (const host of registries(demo.output())) expect(await isReachable(host)).toBe(false);
  });
});
