import { describe, expect, it } from 'vitest';
import { formatPath } from '../../../../src/domain/chart/values-tree.ts';
import { digestSpots, emptyTagSpots, type PinSpot, tagSpots } from '../../../../src/domain/pins/pin-spots.ts';
import { use, values } from '../trace/uses.ts';

function told(spots: readonly PinSpot[]): readonly string[] {
  return spots.map(({ path, value, offset, length, lead }) => {
    const kept = value === undefined ? '' : `${value.slice(0, offset)}|${value.slice(offset + length)}`;
    return `${formatPath(path)}=${kept}<${lead}`;
  });
}

const READS_DIGEST = '{{ with .Values.image }}{{ .repository }}:{{ .tag }}{{ with .digest }}@{{ . }}{{ end }}{{ end }}';

describe('keys for digests', () => {
  it.each([
    ['that are empty', 'image: { tag: "1", digest: "" }', '', ['image.digest=|<']],
    ['that say nothing', 'image: { tag: 1, sha: }', '', ['image.sha=<']],
    ['that have one are left', 'image: { tag: "1", digest: "sha256:a" }', READS_DIGEST, []],
    ['that templates read beside an image', 'image: { repository: a, tag: "1" }', READS_DIGEST, ['image.digest=<']],
    ['below a key for images', 'image: { name: a }', READS_DIGEST, ['image.digest=<']],
    ['in lists', 'all: [{ image: a }]', '{{ .digest }}', ['all[0].digest=<']],
    ['that a path names', 'x: {}', '{{ .Values.x.imageDigest }}', ['x.imageDigest=<']],
    ['not beside what is no image', 'resources: { cpu: 1 }', READS_DIGEST, []],
    ['not where no template reads one', 'image: { repository: a }', '{{ .tag }}', []],
  ])('%s', (_, yaml, template, expected) => {
    expect(told(digestSpots({ values: values(yaml), templates: [{ texts: [template], prefix: [] }] }))).toEqual(
      expected,
    );
  });

  it('of subcharts stand below their names', () => {
    const templates = [{ texts: ['{{ .Values.digest }}'], prefix: ['sub'] }];
    expect(told(digestSpots({ values: values('sub: {}'), templates }))).toEqual(['sub.digest=<']);
  });
});

describe('values that make tags', () => {
  it.each([
    ['the tag', 'image: { tag: "1.0" }', ['org/a:1.0'], ['image.tag=|<1.0@']],
    ['the tag with any key', 'build: v7', ['org/a:v7'], ['build=|<v7@']],
    ['a number', 'tag: 15', ['org/a:15'], ['tag=|<15@']],
    ['a number as it is shown', 'tag: 1.10', ['org/a:1.1'], ['tag=|<1.1@']],
    ['no number with another key', 'replicas: 15', ['org/a:15'], []],
    ['the end of a tag', 'tag: "1.0"', ['org/a:v1.0'], ['tag=|<1.0@']],
    ['not its beginning', 'version: "1.0"', ['org/a:1.0-alpine'], []],
    ['a template', 'tag: "{{ .Chart.AppVersion }}"', ['org/a:1.0'], ['tag=|<{{ .Chart.AppVersion }}@']],
    ['a reference', 'image: quay.io/org/a:1.0', ['quay.io/org/a:1.0'], ['image=quay.io/org/a:|<1.0@']],
    ['its path', 'image: org/a:1.0', ['quay.io/org/a:1.0'], ['image=org/a:|<1.0@']],
    [
      'each of several',
      'all: a:1 b:2 a:1',
      ['org/a:1', 'org/b:2'],
      ['all=a:| b:2 a:1<1@', 'all=a:1 b:| a:1<2@', 'all=a:1 b:2 a:|<1@'],
    ],
    ['no part of a word', 'image: org/ba:1.0-rc org/a:1.0.1 a:1.0@sha', ['org/a:1.0'], []],
    ['nothing for an untagged one', 'image: org/a', ['org/a'], []],
    ['no key for digests', 'digest: "1.0"', ['org/a:v1.0'], []],
  ])('%s', (_, yaml, texts, expected) => {
    expect(
      told(
        tagSpots(
          values(yaml),
          texts.map((text) => use(text)),
        ),
      ),
    ).toEqual(expected);
  });
});

describe('empty keys for tags', () => {
  const uses = ['quay.io/org/a:1', 'quay.io/org/b:2', 'quay.io/org/c:2'].map((text) => use(text));

  it.each([
    ['get the tag of the image beside them', 'x: { repository: org/a, tag: "" }', '', ['x.tag=|<1@']],
    ['or that of most images', 'x: { tag: }', '', ['x.tag=<2@']],
    ['may be absent', 'x: { repository: quay.io/org/a }', '{{ .Values.x.tag }}', ['x.tag=<1@']],
    ['may be called version', 'x: { repository: org/a }', '{{ .version }}', ['x.version=<1@']],
    ['are no versions of something else', 'x: { cpu: 1 }', '{{ .Values.x.version }} {{ .Chart.Version }}', []],
  ])('%s', (_, yaml, template, expected) => {
    const ground = { values: values(yaml), templates: [{ texts: [template], prefix: [] }] };
    expect(told(emptyTagSpots(ground, uses))).toEqual(expected);
  });
});
