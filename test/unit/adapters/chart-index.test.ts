import { describe, expect, test } from 'vitest';
import { stringify } from 'yaml';
import { readChartIndex } from '../../../src/adapters/chart-index.ts';

const HEX = 'a'.repeat(64);

/** The layout that helm writes. */
const USUAL = `apiVersion: v1
entries:
  redis:
  - annotations:
      images: |
        - name: redis
          version: 9.9.9
      category: Database
    apiVersion: v2
    appVersion: 7.2.4
    created: "2024-01-01T00:00:00.000000000Z"
    dependencies:
    - name: common
      repository: oci://registry-1.docker.io/bitnamicharts
      version: 2.x.x
    description: Redis(R) is a store. It has
      version: in its text
    digest: ${HEX}
    keywords:
    - redis
    name: redis
    urls:
    - https://charts.example/redis-1.10.tgz
    version: 1.10
  - digest: sha256:${HEX}
    urls: [redis-1.9.0.tgz, mirror/redis-1.9.0.tgz]
    version: "1.9.0"
  nginx-ingress:
    - version: 2.0.0
      urls:
        - nginx-2.0.0.tgz
  'quoted':
  - version: 3.0.0+build.7
    urls:
    - quoted.tgz
generated: "2024-01-01T00:00:00Z"
`;

describe('the usual layout', () => {
  const index = readChartIndex(USUAL);

  test('names all charts', () => {
    expect(index.charts).toEqual(['redis', 'nginx-ingress', 'quoted']);
  });

  test('versions stay as they are written, digests get their algorithm', () => {
    expect(index.entries('redis')).toEqual([
      { version: '1.10', urls: ['https://charts.example/redis-1.10.tgz'], digest: `sha256:${HEX}` },
      { version: '1.9.0', urls: ['redis-1.9.0.tgz', 'mirror/redis-1.9.0.tgz'], digest: `sha256:${HEX}` },
    ]);
    expect(index.entries('quoted')).toMatchObject([{ version: '3.0.0+build.7' }]);
  });

  test('lists may be indented', () => {
    expect(index.entries('nginx-ingress')).toEqual([
      { version: '2.0.0', urls: ['nginx-2.0.0.tgz'], digest: undefined },
    ]);
  });

  test('a chart that is not there is undefined', () => {
    expect(index.entries('absent')).toBeUndefined();
    expect(index.entries('constructor')).toBeUndefined();
  });
});

/** Entries of the chart `a` in an index of this text. */
function entriesOf(text: string): unknown {
  return readChartIndex(text).entries('a');
}

const ONE = [{ version: '1.0.0', urls: ['a.tgz'], digest: undefined }];

describe('other layouts give the same entries', () => {
  test.each([
    ['JSON', '{"apiVersion":"v1","entries":{"a":[{"version":"1.0.0","urls":["a.tgz"]}]}}'],
    ['JSON on lines', '\n{\n"entries": {"a": [{"version": "1.0.0", "urls": ["a.tgz"]}]}}'],
    ['a document mark', '---\nentries:\n  a:\n  - version: 1.0.0\n    urls: [a.tgz]\n'],
    ['Windows line ends', 'entries:\r\n  a:\r\n  - version: 1.0.0\r\n    urls:\r\n    - a.tgz\r\n'],
    ['four blanks', 'entries:\n    a:\n        - version: 1.0.0\n          urls:\n              - a.tgz\n'],
    [
      'comments',
      '# one\nentries: # two\n  # three\n  a: # four\n  # five\n  - version: 1.0.0 # six\n    # seven\n    urls: [a.tgz]\n',
    ],
    ['a flow mapping', 'entries: {a: [{version: 1.0.0, urls: [a.tgz]}]}\n'],
    ['flow entries', 'entries:\n  a:\n  - {version: 1.0.0, urls: [a.tgz]}\n'],
    ['dashes of their own', 'entries:\n  a:\n  -\n    version: 1.0.0\n    urls: [a.tgz]\n'],
    ['wide dashes', 'entries:\n  a:\n  -   version: 1.0.0\n      urls: [a.tgz]\n'],
    ['quoted keys', 'entries:\n  "a":\n  - "version": 1.0.0\n    "urls": ["a.tgz"]\n'],
    ['an anchor', 'entries:\n  a:\n  - version: &v 1.0.0\n    appVersion: *v\n    urls: [a.tgz]\n'],
    ['an alias to a dropped field', 'entries:\n  a:\n  - appVersion: &v 1.0.0\n    version: *v\n    urls: [a.tgz]\n'],
    [
      'an alias to another chart',
      'entries:\n  b:\n  - version: &v 1.0.0\n    urls: [b.tgz]\n  a:\n  - version: *v\n    urls: [a.tgz]\n',
    ],
    [
      'text with the shape of keys',
      'entries:\n  a:\n  - description: |\n      version: 2\n      urls: x\n    version: 1.0.0\n    urls: [a.tgz]\n',
    ],
    [
      'text that folds',
      'entries:\n  a:\n  - description: "one\n      version: 2\n\n      three"\n    version: 1.0.0\n    urls:\n    - a.tgz\n',
    ],
    ['a long url on two lines', 'entries:\n  a:\n  - version: 1.0.0\n    urls:\n    - >-\n      a.tgz\n'],
  ])('%s', (_name, text) => {
    expect(entriesOf(text)).toEqual(ONE);
  });

  test('an anchor that is set again in a dropped field', () => {
    const first = '  - version: &v 9.9.9\n    urls: [x.tgz]\n';
    const second = '  - appVersion: &v 1.0.0\n    version: *v\n    urls: [a.tgz]\n';
    expect(entriesOf(`entries:\n  a:\n${first}${second}`)).toMatchObject([{ version: '9.9.9' }, { version: '1.0.0' }]);
  });

  test('whatever the yaml package writes', () => {
    const entry = {
      version: '1.0.0',
      urls: ['a.tgz'],
      description: 'x: y\n\n  - z\n#',
      'weird key': { '- a': ['&b', '*c'] },
    };
    for (const options of [{}, { indentSeq: false }, { indent: 4 }, { defaultStringType: 'QUOTE_DOUBLE' as const }]) {
      expect(entriesOf(stringify({ apiVersion: 'v1', entries: { b: [], a: [entry] } }, options))).toEqual(ONE);
    }
  });
});

