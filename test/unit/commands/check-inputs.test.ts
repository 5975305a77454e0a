import { join } from 'node:path';
import { Readable } from 'node:stream';
import { describe, expect, it } from 'vitest';
import { type CheckFlags, checkCommand } from '../../../src/cli/check-command.ts';
import { type CheckInputs, readCheckInputs } from '../../../src/commands/check-inputs.ts';
import { callOf, good, problemLines, workingDirectory } from '../../support/command-inputs.ts';

const POD = 'apiVersion: v1\nkind: Pod\n';
const REGISTRY = ['--registry', 'r.example/platform'];

const directory = workingDirectory({
  'web/Chart.yaml': 'apiVersion: v2\nname: web\nversion: 1.0.0\n',
  'web-1.0.0.tgz': '',
  'notes.txt': 'no archive',
  'a.yaml': 'a: 1\n',
  'list.yaml': '- a\n---\nb: 1\n',
  'rendered/a/b.yml': POD,
  'rendered/c.JSON': '{"apiVersion": "v1", "kind": "Pod"}',
  'rendered/README.md': '# no manifest',
  'broken/a.yaml': `${POD}---\na: [\n`,
  'broken/b.yaml': 'x: y\n',
  'latin/a.yaml': Buffer.from([0x61, 0x3a, 0x20, 0xe9]),
  'empty/README.md': '',
  'settings.yaml': 'targetRegistry: from.file/path\nkubeVersion: 1.30.0\nconcurrency: 3\nstrict: true\n',
});

/** What a command line comes to; `input` is standard input. */
async function inputsOf(argv: readonly string[], input = ''): Promise<CheckInputs> {
  const call = await callOf<{ readonly chart: string | undefined; readonly flags: CheckFlags }>(
    ['check', ...argv],
    (record) => checkCommand({ check: async (chart, flags) => record({ chart, flags }) }, () => undefined),
  );
  return readCheckInputs({ ...call, input: () => Readable.from([Buffer.from(input)]) }, directory.around, []);
}

async function goodInputs(argv: readonly string[], input?: string) {
  return good(await inputsOf(argv, input));
}

async function requestOf(...argv: readonly string[]) {
  const { subject } = await goodInputs([...argv, ...REGISTRY]);
  if (subject.kind !== 'chart') throw new Error('it is no chart');
  return subject.request;
}

async function problemsOf(argv: readonly string[], input?: string): Promise<readonly string[]> {
  return problemLines(await inputsOf(argv, input));
}

