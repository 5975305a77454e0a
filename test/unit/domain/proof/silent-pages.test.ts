import { describe, expect, it } from 'vitest';
import { sweep } from '../../../../src/domain/proof/sweep.ts';
import { createSilentPages } from '../../../../src/pipeline/silent-pages.ts';
import { TARGET } from './judged.ts';

const LONG = `# ${'long '.repeat(1000)}`;
const QUERY = { target: TARGET, sourceTexts: [], sourceHosts: [], planned: [`${TARGET}/org/a:1`] };

function page(text: string): string {
  return `---\n# Source: web/templates/a.yaml\n${text}\n${LONG}\n`;
}

describe('pages that held nothing', () => {
  it('are not read again, and lines behind them count on', () => {
    const silent = createSilentPages();
    const quiet = page('x: 1');
    expect(sweep(quiet, { ...QUERY, silent })).toEqual([]);
    const hits = sweep(`${quiet}---\n# Source: web/templates/b.yaml\nx: quay.io/org/a:1\n`, { ...QUERY, silent });
    expect(hits).toMatchObject([{ template: 'web/templates/b.yaml', line: 7, text: 'quay.io/org/a:1' }]);
  });

  it('still name their template for documents that name none', () => {
    const silent = createSilentPages();
    const quiet = page('x: 1');
    sweep(quiet, { ...QUERY, silent });
    const hits = sweep(`${quiet}---\nx: quay.io/org/a:1\n`, { ...QUERY, silent });
    expect(hits).toMatchObject([{ template: 'web/templates/a.yaml', text: 'quay.io/org/a:1' }]);
  });

  it('are read again when something else is looked for', () => {
    const silent = createSilentPages();
    const host = page('x: images.acme.test');
    expect(sweep(host, { ...QUERY, silent })).toEqual([]);
    expect(sweep(host, { ...QUERY, silent, sourceHosts: ['images.acme.test'] })).toHaveLength(1);
    const tagged = page('repository: org/web\nx: y');
    expect(sweep(tagged, { ...QUERY, silent })).toEqual([]);
    expect(sweep(tagged, { ...QUERY, silent, sourceTexts: ['docker.io/org/web:1'] })).toHaveLength(1);
  });

  it('are read again when they name the target, whatever was planned before', () => {
    const silent = createSilentPages();
    const text = page(`image: ${TARGET}/org/a:1`);
    expect(sweep(text, { ...QUERY, silent })).toEqual([]);
    expect(sweep(text, { ...QUERY, silent, planned: [] })).toHaveLength(1);
  });

  it('are read again when they name the target in base64, since the original decides on what that means', () => {
    const silent = createSilentPages();
    const encoded = (text: string): string => page(`x: ${Buffer.from(text).toString('base64')}`);
    const text = encoded(`registry: ${TARGET}\nimage: ${TARGET}/org/a`);
    const own = { ...QUERY, silent, planned: [`${TARGET}/org/a`] };
    expect(sweep(text, { ...own, original: encoded('registry: quay.io\nimage: quay.io/org/a') })).toEqual([]);
    expect(sweep(text, { ...own, original: encoded('registry: quay.io\nimage: org/a') })).toHaveLength(1);
  });

  it('with hits are told of each time', () => {
    const silent = createSilentPages();
    const text = page('x: quay.io/org/a:1');
    expect(sweep(text, { ...QUERY, silent })).toHaveLength(1);
    expect(sweep(text, { ...QUERY, silent })).toHaveLength(1);
  });
});
