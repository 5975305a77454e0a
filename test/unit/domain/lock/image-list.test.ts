import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { annotationText, imageListFaults, imageNames, listedImages } from '../../../../src/domain/lock/image-list.ts';
import { parseReference, type Reference } from '../../../../src/domain/reference.ts';

function referenceOf(text: string): Reference {
  const reference = parseReference(text);
  if (reference === undefined) throw new Error(`${text} is no reference`);
  return reference;
}

describe('annotationText', () => {
  it('writes a list of names and images', () => {
    const images = [
      { name: 'nginx', image: 'docker.io/library/nginx:1.27' },
      { name: 'redis', image: '127.0.0.1:5000/redis:7.2' },
    ];
    expect(annotationText(images)).toBe(
      '- name: nginx\n  image: docker.io/library/nginx:1.27\n- name: redis\n  image: 127.0.0.1:5000/redis:7.2\n',
    );
  });

  it('writes no images as an empty list', () => {
    expect(annotationText([])).toBe('[]\n');
  });

  it.each([
    'y',
    'No',
    'null',
    'true',
    '1.10',
    '007',
    '1e3',
    '12:30',
    '2024-01-02',
    '-a',
    'a:',
    'a #b',
    'a: b',
    'é',
    '',
    ' a',
    '~',
  ])('quotes %j, so that every reader takes it for a text', (name) => {
    const text = annotationText([{ name, image: 'a/b' }]);
    expect(text).toBe(`- name: ${JSON.stringify(name)}\n  image: a/b\n`);
    for (const version of ['1.1', '1.2'] as const) expect(parse(text, { version })).toEqual([{ name, image: 'a/b' }]);
  });

  it.each(['nginx', 'a', '1password/connect:1.7', 'r.test:5000/a/b_c-d.e@sha256:0a', '12:30/a'])(
    'leaves %j bare',
    (image) => {
      const text = annotationText([{ name: 'x', image }]);
      expect(text).toBe(`- name: x\n  image: ${image}\n`);
      for (const version of ['1.1', '1.2'] as const) expect(parse(text, { version })).toEqual([{ name: 'x', image }]);
    },
  );
});

describe('imageNames', () => {
  function names(...texts: readonly string[]): readonly string[] {
    return imageNames(texts.map(referenceOf));
  }

  it('names an image for the end of its repository', () => {
    expect(names('quay.io/a/b/c:1', 'nginx', `r.test/x@sha256:${'a'.repeat(64)}`)).toEqual(['c', 'nginx', 'x']);
  });

  it('gives each image of one name another, whatever the order of the list', () => {
    expect(names('a/x:1', 'b/x:1', 'a/x:2')).toEqual(['x', 'x-3', 'x-2']);
    expect(names('b/x:1', 'a/x:2', 'a/x:1')).toEqual(['x-3', 'x-2', 'x']);
  });

  it('gives one image one name', () => {
    expect(names('nginx:1', 'quay.io/nginx:1', 'docker.io/library/nginx:1')).toEqual(['nginx', 'nginx-2', 'nginx']);
  });

  it('never makes the name of another image', () => {
    expect(names('a/x:1', 'b/x:1', 'c/x-2', 'd/x-2', 'e/x:1')).toEqual(['x', 'x-3', 'x-2', 'x-2-2', 'x-4']);
  });

  it('has nothing to say of nothing', () => {
    expect(names()).toEqual([]);
  });
});

describe('listedImages', () => {
  it.each([
    ['', []],
    ['# none\n', []],
    ['[]', []],
    ['~', []],
    ['- name: a\n  image: b:1.10\n- image: "b"\n', ['a b:1.10', ' b']],
    ['- {image: b, name: 1.10, whitelisted: true, platforms: [linux/amd64]}', ['1.10 b']],
    ['- &x\n  name:\n  image: b\n- *x\n', [' b', ' b']],
    ['---\n- name: 1\n  image: &i b\n- image: *i\n', ['1 b', ' b']],
  ])('reads %j', (text, expected) => {
    expect(listedImages(text).map(({ name, image }) => `${name ?? ''} ${image}`)).toEqual(expected);
    expect(imageListFaults(text)).toEqual([]);
  });

  it('reads the reference of each image', () => {
    const image = `quay.io/a/b:1@sha256:${'a'.repeat(64)}`;
    expect(listedImages(`- name: b\n  image: ${image}\n`)).toEqual([
      { name: 'b', image, reference: referenceOf(image) },
    ]);
  });

  it('leaves out what is no reference, and says so', () => {
    const text = '- image: nginx\n- image: "{{ .Values.image }}"\n- image: A/B\n';
    expect(listedImages(text).map(({ image }) => image)).toEqual(['nginx']);
    expect(imageListFaults(text)).toEqual([
      'has "{{ .Values.image }}" as image 2, which is no reference',
      'has "A/B" as image 3, which is no reference',
    ]);
  });

  it.each([
    'a word',
    'a: b',
    '[nginx]',
    '- name: a\n',
    '- image: ""\n',
    '- image: ~\n',
    '- image: [a]\n',
    '- {image: a, name: [b]}\n',
    '- image: a\n-\n',
    '- image: a\n  image: b\n',
    '- image: *missing\n',
    '- image: a\n---\n- image: b\n',
    '[{image: a}',
  ])('says that %j is no list of images', (text) => {
    expect(listedImages(text)).toEqual([]);
    expect(imageListFaults(text)).toEqual(['is no YAML list of maps that each have an image']);
  });
});
