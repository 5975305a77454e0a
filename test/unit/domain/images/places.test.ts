import { describe, expect, it } from 'vitest';
import { classOf } from '../../../../src/domain/images/object-kinds.ts';
import { foundInObject } from './found.ts';
import {
  base64,
  configMapData,
  configMapText,
  customResource,
  placesIn,
  podWith,
  textsIn,
  usesIn,
} from './rendered.ts';

describe('lists of names and values in a custom resource', () => {
  it.each([
    ['a parameter', 'parameters: [{name: image, value: "org/a:1"}]', ['org/a:1']],
    ['variables under another name', 'envVars: [{name: AGENT_IMAGE, value: "org/a:1"}]', ['org/a:1']],
    [
      'a repository and a tag',
      'parameters: [{name: image.repository, value: org/a}, {name: image.tag, value: "1"}]',
      ['org/a:1'],
    ],
    ['a registry', 'settings: [{name: defaultRegistry, value: quay.io}]', ['quay.io']],
    ['names that say nothing', 'parameters: [{name: colour, value: red}]', []],
  ])('name an image: %s', (_, spec, texts) => {
    expect(textsIn(customResource(spec))).toEqual(texts);
  });

  it('say which entry it was', () => {
    const [use] = usesIn(customResource('parameters: [{name: a, value: b}, {name: image, value: "org/a:1"}]'));
    expect(use).toMatchObject({ place: 'custom resource', path: 'spec.parameters[1].value (image)' });
  });

  it('are read entry by entry where some have no value', () => {
    const spec = 'parameters: [{name: image, default: "quay.io/org/a:1"}, {name: x, value: y}]';
    expect(textsIn(customResource(spec))).toEqual(['quay.io/org/a:1']);
  });
});

describe('arguments in a custom resource', () => {
  it.each([
    ['extraArgs', '["--agent-image", "org/a:1"]', ['org/a:1']],
    ['additionalArguments', '["--agent-image=org/a:1"]', ['org/a:1']],
    ['startCommand', '["run", "--image", "org/a:1"]', ['org/a:1']],
    ['words', '["--agent-image", "org/a"]', []],
  ])('%s: %s', (field, list, texts) => {
    expect(textsIn(customResource(`${field}: ${list}`))).toEqual(texts);
  });
});

describe('a name below a registry with a tag', () => {
  const values = (proxy: string): string =>
    configMapData({ values: JSON.stringify({ global: { hub: 'docker.io/istio', tag: '1.27.0', proxy } }) });

  it('is joined with them, as istio does it', () => {
    const data = { values: '{"global": {"hub": "docker.io/istio", "tag": "1.27.0", "proxy": {"image": "proxyv2"}}}' };
    expect(placesIn(configMapData(data))).toEqual([
      'config map: docker.io/istio (base)',
      'config map: docker.io/istio/proxyv2:1.27.0',
    ]);
  });

  it.each([
    ['its own tag', '{"image": "proxyv2", "tag": "x"}'],
    ['a path', '{"image": "other/proxyv2"}'],
    ['a template', '{"image": "{{ .x }}"}'],
  ])('is not joined when it has %s', (_, proxy) => {
    const data = { values: `{"global": {"hub": "docker.io/istio", "tag": "1.27.0", "proxy": ${proxy}}}` };
    expect(textsIn(configMapData(data))).not.toContain('docker.io/istio/proxyv2:1.27.0');
  });

  it('needs a map', () => {
    expect(placesIn(values('proxyv2'))).toEqual(['config map: docker.io/istio (base)']);
  });
});

describe('images of kustomize', () => {
  it.each([
    ['a new name and a new tag', '[{name: org/a, newName: quay.io/org/b, newTag: "2"}]', ['quay.io/org/b:2']],
    ['a new tag', '[{name: org/a, newTag: "2"}]', ['org/a:2']],
    ['one line', '["org/a=quay.io/org/b:2"]', ['quay.io/org/b:2']],
  ])('with %s', (_, images, texts) => {
    expect(textsIn(customResource(`images: ${images}`))).toEqual(texts);
  });
});

