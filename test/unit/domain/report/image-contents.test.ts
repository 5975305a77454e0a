import { describe, expect, it } from 'vitest';
import { digestOf } from '../../../../src/domain/manifest.ts';
import type { Digest } from '../../../../src/domain/reference.ts';
import {
  type ImageContents,
  type ImageContentsByDigest,
  imageContentsText,
  readImageContents,
} from '../../../../src/domain/report/image-contents.ts';

const [IMAGE, OTHER, LAYER] = [digestOf('image'), digestOf('other'), digestOf('layer')];
const APP: ImageContents = { bytes: 30, platforms: ['linux/arm/v7', '/'], blobs: [{ digest: LAYER, size: 15 }] };
const NONE: ImageContentsByDigest = new Map();

function text(images: unknown, version: unknown = 1): string {
  return JSON.stringify({ version, images });
}

describe('what images are made of', () => {
  it('is read as it was kept', () => {
    const own = new Map([[IMAGE, APP]]);
    expect(readImageContents(imageContentsText(own, NONE))).toEqual(own);
  });

  it('is kept for this run first, each image once, so that the last ones stay', () => {
    const old: ImageContents = { ...APP, bytes: 40 };
    const both = imageContentsText(
      new Map([[IMAGE, APP]]),
      new Map([
        [OTHER, old],
        [IMAGE, old],
      ]),
    );
    expect([...readImageContents(both)]).toEqual([
      [IMAGE, APP],
      [OTHER, old],
    ]);
    // a night in which nothing is new writes the same
    expect(imageContentsText(new Map([[IMAGE, APP]]), readImageContents(both))).toBe(both);
  });

  it('has a bound, beyond which what was used least recently is not kept', () => {
    const blobs = Array.from({ length: 99_999 }, (_, index) => ({ digest: digestOf(String(index)), size: 0 }));
    const large: ImageContents = { bytes: 0, platforms: [], blobs };
    const earlier = new Map<Digest, ImageContents>([
      [OTHER, large],
      [LAYER, large],
      [digestOf('x'), APP],
    ]);
    const kept = readImageContents(imageContentsText(new Map([[IMAGE, APP]]), earlier));
    expect([...kept.keys()]).toEqual([IMAGE, OTHER]);
  });

  it.each<[string, string]>([
    ['no JSON', '{"version":1,'],
    ['no object', '[]'],
    ['another version', text({ [IMAGE]: { bytes: 1, platforms: [], blobs: [[LAYER, 1]] } }, 2)],
    ['a list of images', text([])],
    ['no digest', text({ 'sha256:1': { bytes: 1, platforms: [], blobs: [[LAYER, 1]] } })],
    ['no contents', text({ [IMAGE]: null })],
    ['a negative size', text({ [IMAGE]: { bytes: -1, platforms: [], blobs: [] } })],
    ['half a byte', text({ [IMAGE]: { bytes: 1.5, platforms: [], blobs: [[LAYER, 1]] } })],
    ['more than a petabyte', text({ [IMAGE]: { bytes: 2 ** 51, platforms: [], blobs: [[LAYER, 1]] } })],
    ['a layer larger than its image', text({ [IMAGE]: { bytes: 1, platforms: [], blobs: [[LAYER, 2]] } })],
    ['a size of nothing', text({ [IMAGE]: { bytes: 1, platforms: [], blobs: [] } })],
    [
      'a layer twice',
      text({
        [IMAGE]: {
          bytes: 4,
          platforms: [],
          blobs: [
            [LAYER, 1],
            [LAYER, 1],
          ],
        },
      }),
    ],
    ['a layer without a size', text({ [IMAGE]: { bytes: 4, platforms: [], blobs: [[LAYER]] } })],
    ['a platform with markup', text({ [IMAGE]: { bytes: 1, platforms: ['<b>/<i>'], blobs: [[LAYER, 1]] } })],
    ['a platform that is none', text({ [IMAGE]: { bytes: 1, platforms: [4], blobs: [[LAYER, 1]] } })],
  ])('is not there where it has %s', (_, kept) => {
    expect(readImageContents(kept)).toEqual(new Map());
  });

  it('gives a layer one size: an image that says otherwise is left out', () => {
    const image = (size: number) => ({ bytes: size, platforms: [], blobs: [[LAYER, size]] });
    expect([...readImageContents(text({ [IMAGE]: image(3), [OTHER]: image(4) })).keys()]).toEqual([IMAGE]);
  });
});
