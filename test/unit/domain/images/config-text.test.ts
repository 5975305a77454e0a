import { describe, expect, it } from 'vitest';
import { base64, configMapData, configMapText, placesIn, textsIn, usesIn } from './rendered.ts';

describe('the text of a ConfigMap', () => {
  it.each([
    ['YAML', 'agent:\n  image: org/a:1', ['org/a:1']],
    ['a pod spec in YAML', 'spec:\n  containers:\n    - image: busybox', ['busybox']],
    ['several documents', 'a: b\n---\nimage: {repository: org/a, tag: "1"}', ['org/a:1']],
    ['several documents, one unreadable', 'image: org/a:1\n---\n{{ x }}\nimage: org/b:2', ['org/a:1', 'org/b:2']],
    ['JSON', '{"image": "org/a:1", "x": {"repository": "org/b", "tag": "2"}}', ['org/a:1', 'org/b:2']],
    ['a prefix', '{"a": [{"prefix": "org", "name": "a", "tag": "1.2"}]}', ['org/a:1.2']],
    [
      'JSON in quotes of a program',
      'x = json.loads("{\\"image\\": {\\"name\\": \\"quay.io/org/a\\", \\"tag\\": \\"1\\"}}")\nrun("quay.io/org/b:2")',
      ['quay.io/org/a:1', 'quay.io/org/b:2'],
    ],
    ['a comment without a space before it', "a: 'b'#c\nimage: 'org/a:1'#d", ['org/a:1']],
    ['JSON in YAML', `spec: '{"image":"org/a:1"}'`, ['org/a:1']],
    [
      'TOML',
      'image = "alpine:3.1"\nhelper_image = "org/h:1"\nallowed_images = ["org/a:1", "org/b:2"]',
      ['alpine:3.1', 'org/h:1', 'org/a:1', 'org/b:2'],
    ],
    ['properties', 'app.image=org/a:1\nbase=quay.io/org/b', ['org/a:1', 'quay.io/org/b']],
    ['a list of a program', 'pull(images = [\n  "org/a:1",\n  "org/b:2",\n])', ['org/a:1', 'org/b:2']],
    ['a script', 'docker run quay.io/org/a:1\nkubectl run x --image org/b:2', ['quay.io/org/a:1', 'org/b:2']],
    ['XML', '<?xml version="1.1"?>\n<pod>\n  <image>org/a:1</image><name>x</name>\n</pod>', ['org/a:1']],
    ['a Dockerfile', 'FROM quay.io/org/a:1 AS x', ['quay.io/org/a:1']],
    ['text that begins like a glob', 'hosts: *.example.net\nimage: org/a:1', ['org/a:1']],
    ['an alias without anchor', 'include:\n  - *base\nimage: org/a:1', ['org/a:1']],
    [
      'a line end inside a quoted text',
      'text = "x\\nquay.io/org/a:1\\nghcr.io/org/b:2"',
      ['quay.io/org/a:1', 'ghcr.io/org/b:2'],
    ],
    [
      'a quoted name with a version, wherever else it stands',
      '// default: org/tool:v1.9.1\ntool: *"org/tool:v1.9.1" | string\nport: *"org/svc:8080" | string',
      ['org/tool:v1.9.1', 'org/tool:v1.9.1'],
    ],
    ['a property behind a blank', 'spark.container.image org/app:v1\nsee the image org/b:v2', ['org/app:v1']],
    ['a scheme before short names', 'source: docker://busybox:1.36', ['busybox:1.36']],
    ['a scheme before names without a tag', 'source = docker://team/tool', ['team/tool']],
    [
      'schemes of registries',
      'a docker://quay.io/org/a:1 b oci://ghcr.io/org/b:2',
      ['quay.io/org/a:1', 'ghcr.io/org/b:2'],
    ],
  ])('%s', (_, text, texts) => {
    expect(textsIn(configMapText(text))).toEqual(texts);
  });

  it.each([
    ['YAML', 'image: quay.io/org/a:1\nname: x', ['quay.io/org/a:1']],
    ['a text', 'run quay.io/org/a:1 and quay.io/org/b:2', ['quay.io/org/a:1', 'quay.io/org/b:2']],
    ['a container in JSON', '{"containers":[{"image":"busybox"}]}', ['busybox']],
    ['a name and a version', '{"name": "tool", "version": "1.2"}', []],
  ])('is read in base64, too, in a variable as in a ConfigMap: %s', (_, text, texts) => {
    expect(textsIn(configMapData({ spec: base64(text) }))).toEqual(texts);
    const pod = `kind: Pod\napiVersion: v1\nspec: {containers: [{image: own:1, env: [{name: SPEC, value: ${base64(text)}}]}]}`;
    expect(textsIn(pod).filter((found) => found !== 'own:1')).toEqual(texts);
  });

  it('leaves comment lines alone, since they are no references', () => {
    expect(textsIn(configMapText('{{ x }}\n# quay.io/org/a:1\n  # image: org/b:2\nimage: org/c:3'))).toEqual([
      'org/c:3',
    ]);
  });

  it.each([
    ['image: quay.io/org/a:{{ .tag }}', 'quay.io/org/a (base)'],
    ['image: org/a:{{ .tag }}', 'org/a (base)'],
    [`run quay.io/org/a:\${TAG}`, 'quay.io/org/a (base)'],
    ['run quay.io/org/a:v$TAG', 'quay.io/org/a:v (base)'],
    ['run quay.io/org/a-{{ .name }}', 'quay.io/org/a (base)'],
    ['printf quay.io/org/a:%s', 'quay.io/org/a (base)'],
    ['REGISTRY=docker.io', 'docker.io (base)'],
    ['REPO_URL=docker.io/mongodb', 'docker.io/mongodb (base)'],
    ['image: "org/a:1"}', 'org/a:1'],
    ['<b>quay.io/org/a:1</b>', 'quay.io/org/a:1'],
  ])('takes what a program completes for a base: %s', (text, found) => {
    expect(placesIn(configMapText(`{{ x }}\n${text}`))).toEqual([`config map: ${found}`]);
  });

  it.each([
    ['a template value', 'image: {{ .Values.image }}'],
    ['a variable before', `image: \${REGISTRY}/org/a:1`],
    ['a bare name', 'image: app'],
    ['a page', 'see https://quay.io/org/a:1 or //quay.io/x/y:1'],
    ['prose', 'the image: see docs. An image = a picture'],
    ['module paths', 'import "golang.org/x/net" "github.com/org/app:v1" "k8s.io/api/v1:x"'],
  ])('finds nothing in %s', (_, text) => {
    expect(textsIn(configMapText(`{{ x }}\n${text}`))).toEqual([]);
  });

  it('says where in the text the reference stands', () => {
    const [use] = usesIn(configMapText('a:\n  - image: org/a:1'));
    expect(use).toMatchObject({ place: 'config map', name: 'settings', path: 'data.settings.conf > a[0].image' });
  });
});

