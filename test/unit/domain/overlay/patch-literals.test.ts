import { describe, expect, it } from 'vitest';
import { type Literal, patchLiterals } from '../../../../src/domain/overlay/patch-literals.ts';

const BUSYBOX: Literal = { text: 'busybox', wanted: 'r.test/x/library/busybox' };
const NGINX: Literal = { text: 'nginx:1.2', wanted: 'r.test/x/library/nginx:1.2' };
const APP: Literal = { text: 'quay.io/org/app:1', wanted: 'r.test/x/org/app:1' };
const BARE: Literal = { text: 'org/tool', wanted: 'r.test/x/org/tool' };

function patch(text: string, literals: readonly Literal[]) {
  return patchLiterals({ shown: 'c/templates/d.yaml', address: ['templates/d.yaml'], text }, literals);
}

/** Lines with a literal, `<…>` around what must be replaced. */
function expectLine(marked: string, literal: Literal): void {
  const { text } = patch(marked.replace(/[<>]/g, ''), [literal]);
  expect(text).toBe(marked.replace(/<[^>]*>/g, literal.wanted));
}

describe('a literal with a tag or a path', () => {
  it.each([
    'image: <nginx:1.2>',
    'image: "<nginx:1.2>"',
    "image: '<nginx:1.2>' # the web",
    '- <nginx:1.2>',
    '  args: ["--image=<nginx:1.2>", "<nginx:1.2>"]',
    '{"image":"<nginx:1.2>","x":1}',
    'image: {{ .Values.image | default "<nginx:1.2>" | quote }}',
    'image: {{ printf "%s" `<nginx:1.2>` }}',
    '{{- define "image" }}<nginx:1.2>{{ end }}',
    '{{ $image := "<nginx:1.2>" }}',
    'image: <nginx:1.2>{{ .Values.suffix }}',
    'image = <nginx:1.2>;',
    'IMAGES="a=<nginx:1.2>,b=<nginx:1.2>"',
    'docker://<nginx:1.2>',
    'ends a sentence with <nginx:1.2>.',
    '<nginx:1.2>: a key',
    'image: <nginx:1.2>\r',
  ])('is replaced in %s', (line) => {
    expectLine(line, NGINX);
  });

  it.each([
    'image: my-nginx:1.2',
    'image: nginx:1.25',
    'image: nginx:1.2-alpine',
    'image: nginx:1.2.3',
    'image: nginx:1.2_x',
    'image: nginx:1.2@sha256:abc',
    'image: quay.io/nginx:1.2',
    'image: {{ .Values.registry }}/nginx:1.2',
    'image: x@nginx:1.2',
    'see https://nginx:1.2/',
    'nginx:1',
    'nginxx1.2',
    'NGINX:1.2',
  ])('is not replaced in %s', (line) => {
    expect(patch(line, [NGINX])).toEqual({ text: line, patches: [] });
  });

  it('is replaced behind the scheme of an image, not behind that of a page', () => {
    expectLine('a: oci://<quay.io/org/app:1>', APP);
    expectLine('a: docker-image://<quay.io/org/app:1>', APP);
    expect(patch('a: https://quay.io/org/app:1', [APP]).patches).toEqual([]);
    expect(patch('a: foci://quay.io/org/app:1', [APP]).patches).toEqual([]);
  });

  it('is replaced without a tag, unless it is a key', () => {
    expectLine('image: <org/tool>', BARE);
    expectLine('args: ["<org/tool>"]', BARE);
    expect(patch('org/tool: "true"\n"org/tool": x\n', [BARE]).patches).toEqual([]);
    expect(patch('org/tool-set and org/tool/x and my/org/tool\n', [BARE]).patches).toEqual([]);
  });

  it('is a text, not a pattern', () => {
    expect(patch('image: nginxx1x2', [{ text: 'nginx.1.2/x', wanted: 'y' }]).patches).toEqual([]);
    const { text } = patch('image: a/b:1', [{ text: 'a/b:1', wanted: '$&$1$$' }]);
    expect(text).toBe('image: $&$1$$');
  });
});

