import { describe, expect, it } from 'vitest';
import { keyOfPlain, kindOfPlain } from '../../../../src/domain/chart/plain-scalar.ts';
import { PLAIN_KEYS, PLAIN_SCALARS, SPECIAL_FLOATS } from './yaml-samples.ts';

describe('a plain scalar', () => {
  it.each(PLAIN_SCALARS)('%j is read as helm reads it: %s', (text, kind) => {
    expect(kindOfPlain(text)).toBe(kind);
  });

  it.each(SPECIAL_FLOATS)('%j is a number', (text) => {
    expect(kindOfPlain(text)).toBe('float');
  });

  it.each(PLAIN_KEYS)('as a key, %j has the name %j', (text, name) => {
    expect(keyOfPlain(text)).toBe(name);
  });

  it('names a null key as helm would if it took one', () => {
    expect(keyOfPlain('~')).toBe('null');
  });
});
