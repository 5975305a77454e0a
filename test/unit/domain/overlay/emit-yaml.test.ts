import { describe, expect, it } from 'vitest';
import { emitYaml, flowYaml, keyName, quoted } from '../../../../src/domain/overlay/emit-yaml.ts';
import { values } from '../trace/uses.ts';

describe('writing values', () => {
  it.each([
    [
      'texts that helm would read as something else',
      'a: "n"\nb: "on"\nc: "0644"\nd: "1e3"\ne: "null"\nf: "~"\ng: ""\n',
    ],
    ['the spelling of numbers and booleans', 'a: 0644\nb: 1e3\nc: 1.10\nd: 12345678901234567890\ne: yes\nf: 0o17\n'],
    ['maps, also empty ones', 'a:\n  b:\n    c: "x"\n  d: {}\ne: null\n'],
    [
      'lists, also in lists, and of maps',
      'a: []\nb:\n  - "x"\n  - 1\n  - null\n  - c: "x"\n    d: 0644\n  - - "x"\n    - - "z"\n  - {}\n',
    ],
    [
      'keys that are no plain names',
      '"on": "x"\n"1.10": "x"\n"a/b": "x"\n"a b": "x"\n"": "x"\n"<<": "x"\na.b-c_d: "x"\n',
    ],
    ['texts of several lines and with quotes', 'a: "x\\ny\\t\\"\\\\"\n'],
  ])('keeps %s', (_, text) => {
    expect(emitYaml(values(text))).toBe(text);
  });

  it('writes an empty map as one', () => {
    expect(emitYaml(values(''))).toBe('{}\n');
  });

  it('gives keys that helm names otherwise their helm name', () => {
    expect(emitYaml(values('1.10: a\non: b\n'))).toBe('"1.1": "a"\n"true": "b"\n');
  });

  it('writes on one line', () => {
    const node = values('a: x\nb: [1.10, ~, { c: "d" }]\ne: {}\n');
    expect(flowYaml(node)).toBe('{"a": "x", "b": [1.10, null, {"c": "d"}], "e": {}}');
  });

  it.each([
    ['\u007f', '"\\u007f"'],
    ['\u0085', '"\\u0085"'],
    ['\u2028\u2029', '"\\u2028\\u2029"'],
    ['\ufeff', '"\\ufeff"'],
    ['\u0000\u001b', '"\\u0000\\u001b"'],
    ['😀é', '"😀é"'],
    ['"\\/', '"\\"\\\\/"'],
  ])('quotes %j so that every reader takes it for the same', (text, expected) => {
    expect(quoted(text)).toBe(expected);
  });

  it.each(['y', 'No', 'TRUE', 'null', 'Off', '1a', '-a', '~', 'a b', 'ключ', ''])('quotes the key %j', (key) => {
    expect(keyName(key)).toBe(JSON.stringify(key));
  });

  it.each(['a', '_a', 'image.registry', 'a-b', 'yes1', 'nully'])('leaves the key %s bare', (key) => {
    expect(keyName(key)).toBe(key);
  });
});
