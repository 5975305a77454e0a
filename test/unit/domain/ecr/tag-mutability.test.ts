import { describe, expect, it } from 'vitest';
import { isImmutable, type TagMutability } from '../../../../src/domain/ecr/tag-mutability.ts';

describe('an immutable tag', () => {
  it.each<[TagMutability['kind'], readonly string[], string, boolean]>([
    ['immutable', [], 'latest', true],
    ['mutable', [], 'latest', false],
    ['immutable', ['latest', 'nightly-*'], 'latest', false],
    ['immutable', ['latest', 'nightly-*'], 'nightly-2', false],
    ['immutable', ['latest', 'nightly-*'], 'latest2', true],
    ['immutable', ['latest', 'nightly-*'], 'a-nightly-2', true],
    ['mutable', ['v*'], 'v1.0.0', true],
    ['mutable', ['v*'], '1.0.0', false],
    ['mutable', ['1.0'], '1x0', false],
    ['mutable', ['*-rc*'], '1.0-rc1', true],
    ['mutable', ['*'], 'anything', true],
  ])('%s except %j: %s is %s', (kind, exceptions, tag, expected) => {
    expect(isImmutable({ kind, exceptions }, tag)).toBe(expected);
  });
});
