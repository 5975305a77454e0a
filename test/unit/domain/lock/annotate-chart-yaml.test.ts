import { describe, expect, it } from 'vitest';
import { annotateChartYaml } from '../../../../src/domain/lock/annotate-chart-yaml.ts';
import { MirrorError } from '../../../../src/errors.ts';

const HEAD = 'apiVersion: v2 # of helm\nname: a\nversion: 1.10\n';
const NGINX = { name: 'nginx', image: 'docker.io/library/nginx:1.27' };
const REDIS = { name: 'redis', image: '127.0.0.1:5000/redis:7' };
const FLOW = '"- name: nginx\\n  image: docker.io/library/nginx:1.27\\n"';
const NEW = `annotations:
  images: |
    - name: nginx
      image: docker.io/library/nginx:1.27
`;
const LISTED = `annotations:
  images: |
    # all of them
    - name: web
      image: nginx:1.27
      whitelisted: true

    # the old one
    - image: quay.io/old/old:1 # why
    # end
  z: y
`;

function annotated(text: string, images = [NGINX], exact = false): string {
  return annotateChartYaml(text, 'images', images, 'a.tgz!Chart.yaml', { exact });
}

describe('a new annotation', () => {
  it.each([
    ['where there are none', HEAD, HEAD + NEW],
    ['behind a last line without its end', HEAD.trimEnd(), HEAD + NEW],
    ['behind a comment', `${HEAD}# end\n`, `${HEAD}# end\n${NEW}`],
    ['before the mark that ends the document', `${HEAD}...\n`, `${NEW}${HEAD}...\n`],
    ['with the line ends of the file', HEAD.replaceAll('\n', '\r\n'), (HEAD + NEW).replaceAll('\n', '\r\n')],
    ['behind a byte order mark', `\ufeff${HEAD}`, `\ufeff${HEAD}${NEW}`],
    [
      'beside others, as far in as they are',
      `${HEAD}annotations:\n    # about b\n    b: c\nhome: x\n`,
      `${HEAD}${NEW.replaceAll('\n  ', '\n    ')}    # about b\n    b: c\nhome: x\n`,
    ],
    [
      'below a key without a value',
      `${HEAD}annotations: # c\nhome: x\n`,
      `${HEAD}${NEW.replace(':', ': # c')}home: x\n`,
    ],
    ['in place of a null', `${HEAD}annotations: ~\nhome: x\n`, `${HEAD}${NEW}home: x\n`],
    [
      'where its own value is missing',
      `${HEAD}annotations:\n  images: # c\n  b: c\n`,
      `${HEAD}${NEW.replace('|', '| # c')}  b: c\n`,
    ],
    [
      'as a quoted text in brackets',
      `${HEAD}annotations: {a: b} # c\n`,
      `${HEAD}annotations: {"images": ${FLOW}, a: b} # c\n`,
    ],
    ['in empty brackets', `${HEAD}annotations: {}\n`, `${HEAD}annotations: {"images": ${FLOW}}\n`],
    ['in a file in brackets', '{name: a}\n', `{"annotations": {"images": ${FLOW}}, name: a}\n`],
  ])('is written %s', (_, before, after) => {
    expect(annotated(before)).toBe(after);
  });

  it('may have dots and slashes in its key', () => {
    const text = annotateChartYaml(HEAD, 'artifacthub.io/images', [NGINX, REDIS], 'Chart.yaml');
    expect(text).toBe(
      `${HEAD}${NEW.replace('images', 'artifacthub.io/images')}    - name: redis\n      image: 127.0.0.1:5000/redis:7\n`,
    );
  });

  it('is not written for no images', () => {
    expect(annotated(HEAD, [])).toBe(HEAD);
    expect(annotated(HEAD, [], true)).toBe(HEAD);
  });
});

