import { describe, expect, it } from 'vitest';
import { parseLock, parseMetadata } from '../../../../src/domain/chart/metadata.ts';

const HEAD = 'apiVersion: v2\nname: a\nversion: 1.0.0\n';

describe('Chart.yaml', () => {
  it('is read with every scalar as it is spelled', () => {
    const metadata = parseMetadata(
      'name: a\nversion: 1.10\nappVersion: 0644\nkubeVersion: ">=1.21-0"\ntype: application\n',
      undefined,
    );
    expect(metadata).toMatchObject({
      name: 'a',
      version: '1.10',
      appVersion: '0644',
      kubeVersion: '>=1.21-0',
      type: 'application',
    });
  });

  it.each(['appVersion:', 'appVersion: ~', 'appVersion: null', 'appVersion: ""', '# appVersion: 1'])(
    'has no version of the program with %j',
    (line) => {
      expect(parseMetadata(`${HEAD}${line}\n`, undefined)?.appVersion).toBeUndefined();
    },
  );

  it.each([
    ['no name', 'version: 1.0.0\n'],
    ['no version', 'name: a\n'],
    ['a null version', 'name: a\nversion: ~\n'],
    ['a map as version', 'name: a\nversion: { x: 1 }\n'],
    ['no map', '- name: a\n'],
    ['no YAML', 'name: a\nversion: [1\n'],
    ['nothing', ''],
    ['two documents', `${HEAD}---\n${HEAD}`],
  ])('is refused with %s', (_, text) => {
    expect(parseMetadata(text, undefined)).toBeUndefined();
  });

  it('keeps its annotations, also those of several lines', () => {
    const metadata = parseMetadata(
      `${HEAD}annotations:\n  images: |\n    - name: a\n      image: nginx:1\n  a/b: "x"\n  list: [1]\n`,
      undefined,
    );
    expect([...(metadata?.annotations ?? [])]).toEqual([
      ['images', '- name: a\n  image: nginx:1\n'],
      ['a/b', 'x'],
    ]);
  });
});

describe('dependencies', () => {
  it('have a name, version, repository, alias, condition and imports', () => {
    const metadata = parseMetadata(
      [
        HEAD.trimEnd(),
        'dependencies:',
        '  - name: kv',
        '    version: 1.10',
        '    repository: https://charts.example.com',
        '    alias: store',
        '    condition: store.enabled,global.store',
        '    tags: [data, all, { x: 1 }]',
        '    import-values: [data, { child: a.b, parent: . }, { child: x }, 3]',
        '  - name: bare',
        '    alias: ~',
        '',
      ].join('\n'),
      undefined,
    );
    expect(metadata?.dependencies).toEqual([
      {
        name: 'kv',
        version: '1.10',
        repository: 'https://charts.example.com',
        alias: 'store',
        condition: 'store.enabled,global.store',
        tags: ['data', 'all'],
        importValues: [
          { child: 'exports.data', parent: '.' },
          { child: 'a.b', parent: '.' },
        ],
      },
      {
        name: 'bare',
        version: '',
        repository: '',
        alias: undefined,
        condition: undefined,
        tags: [],
        importValues: [],
      },
    ]);
  });

  it.each(['', 'dependencies:\n', 'dependencies: []\n', 'dependencies: x\n', 'dependencies: [x, { version: 1 }]\n'])(
    'are none in %j',
    (text) => {
      expect(parseMetadata(HEAD + text, undefined)?.dependencies).toEqual([]);
    },
  );

  // asked of helm 4.3 and 3.22: it reads requirements.yaml second, whatever the apiVersion
  it.each(['v1', 'v2'])('of requirements.yaml win over those of Chart.yaml, with apiVersion %s', (version) => {
    const chart = `${HEAD.replace('v2', version)}dependencies: [{ name: a }, { name: b }]\n`;
    expect(parseMetadata(chart, 'dependencies: [{ name: c }]\n')?.dependencies.map(({ name }) => name)).toEqual(['c']);
    expect(parseMetadata(chart, '# nothing\n')?.dependencies.map(({ name }) => name)).toEqual(['a', 'b']);
  });

  it('cannot be read from a broken requirements.yaml', () => {
    expect(parseMetadata(HEAD, 'dependencies: [\n')).toBeUndefined();
  });
});

describe('a lock file', () => {
  it('pins versions', () => {
    const lock = 'dependencies:\n- name: a\n  repository: r\n  version: 1.2.3\n- name: b\n  version: 2.10\ndigest: x\n';
    expect(parseLock(lock).map(({ name, version }) => `${name} ${version}`)).toEqual(['a 1.2.3', 'b 2.10']);
  });

  it.each(['', 'dependencies: [', 'x', '- a\n'])('pins nothing when it is %j', (text) => {
    expect(parseLock(text)).toEqual([]);
  });
});
