import { describe, expect, it } from 'vitest';
import { sweep } from '../../../../src/domain/proof/sweep.ts';
import { TARGET } from './judged.ts';

const A = 'web/templates/a.yaml';
const B = 'web/templates/b.yaml';

interface Aside {
  readonly template: string;
  readonly text: string;
  readonly why: string;
}

function aside(text: string, template = A, why = 'built here'): Aside {
  return { template, text, why };
}

/** What is found in documents by template, as `text: why`. */
function hits(documents: readonly (readonly [string, string])[], left: readonly Aside[]): readonly string[] {
  const output = documents.map(([template, text]) => `---\n# Source: ${template}\n${text}\n`).join('');
  return sweep(output, { target: TARGET, sourceTexts: [], sourceHosts: [], aside: left }).map(
    ({ text, explained }) => `${text}: ${explained ?? 'unexplained'}`,
  );
}

describe('what is left as it is on purpose', () => {
  it('is explained by its own reason', () => {
    expect(hits([[A, 'x: quay.io/org/a:1']], [aside('quay.io/org/a:1')])).toEqual(['quay.io/org/a:1: built here']);
    const left = [aside('quay.io/org/a:1', A, 'an example'), aside('quay.io/org/b:1')];
    expect(hits([[A, 'x: quay.io/org/a:1\ny: quay.io/org/b:1']], left)).toEqual([
      'quay.io/org/a:1: an example',
      'quay.io/org/b:1: built here',
    ]);
  });

  it.each([
    ['another tag that begins alike', 'quay.io/org/a:1', 'x: quay.io/org/a:1.2', 'quay.io/org/a:1.2'],
    ['a tag behind a name without one', 'quay.io/org/a', 'x: quay.io/org/a:1', 'quay.io/org/a:1'],
    ['another name that begins alike', 'quay.io/org/a', 'x: quay.io/org/a-car', 'quay.io/org/a-car'],
    ['a path that goes on', 'quay.io/org', 'x: quay.io/org/a:1', 'quay.io/org/a:1'],
    ['another image that ends alike', 'org/a:1.0', 'x: quay.io/org/a:1.0', 'quay.io/org/a:1.0'],
  ])('does not explain %s', (_, text, line, hit) => {
    expect(hits([[A, line]], [aside(text)])).toEqual([`${hit}: unexplained`]);
  });

  it.each([
    'x: "quay.io/org/a:1"',
    'x: run quay.io/org/a:1, then stop',
    'x: like quay.io/org/a:1.',
    'x: (quay.io/org/a:1)',
  ])('is explained in quotes and in sentences: %s', (line) => {
    expect(hits([[A, line]], [aside('quay.io/org/a:1')])).toEqual([expect.stringMatching(/: built here$/)]);
  });

  it.each([
    'x: oci://quay.io/org/a:1',
    'x: "--image=quay.io/org/a:1"',
    'x: "a\\nquay.io/org/a:1\\nb"',
    'x: "a\\tquay.io/org/a:1"',
    'x: "\\u003cquay.io/org/a:1\\u003e"',
  ])('is explained behind a scheme, a flag or an escape: %s', (line) => {
    expect(hits([[A, line]], [aside('quay.io/org/a:1')])).toEqual(['quay.io/org/a:1: built here']);
  });

  it.each([
    ['quay.io/org/a:1', 'i:\n  repository: quay.io/org/a\n  tag: "1"'],
    ['quay.io/org/a:1', 'i:\n  registry: quay.io\n  repository: org/a\n  tag: "1"'],
  ])('is explained in its parts: %s in %j', (text, lines) => {
    const found = hits([[A, lines]], [aside(text)]);
    expect(found.filter((hit) => hit.endsWith('unexplained'))).toEqual([]);
    expect(found.length).toBeGreaterThan(0);
  });

  it.each([
    ['prefix: quay.io', 'quay.io'],
    ['y: quay.io/org/a', 'quay.io/org/a'],
  ])('that stands there as a whole explains no parts: %s', (line, hit) => {
    expect(hits([[A, `x: quay.io/org/a:1\n${line}`]], [aside('quay.io/org/a:1')])).toEqual([
      'quay.io/org/a:1: built here',
      `${hit}: unexplained`,
    ]);
  });

  it('in its parts explains no other image', () => {
    const lines = 'i:\n  registry: quay.io\n  repository: org/b\n  tag: "1.2"\nj: quay.io/org/b';
    expect(hits([[A, lines]], [aside('quay.io/org/a:1')]).filter((hit) => hit.endsWith('unexplained'))).toContain(
      'quay.io/org/b: unexplained',
    );
  });

  it('does not explain another image in the same line', () => {
    expect(hits([[A, 'x: quay.io/org/a:1 quay.io/org/b:1']], [aside('quay.io/org/a:1')])).toEqual([
      'quay.io/org/a:1: built here',
      'quay.io/org/b:1: unexplained',
    ]);
  });

  it('explains nothing in another template, be it before it or behind it', () => {
    const left = [aside('quay.io/org/a:1')];
    expect(hits([[B, 'x: quay.io/org/a:1']], left)).toEqual(['quay.io/org/a:1: unexplained']);
    expect(
      hits(
        [
          [B, 'x: quay.io/org/a:1'],
          [A, 'x: quay.io/org/a:1'],
          [B, 'x: quay.io/org/a:1'],
        ],
        left,
      ),
    ).toEqual(['quay.io/org/a:1: unexplained', 'quay.io/org/a:1: built here', 'quay.io/org/a:1: unexplained']);
  });

  it('is explained in each document of its template, also where only the first one names it', () => {
    const output = `---\n# Source: ${A}\nx: quay.io/org/a:1\n---\ny: quay.io/org/a:1\n`;
    const found = sweep(output, {
      target: TARGET,
      sourceTexts: [],
      sourceHosts: [],
      aside: [aside('quay.io/org/a:1')],
    });
    expect(found.map(({ explained }) => explained)).toEqual(['built here', 'built here']);
  });

  it('is explained in base64', () => {
    const encoded = Buffer.from('{"image": "quay.io/org/a:1"}').toString('base64');
    expect(hits([[A, `x: ${encoded}`]], [aside('quay.io/org/a:1')])).toEqual([
      'quay.io/org/a:1 (in base64): built here',
    ]);
  });
});