describe('a list that is there', () => {
  const more = '    - name: redis\n      image: 127.0.0.1:5000/redis:7\n';

  it('keeps what it says of images that it lists in another spelling', () => {
    expect(annotated(HEAD + LISTED, [NGINX])).toBe(HEAD + LISTED);
  });

  it('gets what it does not list, once, behind the rest', () => {
    const after = annotated(HEAD + LISTED, [REDIS, NGINX, { ...REDIS, name: 'again' }]);
    expect(after).toBe(HEAD + LISTED.replace('    # end\n', `${more}    # end\n`));
  });

  it('loses with `exact` what is not given, with the comment above it', () => {
    expect(annotated(HEAD + LISTED, [NGINX], true)).toBe(HEAD + LISTED.replace(/\n\n.*one\n.*why\n/, '\n'));
  });

  it('is an empty list with `exact` when nothing is left', () => {
    const after = annotated(HEAD + LISTED, [], true);
    expect(after).toBe(`${HEAD}annotations:\n  images: |\n    # all of them\n    []\n    # end\n  z: y\n`);
    expect(annotated(after, [], true)).toBe(after);
  });

  it('loses an item with the comments inside of it, and gets others behind those', () => {
    const list = '- image: a\n  # of a\n- {image: b}\n  # of b\n';
    const chart = (text: string): string => `annotations:\n  images: |\n${text.replace(/^(?=.)/gm, '    ')}`;
    const given = [{ name: 'b', image: 'b' }, REDIS];
    expect(annotated(chart(list), given, true)).toBe(chart('- {image: b}\n  # of b\n') + more);
  });

  const one = '    - name: a\n      image: quay.io/a:1\n';
  it.each([
    ['folded', `  images: >\n${one}`, `  images: >\n${one}${more}`],
    ['stripped', `  images: |-\n${one}  z: y\n`, `  images: |-\n${one}${more}  z: y\n`],
    ['with its last lines', `  images: |+ # c\n${one}\n\n  z: y\n`, `  images: |+ # c\n${one}${more}\n\n  z: y\n`],
    [
      'with Windows line ends',
      `  images: |\r\n${one.replaceAll('\n', '\r\n')}`,
      `  images: |\r\n${(one + more).replaceAll('\n', '\r\n')}`,
    ],
    [
      'further in',
      `  images: |\n${one.replace(/^/gm, '  ').trimEnd()}\n`,
      `  images: |\n${(one + more).replace(/^/gm, '  ').trimEnd()}\n`,
    ],
    ['with an indentation of its own', `  images: |1\n${one}`, `  images: |1\n${one}${more}`],
    ['behind a last line without its end', `  images: |\n${one.trimEnd()}`, `  images: |\n${one}${more.trimEnd()}`],
    [
      'with brackets',
      '  images: |\n    [{image: a}]\n',
      '  images: |\n    [{image: a}, {name: "redis", image: "127.0.0.1:5000/redis:7"}]\n',
    ],
    [
      'with brackets on lines of their own',
      '  images: |\n    [\n      {image: a},\n    ]\n',
      '  images: |\n    [\n      {image: a},\n      {name: "redis", image: "127.0.0.1:5000/redis:7"},\n    ]\n',
    ],
    [
      'folded in brackets',
      '  images: >-\n    [{image: a},\n    {image: b}]\n',
      '  images: >-\n    [{image: a}, {image: b}, {name: "redis", image: "127.0.0.1:5000/redis:7"}]\n',
    ],
    [
      'in single quotes',
      "  images: '[{image: a}]' # c\n",
      `  images: '[{image: a}, {name: "redis", image: "127.0.0.1:5000/redis:7"}]' # c\n`,
    ],
    [
      'in double quotes',
      '  images: "- image: a\\n" # c\n',
      '  images: "- image: a\\n- name: redis\\n  image: 127.0.0.1:5000/redis:7\\n" # c\n',
    ],
    ['empty', '  images: |\n    []\n  z: y\n', `  images: |\n${more}  z: y\n`],
    ['nothing but comments', '  images: |\n    # none\n', `  images: |\n    # none\n${more}`],
    ['an empty block', '  images: |\n  z: y\n', `  images: |\n${more}  z: y\n`],
  ])('keeps its style: %s', (_, before, after) => {
    const text = annotated(`${HEAD}annotations:\n${before}`, [REDIS]);
    expect(text).toBe(`${HEAD}annotations:\n${after}`);
    expect(annotated(text, [REDIS])).toBe(text);
  });

  it.each([
    ['[{image: a}, {image: b}, {image: c}]', ['a', 'c'], '[{image: a}, {image: c}]'],
    ['[{image: a}, {image: b}, {image: c}]', ['b'], '[{image: b}]'],
    ['[{image: a}, {image: b}, {image: c}]', ['c'], '[{image: c}]'],
    ['[{image: a}, {image: b}, {image: c}]', ['a'], '[{image: a}]'],
    ['[{image: a}, {image: b}]', ['a', 'd'], '[{image: a}, {name: "d", image: "d"}]'],
    ['[{image: a}, {image: b}]', ['d'], '[{name: "d", image: "d"}]'],
    ['[{image: a}, {image: b},]', [], '[]'],
  ])('in brackets %s loses with `exact` what is not %j', (before, names, after) => {
    const images = names.map((name) => ({ name, image: name }));
    const chart = (list: string): string => `annotations:\n  images: '${list}'\n`;
    expect(annotated(chart(before), images, true)).toBe(chart(after));
  });

  it('changes for itself alone where an anchor shares it', () => {
    const shared = `annotations:\n  images: &i |\n${one}  other: *i\n`;
    expect(annotated(shared, [REDIS])).toBe(
      `annotations:\n  images: &i |\n${one}${more}  other: "- name: a\\n  image: quay.io/a:1\\n"\n`,
    );
  });
});

describe('an annotation that cannot be written', () => {
  function failure(text: string): MirrorError {
    try {
      annotated(text);
    } catch (error) {
      if (error instanceof MirrorError) return error;
      throw error;
    }
    throw new Error('nothing was refused');
  }

  it.each([
    ['a list', 'annotations:\n  images: [a]\n'],
    ['a number', 'annotations:\n  images: 5\n'],
    ['some text', 'annotations:\n  images: some text\n'],
    ['a map', 'annotations:\n  images: |\n    a: b\n'],
    ['an item without an image', 'annotations:\n  images: |\n    - name: x\n'],
    ['a file that is no YAML', 'a: [\n'],
    ['a file of two documents', 'a: b\n---\na: c\n'],
  ])('is refused where it is %s, naming file and key', (_, text) => {
    const error = failure(text);
    expect([error.code, error.origin]).toEqual(['CHART_ARCHIVE_REFUSED', 'source']);
    expect(error.message).toMatch(/^a\.tgz!Chart\.yaml: the annotation "images" [a-z]/);
    expect(error.message).not.toMatch(/\n|\.$/);
  });

  it.each([
    ['annotations are a text', 'annotations: x\n'],
    ['the file is a list', '- a\n'],
  ])('has no place where %s', (_, text) => {
    const error = failure(text);
    expect([error.code, error.message]).toEqual([
      'RELOCATION_FAILED',
      'a.tgz!Chart.yaml: the annotation "images" cannot be written in place',
    ]);
  });
});
