import { describe, expect, it } from 'vitest';
import { goYamlEntry } from '../../../../src/domain/lock/go-yaml-scalar.ts';

/** What yaml.v3 3.0.1 wrote for each text behind a key in column 2, with an indentation of two. */
const WRITTEN: readonly (readonly [string, readonly (readonly [text: string, bytes: string])[]])[] = [
  [
    'stays bare',
    [
      ['nginx', 'nginx\n'],
      ['1.2.3', '1.2.3\n'],
      ['v1', 'v1\n'],
      ['docker.io/library/nginx:1.27', 'docker.io/library/nginx:1.27\n'],
      ['127.0.0.1:5000/r:7', '127.0.0.1:5000/r:7\n'],
      ['sha256:0a', 'sha256:0a\n'],
      ['08x', '08x\n'],
      ['0b2', '0b2\n'],
      ['0o8', '0o8\n'],
      ['0x', '0x\n'],
      ['1e999', '1e999\n'],
      ['._5', '._5\n'],
      ['.5_', '.5_\n'],
      ['_1', '_1\n'],
      ['tRue', 'tRue\n'],
      ['nil', 'nil\n'],
      ['.INF1', '.INF1\n'],
      ['<<', '<<\n'],
      ['=', '=\n'],
      ['-a', '-a\n'],
      ['?a', '?a\n'],
      [':a', ':a\n'],
      ['a:b', 'a:b\n'],
      ['a#b', 'a#b\n'],
      ["it's", "it's\n"],
      ['a"b', 'a"b\n'],
      ['a\\b', 'a\\b\n'],
      ['a, b]', 'a, b]\n'],
      ['~a', '~a\n'],
      ['2001-13-01', '2001-13-01\n'],
      ['2001-02-29', '2001-02-29\n'],
      ['2001-1-1T1:1:1', '2001-1-1T1:1:1\n'],
      ['12:60', '12:60\n'],
      ['\u00a0é漢', '\u00a0é漢\n'],
      ['\ufffd', '\ufffd\n'],
    ],
  ],
  [
    'in double quotes, for it is no text otherwise',
    [
      ['', '""\n'],
      ['~', '"~"\n'],
      ['null', '"null"\n'],
      ['NULL', '"NULL"\n'],
      ['true', '"true"\n'],
      ['False', '"False"\n'],
      ['yes', '"yes"\n'],
      ['N', '"N"\n'],
      ['off', '"off"\n'],
      ['1', '"1"\n'],
      ['-1', '"-1"\n'],
      ['+1', '"+1"\n'],
      ['1_000', '"1_000"\n'],
      ['0644', '"0644"\n'],
      ['08', '"08"\n'],
      ['0o17', '"0o17"\n'],
      ['0b-1', '"0b-1"\n'],
      ['0xFF', '"0xFF"\n'],
      ['18446744073709551616', '"18446744073709551616"\n'],
      ['1.10', '"1.10"\n'],
      ['1e3', '"1e3"\n'],
      ['.5', '".5"\n'],
      ['.5_5', '".5_5"\n'],
      ['1.', '"1."\n'],
      ['.inf', '".inf"\n'],
      ['-.INF', '"-.INF"\n'],
      ['.NaN', '".NaN"\n'],
      ['12:30', '"12:30"\n'],
      ['190:20:30.15', '"190:20:30.15"\n'],
      ['2001-1-2', '"2001-1-2"\n'],
      ['2001-12-14 21:59:43.10', '"2001-12-14 21:59:43.10"\n'],
      ['2001-12-14t21:59:43Z', '"2001-12-14t21:59:43Z"\n'],
      ['2001-12-14T1:2:3,5-24:60', '"2001-12-14T1:2:3,5-24:60"\n'],
    ],
  ],
  [
    'in double quotes, with escapes',
    [
      ['a\tb', '"a\\tb"\n'],
      ['\u0000\u0007\u001b\u007f', '"\\0\\a\\e\\x7F"\n'],
      ['\u0085\u0080', '"\\N\\x80"\n'],
      ['\ufeffab', '"\\uFEFF\\x61\\x62"\n'],
      ['a\u00a0\u0001', '"a\u00a0\\x01"\n'],
      ['😀', '"\\U0001F600"\n'],
      ['"\t\\', '"\\"\\t\\\\"\n'],
      ['a\r\nb', '"a\\r\\nb"\n'],
      ['a\n \nb', '"a\\n \\nb"\n'],
      ['a\nb ', '"a\\nb "\n'],
      [' \u2028', '" \\L"\n'],
    ],
  ],
  [
    'in single quotes',
    [
      [' a', "' a'\n"],
      ['a ', "'a '\n"],
      ['- a', "'- a'\n"],
      ['-', "'-'\n"],
      ['? a', "'? a'\n"],
      [': ', "': '\n"],
      ['a: b', "'a: b'\n"],
      ['a:', "'a:'\n"],
      ['a #b', "'a #b'\n"],
      ['#a', "'#a'\n"],
      ['[a', "'[a'\n"],
      ['{', "'{'\n"],
      ['*a', "'*a'\n"],
      ['&a', "'&a'\n"],
      ['!a', "'!a'\n"],
      ['|', "'|'\n"],
      ['>', "'>'\n"],
      ['%a', "'%a'\n"],
      ['@a', "'@a'\n"],
      ['`a', "'`a'\n"],
      ["'a", "'''a'\n"],
      ['"a"', '\'"a"\'\n'],
      ['---', "'---'\n"],
      ['--- a', "'--- a'\n"],
      ['...', "'...'\n"],
      [',a', "',a'\n"],
      ["a: it's", "'a: it''s'\n"],
      ['a\u2028b', "'a\u2028    b'\n"],
    ],
  ],
  [
    'as a block',
    [
      ['a\nb', '|-\n    a\n    b\n'],
      ['a\nb\n', '|\n    a\n    b\n'],
      ['a\n\n', '|+\n    a\n\n'],
      [' a\nb', '|2-\n     a\n    b\n'],
      ['a\n\n  b\n', '|\n    a\n\n      b\n'],
      ['a\n#b: c', '|-\n    a\n    #b: c\n'],
      ["it's\n\tb", "|-\n    it's\n    \tb\n"],
      ['a\nb\u2028', '|\n    a\n    b\u2028'],
    ],
  ],
];

