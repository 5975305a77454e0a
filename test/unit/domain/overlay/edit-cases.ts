import type { LeafEdit } from '../../../../src/domain/overlay/edit-values.ts';

/** A values file, what is to change in it, and what it must then be, byte by byte. */
export interface EditCase {
  readonly rule: string;
  readonly before: string;
  readonly edits: readonly LeafEdit[];
  readonly after: string;
}

/** A whole value replaced. */
export function put(path: LeafEdit['path'], before: string, text: string): LeafEdit {
  return { path, before, edits: [{ offset: 0, length: before.length, text }] };
}

/** A value where there is none yet, or null. */
export function add(path: LeafEdit['path'], text = 'r.test'): LeafEdit {
  return { path, before: undefined, edits: [{ offset: 0, length: 0, text }] };
}

/** `quay.io` replaced at the places given by their count in the value, from 0. */
export function move(path: LeafEdit['path'], before: string, places: readonly number[] = [0]): LeafEdit {
  const offsets = [...before.matchAll(/quay\.io/g)].map(({ index }) => index);
  const edits = places.map((place) => ({ offset: offsets[place] ?? -1, length: 7, text: 'r.test' }));
  return { path, before, edits };
}

const IN_PLACE: readonly EditCase[] = [
  {
    rule: 'a plain scalar stays plain; blanks and the comment behind it stay',
    before: 'a:  nginx  # c\n',
    edits: [put(['a'], 'nginx', 'r.test/x')],
    after: 'a:  r.test/x  # c\n',
  },
  {
    rule: 'quotes stay what they are',
    before: 'a: \'nginx\' # c\nb: "nginx"\n',
    edits: [put(['a'], 'nginx', 'r.test/x'), put(['b'], 'nginx', 'r.test/x')],
    after: 'a: \'r.test/x\' # c\nb: "r.test/x"\n',
  },
  {
    rule: 'single quotes give way to double ones where the text needs an escape',
    before: "a: 'nginx'\n",
    edits: [put(['a'], 'nginx', "it's")],
    after: 'a: "it\'s"\n',
  },
  {
    rule: 'a plain scalar is quoted where its new text begins with a digit or reads as no text',
    before: 'a: nginx\nb: nginx\nc: nginx\n',
    edits: [
      put(['a'], 'nginx', '1234.dkr.ecr.eu-west-1.amazonaws.com/x'),
      put(['b'], 'nginx', 'yes'),
      put(['c'], 'nginx', 'r.test: x'),
    ],
    after: 'a: "1234.dkr.ecr.eu-west-1.amazonaws.com/x"\nb: "yes"\nc: "r.test: x"\n',
  },
  {
    rule: 'flow maps and lists keep their form; numbers beside keep their spelling',
    before: 'a: {b: nginx,c: 1.10} # c\nd: [nginx, 0644]\ne: {"image":"nginx","f":[1,2]}\n',
    edits: [
      put(['a', 'b'], 'nginx', 'r.test/x'),
      put(['d', 0], 'nginx', '1.2.3.4:5000/x'),
      put(['e', 'image'], 'nginx', 'r.test/x'),
    ],
    after: 'a: {b: r.test/x,c: 1.10} # c\nd: ["1.2.3.4:5000/x", 0644]\ne: {"image":"r.test/x","f":[1,2]}\n',
  },
  {
    rule: 'items of block lists, also of maps and of lists',
    before: 'a:\n- x\n- nginx\n- image: nginx # c\n  tag: 1.10\n- - nginx\n',
    edits: [
      put(['a', 1], 'nginx', 'r.test/x'),
      put(['a', 2, 'image'], 'nginx', 'r.test/y'),
      put(['a', 3, 0], 'nginx', 'r.test/z'),
    ],
    after: 'a:\n- x\n- r.test/x\n- image: r.test/y # c\n  tag: 1.10\n- - r.test/z\n',
  },
  {
    rule: 'empty texts are filled between their quotes',
    before: 'a: ""\nb: \'\' # c\n',
    edits: [put(['a'], '', 'r.test'), put(['b'], '', 'r.test')],
    after: 'a: "r.test"\nb: \'r.test\' # c\n',
  },
  {
    rule: 'tags and anchors in front of a value stay',
    before: 'a: !!str nginx\nb: &b "nginx" # c\nc: !!str\nd: 1\n',
    edits: [put(['a'], 'nginx', 'r.test/x'), put(['b'], 'nginx', 'r.test/x'), put(['c'], '', 'r.test')],
    after: 'a: !!str r.test/x\nb: &b "r.test/x" # c\nc: !!str "r.test"\nd: 1\n',
  },
  {
    rule: 'keys with dots, slashes, blanks and other scripts',
    before: '"a.b": nginx\nc/d: {"e f": nginx}\nключ: {"😀": nginx}\n',
    edits: [
      put(['a.b'], 'nginx', 'r.test/x'),
      put(['c/d', 'e f'], 'nginx', 'r.test/x'),
      put(['ключ', '😀'], 'nginx', 'r.test/x'),
    ],
    after: '"a.b": r.test/x\nc/d: {"e f": r.test/x}\nключ: {"😀": r.test/x}\n',
  },
  {
    rule: 'keys that helm reads as numbers and booleans keep their spelling',
    before: '1.10: nginx\n0644: nginx\non: nginx\n',
    edits: [put(['1.1'], 'nginx', 'r.test/x'), put(['420'], 'nginx', 'r.test/y'), put(['true'], 'nginx', 'r.test/z')],
    after: '1.10: r.test/x\n0644: r.test/y\non: r.test/z\n',
  },
  {
    rule: 'of two equal keys the last one, which is the one that counts',
    before: 'a: nginx\nb: 1\na: apache\n',
    edits: [put(['a'], 'apache', 'r.test/x')],
    after: 'a: nginx\nb: 1\na: r.test/x\n',
  },
  {
    rule: 'an explicit key',
    before: '? a\n: nginx\n',
    edits: [put(['a'], 'nginx', 'r.test/x')],
    after: '? a\n: r.test/x\n',
  },
  {
    rule: 'tabs between words, no line end at the end',
    before: 'a:\tnginx\t# c\nb: nginx',
    edits: [put(['a'], 'nginx', 'r.test/x'), put(['b'], 'nginx', 'r.test/x')],
    after: 'a:\tr.test/x\t# c\nb: r.test/x',
  },
  {
    rule: 'offsets count in characters of the text, whatever stands before',
    before: '# 😀 é\na: "😀 é quay.io/a:1" # 😀\nb: nginx\n',
    edits: [move(['a'], '😀 é quay.io/a:1'), put(['b'], 'nginx', 'r.test/x')],
    after: '# 😀 é\na: "😀 é r.test/a:1" # 😀\nb: r.test/x\n',
  },
  {
    rule: 'a very long line',
    before: `a: "${'y'.repeat(20_000)} quay.io/a:1" # c\n`,
    edits: [move(['a'], `${'y'.repeat(20_000)} quay.io/a:1`)],
    after: `a: "${'y'.repeat(20_000)} r.test/a:1" # c\n`,
  },
  {
    rule: 'escapes of unprintable characters stay escapes',
    before: 'a: "x\\u0085y\\u2028\\ufeff quay.io/a:1"\n',
    edits: [move(['a'], 'x\u0085y\u2028\ufeff quay.io/a:1')],
    after: 'a: "x\\u0085y\\u2028\\ufeff r.test/a:1"\n',
  },
  {
    rule: 'a number that is taken for a text (a version) becomes one',
    before: 'version: 1.0 # c\n',
    edits: [{ path: ['version'], before: '1.0', edits: [{ offset: 3, length: 0, text: '+mirror.1' }] }],
    after: 'version: "1.0+mirror.1" # c\n',
  },
  {
    rule: 'a text that is set whole replaces the old one, in quotes or a block',
    before: 'annotations:\n  a/b: "old" # c\n  c: |\n    old\n  d: 1\n',
    edits: [add(['annotations', 'a/b'], 'new'), put(['annotations', 'c'], 'old\n', 'new')],
    after: 'annotations:\n  a/b: "new" # c\n  c: "new"\n  d: 1\n',
  },
];