describe('structured settings of operators', () => {
  it.each([
    ['kyverno', { defaultRegistry: 'docker.io' }, ['docker.io']],
    [
      'Elastic Cloud on Kubernetes',
      { 'eck.yaml': 'log-verbosity: 0\ncontainer-registry: docker.elastic.co\n' },
      ['docker.elastic.co'],
    ],
    [
      'cass-operator',
      {
        'image_config.yaml':
          'kind: ImageConfig\nimages:\n  system-logger: k8ssandra/system-logger:v1\nimageRegistry: docker.io\n',
      },
      ['k8ssandra/system-logger:v1', 'docker.io'],
    ],
    [
      'linkerd, with name and version apart',
      { values: 'proxy:\n  image: {name: cr.l5d.io/linkerd/proxy, version: edge-1}\n' },
      ['cr.l5d.io/linkerd/proxy:edge-1'],
    ],
    [
      'kserve',
      { storageInitializer: '{"image" : "kserve/storage-initializer:v0.8.0", "memoryRequest": "1Gi"}' },
      ['kserve/storage-initializer:v0.8.0'],
    ],
    [
      'trivy-operator',
      { 'trivy.repository': 'mirror.gcr.io/aquasec/trivy', 'trivy.tag': '0.72.0' },
      ['mirror.gcr.io/aquasec/trivy:0.72.0'],
    ],
    [
      'falco',
      {
        'falcoctl.yaml':
          'artifact:\n  install:\n    refs: [falco-rules:5, ghcr.io/falcosecurity/plugins/plugin/json:0.7.3]\n',
      },
      ['ghcr.io/falcosecurity/plugins/plugin/json:0.7.3'],
    ],
    [
      'a catalogue of versions',
      { 'c.yaml': 'versions:\n  - {version: "1", natsImage: "nats:1"}\n  - {version: "2", natsImage: "nats:2"}\n' },
      ['nats:1', 'nats:2'],
    ],
    ['a bare image under a key of its own', { SIDECAR_IMAGE: 'ghcr.io/org/sidecar:v1' }, ['ghcr.io/org/sidecar:v1']],
    [
      'a pod template as text',
      {
        cronjobTemplate:
          'apiVersion: batch/v1\nkind: CronJob\nspec: {jobTemplate: {spec: {template: {spec: {containers: [{image: "quay.io/org/a:1"}]}}}}}\n',
      },
      ['quay.io/org/a:1'],
    ],
  ])('%s', (_, data, texts) => {
    expect(textsIn(configMapData(data))).toEqual(texts);
  });

  it('also in a Secret that holds all values in base64, as that of jupyterhub does', () => {
    const values =
      'hub:\n  image: {name: quay.io/jupyterhub/k8s-hub, tag: 4.0.0}\nscheduling:\n  userPlaceholder:\n    image: {name: registry.k8s.io/pause, tag: "3.10"}\n';
    const secret = { apiVersion: 'v1', kind: 'Secret', data: { 'values.yaml': base64(values) } };
    expect(placesIn(JSON.stringify(secret))).toEqual([
      'secret: quay.io/jupyterhub/k8s-hub:4.0.0',
      'secret: registry.k8s.io/pause:3.10',
    ]);
  });
});

describe('commands that pull', () => {
  it.each([
    ['a Dockerfile', 'FROM org/a:1 AS build', ['org/a:1']],
    ['a Dockerfile for a platform', 'FROM --platform=linux/amd64 org/a:1', ['org/a:1']],
    ['docker pull', 'docker pull org/a:1', ['org/a:1']],
    ['docker run with flags', 'docker run --rm -it org/a:1 sh', ['org/a:1']],
    ['crictl', 'crictl pull org/a:1', ['org/a:1']],
    ['ctr', 'ctr images pull docker.io/org/a:1', ['docker.io/org/a:1']],
    ['SQL', 'SELECT x FROM pg_stat_activity', []],
    ['prose', 'docker run starts a container', []],
  ])('%s', (_, line, texts) => {
    expect(textsIn(configMapText(`{{ x }}\n${line}`))).toEqual(texts);
  });
});

