import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type CountingProxy, startCountingProxy } from '../support/counting-proxy.ts';
import { createMachine, type Machine } from '../support/e2e-machine.ts';
import { startDistribution } from '../support/registries.ts';
import { digestIn, type PushedImage, pushImage } from '../support/synthetic-images.ts';
import { describeWith } from '../support/tools.ts';

const LAYER = 1_000_000_000;
const CHUNK = 64 * 1024 * 1024;
/** What is on its way between two chunks, and the small blobs. */
const SLACK = 4 * 1024 * 1024;

describeWith(['registry'], 'a layer of a gigabyte', () => {
  let source: CountingProxy;
  let target: CountingProxy;
  let behind: string;
  let machine: Machine;
  let image: PushedImage;
  const cleanups: (() => Promise<unknown>)[] = [];

  beforeAll(async () => {
    const [from, to] = await Promise.all([
      startDistribution({ storage: 'disk' }),
      startDistribution({ storage: 'disk' }),
    ]);
    image = await pushImage(from.url, 'team/large', '1', { platforms: [], ownLayers: 1, layerBytes: LAYER });
    [source, target] = await Promise.all([startCountingProxy(from.url), startCountingProxy(to.url)]);
    behind = to.url;
    machine = await createMachine({});
    cleanups.push(source.stop, target.stop, from.stop, to.stop, machine.remove);
  });

  afterAll(async () => {
    for (const cleanup of cleanups) await cleanup();
  });

  function argv(path: string): string[] {
    const where = ['--target-registry', `${target.host}/${path}`, '--plain-http', '--output-dir', path];
    return ['copy', '--images', `${path}.txt`, '--engine', 'native', ...where];
  }

  /** Waits until this share of the layer has been accepted. */
  async function chunksSent(path: string, share: number): Promise<void> {
    const wanted = Math.floor((LAYER * share) / CHUNK);
    const accepted = (): number =>
      target.requests().filter((one) => one.method === 'PATCH' && one.path.includes(path) && one.status === 202).length;
    while (accepted() < wanted) await new Promise((resolve) => setTimeout(resolve, 5));
  }

  async function moved(path: string): Promise<number> {
    return (await machine.report(path)).totals.bytesCopied;
  }

  describe.each([0.3, 0.6, 0.9])('interrupted at %d of it', (share) => {
    it('by a connection that breaks off costs at most a chunk again', async () => {
      const path = `drop${share * 10}`;
      await machine.write(`${path}.txt`, `${source.host}/team/large:1\n`);
      const whole = Math.floor((LAYER * share) / CHUNK);
      const before = target.addFault({ method: 'PATCH', path: new RegExp(path), times: whole });
      const cut = target.addFault({
        method: 'PATCH',
        path: new RegExp(path),
        times: 1,
        cutAfterBytes: Math.floor(LAYER * share) - whole * CHUNK,
      });
      const result = await machine.run(argv(path));
      expect(result.code, result.stderr).toBe(0);
      expect([before.hits(), cut.hits()]).toEqual([whole, 1]);
      expect(await digestIn(behind, `${path}/team/large`, '1')).toBe(image.digest);
      const again = (await moved(path)) - image.bytes;
      process.stdout.write(`dropped at ${share}: ${again} bytes fetched again\n`);
      expect(again).toBeLessThanOrEqual(CHUNK + SLACK);
    });

    it('by SIGKILL goes on in the next run', async () => {
      const path = `kill${share * 10}`;
      await machine.write(`${path}.txt`, `${source.host}/team/large:1\n`);
      const running = machine.start(argv(path));
      await chunksSent(path, share);
      running.interrupt('SIGKILL');
      expect((await running.ended).code).toBeUndefined();
      const result = await machine.run(argv(path));
      expect(result.code, result.stderr).toBe(0);
      expect(await digestIn(behind, `${path}/team/large`, '1')).toBe(image.digest);
      const fetched = await moved(path);
      const accepted = Math.floor((LAYER * share) / CHUNK) * CHUNK;
      process.stdout.write(
        `killed at ${share}: the next run fetched ${fetched} of ${image.bytes} bytes, ${fetched + accepted - image.bytes} again\n`,
      );
      expect(fetched + accepted - image.bytes).toBeLessThanOrEqual(CHUNK + SLACK);
    });
  });
});
