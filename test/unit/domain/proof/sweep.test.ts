import { describe, expect, it } from 'vitest';
import { sweep } from '../../../../src/domain/proof/sweep.ts';
import type { SweepQuery } from '../../../../src/domain/proof/sweep-rules.ts';
import { TARGET } from './judged.ts';

const DIGEST = `sha256:${'ab'.repeat(32)}`;
const HEAD = '---\n# Source: web/templates/a.yaml\nkind: Widget\n';

function query(more: Partial<SweepQuery> = {}): SweepQuery {
  return { target: TARGET, sourceTexts: [], sourceHosts: [], ...more };
}

function unexplained(text: string, more: Partial<SweepQuery> = {}): readonly string[] {
  return sweep(`${HEAD}${text}\n`, query(more))
    .filter(({ explained }) => explained === undefined)
    .map((hit) => hit.text);
}

function crd(schema: string): string {
  return `kind: CustomResourceDefinition\nspec:\n  schema:\n    properties:\n      a:\n${schema.replace(/^/gm, '        ')}`;
}

describe('the sweep finds sources that have', () => {
  it.each([
    ['neither host nor tag', 'x: org/app', { sourceTexts: ['org/app', 'other:1'] }, 'org/app'],
    ['a host in brackets', 'x: [::1]/app', { sourceTexts: ['[::1]/app'] }, '[::1]/app'],
    ['a host without a dot', 'x: registry/app', { sourceHosts: ['registry'] }, 'registry/app'],
    ['a host with a port', 'x: 10.0.0.1:5000/app', { sourceHosts: ['10.0.0.1:5000'] }, '10.0.0.1:5000/app'],
  ])('%s', (_, text, more, expected) => {
    expect(unexplained(text, more)).toEqual([expected]);
  });
});

