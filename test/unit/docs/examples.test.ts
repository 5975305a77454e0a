import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Ajv2020, type AnySchemaObject } from 'ajv/dist/2020.js';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { loadConfiguration } from '../../../src/config/configuration.ts';
import { type CatalogRequest, loadCatalog } from '../../../src/config/load-catalog.ts';
import { formatProblem, type Problem } from '../../../src/config/problems.ts';
import { gathered } from '../config/inputs/gathering.ts';
import { memoryFiles, requestFor } from '../config/inputs.ts';
import { allDocuments, blocksOf } from './documents.ts';

const ROOT = join(import.meta.dirname, '..', '..', '..');
const CATALOG = 'addons:\n  - chart: keda\n    repository: https://kedacore.github.io/charts\n';

function read(name: string): string {
  return readFileSync(join(ROOT, name), 'utf8');
}

function schemaOf(name: string): AnySchemaObject {
  // a checked boundary: ajv validates the schema against its meta-schema and throws when it is none
  return JSON.parse(read(`schemas/${name}.schema.json`)) as AnySchemaObject;
}

/** What the schema says against a text, as an editor would. */
function schemaProblems(name: string, text: string): string {
  const ajv = new Ajv2020({ allErrors: true, keywords: ['patternErrorMessage'] });
  ajv.validate(schemaOf(name), parse(text));
  return ajv.errorsText(ajv.errors, { separator: '\n' }).replace(/^No errors$/, '');
}

function texts(problems: readonly Problem[]): string {
  return problems.map(formatProblem).join('\n');
}

async function inputProblems(
  contents: Readonly<Record<string, string>>,
  request: Partial<CatalogRequest>,
): Promise<string> {
  const result = await loadCatalog(requestFor(contents, request));
  return result.kind === 'ok' ? '' : texts(result.problems);
}

async function configurationProblems(text: string): Promise<string> {
  const lifecycle = '{"rules": [{"rulePriority": 1}]}';
  const files = memoryFiles({ 'airgap-charts.yaml': text, 'pem/company.pem': 'x', 'lifecycle.json': lifecycle });
  const request = { flags: {}, plainHttp: [], caFile: undefined, sourceMirrors: [], cwd: '/in', files };
  const result = await loadConfiguration({ config: undefined, ...request });
  return result.kind === 'ok' ? '' : texts(result.problems);
}

interface Example {
  readonly kind: string;
  readonly name: string;
  readonly text: string;
}

const CONFIGURATION_KEYS = new Set(Object.keys(schemaOf('configuration').properties));

/** Which of our files an example is; `foreign` for those of other programs. */
function kindOf(text: string): string {
  const value: unknown = parse(text);
  const record = typeof value === 'object' && value !== null ? { ...value } : {};
  if ('addons' in record) return Array.isArray(record.addons) ? 'catalog' : 'values';
  if ('overrides' in record) return 'chart-overrides';
  if ('charts' in record) return 'repositories';
  return Object.keys(record).every((key) => CONFIGURATION_KEYS.has(key)) ? 'configuration' : 'foreign';
}

const examples: readonly Example[] = allDocuments().flatMap((document) =>
  blocksOf(document)
    .filter(({ language }) => language === 'yaml')
    .map(({ text, line }) => ({ kind: kindOf(text), name: `${document.name}:${line}`, text })),
);

function examplesOf(kind: string): readonly (readonly [string, string])[] {
  return examples.filter((example) => example.kind === kind).map(({ name, text }) => [name, text]);
}

const shipped = readdirSync(join(ROOT, 'catalogs')).map((name) => `catalogs/${name}`);
const catalogs = [...shipped, 'src/demo/catalog.yaml'].map((name) => [name, read(name)] as const);

describe('examples', () => {
  it('are found, of every kind', () => {
    const kinds = new Set(examples.map(({ kind }) => kind));
    expect([...kinds].sort()).toEqual([
      'catalog',
      'chart-overrides',
      'configuration',
      'foreign',
      'repositories',
      'values',
    ]);
  });

  it.each([...examplesOf('catalog'), ...catalogs])('%s is a catalog, to editors and to us', async (_, text) => {
    expect(schemaProblems('catalog', text)).toBe('');
    expect(await inputProblems({ 'catalog.yaml': text }, { catalogs: ['catalog.yaml'] })).toBe('');
  });

  it.each(examplesOf('values'))('%s is a values file whose addons are all found', async (_, text) => {
    const result = await loadCatalog(requestFor({ 'addons.yaml': text }, { values: 'addons.yaml' }));
    expect(result.kind === 'ok' ? result.catalog.unmirrorable : texts(result.problems)).toEqual([]);
  });

  it.each([...examplesOf('chart-overrides'), ['chart-overrides.yaml', read('chart-overrides.yaml')] as const])(
    '%s holds chart overrides, to editors and to us',
    async (_, text) => {
      expect(schemaProblems('chart-overrides', text)).toBe('');
      const contents = { 'catalog.yaml': CATALOG, 'mine.yaml': text };
      const request = { catalogs: ['catalog.yaml'], chartOverrides: ['mine.yaml'] };
      expect(await inputProblems(contents, request)).toBe('');
    },
  );

  it.each(examplesOf('configuration'))('%s is a configuration, to editors and to us', async (_, text) => {
    expect(schemaProblems('configuration', text)).toBe('');
    expect(await configurationProblems(text)).toBe('');
  });

  it.each(examplesOf('repositories'))('%s names repositories of charts, to editors and to us', async (_, text) => {
    expect(schemaProblems('repositories', text)).toBe('');
    const names = Object.keys(parse(text).charts);
    const list = names.map((name) => ({ name, namespace: 'n', status: 'deployed', chart: `${name}-1.0.0` }));
    const request = { helmLists: ['l.json'], repositories: 'r.yaml' };
    const { catalog } = await gathered({ 'r.yaml': text, 'l.json': JSON.stringify(list) }, request);
    expect(catalog.addons.map(({ chart }) => chart)).toEqual(names);
  });

  it('would be told apart from wrong ones', async () => {
    const catalog = CATALOG.replace('repository', 'repositry');
    expect(schemaProblems('catalog', catalog)).toContain('repository');
    expect(await inputProblems({ 'catalog.yaml': catalog }, { catalogs: ['catalog.yaml'] })).toContain('repositry');
    expect(await configurationProblems('platform: linux/386\n')).toContain('linux/386');
  });
});