const LINES: readonly EditCase[] = [
  {
    rule: 'a literal block: the reference, not longer words that contain it',
    before: 'a: |\n  image: quay.io/a:1\n  other: my.quay.io/a:1\n  n: quay.io/a:12\nb: 1\n',
    edits: [move(['a'], 'image: quay.io/a:1\nother: my.quay.io/a:1\nn: quay.io/a:12\n', [0, 2])],
    after: 'a: |\n  image: r.test/a:1\n  other: my.quay.io/a:1\n  n: r.test/a:12\nb: 1\n',
  },
  {
    rule: 'a folded block keeps its lines',
    before: 'a: >-\n  quay.io/a:1\n  quay.io/b:2\n\n  quay.io/c:3\nb: 1\n',
    edits: [move(['a'], 'quay.io/a:1 quay.io/b:2\nquay.io/c:3', [0, 1, 2])],
    after: 'a: >-\n  r.test/a:1\n  r.test/b:2\n\n  r.test/c:3\nb: 1\n',
  },
  {
    rule: 'an indentation indicator, and no line end at the end',
    before: 'a: |2\n    quay.io/a:1\nb: 1',
    edits: [move(['a'], '  quay.io/a:1\n')],
    after: 'a: |2\n    r.test/a:1\nb: 1',
  },
  {
    rule: 'a comment in the line of the block indicator is no part of the block',
    before: 'a: | # quay.io/a:1\n  quay.io/a:1\n',
    edits: [move(['a'], 'quay.io/a:1\n')],
    after: 'a: | # quay.io/a:1\n  r.test/a:1\n',
  },
  {
    rule: 'kept line ends at the end of a block',
    before: 'a: |+\n  quay.io/a:1\n\n\nb: 1\n',
    edits: [move(['a'], 'quay.io/a:1\n\n\n')],
    after: 'a: |+\n  r.test/a:1\n\n\nb: 1\n',
  },
  {
    rule: 'quoted and plain texts of several lines',
    before: 'a: "quay.io/a:1\n  quay.io/b:2"\nb: run quay.io/a:1\n  and more\nc: \'quay.io/a:1\n\n  x\'\n',
    edits: [
      move(['a'], 'quay.io/a:1 quay.io/b:2', [1]),
      move(['b'], 'run quay.io/a:1 and more'),
      move(['c'], 'quay.io/a:1\nx'),
    ],
    after: 'a: "quay.io/a:1\n  r.test/b:2"\nb: run r.test/a:1\n  and more\nc: \'r.test/a:1\n\n  x\'\n',
  },
  {
    rule: 'a text of several lines whose reference is escaped is written anew',
    before: 'a: "\\x71uay.io/a:1\n  b" # c\n',
    edits: [move(['a'], 'quay.io/a:1 b')],
    after: 'a: "r.test/a:1 b" # c\n',
  },
  {
    rule: 'lines in brackets and quotes stay where they are, however far they are indented',
    before: 'a: {\nimage: nginx, # c\nw: "quay.io/a:1\nx"\n}\nb:\n  c: [\n  nginx,\n{}]\n',
    edits: [
      put(['a', 'image'], 'nginx', 'r.test/x'),
      move(['a', 'w'], 'quay.io/a:1 x'),
      put(['b', 'c', 0], 'nginx', 'r.test/z'),
      add(['b', 'c', 1, 'registry']),
      add(['b', 'd']),
    ],
    after:
      'a: {\nimage: r.test/x, # c\nw: "r.test/a:1\nx"\n}\nb:\n  d: "r.test"\n  c: [\n  r.test/z,\n{"registry": "r.test"}]\n',
  },
  {
    rule: 'a line that begins with very many blanks keeps them',
    before: `a: |\n  x\n${' '.repeat(1200)}y\nb: nginx\n`,
    edits: [put(['b'], 'nginx', 'r.test/x')],
    after: `a: |\n  x\n${' '.repeat(1200)}y\nb: r.test/x\n`,
  },
  {
    rule: 'carriage returns stay, in blocks too',
    before: '# c\r\na: nginx # c\r\nb: |\r\n  quay.io/a:1\r\n  x\r\nc: "quay.io/a:1\r\n  x"\r\n',
    edits: [put(['a'], 'nginx', 'r.test/x'), move(['b'], 'quay.io/a:1\nx\n'), move(['c'], 'quay.io/a:1 x')],
    after: '# c\r\na: r.test/x # c\r\nb: |\r\n  r.test/a:1\r\n  x\r\nc: "r.test/a:1\r\n  x"\r\n',
  },
];

