import { describe, expect, it } from 'vitest';
import { openBundleWriter } from '../../../../src/adapters/files/bundle-writer.ts';
import type { BundleEntry } from '../../../../src/domain/bundle/bundle-entry.ts';
import { digestOf } from '../../../../src/domain/manifest.ts';
import {
  type BundleSample,
  blobEntry,
  bundleOptions,
  bundlePath,
  contentsOfBundle,
  filesAt,
  MIB,
  textEntry,
  writeSample,
} from '../../../support/bundle-samples.ts';
import { inDirectory } from '../../../support/wrap-samples.ts';

describe('the plan of a bundle', () => {
  const piece = Buffer.from('piece');
  it.each<[string, readonly BundleEntry[], number | undefined, string]>([
    ['a name that leads outside', [textEntry('a/../../b', '')], undefined, 'leads outside'],
    ['an absolute name', [textEntry('/a', '')], undefined, 'is absolute'],
    ['a name without a part', [textEntry('a//b', '')], undefined, 'empty part'],
    ['no name', [textEntry('', '')], undefined, 'empty part'],
    ['a name with a line break', [textEntry('a\nb', '')], undefined, 'control character'],
    ['a name that is half a character', [textEntry('a\ud800', '')], undefined, 'not UTF-8'],
    ['a name twice', [textEntry('a', ''), textEntry('a', '')], undefined, 'there twice'],
    ['a blob twice', [blobEntry(piece), blobEntry(piece)], undefined, 'there twice'],
    ['the name of its own first entry', [textEntry('airgap-charts/bundle-size.json', '')], undefined, 'there twice'],
    ['a file that is a directory', [textEntry('a/b', ''), textEntry('a', '')], undefined, 'a directory of other'],
    ['a directory that is a file', [textEntry('a', ''), textEntry('a/b/c', '')], undefined, 'a is a file'],
    ['a blob of another name', [{ ...blobEntry(piece), name: 'blobs/sha256/a' }], undefined, 'no place for the blob'],
    ['a text that is no such blob', [textEntry(blobEntry(piece).name, 'x')], undefined, 'has the digest sha256:'],
    ['parts of less than 1 MiB', [], MIB - 1, 'at least 1048576'],
    ['parts of half a byte', [], MIB + 0.5, 'at least 1048576'],
  ])('refuses %s', (_, entries, partBytes, said) =>
    inDirectory(async (directory) => {
      const opening = openBundleWriter(bundlePath(directory), entries, bundleOptions(partBytes));
      await expect(opening).rejects.toThrow(RangeError);
      await expect(opening).rejects.toThrow(said);
      expect(await filesAt(bundlePath(directory))).toEqual([]);
    }),
  );

  it('lets a text stand in the place of a blob', () =>
    inDirectory(async (directory) => {
      const { name } = blobEntry(piece);
      const sample: BundleSample = { entries: [textEntry(name, 'piece')], pieces: new Map() };
      const { parts } = await writeSample(bundlePath(directory), sample);
      const all = await contentsOfBundle([parts[0]?.file ?? ''], sample);
      expect([...all]).toEqual([
        [name, digestOf(piece)],
        [digestOf(piece), digestOf(piece)],
      ]);
    }));
});
