import { describe, expect, it } from 'vitest';
import { unpackChart } from '../../../src/adapters/archive.ts';
import { type HostileKind, hostileChart, packChart, packEntries, readEntries, readText } from '../../support/charts.ts';
import { replaceDigestPins } from '../../support/digest-pins.ts';

const OLD = 'a'.repeat(64);
const NEW = 'b'.repeat(64);
const OTHER = 'c'.repeat(64);

describe('chart archives for tests', () => {
  it('come out the same for the same files', async () => {
    const files = { 'Chart.yaml': 'name: x\n', 'templates/a.yaml': 'a: b\n' };
    expect((await packChart('x', files)).equals(await packChart('x', files))).toBe(true);
  });

  it('survive reading and packing', async () => {
    const archive = await packChart('x', { 'Chart.yaml': 'name: x\n' });
    expect((await packEntries(await readEntries(archive))).equals(archive)).toBe(true);
  });

  it.each<readonly [HostileKind, RegExp]>([
    ['symbolic-link', /is a symlink/],
    ['hard-link', /is a link/],
    ['parent-directory', /leaves the archive/],
    ['absolute-name', /absolute name/],
    ['two-entries-of-one-name', /two entries of the name/],
    ['two-top-directories', /two top directories/],
    ['bomb', /unpacks to more than/],
  ])('are refused when they attack by %s', async (kind, reason) => {
    await expect(unpackChart('hostile.tgz', await hostileChart(kind))).rejects.toThrow(reason);
  });

  it('may say the same twice under one name, as helm package does with a subchart that it finds twice', async () => {
    const [entry] = await readEntries(await packChart('x', { 'Chart.yaml': 'name: x\n' }));
    if (entry === undefined) throw new Error('there is an entry');
    const { files } = await unpackChart('twice.tgz', await packEntries([entry, entry]));
    expect([...files.keys()]).toEqual(['Chart.yaml']);
  });

  it('hold a bomb in a small file', async () => {
    expect((await hostileChart('bomb', 'hostile', 10_000_000)).length).toBeLessThan(100_000);
  });
});

describe('replaceDigestPins', () => {
  it('replaces pins behind an @, in keys of their own and in packed subcharts, and nothing else', async () => {
    const inner = await packChart('inner', { 'values.yaml': `sha: "${OLD}"\n` });
    const values = `image: a/b@sha256:${OLD}\ndigest: sha256:${OLD}\nother: sha256:${OTHER}\nlonger: ${OLD}0\n`;
    const archive = await packChart('x', { 'values.yaml': values, 'charts/inner-1.0.0.tgz': inner });
    const replaced = await replaceDigestPins(archive, new Map([[`sha256:${OLD}`, `sha256:${NEW}`]]));
    expect(await readText(replaced, 'x/values.yaml')).toBe(
      `image: a/b@sha256:${NEW}\ndigest: sha256:${NEW}\nother: sha256:${OTHER}\nlonger: ${OLD}0\n`,
    );
    const packed = (await readEntries(replaced)).find(({ header }) => header.name.endsWith('.tgz'));
    expect(await readText(packed?.data ?? Buffer.alloc(0), 'inner/values.yaml')).toBe(`sha: "${NEW}"\n`);
  });

  it('leaves bytes that are no text, and archives without pins, as they are', async () => {
    const binary = Buffer.from([0, 0xff, 0xfe, 0x80, 0xc3]);
    const archive = await packChart('x', { 'values.yaml': `pin: ${OLD}\n`, logo: binary });
    expect(await replaceDigestPins(archive, new Map([[OTHER, NEW]]))).toBe(archive);
    const replaced = await readEntries(await replaceDigestPins(archive, new Map([[OLD, NEW]])));
    expect(replaced.find(({ header }) => header.name === 'x/logo')?.data.equals(binary)).toBe(true);
  });
});
