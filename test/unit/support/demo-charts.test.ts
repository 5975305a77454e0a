import { describe, expect, it } from 'vitest';
import { unpackChart } from '../../../src/adapters/archive.ts';
import { demoCharts } from '../../../src/demo/demo-charts.ts';
import { demoImages } from '../../../src/demo/demo-images.ts';

describe('the charts of the demo', () => {
  it('pin the digests of the synthetic images', async () => {
    const digests = new Set<string>(demoImages().map(({ image }) => image.root.digest));
    const texts = await Promise.all(
      (await demoCharts()).map(async ({ name, archive }) => {
        const tree = await unpackChart(name, archive);
        return [...tree.files.values()].map((file) => file.data.toString('utf8')).join('\n');
      }),
    );
    const pins = texts.flatMap((text) => text.match(/sha256:[0-9a-f]{64}/g) ?? []);
    expect(pins).toHaveLength(3);
    expect(pins.filter((pin) => !digests.has(pin))).toEqual([]);
  });

  it('hold one subchart as a directory and one as an archive', async () => {
    const trees = await Promise.all((await demoCharts()).map(({ name, archive }) => unpackChart(name, archive)));
    expect(trees.filter((tree) => tree.files.has('charts/cache/Chart.yaml'))).toHaveLength(1);
    expect(trees.flatMap((tree) => [...tree.packed.keys()])).toEqual(['charts/scraper-0.8.0.tgz']);
  });
});
