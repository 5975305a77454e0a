import { describe, expect, it } from 'vitest';
import { quotedTexts } from '../../../../src/domain/proof/quoted-texts.ts';
import { sweep } from '../../../../src/domain/proof/sweep.ts';
import { TARGET } from './judged.ts';

const VALUES = 'image:\n  repository: acme/side\n  tag: v1\n';

function unexplained(text: string): readonly string[] {
  const output = `---\n# Source: web/templates/a.yaml\n${text}\n`;
  const query = { target: TARGET, sourceTexts: [], sourceHosts: [], planned: [`${TARGET}/acme/app:v1`] };
  return sweep(output, query).flatMap((hit) => (hit.explained === undefined ? [hit.text] : []));
}

describe('quoted texts', () => {
  it('are read with their escapes, and so are those inside of them', () => {
    expect(quotedTexts(['x: y', `values: ${JSON.stringify(VALUES)}`])).toEqual([{ line: 1, text: VALUES }]);
    const outer = `a: ${JSON.stringify(VALUES)}\nb: "\u003c"\n`;
    expect(quotedTexts([JSON.stringify(outer).replace('<', '\\u003c')]).map(({ text }) => text)).toEqual([
      outer,
      VALUES,
    ]);
  });

  it('are those with a line end, behind which something stands', () => {
    expect(quotedTexts(['a: "one"', 'b: "one\\n"', 'c: one\\ntwo', 'd: "C:\\\\new"'])).toEqual([]);
  });
});

describe('what several lines of a quoted text make together', () => {
  it.each([
    ['in an object', `kind: Application\nspec:\n  values: ${JSON.stringify(VALUES)}`],
    ['in braces', `kind: A\nspec: {helm: {values: ${JSON.stringify(VALUES)}}}`],
    ['in a quoted text', `kind: A\nspec: ${JSON.stringify(`values: ${JSON.stringify(VALUES)}\nb: c`)}`],
  ])('is found %s', (_, text) => {
    expect(unexplained(text)).toEqual(['acme/side']);
  });

  it('is told of once where the line tells of it by itself', () => {
    expect(unexplained(`x: ${JSON.stringify('image: acme/side:v1\nb: c')}`)).toEqual(['acme/side:v1']);
  });

  it('is found where the line has the same only in a comment', () => {
    const text = `a: b\n# acme/side:v1\n${VALUES}`;
    expect(unexplained(`x: ${JSON.stringify(text)}`)).toEqual(['acme/side']);
  });

  it('is no more than documentation in the description of a definition', () => {
    const description = JSON.stringify(`Such as\n${VALUES}`);
    const text = `kind: CustomResourceDefinition\nspec:\n  a:\n    description: ${description}\n    type: string`;
    expect(unexplained(text)).toEqual([]);
  });

  it('is harmless with the registry of the target', () => {
    const text = `image:\n  registry: ${TARGET}\n  repository: acme/app\n  tag: v1\n`;
    expect(unexplained(`values: ${JSON.stringify(text)}`)).toEqual([]);
  });
});