describe('the sweep finds', () => {
  it.each([
    ['a known host', 'x: quay.io/org/a:1', 'quay.io/org/a:1'],
    ['a known host alone', 'x: docker.io', 'docker.io'],
    ['a host below a known one', 'x: eu.gcr.io/p/a', 'eu.gcr.io/p/a'],
    ['a host in capitals', 'x: Quay.IO/org/a', 'Quay.IO/org/a'],
    [
      'a registry of ECR',
      'x: 123456789012.dkr.ecr.eu-west-1.amazonaws.com/a',
      '123456789012.dkr.ecr.eu-west-1.amazonaws.com/a',
    ],
    [
      'a registry of ECR in China',
      'x: 123456789012.dkr.ecr.cn-north-1.amazonaws.com.cn/a',
      '123456789012.dkr.ecr.cn-north-1.amazonaws.com.cn/a',
    ],
    [
      'a registry of ECR with two stacks',
      'x: 123456789012.dkr-ecr.eu-west-1.on.aws/a',
      '123456789012.dkr-ecr.eu-west-1.on.aws/a',
    ],
    ['a registry of Artifact Registry', 'x: europe-docker.pkg.dev/p/a', 'europe-docker.pkg.dev/p/a'],
    ['a registry of Azure', 'x: acme.azurecr.io/a', 'acme.azurecr.io/a'],
    ['an alias of Docker Hub', 'x: registry.hub.docker.com/library/nginx', 'registry.hub.docker.com/library/nginx'],
    ['a host behind a scheme of registries', 'x: docker://quay.io/org/a', 'quay.io/org/a'],
    ['an unknown host with a tag', 'x: registry.example.net/org/a:1', 'registry.example.net/org/a:1'],
    ['an unknown host with a digest', `x: registry.example.net/a@${DIGEST}`, `registry.example.net/a@${DIGEST}`],
    ['a host with a port', 'x: registry:5000/a:1', 'registry:5000/a:1'],
    ['localhost', 'x: localhost:5000/a:1', 'localhost:5000/a:1'],
    ['an address', 'x: 10.0.0.1:5000/a:1', '10.0.0.1:5000/a:1'],
    ['a name with a digest', `x: nginx@${DIGEST}`, `nginx@${DIGEST}`],
    ['an owner and a version', 'x: org/a:v1.2.3', 'org/a:v1.2.3'],
    ['an owner and a tag of words', 'x: org/a:main', 'org/a:main'],
    ['a common image with a version', 'x: redis:7.2', 'redis:7.2'],
    ['a common image with another tag', 'x: "nginx:alpine"', 'nginx:alpine'],
    ['an image field in text', 'image: some:1', 'some:1'],
    ['an image field in JSON', '{"agentImage":"some:1"}', 'some:1'],
    ['an image field in JSON in a string', 'x: "{\\"image\\":\\"some:1\\"}"', 'some:1'],
    ['an image flag', 'x: --agent-image=some:1', 'some:1'],
    ['the first line of a Dockerfile', '  FROM some:1 AS build', 'some:1'],
    ['the syntax line of a Dockerfile', '  # syntax=docker/dockerfile:1', 'docker/dockerfile:1'],
    ['a word behind an escaped line end', 'x: "a\\nquay.io/org/a:1"', 'quay.io/org/a:1'],
    ['a word behind an escaped sign', 'x: "\\u003cquay.io/org/a\\u003e"', 'quay.io/org/a'],
    ['an image in a set', 'x: {org/a:1.2,org/b:1.3}', 'org/a:1.2'],
    ['a repository without host', 'image:\n  repository: org/a\n  tag: v1', 'org/a'],
    ['a bare image of a container', 'x:\n  - image: tool\n    command: [run]', 'tool'],
  ])('%s', (_, text, hit) => {
    expect(unexplained(text)[0]).toBe(hit);
  });

  it('but no tag with a digest whose name stands in another field', () => {
    const planned = [`${TARGET}/org/agent:3.12.0@${DIGEST}`];
    expect(unexplained(`x: 3.12.0@${DIGEST}`, { planned })).toEqual([]);
    expect(unexplained(`x: 3.13.0@${DIGEST}`, { planned })).toEqual([`3.13.0@${DIGEST}`]);
    expect(unexplained(`x: agent:3.12.0@${DIGEST}`, { planned })).toHaveLength(1);
  });

  it('but no expression of a program for an image', () => {
    expect(unexplained('x:\n  - image: parameter.image\n    command: parameter.cmd')).toEqual([]);
    const sourceTexts = ['docker.io/library/app.image:1'];
    expect(unexplained('x:\n  image: app.image\n  command: [x]', { sourceTexts })).toEqual(['app.image']);
  });

  it.each([
    ['as it is written', 'org/a:1', 'org/a:1'],
    ['behind equals', 'org/a:1', 'x=org/a:1'],
    ['a name without slash', 'web:1', 'web:1'],
    ['without docker.io', 'docker.io/org/a:1', 'org/a:1'],
    ['without docker.io and library', 'docker.io/library/web:1.0', 'web:1.0'],
    ['without host, under a port number', 'docker.io/org/a:1', 'org/a:80'],
    ['with library', 'web:1.0', 'library/web:1.0'],
    ['under another tag', 'org/a:1', 'org/a:2'],
    ['under another version', 'web:1.0', 'web:2.0'],
    ['by digest', 'org/a:1', `org/a@${DIGEST}`],
    ['as a bare image', 'web:1', 'image: web'],
    ['as a bare image in quotes', 'web', '- image: "web"'],
    ['behind docker://', 'org/a', 'docker://org/a:1'],
  ])('a source reference %s', (_, source, text) => {
    expect(unexplained(`x: z\n${text}`, { sourceTexts: [source] })).toHaveLength(1);
  });

  it('a source host that nobody knows, alone and before a path', () => {
    const sourceHosts = ['hub.example.net'];
    expect(unexplained('x: hub.example.net', { sourceHosts })).toEqual(['hub.example.net']);
    expect(unexplained('x: HUB.example.net/a', { sourceHosts })).toEqual(['HUB.example.net/a']);
    expect(unexplained('x: hub.example.net')).toEqual([]);
  });

  it('every occurrence, with template and line', () => {
    const output = `${HEAD}a: quay.io/x/y\n---\n# Source: web/charts/sub/templates/b.yaml\nb: [quay.io/x/y, quay.io/x/z]\n`;
    expect(sweep(output, query()).map(({ template, line, text }) => [template, line, text])).toEqual([
      ['web/templates/a.yaml', 4, 'quay.io/x/y'],
      ['web/charts/sub/templates/b.yaml', 7, 'quay.io/x/y'],
      ['web/charts/sub/templates/b.yaml', 7, 'quay.io/x/z'],
    ]);
  });

  it('one word once, though several rules know it', () => {
    expect(
      unexplained('image: quay.io/org/a:1.2', { sourceTexts: ['quay.io/org/a:1.2'], sourceHosts: ['quay.io'] }),
    ).toEqual(['quay.io/org/a:1.2']);
  });
});

