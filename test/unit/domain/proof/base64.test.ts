import { describe, expect, it } from 'vitest';
import { sweep } from '../../../../src/domain/proof/sweep.ts';
import type { SweepQuery } from '../../../../src/domain/proof/sweep-rules.ts';
import { TARGET } from './judged.ts';

function base64(text: string | Uint8Array): string {
  return Buffer.from(text).toString('base64');
}

function wrapped(text: string, width: number, indent: string): string {
  return base64(text).replace(new RegExp(`.{${width}}(?=.)`, 'g'), (line) => `${line}\n${indent}`);
}

function hits(text: string, more: Partial<SweepQuery> = {}): readonly string[] {
  const query = { target: TARGET, sourceTexts: [], sourceHosts: [], ...more };
  return sweep(`---\nkind: Secret\n${text}\n`, query)
    .filter(({ explained }) => explained === undefined)
    .map((hit) => hit.text);
}

const REFERENCE = 'quay.io/organisation/application:1.2.3';
const LONG = `${'lorem ipsum dolor sit amet '.repeat(9)}\nimage: ${REFERENCE}\n${'consectetur '.repeat(9)}\n`;
const HIT = `${REFERENCE} (in base64)`;

describe('base64 in the output', () => {
  it.each([
    ['a value', `data:\n  a: ${base64(REFERENCE)}`],
    ['a value in quotes', `data: {"a":"${base64(REFERENCE)}"}`],
    ['inside other text', `text: "Basic ${base64(REFERENCE)}, x"`],
    ['behind an equals sign', `- --config=${base64(REFERENCE)}`],
    ['JSON', `a: ${base64(JSON.stringify({ image: REFERENCE, x: 1 }))}`],
    ['a text of many lines', `a: ${base64(LONG)}`],
    ['base64 again', `a: ${base64(`x: ${base64(REFERENCE)}`)}`],
    ['base64 three times', `a: ${base64(base64(base64(REFERENCE)))}`],
    ['binary data', `a: ${base64(Buffer.concat([Buffer.from([0, 255, 254]), Buffer.from(`\0${REFERENCE}\0`)]))}`],
  ])('is read: %s', (_, text) => {
    expect(hits(text)).toContain(HIT);
  });

  it.each([76, 64, 60, 57, 33])('is read when it is wrapped at %i characters', (width) => {
    for (let shift = 0; shift < 8; shift += 1) {
      const text = `${'x'.repeat(shift)}${LONG}`;
      expect(hits(`data:\n  a: |\n    ${wrapped(text, width, '    ')}\n  b: c`)).toContain(HIT);
      expect(hits(`data:\n  a: "${wrapped(text, width, '    ')}"`)).toContain(HIT);
      expect(hits(`data:\n  a: ${wrapped(text, width, '    ')}`)).toContain(HIT);
    }
  });

  it('is read when a wrapped text holds the reference across the end of a line', () => {
    expect(hits(`data:\n  a: |\n    ${wrapped(`x: ${REFERENCE}`, 28, '    ')}`)).toContain(HIT);
  });

  it('is read with the source references of the chart, also the shortest', () => {
    expect(hits(`a: ${base64('a/b:1')}`, { sourceTexts: ['a/b:1'] })).toEqual(['a/b:1 (in base64)']);
    expect(hits(`a: ${base64('nginx:1')}`, { sourceTexts: ['nginx:1'] })).toContain('nginx:1 (in base64)');
  });

  it('is read for names without host in several fields', () => {
    expect(hits(`a: ${base64('image:\n  repository: org/a\n  tag: v1\n')}`)).toEqual(['org/a (in base64)']);
  });

  it.each([
    ['the target', `a: ${base64(`image: ${TARGET}/org/a:1\nregistry: ${TARGET}\nrepository: org/b\n`)}`],
    ['random bytes', `a: ${base64(new Uint8Array(4000).map((_, index) => (index * 7919) % 251))}`],
    ['a comment', `a: ${base64('# quay.io/org/a\n')}`],
    ['a web page', `a: ${base64('x https://quay.io/org/a\n')}`],
    ['long words', 'a: internationalization/deinstitutionalization+counterrevolutionaries'],
  ])('is no hit when it holds %s', (_, text) => {
    expect(hits(text)).toEqual([]);
  });

  it('tells the line where it begins', () => {
    const output = `---\n# Source: web/templates/s.yaml\nkind: Secret\ndata:\n  a: ${base64(REFERENCE)}\n`;
    const [hit] = sweep(output, { target: TARGET, sourceTexts: [], sourceHosts: [] });
    expect(hit).toEqual({ template: 'web/templates/s.yaml', line: 5, text: HIT, explained: undefined });
  });
});
