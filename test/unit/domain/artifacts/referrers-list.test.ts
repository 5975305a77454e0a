import { describe, expect, it } from 'vitest';
import {
  artifactTypeOf,
  listEntry,
  mergedList,
  newList,
  readReferrersList,
} from '../../../../src/domain/artifacts/referrers-list.ts';
import { digestOf } from '../../../../src/domain/manifest.ts';

const INDEX = 'application/vnd.oci.image.index.v1+json';
const MANIFEST = 'application/vnd.oci.image.manifest.v1+json';

function bytesOf(value: object): Uint8Array {
  return Buffer.from(JSON.stringify(value));
}

function artifact(parts: object) {
  const bytes = bytesOf({ schemaVersion: 2, config: { mediaType: 'a/config' }, layers: [], ...parts });
  return { digest: digestOf(bytes), mediaType: MANIFEST, bytes };
}

function jsonIn(list: { readonly bytes: Uint8Array } | undefined): unknown {
  return list === undefined ? undefined : JSON.parse(Buffer.from(list.bytes).toString('utf8'));
}

const ONE = listEntry(artifact({ artifactType: 'a/one', annotations: { made: 'here' } }));
const TWO = listEntry(artifact({ artifactType: 'a/two' }));

describe('an entry of a list', () => {
  it('has type and annotations of its manifest; without a type, that of the config', () => {
    const made = artifact({ artifactType: 'a/one', annotations: { made: 'here' } });
    expect(ONE.said).toEqual({
      ...{ mediaType: MANIFEST, digest: made.digest, size: made.bytes.length },
      ...{ artifactType: 'a/one', annotations: { made: 'here' } },
    });
    expect(listEntry(artifact({})).said).toMatchObject({ artifactType: 'a/config' });
    expect(artifactTypeOf(artifact({ artifactType: '' }).bytes)).toBe('a/config');
    expect(artifactTypeOf(Buffer.from('no json'))).toBeUndefined();
  });
});

describe('a list', () => {
  it('is the same whatever the order of what it is made of', () => {
    expect(newList([ONE, TWO])).toEqual(newList([TWO, ONE]));
    expect(newList([ONE]).mediaType).toBe(INDEX);
    expect(
      readReferrersList(newList([ONE, TWO]).bytes)
        ?.map(({ digest }) => digest)
        .sort(),
    ).toEqual([ONE.digest, TWO.digest].sort());
  });

  it.each([['[]'], ['{}'], ['{"manifests":[{}]}'], ['{"manifests":[{"digest":"latest"}]}'], ['no json']])(
    'is not %s',
    (text) => {
      expect(readReferrersList(Buffer.from(text))).toBeUndefined();
      expect(mergedList(Buffer.from(text), [ONE])).toBeUndefined();
    },
  );

  it('keeps everything that it has, in its order, and gets what is missing', () => {
    const own = { mediaType: MANIFEST, digest: digestOf('own'), size: 1, more: { of: 'it' } };
    const there = { schemaVersion: 2, mediaType: INDEX, manifests: [own], annotations: { by: 'somebody' } };
    expect(jsonIn(mergedList(bytesOf(there), [ONE]))).toEqual({ ...there, manifests: [own, ONE.said] });
  });

  it('is not written when nothing changes, and its entries are brought up to date', () => {
    const there = newList([ONE, TWO]);
    expect(mergedList(there.bytes, [ONE])).toBeUndefined();
    const poor = { ...ONE, said: { mediaType: MANIFEST, digest: ONE.digest, size: 1 } };
    expect(jsonIn(mergedList(newList([poor]).bytes, [ONE]))).toMatchObject({ manifests: [ONE.said] });
  });
});
