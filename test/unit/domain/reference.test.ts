import { describe, expect, it } from 'vitest';
import {
  canonicalRegistry,
  formatReference,
  identifierOf,
  isRegistryHost,
  isRepositoryName,
  isTag,
  looksLikeRegistry,
  parseDigest,
  parseReference,
} from '../../../src/domain/reference.ts';

const HEX = 'c0ffee'.repeat(11).slice(0, 64);
const DIGEST = `sha256:${HEX}`;

describe('reading a reference', () => {
  it.each([
    ['a short Docker Hub name gets library/', 'nginx', 'docker.io/library/nginx'],
    ['a Docker Hub name with an owner keeps it', 'org/app:2', 'docker.io/org/app:2'],
    ['docker.io written out is the same as left out', 'docker.io/nginx:1', 'docker.io/library/nginx:1'],
    ['index.docker.io is Docker Hub', 'index.docker.io/org/app', 'docker.io/org/app'],
    ['registry-1.docker.io is Docker Hub', 'registry-1.docker.io/nginx', 'docker.io/library/nginx'],
    ['registry.hub.docker.com is Docker Hub', 'registry.hub.docker.com/library/nginx', 'docker.io/library/nginx'],
    ['library/ is not added twice', 'docker.io/library/nginx', 'docker.io/library/nginx'],
    ['library/ is for Docker Hub only', 'quay.io/nginx', 'quay.io/nginx'],
    ['a host is lower case', 'Quay.IO/org/app:1', 'quay.io/org/app:1'],
    ['a tag keeps its case', 'quay.io/org/app:V1.2-RC', 'quay.io/org/app:V1.2-RC'],
    ['a port belongs to the host', 'registry.example.com:5000/a/b:1', 'registry.example.com:5000/a/b:1'],
    ['a single label with a port is a host', 'registry:5000/a', 'registry:5000/a'],
    ['localhost is a host without a dot', 'localhost/a:1', 'localhost/a:1'],
    ['a single label without a port is an owner', 'registry/a:1', 'docker.io/registry/a:1'],
    ['a colon without a slash begins a tag', 'registry:5000', 'docker.io/library/registry:5000'],
    ['an IPv4 address with port is a host', '10.0.0.1:5000/a/b', '10.0.0.1:5000/a/b'],
    ['an IPv6 address in brackets is a host', '[2001:db8::1]:5000/a:1', '[2001:db8::1]:5000/a:1'],
    ['an IPv6 address needs no port', '[::1]/a', '[::1]/a'],
    ['a digest alone', `quay.io/a/b@${DIGEST}`, `quay.io/a/b@${DIGEST}`],
    ['tag and digest stay both', `nginx:1.25@${DIGEST}`, `docker.io/library/nginx:1.25@${DIGEST}`],
    ['underscores and doubled separators in a path', 'quay.io/a__b/c--d/e.f_g', 'quay.io/a__b/c--d/e.f_g'],
    ['a numeric tag', 'org/app:16', 'docker.io/org/app:16'],
    ['a tag may begin with an underscore', 'org/app:_x', 'docker.io/org/app:_x'],
  ])('%s', (_, text, canonical) => {
    const reference = parseReference(text);
    expect(reference && formatReference(reference)).toBe(canonical);
  });

  it.each([
    ['an empty text', ''],
    ['an upper-case path', 'quay.io/Org/app:1'],
    ['an upper-case short name', 'Nginx'],
    ['an empty tag', 'org/app:'],
    ['a lone colon', ':'],
    ['a leading slash', '/org/app:1'],
    ['a trailing slash', 'quay.io/org/'],
    ['a doubled slash', 'quay.io//app'],
    ['a URL', 'https://quay.io/org/app'],
    ['a digest that is too short', 'org/app@sha256:abc'],
    ['a sha256 of 63 digits', `org/app@sha256:${HEX.slice(1)}`],
    ['an upper-case digest', `org/app@sha256:${HEX.toUpperCase()}`],
    ['two digests', `org/app@${DIGEST}@${DIGEST}`],
    ['a tag of 129 characters', `org/app:${'a'.repeat(129)}`],
    ['a tag that begins with a dot', 'org/app:.1'],
    ['a plus in a tag', 'org/app:1.2+3'],
    ['an IPv6 address without brackets', '::1/a'],
    ['a port of six digits', 'host.example:500000/a'],
    ['a path that ends in a separator', 'quay.io/org/app-'],
    ['three underscores', 'quay.io/org/a___b'],
    ['white space', 'quay.io/org/app :1'],
    ['a path of more than 255 characters', `quay.io/${'a/'.repeat(130)}b`],
  ])('refuses %s', (_, text) => {
    expect(parseReference(text)).toBeUndefined();
  });

  it('reads back what it has formatted', () => {
    for (const text of ['nginx', 'a/b:1', `r.example:1/a@${DIGEST}`, `[::1]:5/a:1@${DIGEST}`]) {
      const reference = parseReference(text);
      if (reference === undefined) throw new Error(`${text} is a reference`);
      expect(parseReference(formatReference(reference))).toEqual(reference);
    }
  });
});

describe('the parts of a reference', () => {
  it.each([
    ['the digest when there is one', `nginx:1@${DIGEST}`, DIGEST],
    ['else the tag', 'nginx:1', '1'],
    ['else latest', 'nginx', 'latest'],
  ])('a registry is asked for %s', (_, text, identifier) => {
    const reference = parseReference(text);
    expect(reference && identifierOf(reference)).toBe(identifier);
  });

  it('accepts other digest algorithms with enough digits', () => {
    expect(parseDigest(`sha512:${HEX}${HEX}`)).toBe(`sha512:${HEX}${HEX}`);
    expect(parseDigest('sha512:abc')).toBeUndefined();
    expect(parseDigest(HEX)).toBeUndefined();
  });

  it.each([
    ['1.25', true],
    ['a'.repeat(128), true],
    ['a'.repeat(129), false],
    ['-a', false],
    ['', false],
    ['a b', false],
  ])('the tag %j: %s', (text, valid) => {
    expect(isTag(text)).toBe(valid);
  });

  it.each([
    ['quay.io', true],
    ['quay.io:443', true],
    ['a-b', true],
    ['[fe80::1]:5000', true],
    ['a_b', false],
    ['-a.example', false],
    ['quay.io/a', false],
    ['quay.io:', false],
    ['', false],
  ])('the registry host %j: %s', (text, valid) => {
    expect(isRegistryHost(text)).toBe(valid);
  });

  it.each([
    ['localhost', true],
    ['a.b', true],
    ['a:1', true],
    ['registry', false],
    ['LOCALHOST', false],
  ])('the first component %j names a registry: %s', (text, is) => {
    expect(looksLikeRegistry(text)).toBe(is);
  });

  it('knows repository names by the grammar of the distribution specification', () => {
    expect(isRepositoryName('a/b.c/d__e/f--g')).toBe(true);
    expect(isRepositoryName('a/')).toBe(false);
    expect(isRepositoryName('a..b')).toBe(false);
  });

  it('gives every alias of Docker Hub one name', () => {
    expect(canonicalRegistry('INDEX.docker.io')).toBe('docker.io');
    expect(canonicalRegistry('mirror.docker.io')).toBe('mirror.docker.io');
  });
});
