import { describe, expect, it } from 'vitest';
import { fitsQuestion, isImageQuestion, nearImages } from '../../../../src/domain/explain/match-image.ts';
import { parseReference, type Reference } from '../../../../src/domain/reference.ts';

function reference(text: string): Reference {
  const parsed = parseReference(text);
  if (parsed === undefined) throw new Error(`${text} is no reference`);
  return parsed;
}

function named(text: string, destination?: string) {
  return { reference: reference(text), destination: destination === undefined ? undefined : reference(destination) };
}

describe('a question', () => {
  it.each([
    ['quay.io/team/app:1', 'quay.io/team/app:1', true],
    ['quay.io/team/app', 'quay.io/team/app:1', true],
    ['quay.io/team/app:2', 'quay.io/team/app:1', false],
    ['quay.io/team/ap', 'quay.io/team/app:1', false],
    ['redis', 'docker.io/library/redis:7', true],
    ['redis', 'docker.io/bitnami/redis:7', false],
    ['*/redis', 'docker.io/bitnami/redis:7', true],
    ['quay.io/*', 'quay.io/team/app:1', true],
    ['*:1-*', 'quay.io/team/app:1-alpine', true],
  ])('%s of %s: %s', (asked, text, fits) => {
    expect(fitsQuestion(asked, named(text))).toBe(fits);
  });

  it('may use the name at the target', () => {
    const image = named('quay.io/team/app:1', 'r.example/p/team/app:1');
    expect(fitsQuestion('r.example/p/team/app', image)).toBe(true);
    expect(fitsQuestion('r.example/team/app', image)).toBe(false);
  });

  it('names a registry alone by its host', () => {
    const base = { reference: { registry: 'nvcr.io', repository: '', tag: undefined, digest: undefined } };
    expect(fitsQuestion('nvcr.io', { ...base, destination: undefined })).toBe(true);
  });

  it.each([
    ['redis', true],
    ['*', true],
    ['a b', false],
    ['', false],
    ['UPPER/case', false],
  ])('%j can be one: %s', (text, sound) => {
    expect(isImageQuestion(text)).toBe(sound);
  });
});

describe('near names', () => {
  const known = [
    named('docker.io/library/busybox:1.36'),
    named('quay.io/team/exporter:2', 'r.example/p/team/exporter:2'),
  ];

  it.each([
    ['busibox', 'docker.io/library/busybox:1.36'],
    ['busybox:1.37', 'docker.io/library/busybox:1.36'],
    ['exporter', 'quay.io/team/exporter:2'],
    ['ghcr.io/other/exporter:3', 'quay.io/team/exporter:2'],
    ['r.example/p/team/exportr:2', 'r.example/p/team/exporter:2'],
  ])('of %s are told: %s', (asked, name) => {
    expect(nearImages(asked, known)).toContain(name);
  });

  it('are none where nothing is near', () => {
    expect(nearImages('postgresql', known)).toEqual([]);
    expect(nearImages('*', known)).toEqual([]);
  });
});