describe.each(WRITTEN)('a text that yaml.v3 writes %s', (_, cases) => {
  it.each(cases)('%j', (text, bytes) => {
    expect(goYamlEntry('a', text, 2)).toBe(`a: ${bytes}`);
  });
});

describe('writing a text as yaml.v3 does', () => {
  it('puts the lines of a block two columns behind the key', () => {
    expect(goYamlEntry('v', ' a\n\nb', 8)).toBe('v: |2-\n           a\n\n          b\n');
  });

  it('never folds a long text', () => {
    const long = 'word '.repeat(200).trim();
    expect(goYamlEntry('a', long, 2)).toBe(`a: ${long}\n`);
    expect(goYamlEntry('a', `# ${long}`, 2)).toBe(`a: '# ${long}'\n`);
    expect(goYamlEntry('a', `\t${long}`, 2)).toBe(`a: "\\t${long}"\n`);
  });

  it.each([
    ['\na', '"\\na"'],
    ['\n', '"\\n"'],
    ['\ta\nb', '"\\ta\\nb"'],
    ['\u2028a\nb', '"\\La\\nb"'],
  ])('quotes %j, whose block yaml.v3 could not read', (text, source) => {
    expect(goYamlEntry('a', text, 2)).toBe(`a: ${source}\n`);
  });

  it('writes half a character as what UTF-8 has for it', () => {
    expect(goYamlEntry('a', 'x\ud800', 2)).toBe('a: x\ufffd\n');
  });
});
