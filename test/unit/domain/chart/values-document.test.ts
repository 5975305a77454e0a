import { describe, expect, it } from 'vitest';
import { parseValues, valuesOf } from '../../../../src/domain/chart/values-document.ts';
import { EMPTY_MAP, nodeAt, stringLeaves, type ValueNode } from '../../../../src/domain/chart/values-tree.ts';
import { emitYaml } from '../../../../src/domain/overlay/emit-yaml.ts';
import { MirrorError } from '../../../../src/errors.ts';
import { DOCUMENTS } from './yaml-samples.ts';

function read(text: string): ValueNode {
  return valuesOf(parseValues(text, 'values.yaml'), (path) => ({ kind: 'chart', address: ['values.yaml'], path }));
}

function failure(text: string): MirrorError {
  try {
    parseValues(text, 'charts/a-1.0.0.tgz!values.yaml');
  } catch (error) {
    if (error instanceof MirrorError) return error;
  }
  throw new Error('nothing was refused');
}

describe('reading values', () => {
  it.each(DOCUMENTS.map((text) => [text]))('%j says the same after it was written again', (text) => {
    const values = read(text);
    expect(emitYaml(read(emitYaml(values)))).toBe(emitYaml(values));
  });

  it('keeps the spelling of numbers and booleans', () => {
    const sources = ['0644', '1e3', '1.10', '12345678901234567890', 'yes', '0o17'];
    for (const source of sources) expect(nodeAt(read(`a: ${source}`), ['a'])).toMatchObject({ kind: 'plain', source });
  });

  it('reads what is quoted or tagged as text as a text', () => {
    for (const source of ['"0644"', "'yes'", '!!str 1.10', '!own 1.10', '|-\n  0644', '"null"', '2024-01-01', '10:30'])
      expect(nodeAt(read(`a: ${source}\n`), ['a'])?.kind, source).toBe('string');
  });

  it('reads a tag of a number, a boolean or null by its text', () => {
    expect(nodeAt(read('a: !!int "3"'), ['a'])).toMatchObject({ kind: 'plain', source: '3' });
    expect(nodeAt(read('a: !!null ""'), ['a'])).toMatchObject({ kind: 'null' });
    expect(nodeAt(read('a: !!binary aGk='), ['a'])).toMatchObject({ kind: 'string', value: 'hi' });
  });

  it.each(['a:', 'a: ~', 'a: null', 'a: # c', '{a: }', '{a}'])('reads %j as null', (text) => {
    expect(nodeAt(read(text), ['a'])?.kind).toBe('null');
  });

  it('names keys as templates see them', () => {
    expect(stringLeaves(read('1.10: a\n0644: b\non: c\n"1.10": d\n"on": e\n')).map(({ path }) => path)).toEqual([
      ['1.1'],
      ['420'],
      ['true'],
      ['1.10'],
      ['on'],
    ]);
  });

  it('lets the last of two equal keys win, whole', () => {
    const values = read('a: { x: 1, y: 2 }\na: { z: 3 }\n');
    expect(nodeAt(values, ['a', 'x'])).toBeUndefined();
    expect(nodeAt(values, ['a', 'z'])).toMatchObject({ source: '3' });
  });

  it('lets a merge win over the keys before it and lose to those behind it', () => {
    const values = read('x: &x { a: merged, b: merged }\nw:\n  a: own\n  <<: *x\n  b: own\n');
    expect(nodeAt(values, ['w', 'a'])).toMatchObject({ value: 'merged' });
    expect(nodeAt(values, ['w', 'b'])).toMatchObject({ value: 'own' });
  });

  it('lets the first map of a merged list win', () => {
    const values = read('x: &x { a: one }\nw: &w { a: two, b: two }\nz: { <<: [*x, *w] }\n');
    expect(nodeAt(values, ['z', 'a'])).toMatchObject({ value: 'one' });
    expect(nodeAt(values, ['z', 'b'])).toMatchObject({ value: 'two' });
  });

  it('takes a quoted "<<" for a key like others', () => {
    expect(nodeAt(read('"<<": { a: b }\n'), ['<<', 'a'])).toMatchObject({ value: 'b' });
  });

  it('gives values behind aliases and merges the path at which they are seen', () => {
    const values = read('x: &x { a: b }\nw: *x\nz: { <<: *x }\n');
    expect(stringLeaves(values).map(({ path, origin }) => [path, origin.path])).toEqual([
      [
        ['x', 'a'],
        ['x', 'a'],
      ],
      [
        ['w', 'a'],
        ['w', 'a'],
      ],
      [
        ['z', 'a'],
        ['z', 'a'],
      ],
    ]);
  });

  it('does not run in circles when an anchor holds itself', () => {
    expect(nodeAt(read('a: &x { b: *x, c: d }\n'), ['a', 'c'])).toMatchObject({ value: 'd' });
  });

  it.each(['', '# only a comment\n', '---\n', '- a\n', 'word\n'])('%j holds no values', (text) => {
    expect(read(text)).toEqual(EMPTY_MAP);
  });

  it('takes empty documents around the values for nothing', () => {
    expect(nodeAt(read('---\n# c\n---\na: b\n---\n'), ['a'])).toMatchObject({ value: 'b' });
  });

  it('refuses several documents, naming the file', () => {
    const error = failure('a: 1\n---\nb: 2\n');
    expect(error.code).toBe('RENDER_FAILED');
    expect(error.message).toBe('charts/a-1.0.0.tgz!values.yaml is not readable YAML: it holds 2 documents');
    expect(error.hint).toBeDefined();
  });

  it('refuses what is no YAML in one line, naming file and place', () => {
    const error = failure('a: [b\nc: {d\n');
    expect(error.message).toMatch(/^charts\/a-1\.0\.0\.tgz!values\.yaml is not readable YAML: .*line \d+/);
    expect(error.message).not.toContain('\n');
    expect(error.cause).toBeDefined();
  });
});