const NULLS: readonly EditCase[] = [
  {
    rule: 'nothing, a tilde and null make way',
    before: 'a:\nb: ~ # c\nc: null\nd: # c\n',
    edits: [add(['a']), add(['b']), add(['c']), add(['d'])],
    after: 'a: "r.test"\nb: "r.test" # c\nc: "r.test"\nd: "r.test" # c\n',
  },
  {
    rule: 'nothing in flow maps and behind an anchor',
    before: 'a: {image: , b: 1}\nc: &c\nd: [~, 1]\n',
    edits: [add(['a', 'image']), add(['c']), add(['d', 0])],
    after: 'a: {image: "r.test", b: 1}\nc: &c "r.test"\nd: ["r.test", 1]\n',
  },
  {
    rule: 'a map without entries yet gets lines below its key',
    before: 'image:\nb: 1\n',
    edits: [add(['image', 'registry'])],
    after: 'image:\n  registry: "r.test"\nb: 1\n',
  },
  {
    rule: 'comments around such a map stay',
    before: 'a:\n  image: # c\n    # registry: x\n    # tag: y\nb: 1\n',
    edits: [add(['a', 'image', 'registry'])],
    after: 'a:\n  image: # c\n    registry: "r.test"\n    # registry: x\n    # tag: y\nb: 1\n',
  },
  {
    rule: 'a tilde in place of a map goes',
    before: 'image: ~\na:\n  image: null',
    edits: [add(['image', 'registry']), add(['a', 'image', 'x', 'z'])],
    after: 'image:\n  registry: "r.test"\na:\n  image:\n    x:\n      z: "r.test"\n',
  },
  {
    rule: 'blanks behind the key stay where nothing was written',
    before: 'image:  \nb: 1\n',
    edits: [add(['image', 'registry'])],
    after: 'image:  \n  registry: "r.test"\nb: 1\n',
  },
  {
    rule: 'an empty map in a list item, and a list item that is nothing',
    before: 'a:\n  - image:\n    x: 1\n  -\n  - y\n',
    edits: [add(['a', 0, 'image', 'registry']), add(['a', 1, 'registry'])],
    after: 'a:\n  - image:\n      registry: "r.test"\n    x: 1\n  - {"registry": "r.test"}\n  - y\n',
  },
  {
    rule: 'nothing for a map inside a flow map',
    before: 'a: {image: ~, b: 1}\n',
    edits: [add(['a', 'image', 'registry'])],
    after: 'a: {image: {"registry": "r.test"}, b: 1}\n',
  },
];