describe('a chart', () => {
  it.each([
    ['./web', 'web'],
    ['web/', 'web'],
    ['web-1.0.0.tgz', 'web-1.0.0.tgz'],
  ])('is a path: %s', async (text, path) => {
    const request = await requestOf(text);
    expect(request.source).toEqual({ kind: 'local', path: join(directory.path, path), chart: '' });
  });

  it.each([
    ['oci://r.example/a/web', 'r.example', 'a/web', undefined],
    ['oci://r.example:5000/web:1.2.3', 'r.example:5000', 'web', '1.2.3'],
    ['oci://r.example:5000/a/b/web:^1.2', 'r.example:5000', 'a/b/web', '^1.2'],
    ['oci://r.example/web:1.2.3_mirror.2', 'r.example', 'web', '1.2.3+mirror.2'],
  ])('is in a registry: %s', async (text, registry, repository, version) => {
    const request = await requestOf(text);
    expect(request.source).toEqual({ kind: 'oci', registry, repository, chart: 'web' });
    const newest = { kind: 'newest', asked: 'no version given' };
    expect(request.version).toEqual(version === undefined ? newest : { kind: 'version', text: version });
  });

  it('is in a repository over HTTP, with --repo', async () => {
    const request = await requestOf('web:>=1.0 <2', '--repo', 'https://charts.example/stable/');
    expect(request.source).toEqual({ kind: 'http', repository: 'https://charts.example/stable', chart: 'web' });
    expect(request.version).toEqual({ kind: 'version', text: '>=1.0 <2' });
  });

  it('is rendered as it is installed', async () => {
    const flags = [
      '-f',
      'a.yaml',
      '--values',
      join(directory.path, 'a.yaml'),
      '--release',
      'shop',
      '--namespace',
      'apps',
    ];
    const request = await requestOf('web', ...flags, '--kube-version', '1.31', '--api-versions', 'a/v1,b/v1/C');
    expect(request).toMatchObject({
      release: 'shop',
      namespace: 'apps',
      kubeVersion: '1.31',
      isKubeVersionAsked: true,
    });
    expect(request.apiVersions).toEqual(['a/v1', 'b/v1/C']);
    expect(request.layers.map(({ text }) => text)).toEqual(['a: 1\n', 'a: 1\n']);
    expect(await requestOf('web')).toMatchObject({ release: undefined, isKubeVersionAsked: false, layers: [] });
  });

  it.each([
    [['nowhere'], 'CHART: there is nothing at "nowhere", name a chart directory or archive, oci://'],
    [['https://me:word@x.example/web.tgz'], 'CHART: "https://***@x.example/web.tgz" is no chart, name a chart'],
    [['rendered'], 'CHART: there is no Chart.yaml in "rendered", name the directory of a chart; rendered manifests'],
    [['notes.txt'], 'CHART: "notes.txt" is no chart archive'],
    [['oci://r.example'], 'CHART: "oci://r.example" names a registry and no chart in it'],
    [['oci://r.example/Web:1'], 'CHART: "Web" in repository "oci://r.example/Web" cannot be a path in a registry'],
    [['oci://r.example/web:latest'], 'CHART: "latest" is no version, leave the version out'],
    [['oci://r.example/web:'], 'CHART: "" is no version'],
    [['oci://r.example/web:x y'], 'CHART: "x y" is no version, write a version like 1.2.3'],
    [['web', '--repo', 'oci://r.example'], '--repo: "oci://r.example" is no chart repository, write an http://'],
    [['a/web', '--repo', 'https://c.example'], 'CHART: "a/web" is no chart of a repository'],
    [['web', '-f', 'none.yaml'], 'none.yaml:1:1: there is no such file, check the path'],
    [['web', '-f', 'list.yaml'], 'list.yaml:1:1: a values file must be a map, write values as "key: value"'],
    [['web', '--release', 'Shop'], '--release: "Shop" is no release name'],
    [['web', '--namespace', 'a.b'], '--namespace: "a.b" is no namespace'],
    [['web', '--kube-version', 'new'], '--kube-version: the Kubernetes version cannot be "new"'],
  ])('cannot be %j', async (argv, expected) => {
    const [first] = await problemsOf([...argv, ...REGISTRY]);
    expect(first?.slice(0, expected.length)).toBe(expected);
  });
});

