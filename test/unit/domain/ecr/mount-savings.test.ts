import { describe, expect, it } from 'vitest';
import { mountSavings, type PushedImage } from '../../../../src/domain/ecr/mount-savings.ts';
import type { Digest } from '../../../../src/domain/reference.ts';

function pushed(repository: string, blobs: Readonly<Record<string, number>>, encryption = 'AES256'): PushedImage {
  return {
    repository,
    encryption,
    blobs: Object.entries(blobs).map(([name, size]) => ({ digest: `sha256:${name}` as Digest, size })),
  };
}

describe('what mounting saves', () => {
  it.each<[string, readonly PushedImage[], number]>([
    ['nothing is pushed', [], 0],
    ['one repository', [pushed('a', { base: 100, own: 7 })], 0],
    ['a blob in two repositories', [pushed('a', { base: 100, x: 1 }), pushed('b', { base: 100, y: 2 })], 100],
    ['a blob in three repositories', ['a', 'b', 'c'].map((name) => pushed(name, { base: 100 })), 200],
    [
      'two images of one repository share without mounting',
      [pushed('a', { base: 100 }), pushed('a', { base: 100 })],
      0,
    ],
    [
      'the second image of a second repository',
      [pushed('a', { x: 5 }), pushed('b', { x: 5 }), pushed('b', { x: 5 })],
      5,
    ],
    [
      'a blob that is twice in one image',
      [{ ...pushed('a', {}), blobs: [...pushed('a', { x: 5 }).blobs, ...pushed('a', { x: 5 }).blobs] }],
      0,
    ],
    ['other keys share nothing', [pushed('a', { x: 5 }), pushed('b', { x: 5 }, 'KMS k')], 0],
    [
      'each key by itself',
      [pushed('a', { x: 5 }), pushed('b', { x: 5 }, 'KMS k'), pushed('c', { x: 5 }), pushed('d', { x: 5 }, 'KMS k')],
      10,
    ],
  ])('%s', (_, images, bytes) => {
    expect(mountSavings(images)).toBe(bytes);
  });
});