const NEW_KEYS: readonly EditCase[] = [
  {
    rule: 'into a flow map',
    before: 'a: {} # c\nb: { }\nc: {tag: 1.10}\nd: {\n  tag: 1.10, # c\n}\n',
    edits: [add(['a', 'registry']), add(['b', 'x', 'y']), add(['c', 'registry']), add(['d', 'registry'])],
    after:
      'a: {"registry": "r.test"} # c\nb: {"x": {"y": "r.test"} }\nc: {"registry": "r.test", tag: 1.10}\nd: {"registry": "r.test", \n  tag: 1.10, # c\n}\n',
  },
  {
    rule: 'into a block map, above the comments of its first key',
    before: 'image:\n\n  # -- the repository\n  # of it\n  repository: x # y\n  tag: 1\n',
    edits: [add(['image', 'registry'])],
    after: 'image:\n  registry: "r.test"\n\n  # -- the repository\n  # of it\n  repository: x # y\n  tag: 1\n',
  },
  {
    rule: 'into a map in a list, behind its dash',
    before: 'a:\n  # c\n  - repository: x\n    tag: 1\n',
    edits: [add(['a', 0, 'registry']), add(['a', 0, 'b', 'c'])],
    after: 'a:\n  # c\n  - registry: "r.test"\n    b:\n      c: "r.test"\n    repository: x\n    tag: 1\n',
  },
  {
    rule: 'into a map in a list in a list',
    before: 'a:\n- - repository: x\n    tag: 1\n',
    edits: [add(['a', 0, 0, 'registry'])],
    after: 'a:\n- - registry: "r.test"\n    repository: x\n    tag: 1\n',
  },
  {
    rule: 'with every map on the way that is missing',
    before: 'a:\n  b: 1\n',
    edits: [add(['a', 'c', 'd']), add(['e', 'f', 'g'])],
    after: 'a:\n  c:\n    d: "r.test"\n  b: 1\ne:\n  f:\n    g: "r.test"\n',
  },
  {
    rule: 'below keys that need quotes, and not below those that do not',
    before: 'a: 1\n',
    edits: [
      add(['z', 'on']),
      add(['z', '1.10']),
      add(['z', 'x.y-z']),
      add(['z', 'x/y']),
      add(['z', '"']),
      add(['z', 'ключ']),
    ],
    after:
      'a: 1\nz:\n  "ключ": "r.test"\n  "x/y": "r.test"\n  x.y-z: "r.test"\n  "on": "r.test"\n  "\\"": "r.test"\n  "1.10": "r.test"\n',
  },
  {
    rule: 'at the end of the file, whatever it ends with',
    before: 'a: 1\n# the last word',
    edits: [add(['b', 'c'])],
    after: 'a: 1\n# the last word\nb:\n  c: "r.test"\n',
  },
  {
    rule: 'behind a root map that is indented',
    before: '  a: 1\n  b: 2\n',
    edits: [add(['z'])],
    after: '  a: 1\n  b: 2\n  z: "r.test"\n',
  },
  {
    rule: 'behind a list that is not indented',
    before: 'a:\n- b: 1',
    edits: [add(['c'])],
    after: 'a:\n- b: 1\nc: "r.test"\n',
  },
  {
    rule: 'behind a block text without a line end',
    before: 'a: |\n  x',
    edits: [add(['b'])],
    after: 'a: |\n  x\nb: "r.test"\n',
  },
  { rule: 'into an empty file', before: '', edits: [add(['b', 'c'])], after: 'b:\n  c: "r.test"\n' },
  {
    rule: 'into a file of comments',
    before: '# x\n\n# y',
    edits: [add(['b', 'c'])],
    after: '# x\n\n# y\nb:\n  c: "r.test"\n',
  },
  {
    rule: 'into an empty map as the whole file',
    before: '{}\n',
    edits: [add(['b', 'c'])],
    after: '{"b": {"c": "r.test"}}\n',
  },
  {
    rule: 'behind the mark of an empty document',
    before: '---\n# c\n',
    edits: [add(['b'])],
    after: '---\n# c\nb: "r.test"\n',
  },
  {
    rule: 'behind the mark of a document',
    before: '---\na: 1\n',
    edits: [add(['b'])],
    after: '---\na: 1\nb: "r.test"\n',
  },
  {
    rule: 'before the end mark of a document',
    before: '# c\na: 1\n...\n',
    edits: [add(['b'])],
    after: '# c\nb: "r.test"\na: 1\n...\n',
  },
  {
    rule: 'before an empty document that follows',
    before: 'a: 1\n---\n',
    edits: [add(['b'])],
    after: 'b: "r.test"\na: 1\n---\n',
  },
  {
    rule: 'with the line ends of the file',
    before: 'b:\r\nc:\r\n  d: 1\r\n',
    edits: [add(['b', 'x']), add(['c', 'x']), add(['z'])],
    after: 'b:\r\n  x: "r.test"\r\nc:\r\n  x: "r.test"\r\n  d: 1\r\nz: "r.test"\r\n',
  },
  {
    rule: 'with escapes for what YAML cannot print',
    before: 'a: 1\n',
    edits: [add(['b'], 'x\u0085\u007f\u2028"\\\n😀')],
    after: 'a: 1\nb: "x\\u0085\\u007f\\u2028\\"\\\\\\n😀"\n',
  },
  {
    rule: 'into a map behind an anchored key',
    before: '&k a:\n  b: 1\n',
    edits: [add(['a', 'c'])],
    after: '&k a:\n  c: "r.test"\n  b: 1\n',
  },
];