describe('the sweep is silent about', () => {
  it.each([
    ['the target', `image: ${TARGET}/org/a:1.2@${DIGEST}`],
    ['the target alone', `registry: ${TARGET}`],
    ['the target behind a scheme', `x: oci://${TARGET}/org/a`],
    ['the target with a source host in its path', `image: ${TARGET}/quay.io/org/a:1`],
    ['the target in JSON', `{"image":"${TARGET}/a:1","b":"c:d"}`],
    ['the target before a placeholder', `image: ${TARGET}/org/a:{{ .tag }}`],
    ['the target behind an escaped line end', `x: "a\\n${TARGET}/a:1\\n"`],
    ['parts beside the target', `registry: ${TARGET}\nrepository: org/a\ntag: v1`],
    ['a part below the target', `repository: ${TARGET}/org\nimage: a\nversion: v1`],
    ['API groups', 'apiVersion: apps/v1\nx: helm.example.dev/v2:HelmRelease\ny: networking.k8s.io/v1'],
    ['labels', 'x: app.kubernetes.io/name:web\ny: eks.amazonaws.com/compute-type'],
    [
      'services and ports',
      'x: default/web:8080\n"2222": default/git:ssh\nv: default/web:http-metrics\ny: web:80\nz: web.default.svc:8080/path\nr: redis:6379',
    ],
    ['addresses and ranges', 'x: 10.0.0.0/8\ny: 0.0.0.0:8080'],
    ['files', 'x: /var/run/docker.sock\ny: /etc/docker.d/x:ro'],
    ['types', 'x: application/json\ny: text/plain; charset=utf-8'],
    ['modules', 'x: github.com/org/a\ny: golang.org/x/net'],
    ['taints of nodes', 'x: example.com/gpu:NoSchedule\ny: example.com/not-ready:NoExecute-'],
    ['plugins with versions', 'x: git:5.10.1'],
    ['words that end like a host', 'x: mydocker.iox\ny: docker.io.example.net'],
    ['a value without name', 'image: ""\nimage: "{{ .x }}"\nimage: auto'],
    ['nothing', ''],
  ])('%s', (_, text) => {
    expect(unexplained(text)).toEqual([]);
  });
});

describe('the host of a source', () => {
  const hosts = { sourceHosts: ['images.dev'] };

  it.each(['a: upgrade.images.dev/component', 'a: /run/secrets/images.dev/certs/', 'a: "x/images.dev/y"'])(
    'is not found in %s',
    (text) => {
      expect(unexplained(text, hosts)).toEqual([]);
    },
  );

  it.each(['a: images.dev/app', 'a: oci://images.dev/app', 'a: "x,images.dev"'])('is found in %s', (text) => {
    expect(unexplained(text, hosts)).toHaveLength(1);
  });
});

