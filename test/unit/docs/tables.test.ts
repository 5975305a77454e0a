import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { createProgram } from '../../../src/cli/program.ts';
import { loadConfiguration } from '../../../src/config/configuration.ts';
import { allActions } from '../../support/actions.ts';
import { memoryFiles } from '../config/inputs.ts';
import { allDocuments, readDocument, tableRows, wordIn } from './documents.ts';

const ROOT = join(import.meta.dirname, '..', '..', '..');

function objectAt(value: unknown, ...keys: readonly string[]): Readonly<Record<string, unknown>> {
  const found = keys.reduce<unknown>((node, key) => ({ ...Object(node) })[key], value);
  if (typeof found !== 'object' || found === null) throw new Error(`there is no ${keys.join('.')}`);
  return { ...found };
}

function schema(name: string): unknown {
  return JSON.parse(readFileSync(join(ROOT, 'schemas', `${name}.schema.json`), 'utf8'));
}

function sources(): string {
  const below = readdirSync(join(ROOT, 'src'), { recursive: true, encoding: 'utf8' });
  const files = below.filter((name) => name.endsWith('.ts'));
  return files.map((name) => readFileSync(join(ROOT, 'src', name), 'utf8')).join('\n');
}

const act = async (): Promise<number> => 0;
const program = createProgram('0.0.0', allActions(act), () => undefined);
const mirror = program.commands.find((command) => command.name() === 'mirror');
const flags = (mirror?.options ?? []).flatMap(({ long }) => long ?? []);

describe('docs/catalogs.md', () => {
  it('explains every key of an entry, and says which are required', () => {
    const addon = objectAt(schema('catalog'), '$defs', 'addon');
    const rows = tableRows(readDocument('docs/catalogs.md'), 'Key');
    expect(rows.map(([key]) => wordIn(key)).sort()).toEqual(Object.keys(objectAt(addon.properties)).sort());
    const required = rows.filter(([, standard]) => standard === 'required').map(([key]) => wordIn(key));
    expect(required).toEqual(addon.required);
  });
});

describe('docs/configuration.md', () => {
  const rows = tableRows(readDocument('docs/configuration.md'), 'Key');
  const settings = rows.filter((row) => row.length === 4);
  const keys = Object.keys(objectAt(schema('configuration'), 'properties'));

  it('explains every key of the file; five have sections', () => {
    const sections = ['sourceMirrors', 'registries', 'repositories', 'moved', 'policy'];
    expect([...settings.map(([key]) => wordIn(key)), ...sections].sort()).toEqual(keys.sort());
  });

  it('explains every key of a host', () => {
    const host = Object.keys(objectAt(schema('configuration'), '$defs', 'registry', 'properties'));
    const told = rows.filter((row) => row.length === 2).map(([key]) => wordIn(key));
    expect(told.sort()).toEqual(host.sort());
  });

  it('explains every key of a rule for repositories', () => {
    const rule = Object.keys(objectAt(schema('configuration'), '$defs', 'repository', 'properties'));
    const told = tableRows(readDocument('docs/configuration.md'), 'Rule').map(([key]) => wordIn(key));
    expect(told).toEqual(rule);
  });

  it('tells the defaults that a run without a file has', async () => {
    const files = memoryFiles({ 'catalog.yaml': '' });
    const request = { flags: {}, plainHttp: [], caFile: undefined, sourceMirrors: [], cwd: '/in', files };
    const result = await loadConfiguration({ config: undefined, ...request });
    if (result.kind !== 'ok') throw new Error('no configuration is none with problems');
    const { cache, ...plain } = result.configuration.settings;
    // where results are kept is one setting, whether they are is a key of the file
    const actual = new Map<string, unknown>(Object.entries({ ...plain, cache: cache.kind !== 'none' }));
    const told = settings.flatMap(([key, , standard]) => {
      const word = wordIn(standard);
      return word === '' ? [] : [[wordIn(key), word] as const];
    });
    expect(told.length).toBeGreaterThan(5);
    // undefined is `auto`; plain HTTP is none of the settings, but of the network
    const shown = { auto: undefined, true: true, false: false };
    for (const [key, word] of told.filter(([name]) => name !== 'plainHttp')) {
      const expected = Object.hasOwn(shown, word) ? shown[word as keyof typeof shown] : word;
      expect(`${key} ${actual.get(key)}`).toBe(`${key} ${expected}`);
    }
  });

  it('puts every setting beside its flag', () => {
    for (const [key, flag] of settings)
      expect([wordIn(key), flags.includes(wordIn(flag))]).toEqual([wordIn(key), true]);
  });
});

describe('flags and variables', () => {
  it('are all explained in some document', () => {
    const all = allDocuments()
      .map(({ text }) => text)
      .join('\n');
    expect(flags.length).toBeGreaterThan(30);
    expect(flags.filter((flag) => !new RegExp(`${flag}(?![a-z-])`).test(all))).toEqual([]);
  });

  it('pairs each credential flag with a variable that the source reads', () => {
    const text = sources();
    const rows = tableRows(readDocument('docs/credentials.md'), 'Flag');
    expect(rows).toHaveLength(4);
    for (const [flag, variable] of rows) {
      expect(flags).toContain(wordIn(flag));
      expect([wordIn(variable), text.includes(`'${wordIn(variable)}'`)]).toEqual([wordIn(variable), true]);
    }
  });

  it('quotes messages that the source can print', () => {
    const text = sources();
    const messages = tableRows(readDocument('docs/credentials.md'), 'Message').map(([message]) => message ?? '');
    const quoted = messages.flatMap((message) => [...message.matchAll(/`([^`]+)`/g)].map((match) => match[1] ?? ''));
    const pieces = quoted.flatMap((quote) => quote.split('…')).map((piece) => piece.trim());
    expect(pieces.length).toBeGreaterThan(5);
    expect(pieces.filter((piece) => !text.includes(piece))).toEqual([]);
  });
});

describe('npm commands in documents', () => {
  it('are scripts of package.json', () => {
    const scripts = Object.keys(objectAt(JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')), 'scripts'));
    const named = allDocuments().flatMap(({ text }) =>
      [...text.matchAll(/npm run ([a-z:]+)/g)].map(([, name]) => name),
    );
    expect(named.length).toBeGreaterThan(0);
    expect(named.filter((name) => name === undefined || !scripts.includes(name))).toEqual([]);
  });
});