const SHARED: readonly EditCase[] = [
  {
    rule: 'an anchor changes with all its users when all of them change',
    before: 'a: &x nginx # c\nb: *x # d\n',
    edits: [put(['b'], 'nginx', 'r.test/x'), put(['a'], 'nginx', 'r.test/x')],
    after: 'a: &x r.test/x # c\nb: *x # d\n',
  },
  {
    rule: 'a user that stays is written out',
    before: 'a: &x nginx\nb: *x # d\n',
    edits: [put(['a'], 'nginx', 'r.test/x')],
    after: 'a: &x r.test/x\nb: "nginx" # d\n',
  },
  {
    rule: 'a user that changes alone is written out',
    before: 'a: &x nginx\nb: *x # d\nc: *x\n',
    edits: [put(['b'], 'nginx', 'r.test/x')],
    after: 'a: &x nginx\nb: "r.test/x" # d\nc: *x\n',
  },
  {
    rule: 'users of a map are written out, each with its own value; numbers keep their spelling',
    before: 'x: &x {image: nginx, tag: 1.10, l: [0644, ~]}\nweb: *x # c\napi: *x\n',
    edits: [put(['web', 'image'], 'nginx', 'r.test/web'), put(['api', 'image'], 'nginx', 'r.test/api')],
    after:
      'x: &x {image: nginx, tag: 1.10, l: [0644, ~]}\nweb: {"image": "r.test/web", "tag": 1.10, "l": [0644, null]} # c\napi: {"image": "r.test/api", "tag": 1.10, "l": [0644, null]}\n',
  },
  {
    rule: 'a map and its user that change alike stay joined',
    before: 'x: &x\n  image: nginx\n  tag: 1.10\nweb: *x\n',
    edits: [put(['web', 'image'], 'nginx', 'r.test/x'), put(['x', 'image'], 'nginx', 'r.test/x')],
    after: 'x: &x\n  image: r.test/x\n  tag: 1.10\nweb: *x\n',
  },
  {
    rule: 'a new key behind an alias',
    before: 'x: &x\n  image: nginx\nweb: *x\n',
    edits: [add(['web', 'registry'])],
    after: 'x: &x\n  image: nginx\nweb: {"image": "nginx", "registry": "r.test"}\n',
  },
  {
    rule: 'a new key in a map that others use is not theirs',
    before: 'x: &x\n  image: nginx\nweb: *x\n',
    edits: [add(['x', 'registry'])],
    after: 'x: &x\n  registry: "r.test"\n  image: nginx\nweb: {"image": "nginx"}\n',
  },
  {
    rule: 'a value that a merge brings is set behind the merge',
    before: 'x: &x\n  image: nginx\n  tag: 1.10\nweb:\n  <<: *x # c\n  w: 1\nflow: {<<: *x, w: 1}\n',
    edits: [put(['web', 'image'], 'nginx', 'r.test/x'), put(['flow', 'image'], 'nginx', 'r.test/y')],
    after:
      'x: &x\n  image: nginx\n  tag: 1.10\nweb:\n  <<: *x # c\n  image: "r.test/x"\n  w: 1\nflow: {<<: *x, "image": "r.test/y", w: 1}\n',
  },
  {
    rule: 'a map that a merge brings is set whole, since a merge is shallow',
    before: 'x: &x\n  image: {repository: nginx, tag: 1.10}\nweb:\n  w: 1\n  <<: *x',
    edits: [put(['web', 'image', 'repository'], 'nginx', 'r.test/x')],
    after:
      'x: &x\n  image: {repository: nginx, tag: 1.10}\nweb:\n  w: 1\n  <<: *x\n  image: {"repository": "r.test/x", "tag": 1.10}\n',
  },
  {
    rule: 'what a merge brings stays where only the anchor changes',
    before: 'x: &x\n  image: nginx\nweb:\n  <<: *x\n',
    edits: [put(['x', 'image'], 'nginx', 'r.test/x')],
    after: 'x: &x\n  image: r.test/x\nweb:\n  <<: *x\n  image: "nginx"\n',
  },
  {
    rule: 'a merge of several maps in lines',
    before: 'x: &x {image: nginx}\nz: &z {image: y}\nweb:\n  <<:\n    - *x\n    - *z\n  w: 1\n',
    edits: [put(['web', 'image'], 'nginx', 'r.test/x')],
    after: 'x: &x {image: nginx}\nz: &z {image: y}\nweb:\n  <<:\n    - *x\n    - *z\n  image: "r.test/x"\n  w: 1\n',
  },
  {
    rule: 'a key behind a merge is its own',
    before: 'x: &x {image: nginx}\nweb:\n  <<: *x\n  image: apache\n',
    edits: [put(['web', 'image'], 'apache', 'r.test/x')],
    after: 'x: &x {image: nginx}\nweb:\n  <<: *x\n  image: r.test/x\n',
  },
  {
    rule: 'a key before a merge does not count',
    before: 'x: &x {image: nginx}\nweb:\n  image: apache\n  <<: *x\n',
    edits: [put(['web', 'image'], 'nginx', 'r.test/x')],
    after: 'x: &x {image: nginx}\nweb:\n  image: apache\n  <<: *x\n  image: "r.test/x"\n',
  },
];

/** Every case, by what it is about. */
export const EDIT_CASES: Readonly<Record<string, readonly EditCase[]>> = {
  'scalars in place': IN_PLACE,
  'texts of several lines': LINES,
  'values that are nothing yet': NULLS,
  'keys that are not there yet': NEW_KEYS,
  'values that others share': SHARED,
};
