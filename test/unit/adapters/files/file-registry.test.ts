import { expect, it } from 'vitest';
import { createFileRegistry } from '../../../../src/adapters/files/file-registry.ts';
import { digestOf } from '../../../../src/domain/manifest.ts';
import { parseReference, type Reference } from '../../../../src/domain/reference.ts';
import type { Contents } from '../../../../src/ports/contents.ts';
import type { Registry } from '../../../../src/ports/registry.ts';

function nobody(): never {
  throw new Error('nobody else is asked');
}

const CONTENTS: Contents = { size: nobody, read: nobody, open: nobody, write: nobody };
const DESTINATION: Registry = { head: nobody, manifest: nobody, tags: nobody, referrers: nobody, blob: nobody };
const SIGNAL = new AbortController().signal;

function referenceTo(text: string): Reference {
  const reference = parseReference(text);
  if (reference === undefined) throw new Error(`${text} is no reference`);
  return reference;
}

function registryWith(...references: readonly string[]): (text: string) => Promise<string> {
  const images = references.map((text) => {
    const bytes = Buffer.from(text);
    const top = { digest: digestOf(bytes), mediaType: 'x', bytes };
    return { reference: referenceTo(text), top, isOriginal: true, original: undefined };
  });
  const manifests = new Map(images.map(({ top }) => [top.digest, top]));
  const registry = createFileRegistry({ images, manifests }, CONTENTS, DESTINATION);
  return async (text) => {
    const answer = await registry.manifest(referenceTo(text), 'source', SIGNAL);
    return answer.kind === 'found' ? Buffer.from(answer.bytes).toString() : answer.kind;
  };
}

it('has what stands under a tag, and nothing under another', async () => {
  const has = registryWith('quay.io/team/app:1', 'quay.io/team/web');
  expect(await has('quay.io/team/app:1')).toBe('quay.io/team/app:1');
  expect(await has('quay.io/team/app:2')).toBe('absent');
  expect(await has('quay.io/team/app')).toBe('absent');
  expect(await has('quay.io/team/web:latest')).toBe('quay.io/team/web');
  expect(await has('quay.io/other/app:1')).toBe('absent');
});

it('has under no tag what it has by digest alone', async () => {
  const text = `quay.io/team/app@${digestOf('some manifest')}`;
  const has = registryWith(text);
  expect(await has('quay.io/team/app')).toBe('absent');
  expect(await has('quay.io/team/app:latest')).toBe('absent');
  expect(await has(`quay.io/team/app@${digestOf(text)}`)).toBe(text);
});
