import { describe, expect, it } from 'vitest';
import { placesIn, podWith, textsIn, usesIn } from './rendered.ts';

const SPEC = '{containers: [{name: a, image: "a:1"}], initContainers: [{name: b, image: b}]}';
const BOTH = ['container: a:1', 'initContainer: b'];

function workload(apiVersion: string, kind: string, spec: string): string {
  return `apiVersion: ${apiVersion}\nkind: ${kind}\nmetadata: {name: web}\nspec: ${spec}\n`;
}

describe('pod specs', () => {
  it.each([
    ['v1', 'Pod', SPEC],
    ['v1', 'ReplicationController', `{template: {spec: ${SPEC}}}`],
    ['apps/v1', 'Deployment', `{template: {spec: ${SPEC}}}`],
    ['apps/v1', 'StatefulSet', `{template: {spec: ${SPEC}}}`],
    ['apps/v1', 'DaemonSet', `{template: {spec: ${SPEC}}}`],
    ['apps/v1', 'ReplicaSet', `{template: {spec: ${SPEC}}}`],
    ['batch/v1', 'Job', `{template: {spec: ${SPEC}}}`],
    ['batch/v1', 'CronJob', `{jobTemplate: {spec: {template: {spec: ${SPEC}}}}}`],
    ['argoproj.io/v1alpha1', 'Rollout', `{template: {spec: ${SPEC}}}`],
    ['example.dev/v1', 'Widget', `{pods: [{podTemplate: {spec: ${SPEC}}}]}`],
  ])('are read in %s %s', (apiVersion, kind, spec) => {
    expect(placesIn(workload(apiVersion, kind, spec))).toEqual(BOTH);
  });

  it('is read in a PodTemplate, which has no spec of its own', () => {
    expect(placesIn(`apiVersion: v1\nkind: PodTemplate\ntemplate: {spec: ${SPEC}}\n`)).toEqual(BOTH);
  });

  it.each([
    ['v1', 'List'],
    ['v1', 'PodList'],
    ['apps/v1', 'DeploymentList'],
  ])('are read inside a %s %s, however deep', (apiVersion, kind) => {
    const inner = `{apiVersion: v1, kind: List, items: [{apiVersion: v1, kind: Pod, spec: ${SPEC}}]}`;
    expect(placesIn(`apiVersion: ${apiVersion}\nkind: ${kind}\nitems:\n  - ${inner}\n`)).toEqual(BOTH);
  });

  it('reads every object of a List by its own kind', () => {
    const items = '[{apiVersion: v1, kind: ConfigMap, data: {agent-image: "org/agent:1"}}]';
    expect(placesIn(`apiVersion: v1\nkind: List\nitems: ${items}\n`)).toEqual(['config map: org/agent:1']);
  });

  it('takes a kind called list in another group for a custom resource', () => {
    expect(placesIn('apiVersion: example.dev/v1\nkind: AllowList\nitems:\n  - image: org/a:1\n')).toEqual([
      'custom resource: org/a:1',
    ]);
  });

  it('are read in JSON', () => {
    const pod = { apiVersion: 'v1', kind: 'Pod', spec: { containers: [{ image: 'a:1' }] } };
    expect(placesIn(JSON.stringify(pod))).toEqual(['container: a:1']);
  });

  it('keeps where each reference stands', () => {
    const output = `---\n# Source: web/templates/a.yaml\n${workload('v1', 'Pod', SPEC)}`;
    expect(usesIn(output)[1]).toMatchObject({
      template: 'web/templates/a.yaml',
      kind: 'Pod',
      name: 'web',
      path: 'spec.initContainers[0].image',
      reference: { registry: 'docker.io', repository: 'library/b', tag: undefined },
    });
  });

  it('names an object without a name by its generateName', () => {
    const output = `apiVersion: v1\nkind: Pod\nmetadata: {generateName: web-}\nspec: ${SPEC}\n`;
    expect(usesIn(output).map(({ name }) => name)).toEqual(['web-', 'web-']);
  });

  it('keeps references of hooks and tests, and every occurrence of the same one', () => {
    const test = `apiVersion: v1\nkind: Pod\nmetadata: {annotations: {helm.sh/hook: test}}\nspec: ${SPEC}\n`;
    expect(textsIn(`${test}---\n${test}`)).toEqual(['a:1', 'b', 'a:1', 'b']);
  });

  it('reads ephemeral containers and image volumes', () => {
    const spec = '{ephemeralContainers: [{image: e}], volumes: [{name: v, image: {reference: v, pullPolicy: Always}}]}';
    expect(placesIn(workload('v1', 'Pod', spec))).toEqual(['ephemeralContainer: e', 'image volume: v']);
  });

  it.each([
    ['tag', 'quay.io/org/app:1.2_3-x'],
    ['sha256 digest', `quay.io/org/app@sha256:${'ab'.repeat(32)}`],
    ['sha512 digest', `quay.io/org/app@sha512:${'ab'.repeat(64)}`],
    ['tag and digest', `quay.io/org/app:1@sha256:${'ab'.repeat(32)}`],
    ['host with a port', 'registry.example.net:5000/org/app:1'],
    ['host in capitals', 'Quay.IO/org/app:1'],
    ['single label with a port', 'registry:5000/app'],
    ['alias of Docker Hub', 'index.docker.io/org/app'],
    ['numeric tag that could be a port', 'app:8080'],
  ])('keeps a %s as it is written', (_, text) => {
    expect(textsIn(workload('v1', 'Pod', `{containers: [{image: "${text}"}]}`))).toEqual([text]);
  });

  it.each(['""', 'null', '~', ''])('finds nothing where the image is %j', (image) => {
    expect(textsIn(`apiVersion: v1\nkind: Pod\nspec:\n  containers:\n    - image: ${image}\n`)).toEqual([]);
  });

  it('follows anchors and merge keys', () => {
    const output =
      'apiVersion: v1\nkind: Pod\nbase: &base {image: "a:1"}\nspec:\n  containers:\n    - <<: *base\n      name: x\n';
    expect(textsIn(output)).toEqual(['a:1']);
  });
});

