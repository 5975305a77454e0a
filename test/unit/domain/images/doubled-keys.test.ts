import { describe, expect, it, test } from 'vitest';
import { parsePlain } from '../../../../src/domain/images/parse-plain.ts';
import { USE_RULES } from '../../../../src/domain/images/use-rules.ts';
import { usesIn } from './rendered.ts';

describe('a key that a map gives several times', () => {
  it('says what it says last, as helm takes it, and what it says before stands beside it', () => {
    expect(parsePlain('a: 1\nb: { c: x, c: y }\na: 2\na: 3\n')).toEqual({
      value: { a: '3', b: { c: 'y' } },
      shadowed: [
        { a: '2', b: { c: 'x' } },
        { a: '1', b: { c: 'x' } },
      ],
    });
  });

  test.each([
    ['items of a list', 'a: 1\nb: [{ a: 2 }, { a: 3 }]\n'],
    ['merges', 'x: &x { a: 1 }\ny: &y { b: 2 }\nz: { <<: *x, <<: *y }\n'],
    ['what others refer to', 'a: 1\na: &x 2\nb: *x\n'],
  ])('is none in %s', (_, text) => {
    expect(parsePlain(text)).toMatchObject({ value: {}, shadowed: [] });
  });

  it('is read a few times, and no more', () => {
    const parsed = parsePlain('a: 1\n'.repeat(1000));
    expect('value' in parsed && parsed.shadowed.length).toBe(10);
  });

  it('names images by all that it says, of which the last is certain', () => {
    const uses = usesIn(
      'apiVersion: v1\nkind: Pod\nspec:\n  containers:\n  - image: org/app:1\n    image: org/app:2\n    image: org/app:1\n  - image: org/side:1\n',
    );
    expect(uses.map(({ text, certainty, why }) => [text, certainty, why])).toEqual([
      ['org/app:1', 'certain', undefined],
      ['org/side:1', 'certain', undefined],
      ['org/app:2', 'candidate', USE_RULES.shadowed.why],
    ]);
  });
});