describe('the sweep explains', () => {
  function explanations(text: string): readonly (string | undefined)[] {
    return sweep(`${HEAD}${text}\n`, query()).map(({ explained }) => explained);
  }

  it.each([
    ['# image: quay.io/org/a:1'],
    ['    # quay.io/org/a'],
    ['  - # quay.io/org/a'],
    ['x: "run\\n# quay.io/org/a\\nstop"'],
  ])('comments: %j', (text) => {
    expect(explanations(text)).toEqual(['comment']);
  });

  it.each([['x: quay.io/org/a # why'], ['x: "# quay.io/org/a"'], ['x: "# a\\nquay.io/org/a"'], ['x#quay.io/org/a']])(
    'nothing else with a number sign: %j',
    (text) => {
      expect(explanations(text)).toEqual([undefined]);
    },
  );

  it.each([['x: https://quay.io/org/a'], ['x: http://user@quay.io'], ['x: HTTPS://quay.io']])(
    'web pages: %j',
    (text) => {
      expect(explanations(text)).toEqual(['address of a web page']);
    },
  );

  it('no reference that only stands behind a web page', () => {
    expect(explanations('x: https://quay.io,quay.io/org/a')).toEqual(['address of a web page', undefined]);
    expect(explanations('x: https://a.example?image=quay.io/org/a')).toEqual([undefined]);
    expect(explanations('x: https://a.example|quay.io/org/a')).toEqual([undefined]);
  });

  it.each([
    ['in one line', 'description: such as quay.io/org/a'],
    ['in a block', 'description: |-\n  such as\n\n  quay.io/org/a\ntype: string'],
    ['folded', 'description: such as\n  quay.io/org/a'],
    ['on the next line', 'description:\n  such as quay.io/org/a'],
  ])('descriptions of a custom resource definition, %s', (_, schema) => {
    const hits = sweep(`---\n${crd(schema)}\n`, query());
    expect(hits.map(({ explained }) => explained)).toEqual(['documentation of a custom resource']);
  });

  it.each([
    ['a default', 'default: quay.io/org/a'],
    ['a default in a block', 'default: |-\n  quay.io/org/a'],
    ['a default of several fields', 'default:\n  repository: quay.io/org/a\n  tag: v1'],
    ['a default of several images', 'default:\n  - quay.io/org/a'],
    ['a default behind a description', 'description: |-\n  x\ndefault: quay.io/org/a'],
    ['the default of a property called description', 'description:\n  default: quay.io/org/a'],
  ])('nothing else of a definition: %s', (_, schema) => {
    const hits = sweep(`---\n${crd(schema)}\n`, query());
    expect(hits.map(({ explained }) => explained)).toEqual([undefined]);
  });

  it('no description of another object', () => {
    expect(explanations('description: quay.io/org/a')).toEqual([undefined]);
    expect(sweep(`---\n${crd('type: string')}\n---\ndescription: quay.io/org/a\n`, query())[0]?.explained).toBe(
      undefined,
    );
  });
});

describe('the sweep takes little time for', () => {
  it.each([
    ['a word of many labels', 'a.'.repeat(50_000)],
    ['spaces', ' '.repeat(200_000)],
    ['escaped line ends', '\\n'.repeat(100_000)],
    ['a word that says image', 'image'.repeat(40_000)],
    ['fields without values', '"image":"'.repeat(20_000)],
    ['a long path', 'a/'.repeat(100_000)],
    ['names that are completed', 'image: a/b:{c} '.repeat(1000)],
    ['braces behind a word that says image', `image: ${'{'.repeat(100_000)}`],
    ['maps in braces', 'image: {name: a/b, '.repeat(1000)],
    ['long base64', Buffer.from('lorem ipsum '.repeat(40_000)).toString('base64')],
  ])('%s', (_, text) => {
    const started = performance.now();
    unexplained(`x: ${text}`, { sourceTexts: ['docker.io/org/a:1', 'web:1'], sourceHosts: ['hub.example.net'] });
    expect(performance.now() - started).toBeLessThan(3000);
  });
});
