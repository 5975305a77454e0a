import { describe, expect, test } from 'vitest';
import { parseChallenges } from '../../../src/adapters/challenges.ts';

function parsed(...fields: string[]): unknown {
  return parseChallenges(fields).map(({ scheme, parameters }) => [scheme, Object.fromEntries(parameters)]);
}

describe('WWW-Authenticate', () => {
  test('a bearer challenge with commas inside quotes', () => {
    expect(parsed('Bearer realm="https://a.example/token",service="r",scope="repository:x:pull,push"')).toEqual([
      ['bearer', { realm: 'https://a.example/token', service: 'r', scope: 'repository:x:pull,push' }],
    ]);
  });

  test('two challenges in one field, and two fields', () => {
    const expected = [
      ['basic', { realm: 'x' }],
      ['bearer', { realm: 'https://t', scope: 'a b' }],
    ];
    expect(parsed('Basic realm="x", Bearer realm="https://t" , scope="a b"')).toEqual(expected);
    expect(parsed('Basic realm="x"', 'Bearer realm="https://t",scope="a b"')).toEqual(expected);
  });

  test('escapes in quotes, unquoted values, blanks around the equals sign', () => {
    expect(parsed('BEARER Realm = "a\\"b" ,service=plain')).toEqual([['bearer', { realm: 'a"b', service: 'plain' }]]);
  });

  test('a scheme alone, and one with a token in place of parameters', () => {
    expect(parsed('Negotiate', 'NTLM TlRMTVNTUAAC==, Basic realm="x"')).toEqual([
      ['negotiate', {}],
      ['ntlm', {}],
      ['basic', { realm: 'x' }],
    ]);
  });

  test('nonsense is nothing', () => {
    expect(parsed('', '"",,')).toEqual([]);
  });
});