describe('bad entries', () => {
  test('without version or address are left out, the others stay', () => {
    const text = `entries:
  a:
  - version: 3.0.0
  - urls: [x.tgz]
  - version: 2.0.0
    urls: []
  - just text
  -
  - version: 1.0.0
    urls: [a.tgz]
`;
    expect(entriesOf(text)).toEqual(ONE);
  });

  test('a digest that is none is told apart from a digest that is missing', () => {
    const text =
      'entries:\n  a:\n  - {version: 1.0.0, urls: [a.tgz], digest: abc123}\n  - {version: 0.9.0, urls: [b.tgz], digest: ""}\n';
    expect(entriesOf(text)).toMatchObject([{ digest: 'unreadable' }, { digest: undefined }]);
  });

  test('no list at all is no entries', () => {
    expect(entriesOf('entries:\n  a:\n  b:\n  - version: 1\n')).toEqual([]);
    expect(entriesOf('entries:\n  a: text\n')).toEqual([]);
  });

  test.each(['<html><body>hello</body></html>', 'just text', '[]', '', '{}', '{"broken"', 'a: [', 'entries: &a [*a]'])(
    '%j is no index',
    (text) => {
      expect(() => readChartIndex(text)).toThrow();
    },
  );

  test('an empty repository is an index', () => {
    expect(readChartIndex('apiVersion: v1\nentries: {}\n').charts).toEqual([]);
    expect(readChartIndex('apiVersion: v1\nentries:\n').charts).toEqual([]);
  });

  test('aliases that multiply are refused', () => {
    const bomb = [
      'x: &x [1,1,1,1,1,1,1,1,1]',
      ...'abcdefgh'
        .split('')
        .map((name, at) => `${name}: &${name} [${`*${at === 0 ? 'x' : 'abcdefgh'[at - 1]},`.repeat(9)}]`),
    ];
    expect(() => readChartIndex(`${bomb.join('\n')}\nentries: *h\n`)).toThrow();
  });
});

test('a large index is read in little time', () => {
  const entry = (chart: string, version: number) =>
    `  - annotations:\n      images: |\n${`        - image: docker.io/x/${chart}:1\n`.repeat(20)}    name: ${chart}\n    urls:\n    - ${chart}-1.${version}.0.tgz\n    version: 1.${version}.0\n`;
  const chart = (name: string) =>
    `  ${name}:\n${Array.from({ length: 100 }, (_, version) => entry(name, version)).join('')}`;
  const text = `apiVersion: v1\nentries:\n${Array.from({ length: 150 }, (_, at) => chart(`chart-${at}`)).join('')}`;
  expect(text.length).toBeGreaterThan(10_000_000);
  const began = performance.now();
  expect(readChartIndex(text).entries('chart-77')).toHaveLength(100);
  expect(performance.now() - began).toBeLessThan(3_000);
});