describe('variables', () => {
  it.each([
    ['a host', 'ANYTHING', 'quay.io/org/app', ['quay.io/org/app']],
    ['a name that says image', 'AGENT_IMAGE', 'org/agent:1', ['org/agent:1']],
    ['an operator related image', 'RELATED_IMAGE_POLICY_SERVICE', 'org/agent:1', ['org/agent:1']],
    [
      'a word inside the name that is no word about images',
      'CSI_RESIZER_IMAGE',
      'longhornio/csi-resizer:v1',
      ['longhornio/csi-resizer:v1'],
    ],
    ['search, which contains arch', 'ELASTICSEARCH_IMAGE', 'elasticsearch:7.17.1', ['elasticsearch:7.17.1']],
    ['a year as tag', 'DB_IMAGE', 'mssql:2022', ['mssql:2022']],
    [
      'several in one value',
      'APP_IMAGES',
      '4.2=org/app:1-4.2\n4.3=quay.io/org/app:1-4.3',
      ['org/app:1-4.2', 'quay.io/org/app:1-4.3'],
    ],
    ['a list with commas', 'RELATED_IMAGES', 'org/a:1,org/b:2', ['org/a:1', 'org/b:2']],
    ['JSON', 'SETTINGS', '{"image":"org/a:1","sideImage": "org/b:2"}', ['org/a:1', 'org/b:2']],
    ['JSON inside JSON', 'SETTINGS', '{"x":"{\\"image\\":\\"org/a:1\\"}"}', ['org/a:1']],
    ['fields in JSON', 'SETTINGS', '{"a": {"image": {"prefix": "org", "name": "a", "tag": "1"}}}', ['org/a:1']],
    ['a repository in JSON', 'SETTINGS', '[{"repository": "quay.io/org/a", "tag": "1"}]', ['quay.io/org/a:1']],
    [
      'fields and whole images in JSON',
      'SETTINGS',
      '{"image": "quay.io/org/b:2", "other": {"repository": "org/a", "tag": "1"}}',
      ['org/a:1', 'quay.io/org/b:2'],
    ],
    ['what is no JSON', 'SETTINGS', '{{ "prefix": "org", "name": "a", "tag": "1.2"', []],
    ['a tag alone', 'IMAGE_TAG', 'v1', []],
    ['a pull policy', 'IMAGE_PULL_POLICY', 'Always', []],
    ['a single word', 'PROXY_IMAGE', 'proxy', []],
  ])('%s: %s=%j', (_, name, value, texts) => {
    const fields = `env:\n  - name: ${name}\n    value: ${JSON.stringify(value)}`;
    expect(textsIn(podWith(fields)).slice(1)).toEqual(texts);
  });

  it('takes a registry for a base, since names follow at run time', () => {
    expect(placesIn(podWith('env: [{name: DEFAULT_REGISTRY, value: docker.io}]')).slice(1)).toEqual([
      'env: docker.io (base)',
    ]);
  });

  it('joins a name and a tag that two variables hold', () => {
    const fields = 'env: [{name: IMAGE_NAME, value: quay.io/org/app}, {name: IMAGE_TAG, value: "1.2"}]';
    const [use] = usesIn(podWith(fields)).slice(1);
    expect(use).toMatchObject({ text: 'quay.io/org/app:1.2', place: 'env' });
    expect(use?.path).toBe('spec.containers[0].env (IMAGE_NAME, IMAGE_TAG)');
  });

  it('does not join variables that occur twice', () => {
    const twice = '{name: IMAGE_NAME, value: org/a}, {name: IMAGE_NAME, value: org/b}, {name: IMAGE_TAG, value: "1"}';
    expect(textsIn(podWith(`env: [${twice}]`)).slice(1)).toEqual(['org/a', 'org/b']);
  });

  it('says which variable it was', () => {
    const output = podWith('env: [{name: A, value: b}, {name: X_IMAGE, value: "org/a:1"}]');
    expect(usesIn(output)[1]?.path).toBe('spec.containers[0].env[1].value (X_IMAGE)');
  });
});