describe('a single word', () => {
  it.each([
    'image: <busybox>',
    '  - image: <busybox>',
    '-   image: <busybox>',
    '    - - image: <busybox>',
    'image: "<busybox>"',
    "image: '<busybox>' # the box",
    '"image": "<busybox>"',
    '- { name: a, image: <busybox> }',
    '- {image: <busybox>, name: busybox}',
    'image: <busybox> # c\r',
  ])('is replaced as an image in %s', (line) => {
    expectLine(line, BUSYBOX);
  });

  it.each([
    'name: busybox',
    'command: [busybox, sh]',
    'image: busybox-x',
    'image: busybox:1',
    'image: my busybox',
    'image: x/busybox',
    'initImage: busybox',
    'image: {{ busybox }}',
    'see image: busybox is small',
  ])('is not replaced in %s', (line) => {
    expect(patch(line, [BUSYBOX])).toEqual({ text: line, patches: [] });
  });
});

describe('patching a file', () => {
  const REPLACED = [{ text: 'nginx:1.2', wanted: 'r.test/x/library/nginx:1.2' }];

  it('lists every changed line, with its number, before and after', () => {
    const { text, patches } = patch('a:\n  image: nginx:1.2 # c\n\n  other: nginx:1.2\n', [NGINX]);
    expect(text).toBe('a:\n  image: r.test/x/library/nginx:1.2 # c\n\n  other: r.test/x/library/nginx:1.2\n');
    expect(patches).toEqual([
      {
        address: ['templates/d.yaml'],
        shown: 'c/templates/d.yaml',
        line: 2,
        before: 'image: nginx:1.2 # c',
        after: 'image: r.test/x/library/nginx:1.2 # c',
        references: REPLACED,
      },
      {
        address: ['templates/d.yaml'],
        shown: 'c/templates/d.yaml',
        line: 4,
        before: 'other: nginx:1.2',
        after: 'other: r.test/x/library/nginx:1.2',
        references: REPLACED,
      },
    ]);
  });

  it('leaves comment lines alone, and only those', () => {
    const text = '# image: nginx:1.2\n  # nginx:1.2\nimage: nginx:1.2 # nginx:1.2\n';
    expect(patch(text, [NGINX]).text).toBe(
      '# image: nginx:1.2\n  # nginx:1.2\nimage: r.test/x/library/nginx:1.2 # r.test/x/library/nginx:1.2\n',
    );
  });

  it('replaces the longer of two references that contain each other, whatever their order', () => {
    const short: Literal = { text: 'org/app', wanted: 'S' };
    const long: Literal = { text: 'org/app:1', wanted: 'L' };
    for (const literals of [
      [short, long],
      [long, short],
    ])
      expect(patch('a: org/app:1\nb: org/app\nc: org/app:12', literals).text).toBe('a: L\nb: S\nc: org/app:12');
  });

  it('does not replace in what it has put there', () => {
    const first: Literal = { text: 'a/b:1', wanted: 'c/d:1' };
    const second: Literal = { text: 'c/d:1', wanted: 'e/f:1' };
    expect(patch('x: a/b:1\ny: c/d:1', [first, second]).text).toBe('x: c/d:1\ny: e/f:1');
  });

  it('keeps every line end, and the end of the file', () => {
    expect(patch('a: nginx:1.2\r\nb\r\n\r\nc: nginx:1.2', [NGINX]).text).toBe(
      'a: r.test/x/library/nginx:1.2\r\nb\r\n\r\nc: r.test/x/library/nginx:1.2',
    );
  });

  it('leaves a file alone that is not UTF-8, since its bytes could not be kept', () => {
    const text = Buffer.from('caf\xe9: nginx:1.2', 'latin1').toString('utf8');
    expect(patch(text, [NGINX])).toEqual({ text, patches: [] });
  });

  it('changes nothing without literals', () => {
    expect(patch('a: nginx:1.2', [])).toEqual({ text: 'a: nginx:1.2', patches: [] });
  });
});
