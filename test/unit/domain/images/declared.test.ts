import { describe, expect, it } from 'vitest';
import { readChartTree } from '../../../../src/domain/chart/chart-tree.ts';
import { effectiveValues } from '../../../../src/domain/chart/effective-values.ts';
import { declaredReferences } from '../../../../src/domain/images/declared.ts';
import { type Evidence, IMAGE_CHOICES, isChosen } from '../../../../src/domain/images/evidence.ts';
import { formatReference } from '../../../../src/domain/reference.ts';
import { archive, chartYaml } from '../chart/trees.ts';

const HEX = 'ab'.repeat(32);

/** `where: reference` of what a chart with these files names; a `?` where tag and digest do not stand there. */
function declared(files: Readonly<Record<string, string>>): readonly string[] {
  const tree = archive({ 'Chart.yaml': chartYaml('web', '1.0.0', 'appVersion: "9.9"'), ...files });
  const chart = readChartTree(tree, 'web');
  return declaredReferences(chart, effectiveValues(tree, chart, [])).map(
    ({ where, reference, isWhole }) => `${where}: ${formatReference(reference)}${isWhole ? '' : '?'}`,
  );
}

function inValues(yaml: string): readonly string[] {
  return declared({ 'values.yaml': `${yaml}\n` });
}

