import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { annotateChartYaml } from '../../../../src/domain/lock/annotate-chart-yaml.ts';
import { listedImages, type NamedImage } from '../../../../src/domain/lock/image-list.ts';
import { formatReference } from '../../../../src/domain/reference.ts';

const LISTS = [
  '',
  '[]\n',
  '# none\n',
  '- name: nginx\n  image: nginx:1\n',
  '- image: docker.io/library/nginx:1\n  name: n\n\n# b\n-\n  name: b\n  image: quay.io/b/b:1\n  platforms:\n    - linux/amd64\n# end\n',
  '  - {name: b, image: "quay.io/b/b:1", whitelisted: true}\n  - image: c # c\n',
  '[{name: b, image: "quay.io/b/b:1"}, {image: c}]\n',
  '[\n  {image: c},\n  {name: "b", image: "quay.io/b/b:1"},\n]\n',
  '- name: y\n  image: c',
];

const GIVEN: readonly (readonly NamedImage[])[] = [
  [],
  [{ name: 'nginx', image: 'docker.io/library/nginx:1' }],
  [
    { name: 'd', image: `r.test:5000/d@sha256:${'a'.repeat(64)}` },
    { name: 'b', image: 'quay.io/b/b:1' },
    { name: '1', image: '1/1:1' },
  ],
];

function block(list: string, style: string, indent: string): string {
  const digit = /^\s/.test(list) ? '2' : '';
  const chomp = list.endsWith('\n') ? '' : '-';
  return `${style}${digit}${chomp}\n${list.replace(/^(?=.)/gm, `${indent}  `)}${list.endsWith('\n') ? '' : '\n'}`;
}

const CHARTS: Readonly<Record<string, (list: string) => string>> = {
  literal: (list) => `a: 1.10 # a\nannotations:\n  b: 'c'\n  images: ${block(list, '|', '  ')}  d: |\n    e\nf: [g]\n`,
  folded: (list) => `annotations:\n    images: ${block(list, '>', '    ')}    b: c\na: 0644\n`,
  last: (list) => `a: &a x\nb: *a\nannotations:\n  c: ~\n  images: ${block(list, '|', '  ')}`,
  windows: (list) => `a: b\nannotations:\n  images: ${block(list, '|', '  ')}c: d\n`.replaceAll('\n', '\r\n'),
  quoted: (list) => `annotations:\n  images: ${JSON.stringify(list)} # c\n  d: e\n`,
  brackets: (list) => `annotations: {a: b, images: ${JSON.stringify(list)}, "c": d}\ne: f\n`,
};

const NONE: Readonly<Record<string, string>> = {
  'no annotations': 'a: b\nc: 1.10\n',
  'other annotations': 'annotations:\n  # c\n  d: e\nf: g\n',
  'empty brackets': 'annotations: {}\na: b\n',
  'a null': 'a: b\nannotations:\nc: d\n',
};

interface Chart {
  readonly annotations?: { readonly images?: string | null } | null;
}

function annotationIn(text: string): string {
  const { annotations } = parse(text, { version: '1.1' }) as Chart;
  return annotations?.images ?? '';
}

/** What a second reader says of the chart, without the annotation that changes. */
function others(text: string): unknown {
  const { annotations, ...rest } = parse(text, { version: '1.1' }) as Chart;
  const { images: _, ...kept } = annotations ?? {};
  return { ...rest, annotations: kept };
}

function imagesIn(text: string): readonly string[] {
  return listedImages(annotationIn(text)).map(({ reference }) => formatReference(reference));
}

function expected(before: readonly string[], given: readonly NamedImage[], exact: boolean): readonly string[] {
  const wanted = listedImages(JSON.stringify(given)).map(({ reference }) => formatReference(reference));
  const kept = before.filter((image) => !exact || wanted.includes(image));
  return [...kept, ...wanted.filter((image) => !before.includes(image))];
}

function check(text: string, given: readonly NamedImage[], exact: boolean): void {
  const after = annotateChartYaml(text, 'images', given, 'Chart.yaml', { exact });
  const wanted = expected(imagesIn(text), given, exact);
  expect(imagesIn(after)).toEqual(wanted);
  expect(others(after)).toEqual(others(text));
  expect(after === text).toBe(wanted.join() === imagesIn(text).join());
  expect(annotateChartYaml(after, 'images', given, 'Chart.yaml', { exact })).toBe(after);
  if (text.includes('\r')) expect(after).not.toMatch(/[^\r]\n/);
}

const MODES = [
  ['adding', false],
  ['exactly', true],
] as const;

describe.each(MODES)('%s', (_, exact) => {
  it.each(Object.entries(CHARTS))('changes the list alone, as a second reader sees it: %s', (_style, chart) => {
    // a folded text joins some lines: what it says then is no list
    const charts = LISTS.flatMap((list) => (annotationIn(chart(list)) === list ? [chart(list)] : []));
    expect(charts.length).toBeGreaterThanOrEqual(LISTS.length - 2);
    for (const text of charts) for (const given of GIVEN) check(text, given, exact);
  });

  it.each(Object.entries(NONE))('adds the list alone, as a second reader sees it: %s', (_style, text) => {
    for (const given of GIVEN) check(text, given, exact);
  });
});
