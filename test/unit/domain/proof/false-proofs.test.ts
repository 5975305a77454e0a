import { describe, expect, it } from 'vitest';
import { sweep } from '../../../../src/domain/proof/sweep.ts';
import { judge, TARGET } from './judged.ts';

const HEAD = '---\n# Source: web/templates/a.yaml\n';
const DIGEST = `sha256:${'ab'.repeat(32)}`;

function base64(text: string): string {
  return Buffer.from(text).toString('base64');
}

function pod(image: string, name = 'web'): string {
  return `${HEAD}apiVersion: v1\nkind: Pod\nmetadata:\n  name: ${name}\nspec:\n  containers:\n    - name: a\n      image: ${image}\n`;
}

function configMap(text: string): string {
  const lines = text.split('\n').map((line) => `    ${line}`);
  return `${HEAD}apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: settings\ndata:\n  settings: |\n${lines.join('\n')}\n`;
}

function widget(spec: string): string {
  const lines = spec.split('\n').map((line) => `  ${line}`);
  return `${HEAD}apiVersion: example.dev/v1\nkind: Widget\nmetadata:\n  name: one\nspec:\n${lines.join('\n')}\n`;
}

function crd(schema: string): string {
  const lines = schema.split('\n').map((line) => `          ${line}`);
  return `${HEAD}apiVersion: apiextensions.k8s.io/v1\nkind: CustomResourceDefinition\nmetadata:\n  name: x\nspec:\n  schema:\n    properties:\n      runner:\n        type: object\n${lines.join('\n')}\n`;
}

const MOVED = `${TARGET}/org/web:1`;

describe('a chart whose images are all moved', () => {
  it.each([
    ['in a container', pod('quay.io/org/web:1'), pod(MOVED)],
    ['of Docker Hub', pod('web:1'), pod(`${TARGET}/library/web:1`)],
    ['with a digest', pod(`org/web@${DIGEST}`), pod(`${TARGET}/org/web@${DIGEST}`)],
    ['in text', configMap('image: org/web:1'), configMap(`image: ${MOVED}`)],
    [
      'in several fields',
      widget('x:\n  registry: quay.io\n  repository: org/web\n  tag: "1"'),
      widget(`x:\n  registry: ${TARGET}\n  repository: org/web\n  tag: "1"`),
    ],
    [
      'by their repository',
      widget('x:\n  repository: org/web\n  tag: "1"'),
      widget(`x:\n  repository: ${TARGET}/org/web\n  tag: "1"`),
    ],
    ['as a registry', configMap('registry: docker.io'), configMap(`registry: ${TARGET}`)],
    ['and nothing was there', pod('{{ x }}').replace('{{ x }}', '""'), pod('""')],
  ])('is proven: %s', (_, original, relocated) => {
    expect(judge(original, relocated)).toEqual({ proven: true, residue: [], unexplained: [] });
  });

  it('is proven with the host of the source in the path', () => {
    expect(judge(pod('quay.io/org/web:1'), pod(`${TARGET}/quay.io/org/web:1`), TARGET, 'host').proven).toBe(true);
  });

  it.each([
    '123456789012.dkr.ecr.eu-west-1.amazonaws.com/mirror',
    'quay.io/acme',
    '127.0.0.1:5000',
    'r.example:5000/a/b',
  ])('is proven at %s', (target) => {
    const original = `${pod('quay.io/org/web:1')}${configMap('registry: quay.io\nrun docker.io/org/x:1')}`;
    const relocated = `${pod(`${target}/org/web:1`)}${configMap(`registry: ${target}\nrun ${target}/org/x:1`)}`;
    expect(judge(original, relocated, target)).toEqual({ proven: true, residue: [], unexplained: [] });
  });
});

