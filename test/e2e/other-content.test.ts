import { afterAll, beforeAll, expect, it } from 'vitest';
import type { RunningServer } from '../../src/demo/registry-process.ts';
import { digestOf } from '../../src/domain/manifest.ts';
import type { ReportedImage } from '../../src/domain/report/report.ts';
import { createMachine, type Machine } from '../support/e2e-machine.ts';
import { OCI_INDEX, type Pushed, pushBlob, pushManifest } from '../support/made-artifacts.ts';
import { startCraneRegistry, startDistribution } from '../support/registries.ts';
import { digestIn, pushImage } from '../support/synthetic-images.ts';
import { describeWith } from '../support/tools.ts';

const THING = 'application/vnd.example.thing.v1+json';
const DATA = 'application/vnd.example.data';
const CONTENT = 'something that is no image';

// crane's registry takes manifests of any kind, CNCF Distribution those it knows
describeWith(['crane', 'registry'], 'an index that names what is no image', () => {
  let machine: Machine;
  let source: RunningServer;
  let any: RunningServer;
  let strict: RunningServer;
  let thing: Pushed;
  let runs = 0;

  const hostOf = ({ url }: RunningServer): string => new URL(url).host;

  async function copy(to: RunningServer, tag: string, flags: readonly string[] = []): Promise<ReportedImage> {
    runs += 1;
    const list = await machine.write(`list-${runs}.txt`, `${hostOf(source)}/app:${tag}\n`);
    const out = `out-${runs}`;
    const where = ['--target-registry', `${hostOf(to)}/m`, '--plain-http', '--output-dir', out];
    const { stderr, code } = await machine.run(['copy', '--images', list, ...where, ...flags]);
    const [image] = (await machine.report(out)).images;
    if (image === undefined || code === 2) throw new Error(stderr);
    return image;
  }

  beforeAll(async () => {
    machine = await createMachine({});
    [source, any, strict] = await Promise.all([startCraneRegistry(), startCraneRegistry(), startDistribution()]);
    const image = await pushImage(source.url, 'app', 'image', { platforms: [] });
    const size = (await (await fetch(`${source.url}/v2/app/manifests/image`)).text()).length;
    const platform = { os: 'linux', architecture: 'amd64' };
    const child = { mediaType: image.mediaType, digest: image.digest, size, platform };
    const index = (tag: string, other: object) =>
      pushManifest(
        source.url,
        'app',
        tag,
        { schemaVersion: 2, mediaType: OCI_INDEX, manifests: [child, other] },
        OCI_INDEX,
      );
    thing = await pushManifest(source.url, 'app', undefined, { any: 'thing' }, THING);
    await index('manifest', thing);
    await pushBlob(source.url, 'app', CONTENT);
    await index('blob', { mediaType: DATA, digest: digestOf(CONTENT), size: CONTENT.length });
    const page = await pushManifest(
      source.url,
      'app',
      undefined,
      { a: 'page' },
      OCI_INDEX.replace('index', 'manifest'),
    );
    await index('broken', page);
  });

  afterAll(async () => {
    await Promise.all([source?.stop(), any?.stop(), strict?.stop(), machine?.remove()]);
  });

  it('is copied with it: as a manifest where the source has it as one', async () => {
    const image = await copy(any, 'manifest');
    expect(image).toMatchObject({ status: 'copied', error: null });
    expect(await digestIn(any.url, 'm/app', 'manifest')).toBe(image.digest);
    const there = await fetch(`${any.url}/v2/m/app/manifests/${thing.digest}`);
    expect([there.headers.get('content-type'), await there.text()]).toEqual([THING, '{"any":"thing"}']);
  });

  it('and as a blob where the source has nothing else', async () => {
    const image = await copy(any, 'blob');
    expect(image).toMatchObject({ status: 'copied', error: null });
    expect(await (await fetch(`${any.url}/v2/m/app/blobs/${digestOf(CONTENT)}`)).text()).toBe(CONTENT);
    expect(image.bytes).toBeGreaterThan(CONTENT.length);
  });

  it('fails where the target does not take it, with its name, its kind, and what to do', async () => {
    for (const [tag, digest, kind] of [
      ['manifest', thing.digest, THING],
      ['blob', digestOf(CONTENT), DATA],
    ] as const) {
      const { status, error } = await copy(strict, tag);
      expect([status, error?.code]).toEqual(['failed', 'IMAGE_COPY_FAILED']);
      expect(error?.message).toContain(`names ${digest} of the media type ${kind}`);
      expect(error?.hint).toContain('copy one platform (--platform)');
      expect(await digestIn(strict.url, 'm/app', tag)).toBeUndefined();
      expect(await copy(strict, tag, ['--platform', 'linux/amd64'])).toMatchObject({ status: 'copied', error: null });
    }
  });

  it('is refused where it names something as an image that is none', async () => {
    const { status, error } = await copy(any, 'broken');
    expect([status, error?.code]).toEqual(['failed', 'REGISTRY_ANSWER_INVALID']);
  });
});
