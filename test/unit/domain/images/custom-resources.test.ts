import { describe, expect, it } from 'vitest';
import { foundInObject, judged } from './found.ts';
import { customResource, placesIn, textsIn } from './rendered.ts';

const DIGEST = `sha256:${'ab'.repeat(32)}`;

describe('fields that name an image', () => {
  it.each([
    ['image', 'image: org/a:1', ['org/a:1']],
    ['image without tag', 'image: org/a', ['org/a']],
    ['imageName', 'imageName: org/a:1', ['org/a:1']],
    ['docker_image', 'docker_image: org/a:1', ['org/a:1']],
    ['elasticsearchImage', 'elasticsearchImage: org/es:1', ['org/es:1']],
    ['a list', 'images: [org/a:1, "org/b:2"]', ['org/a:1', 'org/b:2']],
    ['a map below images', 'images: {agent: org/a:1, proxy: org/b:2}', ['org/a:1', 'org/b:2']],
    ['a map below image', 'image: {reference: org/a:1, pullSecret: org/b:2}', ['org/a:1']],
    ['any field with a host', 'runner: quay.io/org/a', ['quay.io/org/a']],
    ['any field with an unknown host and a tag', 'runner: registry.example.net/a:1', ['registry.example.net/a:1']],
    ['a container by its other fields', 'step: {image: bash, script: "exit 0"}', ['bash']],
    ['variables', 'env: [{name: X_IMAGE, value: "org/a:1"}]', ['org/a:1']],
    ['arguments', 'args: ["--x-image=org/a:1"]', ['org/a:1']],
    ['YAML in a string', 'text: "kind: x\\nimage: org/a:1\\n"', ['org/a:1']],
    ['JSON in a string', `text: '{"image":"org/a:1"}'`, ['org/a:1']],
    ['an artifact', 'url: oci://ghcr.io/org/manifests/app', ['ghcr.io/org/manifests/app']],
  ])('%s', (_, spec, texts) => {
    expect(textsIn(customResource(spec))).toEqual(texts);
  });

  it.each([
    ['a single word', 'image: ubuntu'],
    ['a word in a map with parts of its own', 'driver: {enabled: false, image: driver, imagePullPolicy: Always}'],
    ['a word beside a version and arguments', 'driver: {image: driver, version: "", args: [run]}'],
    ['a machine image', 'machineImage: projects/x/global/images/y'],
    ['a picture', 'logoImage: assets/logo.png'],
    ['a disk', 'image: https://example.net/disk.qcow2'],
    ['a pull secret', 'imagePullSecrets: [{name: "a/b:1"}]'],
    ['a tag', 'imageTag: "a/b:1"'],
    ['an API group', 'gvk: helm.example.dev/v2:HelmRelease'],
    ['a label', 'selector: app.kubernetes.io/name:web'],
    ['a git address', 'url: git@github.com:org/app.git'],
    ['a git address with scheme', 'url: ssh://git@github.com/org/app.git'],
    ['a Go import path', 'module: github.com/org/app:v1'],
    ['a bucket', 'bucket: s3://org/app:1'],
    ['a service in the cluster', 'url: "app.web.svc.cluster.local:8080/x:1"'],
    ['a database', 'dsn: "postgres://user:pass@db.example.net:5432/app"'],
    ['a CIDR', 'range: 10.0.0.0/8'],
    ['a MIME type', 'type: application/json'],
    ['a cron line', 'schedule: "*/5 * * * *"'],
    ['a token', 'token: eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.abc'],
    ['a mail address', 'owner: team@quay.io'],
    ['a file path', 'path: /usr/share/app.d/x:/etc/y.d/z'],
    ['a volume', 'mount: conf.d/app:ro'],
    ['a version', 'version: 1.2.3-rc.1+build'],
    ['a package', 'package: {name: "@org/app", version: "1"}'],
    ['host and port', 'address: redis:6379'],
  ])('finds nothing in %s', (_, spec) => {
    expect(textsIn(customResource(spec))).toEqual([]);
  });

  it('knows a host without tag once a container of the chart pulls from it', () => {
    const pod = 'apiVersion: v1\nkind: Pod\nspec: {containers: [{image: registry.example.net/x:1}]}\n';
    const widget = customResource('base: registry.example.net/path');
    expect(textsIn(widget)).toEqual([]);
    expect(textsIn(`${pod}---\n${widget}`)).toEqual(['registry.example.net/x:1', 'registry.example.net/path']);
    expect(textsIn(widget, ['registry.example.net'])).toEqual(['registry.example.net/path']);
  });

  it('does not learn Docker Hub or hosts of other places from a chart', () => {
    const output = `${customResource('image: registry.example.net/x:1')}---\n${customResource('base: registry.example.net/path')}`;
    expect(textsIn(output)).toEqual(['registry.example.net/x:1']);
  });
});

