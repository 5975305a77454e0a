import { describe, expect, it } from 'vitest';
import { readChartTree } from '../../../../src/domain/chart/chart-tree.ts';
import { effectiveValues } from '../../../../src/domain/chart/effective-values.ts';
import type { NamingRule } from '../../../../src/domain/plan/destination.ts';
import { conditionalImages } from '../../../../src/domain/records/conditional-images.ts';
import type { Reference } from '../../../../src/domain/reference.ts';
import { archive, chartYaml } from '../chart/trees.ts';

const NAMING: NamingRule = { registry: 'registry.example.com/m', prefix: '', imagePath: 'source' };
const APP = ['appVersion: 2.0.0'];

interface Parts {
  readonly yaml?: readonly string[];
  readonly subchart?: string;
  readonly rendered?: readonly Reference[];
  readonly naming?: Partial<NamingRule>;
  readonly release?: string;
  readonly template?: string;
}

/** The images of a chart with these values, as `repository:tag`. */
function named(values: string, parts: Parts = {}): readonly string[] {
  const { yaml = [], subchart, rendered = [], naming = {}, release, template } = parts;
  const tree = archive({
    'Chart.yaml': chartYaml('web', '1.0.0', ...yaml),
    'values.yaml': values,
    ...(template === undefined ? {} : { 'templates/a.yaml': template }),
    ...(subchart === undefined
      ? {}
      : { 'charts/sub/Chart.yaml': chartYaml('sub', '1.0.0', 'appVersion: v7'), 'charts/sub/values.yaml': subchart }),
  });
  const chart = readChartTree(tree, 'web');
  const layer = { origin: 'inline' as const, name: 'values', text: release ?? '' };
  const given = release === undefined ? [] : [effectiveValues(tree, chart, [layer])];
  const images = conditionalImages({ tree, chart, values: given, rendered, naming: { ...NAMING, ...naming } });
  expect(images.every(({ how }) => how === 'conditional')).toBe(true);
  const texts = images.map(({ repository, tag, digest }) => `${repository}:${tag ?? '*'}${digest ? `@${digest}` : ''}`);
  return [...new Set(texts)].sort();
}

describe('what a chart could name', () => {
  it('is what its values name, split or whole, also where a feature is off', () => {
    expect(named('metrics:\n  enabled: false\n  image: quay.io/org/exporter:1.1\n')).toEqual(['m/org/exporter:1.1']);
    expect(named('image: {registry: ghcr.io, repository: org/app, tag: "3"}\n')).toEqual(['m/org/app:3']);
    expect(named('image:\n  repository: nginx\n  tag: 1.10\n')).toEqual(['m/library/nginx:1.10']);
  });

  it('is what its templates spell out, under a condition too, but not what they only mention', () => {
    const template = '# quay.io/org/comment:1\n{{ if .Values.extra }}\nimage: quay.io/org/extra:1\n{{ end }}\n';
    expect(named('extra: false\n', { template })).toEqual(['m/org/extra:1']);
  });

  it('is what its annotations name', () => {
    const yaml = ['annotations:', '  artifacthub.io/images: |', '    - name: x', '      image: quay.io/org/extra:9'];
    expect(named('{}\n', { yaml })).toEqual(['m/org/extra:9']);
  });

  it('is what the values of a subchart name, a disabled one too', () => {
    const yaml = ['dependencies:', '  - { name: sub, version: 1.0.0, repository: "", condition: sub.enabled }'];
    const subchart = 'image: {repository: quay.io/org/sub, tag: "5"}\n';
    expect(named('sub: {enabled: false}\n', { yaml, subchart })).toEqual(['m/org/sub:5']);
  });

  it('is both what the chart says and what its releases say', () => {
    expect(named('image: org/app:1\n', { release: 'image: org/app:2\n' })).toEqual(['m/org/app:1', 'm/org/app:2']);
  });

  it('gets the tags that templates fill in where values have none', () => {
    expect(named('image: {repository: quay.io/org/app, tag: ""}\n', { yaml: APP })).toEqual([
      'm/org/app:2.0.0',
      'm/org/app:v2.0.0',
    ]);
    expect(named('image: {repository: nginx}\n', { yaml: APP })).toEqual([
      'm/library/nginx:2.0.0',
      'm/library/nginx:v2.0.0',
    ]);
    const sub = 'image: {repository: quay.io/org/sub}\n';
    expect(named('{}\n', { subchart: sub })).toEqual(['m/org/sub:7', 'm/org/sub:v7']);
  });

  it('is the whole repository where no tag can be told', () => {
    expect(named('image: {repository: quay.io/org/app}\n')).toEqual(['m/org/app:*']);
  });

  it('keeps the digest that values pin', () => {
    const digest = `sha256:${'a'.repeat(64)}`;
    expect(named(`image: quay.io/org/app:1@${digest}\n`)).toEqual([`m/org/app:1@${digest}`]);
  });

  it('may be on any registry that the chart renders where its values name no host', () => {
    const rendered = [{ registry: 'quay.io', repository: 'x/y', tag: '1', digest: undefined }];
    const naming = { imagePath: 'host' } as const;
    expect(named('image: {repository: org/app, tag: "1"}\n', { rendered, naming })).toEqual([
      'm/docker.io/org/app:1',
      'm/quay.io/org/app:1',
    ]);
    expect(named('image: ghcr.io/org/app:1\n', { rendered, naming })).toEqual(['m/ghcr.io/org/app:1']);
  });

  it('is nothing where values name nothing', () => {
    expect(named('replicas: 2\nservice: {port: 80, host: example.com}\nregistry: quay.io\n')).toEqual([]);
  });
});