describe('the keys of a ConfigMap', () => {
  it.each([
    ['a key that says image', { 'agent-image': 'org/a:1' }, ['config map: org/a:1']],
    ['SIDECAR_IMAGE', { SIDECAR_IMAGE: 'org/a:1' }, ['config map: org/a:1']],
    ['a registry', { defaultRegistry: 'docker.io' }, ['config map: docker.io (base)']],
    ['a registry with path', { hub: 'gcr.io/istio-release' }, ['config map: gcr.io/istio-release (base)']],
    ['a base path', { x: 'nvcr.io/nvidia' }, ['config map: nvcr.io/nvidia (base)']],
    [
      'a repository and a tag',
      { 'trivy.repository': 'aquasec/trivy', 'trivy.tag': '0.1' },
      ['config map: aquasec/trivy:0.1'],
    ],
    [
      'a repository on a host and a tag',
      { 'x.repository': 'quay.io/org/a', 'x.tag': '1' },
      ['config map: quay.io/org/a:1'],
    ],
    ['a repository on a host', { 'db.repository': 'ghcr.io/org/db' }, ['config map: ghcr.io/org/db']],
    ['a bare word', { image: 'busybox' }, []],
    ['a hostless repository alone', { 'trivy.repository': 'aquasec/trivy' }, []],
  ])('%s', (_, data, places) => {
    expect(placesIn(configMapData(data))).toEqual(places);
  });

  it('reads binary data and leaves what is no text', () => {
    const map = {
      apiVersion: 'v1',
      kind: 'ConfigMap',
      binaryData: { a: base64('quay.io/org/a:1'), b: base64(new Uint8Array([0, 255])) },
    };
    expect(placesIn(JSON.stringify(map))).toEqual(['config map: quay.io/org/a:1']);
  });
});

describe('a Secret', () => {
  function secret(fields: Readonly<Record<string, unknown>>): string {
    return JSON.stringify({ apiVersion: 'v1', kind: 'Secret', ...fields });
  }

  it('is read in base64 and plain', () => {
    const text = 'image:\n  name: org/a\n  tag: "1"\n';
    expect(placesIn(secret({ data: { v: base64(text) } }))).toEqual(['secret: org/a:1']);
    expect(placesIn(secret({ stringData: { v: text } }))).toEqual(['secret: org/a:1']);
  });

  it('is read in wrapped base64', () => {
    const wrapped = base64('agent:\n  image: registry.example.net/organisation/agent:1.2.3\n')
      .match(/.{1,20}/g)
      ?.join('\n');
    expect(textsIn(secret({ data: { v: wrapped } }))).toEqual(['registry.example.net/organisation/agent:1.2.3']);
  });

  it.each([
    ['binary', base64(new Uint8Array([0, 1, 255]))],
    ['no base64', 'not base64!'],
    ['nothing', ''],
  ])('is passed over where it holds %s', (_, value) => {
    expect(textsIn(secret({ data: { v: value } }))).toEqual([]);
  });

  it('does not take plain data for base64, nor base64 for plain', () => {
    expect(textsIn(secret({ data: { image: 'org/a:1' } }))).toEqual([]);
    expect(textsIn(secret({ stringData: { image: base64('org/a:1') } }))).toEqual([]);
  });

  it('in another group is a custom resource', () => {
    expect(placesIn('apiVersion: example.dev/v1\nkind: Secret\ndata: {image: "org/a:1"}\n')).toEqual([
      'custom resource: org/a:1',
    ]);
  });

  it('also has annotations', () => {
    expect(placesIn(secret({ metadata: { annotations: { 'example.dev/image': 'org/a:1' } } }))).toEqual([
      'annotation: org/a:1',
    ]);
  });
});