describe('references in several fields', () => {
  it.each([
    ['repository and tag', 'image: {repository: org/a, tag: "1"}', 'org/a:1'],
    ['one word below an image field', 'image: {repository: nginx, tag: "1.25"}', 'nginx:1.25'],
    ['name and tag below an image field', 'image: {name: nginx, tag: "1.25"}', 'nginx:1.25'],
    [
      'repository, image and version',
      'driver: {repository: nvcr.io/nvidia, image: driver, version: "1"}',
      'nvcr.io/nvidia/driver:1',
    ],
    ['registry, repository and tag', 'x: {registry: docker.io, repository: nginx, tag: "1"}', 'docker.io/nginx:1'],
    ['registry with a port', 'x: {registry: "localhost:5000", repository: a, tag: "1"}', 'localhost:5000/a:1'],
    ['an empty registry', 'x: {registry: "", repository: org/a, tag: "1"}', 'org/a:1'],
    ['a trailing slash', 'x: {registry: quay.io/, repository: org/a, tag: "1"}', 'quay.io/org/a:1'],
    ['no digest', 'x: {repository: org/a, tag: "1", digest: null}', 'org/a:1'],
    ['a digest', `x: {repository: org/a, tag: "1", digest: "${DIGEST}"}`, `org/a:1@${DIGEST}`],
    ['a digest without algorithm', `x: {repository: org/a, sha: ${'ab'.repeat(32)}}`, `org/a@${DIGEST}`],
    ['a digest as tag', `x: {repository: org/a, tag: "${DIGEST}"}`, `org/a@${DIGEST}`],
    ['tag and digest in one', `x: {repository: org/a, tag: "1@${DIGEST}"}`, `org/a:1@${DIGEST}`],
    ['a number as tag', 'x: {repository: org/a, tag: 1.10}', 'org/a:1.10'],
    ['imageRepository and imageTag', 'imageRepository: org/a\nimageTag: "1"', 'org/a:1'],
    ['a common beginning', 'agentImage: org/a\nagentImageTag: "1"', 'org/a:1'],
    [
      'a common beginning with a registry',
      'agentRegistry: quay.io\nagentRepository: org/a\nagentTag: "1"',
      'quay.io/org/a:1',
    ],
  ])('%s', (_, spec, text) => {
    expect(textsIn(customResource(spec))).toEqual([text]);
  });

  it('takes a repository without tag below an image field, which its program completes', () => {
    expect(textsIn(customResource('image: {repository: org/a, tag: null}'))).toEqual(['org/a']);
  });

  it.each([
    ['a chart', 'chart: {repository: "https://charts.example.net", name: app, version: "1"}'],
    ['a name and a version', 'app: {name: app, version: "1"}'],
    ['a git repository', 'gitRepository: org/a\ngitTag: "1"'],
    ['a chart with a prefix', 'helmRepository: org/a\nhelmVersion: "1"'],
    ['an empty repository', 'x: {repository: "", image: app, version: ""}'],
  ])('makes none of %s', (_, spec) => {
    expect(textsIn(customResource(spec))).toEqual([]);
  });

  it('emits the fields once', () => {
    const spec = 'x: {repository: quay.io/org/a, image: app, version: "1", imagePullPolicy: Always}';
    expect(placesIn(customResource(spec))).toEqual(['custom resource: quay.io/org/a/app:1']);
  });
});

describe('what OpenShift takes from a registry', () => {
  it.each([
    ['a build', 'kind: BuildConfig\nspec: {strategy: {from: {kind: DockerImage, name: "vault:1.13"}}}', 'vault:1.13'],
    ['a stream', 'kind: ImageStream\nspec: {tags: [{name: "1", from: {kind: DockerImage, name: nginx}}]}', 'nginx'],
  ])('is a certain image of %s', (_, yaml, text) => {
    expect(judged(foundInObject(yaml))).toEqual([`image certain: ${text}`]);
  });

  it('is no tag of a stream', () => {
    expect(
      foundInObject('kind: ImageStream\nspec: {tags: [{from: {kind: ImageStreamTag, name: "vault:1.13"}}]}'),
    ).toEqual([]);
  });
});