describe('a chart is not proven while an image is unmoved', () => {
  // the same on both sides: whatever the finder makes of it, nobody has moved it
  it.each([
    ['in a container', pod('org/web:1')],
    ['a single word', pod('web')],
    ['in a variable', pod('org/web:1\n      env: [{name: CSI_RESIZER_IMAGE, value: "org/x:1"}]')],
    ['among several in a variable', pod(`""\n      env: [{name: X_IMAGES, value: "1=org/x:1;2=org/y:1"}]`)],
    ['in a flag that does not say image', pod(`""\n      args: ["--reloader=org/x:v1"]`)],
    ['in a probe', pod(`""\n      livenessProbe: {exec: {command: ["pull", "org/x:v1"]}}`)],
    ['in text without host', configMap('run org/x:v1')],
    ['in the second document of a text', configMap('a: b\n---\nc:\n  image: org/x:1')],
    ['in several fields without host', configMap('repository: org/x\ntag: v1')],
    [
      'in keys with a common beginning',
      `${HEAD}kind: ConfigMap\napiVersion: v1\ndata:\n  x.repository: org/x\n  x.tag: v1\n`,
    ],
    ['in fields of unknown names', widget('agentRepo: org/x\nagentRelease: v1')],
    ['in a template', configMap('{{ if x }}\nimage: org/x:{{ .tag }}')],
    ['as a bare word in a template', configMap('{{ if x }}\n- image: tool\n  command: [run]')],
    ['in a Dockerfile', configMap('FROM tool:1 AS build')],
    ['in JSON in JSON', configMap(JSON.stringify({ a: JSON.stringify({ image: 'org/x:1' }) }))],
    ['in base64 in a ConfigMap', configMap(base64('image: org/x:1\n'))],
    ['in base64 in a Secret', `${HEAD}apiVersion: v1\nkind: Secret\ndata:\n  a: ${base64('x: org/x:v1')}\n`],
    [
      'in base64 in base64',
      `${HEAD}apiVersion: v1\nkind: Secret\ndata:\n  a: ${base64(`x: ${base64('quay.io/org/x')}`)}\n`,
    ],
    [
      'in binary data',
      `${HEAD}apiVersion: v1\nkind: Secret\ndata:\n  a: ${Buffer.from([0, 255, ...Buffer.from(' quay.io/org/x ')]).toString('base64')}\n`,
    ],
    ['as a key', widget('allowed: {"quay.io/org/x:1": yes}')],
    ['in capitals', widget('x: QUAY.io/org/x')],
    ['in a label', `${HEAD}kind: Service\napiVersion: v1\nmetadata: {labels: {x: quay.io}}\n`],
    ['in a field of a built-in object', `${HEAD}kind: Service\napiVersion: v1\nspec: {externalName: quay.io/org/x}\n`],
    ['as the default of a definition', crd('default: quay.io/org/x')],
    ['in a default of several fields', crd('default:\n  repository: quay.io/org/x\n  tag: v1')],
    ['in a default of a list', crd('default:\n- org/x:1\n- org/y:1')],
    ['behind a comment on the line', configMap('run # see quay.io/org/x')],
    ['behind a web page', configMap('mirrors=https://quay.io,quay.io/org/x')],
    ['with a tag that cannot be', pod('quay.io/org/web:1+2')],
    ['with a name in capitals', pod('Org/Web:1.0')],
    ['on an unknown host', configMap('run registry.example.net/x:1')],
    ['on an unknown host, behind a scheme', configMap('run docker://registry.example.net/x:1')],
  ])('%s', (_, output) => {
    expect(judge(output, output).proven).toBe(false);
  });

  it.each([
    ['in text', configMap('run org/web:1')],
    ['without docker.io', configMap('run: "org/web:1"')],
    ['with another tag', configMap('x = org/web:9')],
    ['with a port number as tag', configMap('x = org/web:8080')],
    ['with its digest', configMap(`x = org/web@${DIGEST}`)],
    ['in base64', configMap(base64('org/web:1'))],
    ['as a repository', widget('deep: {agentRepo: org/web}')],
  ])('although others of the same repository are moved: %s', (_, rest) => {
    const original = `${pod('docker.io/org/web:1')}${rest}`;
    const judged = judge(original, `${pod(MOVED)}${rest}`);
    expect(judged.proven).toBe(false);
  });

  it.each([
    ['the tag differs', pod(MOVED.replace(':1', ':2'))],
    ['the tag is lost', pod(MOVED.replace(':1', ''))],
    ['the digest is lost', pod(MOVED)],
    ['the digest differs', pod(`${MOVED}@${DIGEST.replaceAll('ab', 'cd')}`)],
    ['library/ is too much', pod(`${MOVED.replace('org', 'library/org')}@${DIGEST}`)],
    ['the prefix is missing', pod(`registry.example.com/org/web:1@${DIGEST}`)],
    ['the host is written twice', pod(`${TARGET}/quay.io/org/web:1@${DIGEST}`)],
    ['the container is gone', pod('""')],
    ['it is there twice', `${pod(`${MOVED}@${DIGEST}`)}${pod(`${MOVED}@${DIGEST}`, 'more')}`],
  ])('or moved to something else than planned: %s', (_, relocated) => {
    expect(judge(pod(`quay.io/org/web:1@${DIGEST}`), relocated).proven).toBe(false);
  });

  it.each([
    ['in fields', (image: string) => widget(`x:\n  repository: r.acme.test\n  image: ${image}\n  version: v1`)],
    [
      'in fields of unknown names',
      (image: string) => widget(`x:\n  registryHost: r.acme.test\n  image: ${image}\n  version: v1`),
    ],
    [
      'in variables',
      (image: string) =>
        pod(`""\n      env: [{name: X_REGISTRY, value: r.acme.test}, {name: X_IMAGE, value: "${image}:1"}]`),
    ],
  ])('or the host before a moved name is still that of the source %s', (_, written) => {
    expect(judge(written('org/x'), written(`${TARGET}/org/x`)).proven).toBe(false);
  });

  it('or two objects of a template have exchanged their images', () => {
    const original = `${pod('quay.io/org/a:1', 'a')}${pod('quay.io/org/b:1', 'b')}`;
    const exchanged = `${pod(`${TARGET}/org/b:1`, 'a')}${pod(`${TARGET}/org/a:1`, 'b')}`;
    expect(judge(original, exchanged).proven).toBe(false);
  });
});

