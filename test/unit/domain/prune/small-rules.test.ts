import { describe, expect, it } from 'vitest';
import { digestOf } from '../../../../src/domain/manifest.ts';
import { parseAge } from '../../../../src/domain/prune/age.ts';
import { freedBytes } from '../../../../src/domain/prune/freed-bytes.ts';
import { changedRepository, type ListedEntry, type Listing } from '../../../../src/domain/prune/listing.ts';
import { subjectIn } from '../../../../src/domain/prune/subject-field.ts';
import { blobOf, manifestOf, repositoryOf } from './registries.ts';

describe('the age of --older-than', () => {
  it.each([
    ['24h', 24],
    ['30d', 720],
    ['2w', 336],
    [' 7d ', 168],
  ])('%s is %i hours', (text, hours) => {
    expect(parseAge(text)).toBe(hours * 3_600_000);
  });

  it.each(['', '30', 'd', '0d', '1.5d', '-3d', '3m', '3y', '3 d', '100000d', 'P30D'])('%j is no age', (text) => {
    expect(parseAge(text)).toBeUndefined();
  });
});

describe('bytes to be freed', () => {
  const [own, shared, both] = [blobOf('own', 10), blobOf('shared', 100), blobOf('both', 1000)];
  const image = (name: string, ...blobs: ReturnType<typeof blobOf>[]) =>
    manifestOf(name, [name], { content: { kind: 'image', blobs } });
  const first = image('first', own, shared, both);
  const second = image('second', both);
  const third = image('third', shared);

  it('are those of blobs that nothing else refers to, each once', () => {
    const repository = repositoryOf('a/b', [first, second, third]);
    const freed = (...tags: readonly string[]) =>
      freedBytes(repository, (manifest) => tags.includes(manifest.tags[0] ?? ''));
    expect(freed('first')).toEqual({ bytes: 10, isBound: false });
    expect(freed('first', 'second')).toEqual({ bytes: 1010, isBound: false });
    expect(freed('first', 'second', 'third')).toEqual({ bytes: 1110, isBound: false });
    expect(freed()).toEqual({ bytes: 0, isBound: false });
  });

  it('are a bound when something that stays cannot be read', () => {
    const unread = manifestOf('x', ['x'], { content: { kind: 'unread', mayHaveChildren: false } });
    const repository = repositoryOf('a/b', [first, unread]);
    expect(freedBytes(repository, ({ tags }) => tags[0] === 'first').isBound).toBe(true);
    expect(freedBytes(repository, () => false).isBound).toBe(false);
  });
});

describe('a list that is read again', () => {
  const entry = (name: string, ...tags: readonly string[]): ListedEntry => ({
    digest: digestOf(name),
    tags,
    isArchived: false,
  });
  const listing = (...entries: readonly ListedEntry[]): Listing => new Map([['a/b', entries]]);

  it('is the same whatever its order', () => {
    const [a, b] = [entry('a', '1', '2'), entry('b')];
    expect(changedRepository(listing(a, b), listing(b, entry('a', '2', '1')))).toBeUndefined();
    expect(changedRepository(listing(a), new Map([...listing(a), ['new/empty', []]]))).toBeUndefined();
  });

  it.each([
    ['another manifest', listing(entry('a', '1'), entry('b'))],
    ['a manifest less', listing()],
    ['another tag', listing(entry('a', '1', 'x'))],
    ['a tag less', listing(entry('a'))],
    ['something archived', listing({ ...entry('a', '1'), isArchived: true })],
    ['a repository less', new Map()],
  ])('tells of %s', (_, after) => {
    expect(changedRepository(listing(entry('a', '1')), after)).toBe('a/b');
  });

  it('tells of a new repository that is not empty', () => {
    const before = listing(entry('a', '1'));
    expect(changedRepository(before, new Map([...before, ['c/d', [entry('x')]]]))).toBe('c/d');
  });
});

describe('the subject of a manifest', () => {
  it('is read from its own bytes', () => {
    const digest = digestOf('subject');
    expect(subjectIn(Buffer.from(JSON.stringify({ subject: { digest } })))).toBe(digest);
  });

  it.each([
    '{}',
    'no json',
    '[]',
    'null',
    '{"subject":null}',
    '{"subject":{"digest":"x"}}',
    '{"subject":{"digest":3}}',
  ])('is none in %s', (text) => {
    expect(subjectIn(Buffer.from(text))).toBeUndefined();
  });
});
