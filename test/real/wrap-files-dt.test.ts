import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { openContentStore } from '../../src/adapters/files/content-store.ts';
import { readWrap } from '../../src/adapters/files/read-wrap.ts';
import { writeWrap } from '../../src/adapters/files/write-wrap.ts';
import { digestOf } from '../../src/domain/manifest.ts';
import type { WrapEntry } from '../../src/domain/wrap/wrap-entry.ts';
import { startCraneRegistry } from '../support/registries.ts';
import { pushImage } from '../support/synthetic-images.ts';
import { describeUnless, skipReason } from '../support/tools.ts';
import { NO_DT, runDt } from '../support/wrap-dt.ts';
import { inDirectory, noise, RUNNING, SAMPLE_TIME, storeOf, wrongFiles } from '../support/wrap-samples.ts';

const CHART = 'apiVersion: v2\nname: tiny\nversion: 1.0.0\n';
const LOCK = [
  'apiVersion: v0',
  'kind: ImagesLock',
  'metadata:',
  '  generatedAt: "2020-09-13T12:26:40Z"',
  '  generatedBy: a test',
  'chart:',
  '  name: tiny',
  '  version: 1.0.0',
  '  appVersion: ""',
  'images: []',
  '',
].join('\n');

/** A wrap without images, but with content of several segments that Go's reader must pass through, and a long name. */
function entries(large: Buffer, text: Buffer): readonly WrapEntry[] {
  const file = (name: string, data: string | Buffer): WrapEntry => {
    return { kind: 'file', name: `tiny-1.0.0/${name}`, mode: 0o644, data: Buffer.from(data) };
  };
  const blob = (data: Buffer, packed: boolean): WrapEntry => {
    const name = `tiny-1.0.0/extra/blobs/sha256/${digestOf(data).slice(7)}`;
    return { kind: 'blob', name, digest: digestOf(data), size: data.length, packed };
  };
  return [
    { kind: 'directory', name: 'tiny-1.0.0/chart' },
    file('chart/Chart.yaml', CHART),
    file('chart/values.yaml', 'a: 1\n'),
    blob(large, true),
    blob(text, false),
    file(`extra/${'long/'.repeat(40)}größe.txt`, 'long\n'),
    file('chart/Images.lock', LOCK),
  ];
}

describeUnless(NO_DT ?? skipReason(['crane']), 'wraps and dt', () => {
  it('dt reads a wrap of ours, to its end', () =>
    inDirectory(async (directory) => {
      const large = noise('large', 3_000_000);
      const text = Buffer.from('again and again. '.repeat(100_000));
      const store = await storeOf(join(directory, 'store'), [large, text]);
      const path = join(directory, 'tiny.wrap.tgz');
      await writeWrap(path, entries(large, text), store, SAMPLE_TIME, RUNNING);
      const info = await runDt(directory, 'info', path);
      expect(info).toContain('Chart: tiny');
      expect(info).toContain('Version: 1.0.0');
      const registry = await startCraneRegistry();
      try {
        await runDt(
          directory,
          'unwrap',
          path,
          `${registry.host}/mirror`,
          '--yes',
          '--use-plain-http',
          '--keep-artifacts',
        );
      } finally {
        await registry.stop();
      }
      const names = await readdir(directory, { recursive: true });
      const kept = (end: string) => names.filter((name) => name.endsWith(end) && !name.startsWith('store'));
      const [largeName, textName, longName] = [large, text]
        .map((data) => digestOf(data).slice(7))
        .concat('größe.txt')
        .map(kept);
      expect([largeName?.length, textName?.length, longName?.length]).toEqual([1, 1, 1]);
      expect((await readFile(join(directory, largeName?.[0] ?? ''))).equals(large)).toBe(true);
      expect((await readFile(join(directory, textName?.[0] ?? ''))).equals(text)).toBe(true);
    }));

  it('a wrap of dt is read, with every blob', () =>
    inDirectory(async (directory) => {
      const registry = await startCraneRegistry();
      const path = join(directory, 'tiny.wrap.tgz');
      try {
        const web = await pushImage(registry.url, 'apps/web', '1.0', { attestations: true });
        const db = await pushImage(registry.url, 'apps/db', '2.0', { format: 'docker', layerBytes: 2_000_000 });
        const images = ['web:1.0', 'db:2.0'].map(
          (name) => `    - name: ${name.split(':')[0]}\n      image: ${registry.host}/apps/${name}\n`,
        );
        await mkdir(join(directory, 'chart', 'templates'), { recursive: true });
        await writeFile(
          join(directory, 'chart', 'Chart.yaml'),
          `${CHART}annotations:\n  images: |\n${images.join('')}`,
        );
        await writeFile(join(directory, 'chart', 'values.yaml'), 'a: 1\n');
        await runDt(directory, 'wrap', 'chart', '--output-file', path, '--use-plain-http');

        const store = openContentStore(join(directory, 'kept'));
        const read = await readWrap(path, store, RUNNING);
        expect(read.top).toBe('tiny-1.0.0');
        expect([...read.chart.keys()].sort()).toEqual(['Chart.yaml', 'Images.lock', 'values.yaml']);
        const children = [...web.children, ...db.children].map(({ digest }) => digest);
        const layouts = children.flatMap((digest) => {
          const layout = `images/${digest.slice(7)}.layout`;
          return [`${layout}/index.json`, `${layout}/oci-layout`];
        });
        expect([...read.files.keys()].sort()).toEqual(layouts.sort());
        const blobs = new Set([...read.blobs.values()].map(({ digest }) => digest));
        for (const digest of children) expect(blobs.has(digest)).toBe(true);
        const pushed = new Set([...children, ...web.blobs, ...db.blobs]);
        expect([...blobs].filter((digest) => !pushed.has(digest))).toEqual([]);
        for (const { digest, size } of read.blobs.values()) expect(await store.size(digest)).toBe(size);
        expect(await wrongFiles(join(directory, 'kept'))).toEqual([]);
      } finally {
        await registry.stop();
      }
    }));
});
