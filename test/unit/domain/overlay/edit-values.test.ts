import { describe, expect, it } from 'vitest';
import { editedValue, editValues, type LeafEdit } from '../../../../src/domain/overlay/edit-values.ts';
import { MirrorError } from '../../../../src/errors.ts';
import { add, EDIT_CASES, move, put } from './edit-cases.ts';

function failure(text: string, edits: readonly LeafEdit[]): MirrorError {
  try {
    editValues(text, edits, 'charts/kv-1.0.0.tgz!values.yaml');
  } catch (error) {
    if (error instanceof MirrorError) return error;
    throw error;
  }
  throw new Error('nothing was refused');
}

describe.each(Object.entries(EDIT_CASES))('%s', (_, cases) => {
  it.each(cases.map((one) => [one.rule, one] as const))('%s', (_rule, { before, edits, after }) => {
    expect(editValues(before, edits, 'values.yaml')).toBe(after);
  });

  it.each(cases.map((one) => [one.rule, one] as const))('%s: whatever the order of the edits', (_rule, one) => {
    expect(editValues(one.before, [...one.edits].reverse(), 'values.yaml')).toBe(one.after);
  });
});

describe('editing values', () => {
  it('changes nothing without edits', () => {
    const text = '# c\r\na: 0644 # d\n\tb: [\n';
    expect(() => editValues(text, [], 'values.yaml')).toThrow();
    expect(editValues('a: 0644 # d\r\n', [], 'values.yaml')).toBe('a: 0644 # d\r\n');
  });

  it('gives the value after an edit', () => {
    expect(editedValue(move(['a'], 'x quay.io/a quay.io/b', [0, 1]))).toBe('x r.test/a r.test/b');
    expect(editedValue(add(['a'], 'new'))).toBe('new');
  });

  it.each<readonly [string, string, LeafEdit]>([
    ['a text stands in the way', 'a: x\n', add(['a', 'b'])],
    ['a number stands in the way', 'a: 3\n', add(['a', 'b'])],
    ['a list stands in the way', 'a: [x]\n', add(['a', 'b'])],
    ['a list is too short', 'a: [x]\n', add(['a', 3])],
    ['a list is missing', 'a: 1\n', add(['b', 0, 'c'])],
    ['a map stands at the path', 'a: { b: c }\n', put(['a'], 'x', 'y')],
    ['another text stands there', 'a: x\n', put(['a'], 'y', 'z')],
    ['a number stands there', 'a: 3\n', put(['a'], 'x', 'y')],
    ['the first key of the map is anchored', 'a:\n  &k b: 1\n', add(['a', 'c'])],
    ['the whole file is a list', '- a\n', add(['b'])],
    [
      'a key could not be told from the one that a merge brings',
      'x: &x { 1.10: a }\ny: { <<: *x }\n',
      put(['true', '1.1'], 'a', 'b'),
    ],
    ['others would get a new key by their merge', 'x: &x { a: 1 }\nw: { <<: *x }\n', add(['x', 'registry'])],
  ])('refuses where %s, naming file and key', (_, text, edit) => {
    const error = failure(text, [edit]);
    expect(error.code).toBe('RELOCATION_FAILED');
    expect(error.message).toMatch(/^charts\/kv-1\.0\.0\.tgz!values\.yaml: \S+ cannot be rewritten in place: [a-z]/);
    expect(error.message).not.toMatch(/\n|\.$/);
    expect(error.hint).toMatch(/^set this key/);
  });

  it('makes no map where a list belongs', () => {
    expect(failure('a: 1\n', [add(['b', 0, 'c'])]).message).toContain(
      'b[0].c cannot be rewritten in place: something else',
    );
  });

  it('names the value that would change with another', () => {
    expect(failure('x: &x { a: 1 }\nw: { <<: *x }\n', [add(['x', 'registry'])]).message).toContain(' w.registry ');
  });

  it('refuses a file that is not readable before anything is edited', () => {
    expect(failure('a: [\n', [add(['b'])]).code).toBe('RENDER_FAILED');
  });

  it('edits a large file in reasonable time', () => {
    const keys = Array.from({ length: 300 }, (_, index) => `key${index}`);
    const text = keys.map((key) => `# ${key}\n${key}:\n  image:\n    repository: nginx # c\n    tag: 1.10\n`).join('');
    const edits = keys.slice(0, 40).map((key) => put([key, 'image', 'repository'], 'nginx', 'r.test/x'));
    const after = editValues(text, edits, 'values.yaml');
    expect(after.match(/r\.test\/x # c/g)).toHaveLength(40);
    expect(after.replaceAll('r.test/x', 'nginx')).toBe(text);
  }, 20_000);
});
