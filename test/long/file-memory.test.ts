import { readFile, stat } from 'node:fs/promises';
import { setTimeout } from 'node:timers/promises';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type CarryWorld, startCarryWorld } from '../support/carry-world.ts';
import { deployment } from '../support/e2e-charts.ts';
import { describeWith } from '../support/tools.ts';

const MB = 1_000_000;
const LAYERS = 4;
const POLL_MS = 50;

/** What a process and those that it started have used at most, in bytes: each by the kernel's own mark. */
async function peakOf(pid: number): Promise<number> {
  const status = await readFile(`/proc/${pid}/status`, 'utf8').catch(() => '');
  return Number(/^VmHWM:\s+(\d+) kB$/m.exec(status)?.[1] ?? 0) * 1024;
}

describeWith(['helm', 'crane', 'registry'], 'peak memory with files', () => {
  let world: CarryWorld;

  beforeAll(async () => {
    world = await startCarryWorld(undefined, 'disk');
  });

  afterAll(() => world?.stop());

  async function peak(what: string, argv: readonly string[]): Promise<number> {
    const running = world.machine.start([...argv, '--plain-http']);
    let most = 0;
    let isOver = false;
    const ended = running.ended.finally(() => {
      isOver = true;
    });
    while (!isOver) {
      most = Math.max(most, await peakOf(running.pid));
      await setTimeout(POLL_MS);
    }
    const { code, stderr } = await ended;
    expect(code, stderr.slice(-2000)).toBe(0);
    process.stdout.write(`${what}: ${(most / MB).toFixed(0)} MB at most\n`);
    return most;
  }

  async function peaks(megabytes: number): Promise<readonly number[]> {
    const name = `size${megabytes}`;
    const layerBytes = (megabytes * MB) / LAYERS;
    await world.push(`team/${name}`, '1', { platforms: [], ownLayers: LAYERS, layerBytes });
    await world.chart(name, { templates: { 'd.yaml': deployment(`- { name: a, image: HOST/team/${name}:1 }`) } });
    await world.machine.write(`${name}.yaml`, JSON.stringify({ addons: [{ chart: name, repository: `./${name}` }] }));
    const to = `${world.target.host}/${name}`;
    const out = ['--output-dir', `out-${name}`];
    const found = [
      await peak(`bundle create, ${megabytes} MB`, [
        ...['bundle', 'create', '--catalog', `${name}.yaml`, '--output', `${name}.tar`, ...out],
      ]),
      await peak(`bundle push, ${megabytes} MB`, [
        ...['bundle', 'push', `${name}.tar`, '--target-registry', `${to}/bundle`, ...out],
      ]),
      await peak(`wrap, ${megabytes} MB`, ['wrap', name, '--output-file', `${name}.wrap.tgz`]),
      await peak(`unwrap, ${megabytes} MB`, ['unwrap', `${name}.wrap.tgz`, `${to}/wrap`, ...out]),
    ];
    expect((await stat(world.path(`${name}.tar`))).size).toBeGreaterThan(megabytes * MB);
    return found;
  }

  it('does not grow with what they carry', async () => {
    const [small, large] = [await peaks(100), await peaks(1000)];
    for (const [index, bytes] of large.entries()) expect(bytes - (small[index] ?? 0)).toBeLessThan(100 * MB);
  });
});
