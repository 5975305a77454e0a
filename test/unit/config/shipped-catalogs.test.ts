import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { isMap, isScalar, isSeq, parseDocument, type YAMLMap } from 'yaml';
import { shippedPath } from '../../../src/config/documents.ts';
import { loadCatalog } from '../../../src/config/load-catalog.ts';
import { diskFiles } from '../../../src/config/read-text.ts';
import { messagesOf, requestFor } from './inputs.ts';

const NAMES = readdirSync(shippedPath('catalogs'));
/** Where a version was read: repository, file or tag, commit and its date. */
const SOURCE = /^ [\w-]+\/[\w-]+ \S.* at [0-9a-f]{7,40}, \d{4}-\d{2}-\d{2}$/;

function textOf(name: string): string {
  return readFileSync(shippedPath(`catalogs/${name}`), 'utf8');
}

async function catalogOf(names: readonly string[]) {
  const catalogs = names.map((name) => shippedPath(`catalogs/${name}`));
  const shippedOverrides = shippedPath('chart-overrides.yaml');
  const result = await loadCatalog(requestFor({}, { cwd: '/', files: diskFiles, catalogs, shippedOverrides }));
  if (result.kind === 'problems') throw new Error(messagesOf(result).join('\n'));
  return result.catalog;
}

function sourceOf(entry: YAMLMap): string {
  const version = entry.get('version', true);
  return isScalar(version) ? (version.comment ?? '') : '';
}

/** The charts of a catalog whose version does not say where it was read. */
function unsourced(text: string): readonly unknown[] {
  const addons = parseDocument(text).get('addons');
  const entries = isSeq(addons) ? addons.items.filter((entry) => isMap(entry)) : [];
  expect(entries).not.toEqual([]);
  return entries
    .filter((entry) => entry.has('version') && !SOURCE.test(sourceOf(entry)))
    .map((entry) => entry.get('chart'));
}

describe('the catalogs that ship', () => {
  it('are these', () => {
    expect(NAMES.sort()).toEqual(['eks-addons.yaml', 'gitops.yaml', 'observability.yaml', 'security.yaml']);
  });

  it.each(NAMES)('%s can be used as it is, and says all versions', async (name) => {
    const catalog = await catalogOf([name]);
    expect(catalog.addons.length).toBeGreaterThan(9);
    expect(catalog.notes).toEqual([]);
    expect(catalog.addons.filter(({ version }) => version.kind !== 'version')).toEqual([]);
  });

  it('agree on what is in several of them, so that they can be used together', async () => {
    const catalog = await catalogOf(NAMES);
    const charts = catalog.addons.map(({ chart }) => chart);
    expect(new Set(charts).size).toBe(charts.length);
  });

  it.each(NAMES)('%s says when it was read, and of each version where', (name) => {
    const text = textOf(name);
    expect(text).toMatch(/^# Read on \d{4}-\d{2}-\d{2}\. /m);
    expect(unsourced(text)).toEqual([]);
  });

  it('would be found without a source, or with one that lacks its commit or date', () => {
    const entry = (comment: string) =>
      `  - chart: keda\n    repository: https://x.example\n    version: "1.0.0" ${comment}\n`;
    const good = '# kedacore/charts docs/index.yaml at 1444d00d, 2026-08-13';
    expect(unsourced(`addons:\n${entry(good)}`)).toEqual([]);
    const bad = ['', '# the newest', '# kedacore/charts docs/index.yaml at 1444d00d', good.replace('1444d00d', 'main')];
    for (const comment of bad) expect(unsourced(`addons:\n${entry(comment)}`)).toEqual(['keda']);
  });

  it('are listed where catalogs are explained', () => {
    const page = readFileSync(shippedPath('docs/catalogs.md'), 'utf8');
    for (const name of NAMES) expect(page).toContain(`\`catalogs/${name}\``);
  });
});