describe('a map', () => {
  it.each([
    ['{ registry: quay.io, repository: org/app, tag: v1 }', 'quay.io/org/app:v1'],
    ['{ registry: quay.io/, repository: org/app, tag: v1 }', 'quay.io/org/app:v1'],
    ['{ registry: quay.io/org, repository: app, tag: v1 }', 'quay.io/org/app:v1'],
    ['{ registry: docker.io, repository: nginx, tag: 1.25 }', 'docker.io/library/nginx:1.25'],
    ['{ registry: quay.io, repository: ghcr.io/org/app, tag: v1 }', 'ghcr.io/org/app:v1'],
    ['{ repository: org/app, tag: v1 }', 'docker.io/org/app:v1'],
    ['{ repository: quay.io/org/app, tag: 1.10 }', 'quay.io/org/app:1.10'],
    ['{ repository: "quay.io/org/app:v1" }', 'quay.io/org/app:v1'],
    ['{ repository: "quay.io/org/app:v1", tag: v2 }', 'quay.io/org/app:v1'],
    ['{ hub: gcr.io/istio-release, image: pilot, tag: v1 }', 'gcr.io/istio-release/pilot:v1'],
    ['{ name: quay.io/org/app, tag: v1 }', 'quay.io/org/app:v1'],
    ['{ repository: nvcr.io/org, image: driver, version: "1.0" }', 'nvcr.io/org/driver:1.0'],
    ['{ repository: nvcr.io/org/, image: cloud/driver, tag: v1 }', 'nvcr.io/org/cloud/driver:v1'],
    ['{ repository: quay.io/org/app, image: app, tag: v1 }', 'quay.io/org/app:v1'],
    ['{ repository: gcr.io/project, name: worker, tag: v1 }', 'gcr.io/project/worker:v1'],
    ['{ repository: gcr.io/project/app, name: worker, tag: v1 }', 'gcr.io/project/app:v1'],
    ['{ repository: registry.k8s.io/pause, name: worker, tag: v1 }', 'registry.k8s.io/pause:v1'],
    [
      `{ registry: quay.io, repository: org/app, tag: v1, digest: "sha256:${HEX}" }`,
      `quay.io/org/app:v1@sha256:${HEX}`,
    ],
    [`{ registry: quay.io, repository: org/app, sha: "${HEX}" }`, `quay.io/org/app@sha256:${HEX}`],
    [`{ registry: quay.io, repository: org/app, tag: "v1@sha256:${HEX}" }`, `quay.io/org/app:v1@sha256:${HEX}`],
    ['{ registry: quay.io, repository: org/app, tag: v1, digest: "" }', 'quay.io/org/app:v1'],
    ['{ repository: "localhost:5000/org/app", tag: v1 }', 'localhost:5000/org/app:v1'],
  ])('names an image with all its parts: %s', (image, reference) => {
    expect(inValues(`i: ${image}`)).toEqual([`i: ${reference}`]);
  });

  it('names none where it has a host with its port', () => {
    expect(inValues('i: { repository: "nexus3.onap.test:10001", pullPolicy: Always }')).toEqual([]);
    expect(inValues('i: { repository: "store:9000", tag: "" }')).toEqual([]);
    expect(inValues('i: { repository: "app:2024", pullPolicy: Always }')).toEqual(['i: docker.io/library/app:2024']);
    expect(inValues('i: { registry: quay.io, repository: "org/app:9000" }')).toEqual(['i: quay.io/org/app:9000']);
  });

  it.each([
    ['{ registry: quay.io, repository: org/app, tag: "" }', 'i (its tag is a guess): quay.io/org/app:9.9?'],
    ['{ registry: quay.io, repository: org/app, tag: ~ }', 'i (its tag is a guess): quay.io/org/app:9.9?'],
    ['{ registry: quay.io, repository: org/app }', 'i: quay.io/org/app?'],
    ['{ repository: quay.io/org/app }', 'i: quay.io/org/app?'],
  ])('without a tag is guessed, and said to be: %s', (image, row) => {
    expect(inValues(`i: ${image}`)).toEqual([row]);
  });

  it.each([
    '{ repository: "{{ .Values.r }}/app", tag: v1 }',
    '{ repository: "https://example.com/charts", tag: v1 }',
    '{ repository: "", tag: v1 }',
    '{ registry: quay.io, tag: v1 }',
    '{ name: web, version: v1 }',
    '{ name: web, tag: v1 }',
    '{ repository: org/app }',
    '{ registry: quay.io, repository: org, tag: v1 }',
    '{ repository: gcr.io/project, tag: v1 }',
  ])('that says too little names none: %s', (image) => {
    expect(inValues(`i: ${image}`)).toEqual([]);
  });

  it.each([
    ['{ repository: org/api }', 'm.api.image (its tag is a guess): quay.io/org/api:v1?'],
    ['{ repository: org/api, registry: "", tag: "" }', 'm.api.image (its tag is a guess): quay.io/org/api:v1?'],
    ['{ repository: org/api, tag: v2 }', 'm.api.image: docker.io/org/api:v2'],
    ['{ repository: org/api, registry: ghcr.io }', 'm.api.image: ghcr.io/org/api?'],
  ])('with a name alone has registry and tag of an image without a name around it: %s', (image, reference) => {
    const about =
      image.includes('tag') || image.includes('registry') ? image : image.replace(' }', ', pullPolicy: Always }');
    expect(inValues(`m: { image: { registry: quay.io, tag: v1 }, api: { image: ${about} } }`)).toEqual([reference]);
  });

  it('with a name alone has the tag of an image around it that has no registry, too', () => {
    expect(
      inValues('m: { image: { registry: "", tag: v1 }, api: { image: { repository: org/api, pullPolicy: Always } } }'),
    ).toEqual(['m.api.image (its tag is a guess): docker.io/org/api:v1?']);
  });

  it('does not hide what stands beside its parts', () => {
    expect(inValues('image: quay.io/org/app\ntag: v1\ncurlImage: quay.io/org/curl:8')).toEqual([
      expect.stringContaining('quay.io/org/app:v1'),
      'curlImage: quay.io/org/curl:8',
    ]);
    expect(inValues('i: { repository: quay.io/org/app, tag: v1, initImage: "quay.io/org/init:1" }')).toEqual([
      'i: quay.io/org/app:v1',
      'i.initImage: quay.io/org/init:1',
    ]);
  });

  it('does not hide maps and lists in it', () => {
    expect(
      inValues('i: { repository: quay.io/o/a, tag: v1, x: { image: "quay.io/o/x:1" }, images: ["quay.io/o/y:1"] }'),
    ).toEqual(['i: quay.io/o/a:v1', 'i.x.image: quay.io/o/x:1', 'i.images[0]: quay.io/o/y:1']);
  });
});

