import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parseAllDocuments } from 'yaml';
import { DERIVED_HASH } from '../../../src/domain/proof/derived-hashes.ts';
import { DERIVED_SLUG } from '../../../src/domain/proof/derived-slugs.ts';
import { HARMLESS } from '../../../src/domain/proof/sweep-explain.ts';
import { ERROR_CODES } from '../../../src/errors.ts';
import { sentence } from '../../../src/pipeline/graph.ts';
import { startRun } from '../../../src/pipeline/run.ts';
import type { Ports } from '../../../src/pipeline/run-settings.ts';
import { MIRROR_OPTIONS } from '../../support/mirror-options.ts';
import { allDocuments, blocksOf, brokenLinksOf, proseOf, readDocument, tableRows, wordIn } from './documents.ts';
import { SourceTypes } from './source-types.ts';

const ROOT = join(import.meta.dirname, '..', '..', '..');
const documents = allDocuments().map((document) => [document.name, document] as const);
const types = new SourceTypes([
  'src/errors.ts',
  'src/domain/report/report.ts',
  'src/domain/report/reported-artifacts.ts',
  'src/domain/report/reported-ecr.ts',
  'src/domain/report/reported-signatures.ts',
]);

function source(name: string): string {
  return readFileSync(join(ROOT, name), 'utf8');
}

