import { expect, it } from 'vitest';
import { sharedLayers } from '../../../../src/domain/report/shared-layers.ts';

const blob = (digest: string, size: number) => ({ digest, size });

it('counts each blob once for an image, and once for all', () => {
  const layers = sharedLayers([
    { name: 'one', blobs: [blob('base', 100), blob('base', 100), blob('own-1', 7)] },
    { name: 'two', blobs: [blob('base', 100), blob('small', 5)] },
    { name: 'three', blobs: [blob('small', 5), blob('base', 100)] },
  ]);
  expect(layers).toEqual({
    images: 3,
    bytes: 107 + 105 + 105,
    uniqueBytes: 112,
    shared: [
      { digest: 'base', bytes: 100, images: ['one', 'two', 'three'] },
      { digest: 'small', bytes: 5, images: ['two', 'three'] },
    ],
  });
});

it('names the twenty that save most', () => {
  const blobs = Array.from({ length: 30 }, (_, index) => blob(`b${index}`, index + 1));
  const layers = sharedLayers([
    { name: 'one', blobs },
    { name: 'two', blobs },
  ]);
  expect(layers?.shared).toHaveLength(20);
  expect(layers?.shared[0]?.bytes).toBe(30);
});

it('knows nothing where nothing was read', () => {
  expect(sharedLayers([])).toBeNull();
});