describe('a text', () => {
  it.each([
    ['image: quay.io/org/app:1', 'image: quay.io/org/app:1'],
    ['image: quay.io/org/app', 'image: quay.io/org/app?'],
    ['anything: quay.io/org/app:1', 'anything: quay.io/org/app:1'],
    ['runnerImage: acme.example.com/org/app:1', 'runnerImage: acme.example.com/org/app:1'],
    ['images: [" quay.io/org/app:1 "]', 'images[0]: quay.io/org/app:1'],
    ['"a.b": { image: "quay.io/org/app:1" }', '"a.b".image: quay.io/org/app:1'],
    ['initImage: busybox:1.36', 'initImage: docker.io/library/busybox:1.36'],
    ['image: grafana/grafana:10.0', 'image: docker.io/grafana/grafana:10.0'],
  ])('names an image by its key or its host: %s', (yaml, reference) => {
    expect(inValues(yaml)).toEqual([reference]);
  });

  it.each([
    'anything: acme.example.com/org/app:1',
    'anything: quay.io/org',
    'url: https://quay.io/org/app:1',
    'note: see quay.io/org/app:1',
    'image: "{{ .Values.x }}/org/app:1"',
    'image: main',
    'image: your-registry/your-app:1',
    'i: { repository: your-registry/app, tag: v1 }',
    'pullPolicy: Always',
  ])('that nothing makes an image of names none: %s', (yaml) => {
    expect(inValues(yaml)).toEqual([]);
  });
});

describe('subcharts', () => {
  it('have the version of their own chart, under each of their names', () => {
    const files = {
      'Chart.yaml': chartYaml(
        'web',
        '1.0.0',
        'appVersion: "9.9"',
        'dependencies:',
        '  - { name: cache, version: 1.0.0, alias: store }',
      ),
      'charts/cache/Chart.yaml': chartYaml('cache', '1.0.0', 'appVersion: "7.2"'),
      'charts/cache/values.yaml': 'image: { repository: quay.io/org/cache, tag: "" }\n',
    };
    expect(declared(files)).toEqual(['store.image (its tag is a guess): quay.io/org/cache:7.2?']);
  });

  it('name images in annotations, too', () => {
    const annotations = ['annotations:', '  artifacthub.io/images: |', '    - name: a', '      image: quay.io/org/a:1'];
    const files = {
      'Chart.yaml': chartYaml('web', '1.0.0', ...annotations),
      'charts/cache/Chart.yaml': chartYaml('cache', '1.0.0', ...annotations.slice(0, 3), '      image: quay.io/org/b'),
    };
    expect(declared(files)).toEqual([
      'annotation artifacthub.io/images of web: quay.io/org/a:1',
      'annotation artifacthub.io/images of cache: quay.io/org/b?',
    ]);
  });
});

describe('an annotation', () => {
  const annotations = ['annotations:', '  images: |', '    - name: a', '      image: docker.io/org/a:1'];
  const cache = { 'charts/cache/Chart.yaml': chartYaml('cache', '1.0.0', ...annotations) };
  const ofCache = (values: string, parent: string): readonly string[] =>
    declared({
      'Chart.yaml': chartYaml('web', '1.0.0', 'dependencies:', '  - { name: cache, version: 1.0.0, alias: store }'),
      'values.yaml': parent,
      ...cache,
      'charts/cache/values.yaml': values,
    });

  it('says nothing against the values of its chart', () => {
    const own = 'image: { registry: docker.io, repository: org/a, tag: "1" }\n';
    const told = 'annotation images of cache: docker.io/org/a:1';
    expect(ofCache(own, '')).toEqual(['store.image: docker.io/org/a:1', told]);
    expect(ofCache(own, 'store: { image: { repository: legacy/a } }\n')).toEqual(['store.image: docker.io/legacy/a:1']);
    expect(ofCache(own, 'store: { image: { tag: "2" } }\n')).toEqual(['store.image: docker.io/org/a:2']);
  });

  it('is not judged by the values of other charts', () => {
    const other = 'image: { registry: docker.io, repository: org/a, tag: "2" }\n';
    expect(ofCache('', other)).toEqual(['image: docker.io/org/a:2', 'annotation images of cache: docker.io/org/a:1']);
  });
});

describe('what is mirrored', () => {
  it.each([
    ['rendered', ['rendered', 'added']],
    ['conditional', ['rendered', 'conditional', 'added']],
    ['all', ['rendered', 'conditional', 'declared', 'added']],
  ] as const)('with the choice %s is %j', (choice, chosen) => {
    const all: readonly Evidence[] = ['rendered', 'conditional', 'declared', 'added'];
    expect(IMAGE_CHOICES).toContain(choice);
    expect(all.filter((evidence) => isChosen(evidence, choice))).toEqual(chosen);
  });
});