describe('arguments', () => {
  it.each([
    ['--flag=image', '["--app-image=org/a:1"]', ['org/a:1']],
    ['-flag=image', '["-image=org/a:1"]', ['org/a:1']],
    ['--flag image', '["--app-image", "org/a:1"]', ['org/a:1']],
    ['a list in a flag', '["--images=org/a:1,org/b:2"]', ['org/a:1', 'org/b:2']],
    ['a host in any flag', '["--config-reloader=quay.io/org/a:1"]', ['quay.io/org/a:1']],
    ['a script', '["sh", "-c", "run --image org/a:1; pull ghcr.io/org/b"]', ['ghcr.io/org/b', 'org/a:1']],
    ['quotes in a script', `["-c", "x -agent-image=\\"org/a:1\\" "]`, ['org/a:1']],
    ['a name and a tag in two flags', '["--side-image-repository=org/a", "--side-image-tag", "v1"]', ['org/a:v1']],
    ['a flag that only contains image', '["--image-pull-policy=a/b:1", "--daemonset=image-puller"]', []],
    ['the value after a flag that has one', '["--name=some-image", "org/a"]', []],
    ['addresses', '["--listen=0.0.0.0:8080", "--url=https://quay.io/org/app", "--leader=kube-system/app:10"]', []],
  ])('%s: %s', (_, args, texts) => {
    expect([...textsIn(podWith(`args: ${args}`)).slice(1)].sort()).toEqual(texts);
    expect([...textsIn(podWith(`command: ${args}`)).slice(1)].sort()).toEqual(texts);
  });

  it('are read in probes and lifecycle hooks', () => {
    const exec = '{exec: {command: [sh, -c, "crictl pull quay.io/org/a:1"]}}';
    const fields = `livenessProbe: ${exec}\nlifecycle: {preStop: ${exec}}`;
    expect(placesIn(podWith(fields)).slice(1)).toEqual(['arg: quay.io/org/a:1', 'arg: quay.io/org/a:1']);
  });
});

describe('annotations', () => {
  it.each([
    ['a key that ends in image', 'sidecar.example.dev/proxyImage', 'org/proxy:1', ['org/proxy:1']],
    ['JSON', 'example.dev/overlay', '{"image":"org/a:1"}', ['org/a:1']],
    ['a host', 'example.dev/x', 'quay.io/org/a:1', ['quay.io/org/a:1']],
    ['a web page', 'example.dev/docs', 'see https://quay.io/org/a:1', []],
    ['an API group', 'example.dev/kind', 'helm.example.dev/v2:HelmRelease', []],
  ])('%s', (_, key, value, texts) => {
    const metadata = { annotations: { [key]: value } };
    expect(textsIn(JSON.stringify({ apiVersion: 'v1', kind: 'Service', metadata }))).toEqual(texts);
    const inPod = { apiVersion: 'apps/v1', kind: 'Deployment', spec: { template: { metadata } } };
    expect(placesIn(JSON.stringify(inPod))).toEqual(texts.map((text) => `annotation: ${text}`));
  });

  it('reads no other text of a built-in object', () => {
    const service = { apiVersion: 'v1', kind: 'Service', spec: { externalName: 'quay.io/org/app:1' } };
    expect(textsIn(JSON.stringify(service))).toEqual([]);
  });
});
