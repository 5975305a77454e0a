import { describe, expect, it } from 'vitest';
import { MirrorError } from '../../../src/errors.ts';
import { copyImage } from '../../../src/pipeline/copy.ts';
import type { Run } from '../../../src/pipeline/run.ts';
import type { CopyJob } from '../../../src/ports/registry.ts';
import { addonOf, anyDigest, chartOf, imageOf, portsOf, runOf } from './runs.ts';

const DIGEST = anyDigest('content');

/** A run with images that meet at one tag with one content; copies of sources that `fails` names fail. */
function meeting(names: readonly string[], fails: readonly string[]): { readonly run: Run; readonly copied: string[] } {
  const copied: string[] = [];
  const ports = portsOf({ head: () => ({ kind: 'found', digest: DIGEST, mediaType: 'x', size: 1 }) });
  const copier = {
    async copy({ source }: CopyJob): Promise<void> {
      await Promise.resolve();
      copied.push(source.repository);
      if (!fails.includes(source.repository)) return;
      throw new MirrorError(`${source.repository} broke off`, { code: 'IMAGE_COPY_FAILED', origin: 'source' });
    },
  };
  const run = runOf(
    names.map((name) => addonOf(name)),
    {},
    { ...ports, copier },
  );
  run.charts = run.releases.map((release) => chartOf([release]));
  const images = run.charts.map((chart, index) => imageOf(names[index] ?? '', chart));
  const [first] = images;
  run.images = images.map((image) => ({
    ...image,
    destination: first?.destination ?? image.destination,
    state: { kind: 'cleared', decision: { kind: 'copy', replaces: undefined }, digest: DIGEST, bytes: 1 },
  }));
  return { run, copied };
}

async function copyAll(run: Run): Promise<readonly string[]> {
  await Promise.allSettled(run.images.map((image) => copyImage(image, () => undefined, run)));
  return run.images.map(({ state }) => state.kind);
}

describe('images that meet at one tag with one content', () => {
  it('are copied once', async () => {
    const { run, copied } = meeting(['a', 'b', 'c'], []);
    expect(await copyAll(run)).toEqual(['copied', 'copied', 'copied']);
    expect(copied).toEqual(['a']);
  });

  it('are tried one after the other until one is there', async () => {
    const { run, copied } = meeting(['a', 'b', 'c', 'd'], ['a', 'b']);
    expect(await copyAll(run)).toEqual(['failed', 'failed', 'copied', 'copied']);
    expect(copied).toEqual(['a', 'b', 'c']);
  });
});