describe('manifests', () => {
  async function contentOf(named: string, input?: string) {
    const { subject } = await goodInputs(['--manifests', named, ...REGISTRY], input);
    if (subject.kind !== 'manifests') throw new Error('they are a chart');
    return { source: subject.content.subject.source, files: subject.content.texts.map(({ file }) => file) };
  }

  it('are every file of a directory, one file, or standard input', async () => {
    const files = ['rendered/a/b.yml', 'rendered/c.JSON'];
    expect(await contentOf('rendered')).toEqual({ source: 'rendered', files });
    expect(await contentOf('rendered/c.JSON')).toEqual({ source: 'rendered/c.JSON', files: ['rendered/c.JSON'] });
    expect(await contentOf('-', POD)).toEqual({ source: 'standard input', files: [''] });
  });

  it.each([
    ['nowhere', '', ['--manifests: there is nothing at "nowhere", name a directory, or - for standard input']],
    ['empty', '', [/^--manifests: there is no \.yaml, \.yml or \.json file below "empty"/]],
    ['latin', '', ['latin/a.yaml:1:1: this is not UTF-8 text, save it as UTF-8']],
    ['-', '', ['--manifests: there is no manifest in standard input, look at what the program before it says']],
    ['-', '# nothing\n---\n', [/^--manifests: there is no manifest in standard input/]],
    ['broken', '', [/^broken\/a\.yaml:5:1: flow sequence/, /^broken\/b\.yaml:1:1: this is no object of Kubernetes/]],
  ])('cannot be %s %j', async (named, input, expected) => {
    const problems = await problemsOf(['--manifests', named, ...REGISTRY], input);
    expect(problems).toEqual(expected.map((one) => (typeof one === 'string' ? one : expect.stringMatching(one))));
  });

  it('are no chart, and are not rendered', async () => {
    const flags = ['-f', 'a.yaml', '--kube-version', '1.30'];
    expect(await problemsOf(['web', '--manifests', 'rendered', ...flags, ...REGISTRY])).toEqual([
      expect.stringContaining('so CHART means nothing beside --manifests'),
      expect.stringContaining('so -f means nothing'),
      expect.stringContaining('so --kube-version means nothing'),
    ]);
  });
});

describe('registries and platforms', () => {
  it('are those of the flags', async () => {
    const argv = [
      'web',
      '--registry',
      'a.example',
      '--registry',
      'b.example:5000/x',
      '--platforms',
      'linux/amd64,linux/arm/v7',
    ];
    const { allowed, platforms } = await goodInputs(argv);
    expect(allowed).toEqual([
      { host: 'a.example', path: '' },
      { host: 'b.example:5000', path: 'x' },
    ]);
    expect(platforms).toMatchObject([{ architecture: 'amd64' }, { architecture: 'arm', variant: 'v7' }]);
  });

  it('are those of the configuration where no flag names any', async () => {
    const config = ['--config', 'settings.yaml'];
    const { allowed, configuration, subject } = await goodInputs(['web', ...config]);
    expect(allowed).toEqual([{ host: 'from.file', path: 'path' }]);
    expect(configuration.settings.concurrency).toBe(3);
    expect(subject).toMatchObject({ request: { kubeVersion: '1.30.0', isKubeVersionAsked: false } });
    expect((await goodInputs(['web', ...config, ...REGISTRY])).allowed).toEqual([
      { host: 'r.example', path: 'platform' },
    ]);
  });

  it('are spoken to in plain HTTP, all of them, when no host is named for that', async () => {
    const hosts = async (...argv: readonly string[]) =>
      (await goodInputs(['web', ...REGISTRY, '--registry', 'b.example', ...argv])).configuration.network.plainHttpHosts;
    expect(await hosts('--plain-http')).toEqual(['r.example', 'b.example']);
    expect(await hosts('--plain-http', 'b.example')).toEqual(['b.example']);
  });

  it('that are wrong are all told, with everything else that is', async () => {
    const wrong = [
      '--registry',
      'https://a.example',
      '--registry',
      'bare',
      '--platforms',
      'amd64',
      '--concurrency',
      '0',
    ];
    expect(await problemsOf(['nowhere', ...wrong, '-f', 'none.yaml'])).toEqual([
      '--registry: the registry cannot be "https://a.example", leave https:// out',
      expect.stringMatching(/^--registry: the registry cannot be "bare", add a domain/),
      '--platforms: "amd64" is no platform, write it like linux/amd64',
      expect.stringMatching(/^--concurrency: /),
      expect.stringMatching(/^CHART: there is nothing at "nowhere"/),
      expect.stringMatching(/^none\.yaml:1:1: there is no such file/),
    ]);
    expect(await problemsOf([])).toEqual([
      expect.stringMatching(/^--registry: no registry is named/),
      'command line: there is nothing to check, name a chart, or manifests with --manifests',
    ]);
  });
});