describe('a source that looks like the target is no target', () => {
  // in a place that the finder does not read, so that the sweep stands alone
  const inKey = (text: string): string => widget(`allowed: {"${text}": yes}`);

  it.each([
    ['a host that ends like the target', 'registry.example.com/mirror', 'public.registry.example.com/mirror/org/x:1'],
    ['a host that ends like the target, after a dash', 'registry.example.com', 'my-registry.example.com/org/x:1'],
    ['a host that begins like the target', 'registry.example.com', 'registry.example.com.cn/org/x:1'],
    ['the host of the target under another port', 'registry.example.com', 'registry.example.com:5000/org/x:1'],
    ['a port that begins like the target', 'localhost:500', 'localhost:5000/org/x:1'],
    ['a path that begins like the target', 'registry.example.com/mirror', 'registry.example.com/mirror2/org/x:1'],
    [
      'a path that begins like the target, after a dash',
      'registry.example.com/mirror',
      'registry.example.com/mirror-old/x:1',
    ],
    ['another path on the host of the target', 'registry.example.com/mirror', 'registry.example.com/other/x:1'],
    ['an image that is called like the target', 'registry.example.com/mirror', 'registry.example.com/mirror:1'],
    [
      'an image below the target that nobody planned',
      'registry.example.com/mirror',
      'registry.example.com/mirror/org/x:1',
    ],
    [
      'an image behind one of the target',
      'registry.example.com/mirror',
      'registry.example.com/mirror/org/a:1:quay.io/org/x',
    ],
  ])('%s', (_, target, text) => {
    expect(judge(inKey(text), inKey(text), target).proven).toBe(false);
    // a plan would also name what only begins like the target: without one, the sweep must tell them apart itself
    const host = text.slice(0, text.indexOf('/'));
    const hits = sweep(inKey(text), { target, sourceTexts: [], sourceHosts: [host] });
    if (!text.startsWith(`${target}/`)) expect(hits.map((hit) => hit.text)).toEqual([text]);
  });

  it('a source that stands below the target itself', () => {
    const target = 'registry.example.com/mirror';
    const source = `${target}/org/web:1`;
    const moved = `${target}/mirror/org/web:1`;
    expect(judge(pod(source), pod(moved), target).proven).toBe(true);
    expect(judge(`${pod(source)}${inKey(source)}`, `${pod(moved)}${inKey(source)}`, target).proven).toBe(false);
    const query = { target, sourceTexts: [source], sourceHosts: ['registry.example.com'] };
    expect(sweep(inKey(source), query).map(({ text }) => text)).toEqual([source]);
    expect(sweep(inKey(moved), query)).toEqual([]);
  });

  it('a source whose destination is its own name is moved as it stands', () => {
    const here = pod('registry.example.com/org/web:1');
    expect(judge(here, here, 'registry.example.com').proven).toBe(true);
  });

  it('without a plan, everything below the target is left out', () => {
    const query = { target: TARGET, sourceTexts: [], sourceHosts: [] };
    expect(sweep(inKey(`${TARGET}/org/x:1`), query)).toEqual([]);
    expect(sweep(inKey(`${TARGET}/org/x:1`), { ...query, planned: [`${TARGET}/org/y:1`] })).toHaveLength(1);
  });

  it('with a plan, the beginnings of planned references are left out, and no other beginnings', () => {
    const query = { target: TARGET, sourceTexts: [], sourceHosts: [], planned: [`${TARGET}/org/web:1@${DIGEST}`] };
    const left = (text: string): number => sweep(inKey(text), query).length;
    for (const text of [TARGET, `${TARGET}/org`, `${TARGET}/org/web`, `${TARGET}/org/web:1`])
      expect(left(text)).toBe(0);
    for (const text of [`${TARGET}/or`, `${TARGET}/org/we`, `${TARGET}/org/web:12`, `${TARGET}/x`])
      expect(left(text)).toBe(1);
  });
});

describe('places that only one judge can see', () => {
  it('the comparison alone: a word that could be anything', () => {
    const judged = judge(pod('auto'), pod('auto'));
    expect(judged.residue).toHaveLength(1);
    expect(judge(pod('web'), pod('web')).residue).toHaveLength(1);
  });

  it('the sweep alone: what the finder does not read', () => {
    const output = widget('allowed: {"quay.io/org/x": yes}');
    expect(judge(output, output)).toMatchObject({ residue: [], unexplained: [{ text: 'quay.io/org/x', line: 8 }] });
  });

  it('neither alone: a key that is a whole reference', () => {
    const output = widget('allowed: {"quay.io/org/x:1": yes}');
    expect(judge(output, output)).toMatchObject({
      residue: [{ found: 'quay.io/org/x:1' }],
      unexplained: [{ text: 'quay.io/org/x:1', line: 8 }],
    });
  });
});