describe('kinds are told apart by group and kind', () => {
  it.each([
    ['v1', 'ConfigMap', 'config map'],
    ['example.dev/v1', 'ConfigMap', 'custom resource'],
    ['v1', 'Secret', 'secret'],
    ['example.dev/v1', 'Secret', 'custom resource'],
    ['v1', 'List', 'list'],
    ['example.dev/v1', 'AllowList', 'custom resource'],
    ['apps/v1', 'Deployment', 'built-in'],
    ['example.dev/v1', 'Deployment', 'custom resource'],
    ['snapshot.storage.k8s.io/v1', 'VolumeSnapshotClass', 'custom resource'],
    ['admissionregistration.k8s.io/v1', 'ValidatingWebhookConfiguration', 'built-in'],
  ])('%s %s is a %s', (apiVersion, kind, objectClass) => {
    expect(classOf(apiVersion, kind)).toBe(objectClass);
  });

  it('reads the expressions of admission policies, which write and compare images', () => {
    const policy = {
      apiVersion: 'admissionregistration.k8s.io/v1',
      kind: 'MutatingAdmissionPolicy',
      spec: { mutations: [{ applyConfiguration: { expression: 'Object{image: "quay.io/org/proxy:1"}' } }] },
    };
    expect(placesIn(JSON.stringify(policy))).toEqual(['custom resource: quay.io/org/proxy:1']);
  });

  it('knows the object inside a text by its own group', () => {
    const inner = 'apiVersion: pkg.crossplane.io/v1\nkind: Provider\nspec:\n  package: xpkg.upbound.io/org/p:v1\n';
    expect(foundInObject(JSON.stringify({ objects: [{ text: 'x' }] }))).toEqual([]);
    const [use] = usesIn(configMapData({ 'provider.yaml': inner }));
    expect(use).toMatchObject({ role: 'artifact', text: 'xpkg.upbound.io/org/p:v1' });
  });
});

describe('annotations of pods', () => {
  it('name images by their keys and by their form', () => {
    const annotations = '{sidecar.istio.io/proxyImage: "docker.io/istio/proxyv2:1.27.0", x: "quay.io/org/a:1"}';
    const output = `apiVersion: v1\nkind: Pod\nmetadata: {annotations: ${annotations}}\nspec: {containers: []}`;
    expect(placesIn(output)).toEqual(['annotation: docker.io/istio/proxyv2:1.27.0', 'annotation: quay.io/org/a:1']);
  });
});

describe('variables of operators', () => {
  it.each([
    [
      'a map of versions',
      'STRIMZI_KAFKA_IMAGES',
      '4.2.0=quay.io/strimzi/kafka:1-4.2.0\n4.2.1=quay.io/strimzi/kafka:1-4.2.1\n',
      2,
    ],
    [
      'a list with commas',
      'SCANNER_TRIVY_DB_REPOSITORY',
      'mirror.gcr.io/aquasec/trivy-db,ghcr.io/aquasecurity/trivy-db',
      2,
    ],
    ['an image in a name that says nothing', 'STRIMZI_DEFAULT_MAVEN_BUILDER', 'quay.io/strimzi/maven-builder:1', 1],
    ['an owner, a name and a version under such a name', 'DEFAULT_BUILDER', 'strimzi/maven-builder:1.2.0', 1],
    ['a service with its port', 'BACKEND', 'monitoring/prometheus:9090', 0],
  ])('%s', (_, name, value, count) => {
    expect(textsIn(podWith(`env: [{name: ${name}, value: ${JSON.stringify(value)}}]`)).slice(1)).toHaveLength(count);
  });
});
