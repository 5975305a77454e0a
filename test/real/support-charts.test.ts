import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { helmEnvironment } from '../../src/adapters/helm.ts';
import { demoCharts } from '../../src/demo/demo-charts.ts';
import { demoImages } from '../../src/demo/demo-images.ts';
import { startSourceWorld } from '../../src/demo/source-world.ts';
import { findImages } from '../../src/domain/images/find.ts';
import { readRendered } from '../../src/domain/images/rendered-documents.ts';
import { formatReference, parseReference } from '../../src/domain/reference.ts';
import { digestIn } from '../support/synthetic-images.ts';
import { describeWith, requireTool } from '../support/tools.ts';

let directory: string;
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'demo-charts-'));
});
afterAll(() => rm(directory, { recursive: true, force: true }));

async function render(helm: string, archive: Buffer, ...argv: readonly string[]): Promise<string> {
  const path = join(directory, 'chart.tgz');
  await writeFile(path, archive);
  const options = { env: helmEnvironment(directory), maxBuffer: 1e8 };
  return (await promisify(execFile)(helm, ['template', 'demo', path, '--include-crds', ...argv], options)).stdout;
}

for (const tool of ['helm3', 'helm4'] as const) {
  describeWith([tool], `the charts of the demo with ${tool}`, () => {
    it('render, and name exactly the images that the demo brings', async () => {
      const found = new Set<string>();
      for (const { name, archive } of await demoCharts()) {
        const text = await render(requireTool(tool), archive, '--set', 'reaper.enabled=true');
        const { uses, unreadable } = findImages(readRendered(text));
        expect(unreadable, name).toEqual([]);
        for (const use of uses) found.add(formatReference(use.reference));
      }
      const brought = demoImages().map(({ name, reference, image }) => {
        const pinned = name.startsWith('quay.example.com/edge/') ? { digest: image.root.digest } : {};
        return formatReference({ ...reference, ...pinned });
      });
      expect([...found].sort()).toEqual(brought.sort());
    });
  });
}

describeWith(['crane'], 'the source side of the demo', () => {
  it('holds every image and the chart that is published in a registry', async () => {
    const world = await startSourceWorld(requireTool('crane'));
    try {
      for (const { reference, image } of demoImages()) {
        const repository = `${reference.registry}/${reference.repository}`;
        const identifier = reference.tag ?? image.root.digest;
        expect(await digestIn(world.registry.url, repository, identifier), repository).toBe(image.root.digest);
      }
      const tag = '5.0.0_build.7';
      expect(await digestIn(world.registry.url, 'registry.example.com/charts/metrics-hub', tag)).toBeDefined();
    } finally {
      await world.stop();
    }
  });

  it('has a mirror for every host that the charts name', async () => {
    const world = await startSourceWorld(requireTool('crane'));
    await world.stop();
    const hosts = demoImages().map(({ reference }) => parseReference(formatReference(reference))?.registry);
    const addresses = [
      ...hosts,
      ...world.charts.map((chart) =>
        chart.publishedAt.replace('oci://registry.example.com/charts', 'registry.example.com'),
      ),
    ];
    expect(new Set(world.mirrors.map((mirror) => mirror.from))).toEqual(new Set(addresses));
  });
});

describeWith(['crane', 'helm4'], 'a chart pushed as an artifact', () => {
  it('is what helm itself pulls', async () => {
    const world = await startSourceWorld(requireTool('crane'));
    try {
      const source = `oci://${world.registry.host}/registry.example.com/charts/metrics-hub`;
      const argv = ['pull', source, '--version', '5.0.0+build.7', '--plain-http', '--destination', directory];
      // without the closed proxy of rendering: this is loopback
      const env = { ...helmEnvironment(directory), HTTP_PROXY: '', HTTPS_PROXY: '' };
      await promisify(execFile)(requireTool('helm4'), argv, { env });
      const chart = world.charts.find(({ name }) => name === 'metrics-hub');
      expect(
        (await readFile(join(directory, 'metrics-hub-5.0.0+build.7.tgz'))).equals(chart?.archive ?? Buffer.alloc(0)),
      ).toBe(true);
    } finally {
      await world.stop();
    }
  });
});