describe('documents', () => {
  it.each(documents)('%s has no link that leads nowhere', (_, document) => {
    expect(brokenLinksOf(document)).toEqual([]);
  });

  it.each(documents)('%s has one title and whole fences', (_, document) => {
    expect(proseOf(document).match(/^# /gm)).toHaveLength(1);
    expect(document.text.match(/^```/gm) ?? []).toHaveLength(2 * blocksOf(document).length);
  });

  it.each(documents)('%s has YAML and JSON that can be read', (_, document) => {
    for (const { language, text, line } of blocksOf(document)) {
      if (language === 'json') expect(() => JSON.parse(text), `line ${line}`).not.toThrow();
      if (language !== 'yaml') continue;
      const problems = parseAllDocuments(text).flatMap((one) => ('errors' in one ? one.errors : []));
      expect(problems, `line ${line}`).toEqual([]);
    }
  });

  it('are all listed in the index', () => {
    const index = readDocument('docs/index.md').text;
    const below = documents
      .map(([name]) => name)
      .filter((name) => name.startsWith('docs/') && !name.endsWith('/index.md'));
    expect(below.filter((name) => !index.includes(`](${name.slice('docs/'.length)})`))).toEqual([]);
  });
});

describe('docs/errors.md', () => {
  const { text } = readDocument('docs/errors.md');
  const entries = text.split(/^### /m).slice(1);
  const codes = entries.map((entry) => /^`([A-Z_]+)`\n/.exec(entry)?.[1]);

  it('has one entry for every code, in the order of the source', () => {
    expect(codes).toEqual([...ERROR_CODES]);
  });

  it('tells of each its causes, what to do, and the exit code', () => {
    const told = ['\n- Causes: ', '\n- What to do: ', '\n- Exit code: '];
    expect(entries.filter((entry) => told.some((part) => entry.split(part).length !== 2))).toEqual([]);
  });

  it('promises exit code 2 for the codes that end a run with it, and 130 for the interrupt', () => {
    const listed = /NOTHING_DONE[^[]*\[([^\]]*)\]/.exec(source('src/run-cli.ts'))?.[1] ?? '';
    const ending = [...listed.matchAll(/'([A-Z_]+)'/g)].map((match) => match[1]);
    const promised = (code: string): readonly (string | undefined)[] =>
      codes.filter((_, index) => new RegExp(`- Exit code: [^#]*\\b${code}\\b`).test(entries[index] ?? ''));
    expect(ending.length).toBeGreaterThan(0);
    expect(promised('2')).toEqual(codes.filter((code) => ending.includes(code)));
    expect(promised('130')).toEqual(['INTERRUPTED']);
  });
});

describe('docs/report.md', () => {
  const document = readDocument('docs/report.md');

  it('explains every status of charts and images, and nothing else', () => {
    const statuses = tableRows(document, 'Status').map(([status]) => wordIn(status));
    expect(statuses).toEqual([...types.wordsOf('ChartStatus'), ...types.wordsOf('ImageStatus')]);
  });

  it('explains every status of artifacts', () => {
    const statuses = tableRows(document, 'Artifact').map(([status]) => wordIn(status));
    expect(statuses).toEqual(types.wordsOf('ArtifactStatus'));
  });

  it('explains every status of signatures', () => {
    const statuses = tableRows(document, 'Signature').map(([status]) => wordIn(status));
    expect(statuses).toEqual(types.wordsOf('SignatureStatus'));
  });

  it('explains every status of repositories', () => {
    const statuses = tableRows(document, 'Repository').map(([status]) => wordIn(status));
    expect(statuses).toEqual(types.wordsOf('RepositoryStatus'));
  });

  it('explains every key at the top', () => {
    const keys = tableRows(document, 'Key').flatMap(([cell]) => (cell ?? '').split(', ').map(wordIn));
    expect(keys).toEqual(types.keysOf('Report'));
  });
});

describe('docs/proof.md', () => {
  it('explains every harmless reason of the sweep', () => {
    expect(tableRows(readDocument('docs/proof.md'), 'Reason').map(([reason]) => wordIn(reason))).toEqual(
      Object.values(HARMLESS),
    );
  });

  it('explains every line that may differ beside the references', () => {
    expect(tableRows(readDocument('docs/proof.md'), 'Difference').map(([reason]) => wordIn(reason))).toEqual([
      DERIVED_HASH,
      DERIVED_SLUG,
    ]);
  });
});

const POLICY = { keys: [], identity: null, trustRoot: null };

function unused(): never {
  throw new Error('no step runs here');
}

const PORTS: Ports = {
  helm: { version: '4.3.1', render: unused },
  registry: { head: unused, manifest: unused, tags: unused, blob: unused, referrers: unused },
  repositories: { describe: unused, create: unused, change: unused, lookUp: unused, mounting: unused, calls: unused },
  artifacts: { push: unused },
  signatures: { simple: unused, bundle: unused },
  charts: { entries: unused, charts: unused, archive: unused, provenance: unused },
  localCharts: { archive: unused, provenance: unused },
  archives: { unpack: unused, pack: unused, packScratch: unused, contentDigest: unused },
  copier: { copy: unused },
  pusher: { push: unused },
  cache: undefined,
  workspace: { write: unused },
  output: { write: unused },
};

describe('docs/architecture.md', () => {
  const document = readDocument('docs/architecture.md');

  it('tells the steps of the graph, in their order', () => {
    const run = startRun({
      ports: PORTS,
      options: {
        ...MIRROR_OPTIONS,
        pinDigests: true,
        signatures: POLICY,
        repositories: { rules: [], applySettings: true },
      },
      catalog: { mode: 'catalog', addons: [], unmirrorable: [], moved: [], notes: [] },
      signal: new AbortController().signal,
      say: unused,
    });
    expect(tableRows(document, 'Step').map(([step]) => step)).toEqual(sentence(run).map(({ title }) => title));
  });

  it('names every port, and adapters that exist', () => {
    const files = ['charts', 'files', 'helm', 'registry', 'repositories', 'signatures'];
    const ports = files.flatMap((file) =>
      [...source(`src/ports/${file}.ts`).matchAll(/^export interface (\w+)/gm)].map((match) => match[1] ?? ''),
    );
    const rows = tableRows(document, 'Port');
    const named = rows.map(([port]) => wordIn(port));
    expect(named.filter((port) => !ports.includes(port))).toEqual([]);
    expect(named).toHaveLength(Object.keys(PORTS).length);
    const adapters = rows.flatMap(([, adapter]) =>
      [...(adapter ?? '').matchAll(/`([^`]+)`/g)].map((match) => match[1]),
    );
    for (const file of adapters) expect(source(`src/adapters/${file}`)).not.toBe('');
  });
});
