import { describe, expect, it } from 'vitest';
import { incompleteImages } from '../../../../src/domain/images/incomplete-images.ts';
import { readRendered } from '../../../../src/domain/images/rendered-documents.ts';
import { customResource, podWith } from './rendered.ts';

function told(output: string): readonly string[] {
  return incompleteImages(readRendered(output)).map(({ place, text }) => `${place} ${text}`);
}

describe('an image field of a custom resource', () => {
  it.each([
    '.dkr.ecr..amazonaws.com/org/app:18.1',
    '.dkr.ecr.eu-west-1.amazonaws.com/org/app:18.1',
    ':1.0',
    ':',
    '/app:1.0',
    'quay.io//app:1.0',
    'quay.io/org/:1.0',
    'quay.io/org/app:',
    'quay.io/org/app@',
  ])('is told of where a part is empty: %s', (image) => {
    expect(told(customResource(`images:\n  - image: "${image}"`))).toEqual([
      `Widget/one spec.images[0].image ${image}`,
    ]);
  });

  it.each([
    '',
    'auto',
    'quay.io/org/app:1',
    'org/app',
    './disk.img',
    '/var/lib/disk.img',
    'https://example.com/a.png',
    'a b:',
  ])('is not where nothing says so: %j', (image) => {
    expect(told(customResource(`image: "${image}"`))).toEqual([]);
  });

  it('is one by its key and its kind', () => {
    expect(told(customResource('address: ":8080"'))).toEqual([]);
    expect(told(podWith('workerImage: ":1"'))).toEqual([]);
  });
});
