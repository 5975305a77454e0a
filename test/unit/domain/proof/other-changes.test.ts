import { describe, expect, it } from 'vitest';
import { type Intended, otherChanges } from '../../../../src/domain/proof/other-changes.ts';

const TARGET = 'registry.example.com';

/** As for a chart with `quay.io/org/app:1` and `redis:7.2`, whose registry and whose name were edited. */
const INTENDED: Intended = {
  before: ['quay.io/org/app:1', 'redis:7.2', 'docker.io', 'quay.io', 'redis'],
  planned: [`${TARGET}/m/library/redis:7.2`, `${TARGET}/m/org/app:1`],
  parts: [`${TARGET}/m/library/redis`, `${TARGET}/m`, TARGET],
};

function document(text: string, template = 'web/templates/a.yaml'): string {
  return `---\n# Source: ${template}\n${text}\n`;
}

interface Renders {
  readonly original: string;
  readonly relocated: string;
  /** The original once more; as the first time where it is not given. */
  readonly again?: string;
}

/** What is found, as `expected -> found`. */
function found({ original, relocated, again = original }: Renders, intended = INTENDED): readonly string[] {
  const { residue } = otherChanges({ once: original, again }, relocated, intended);
  return residue.map(({ expected, found: there }) => `${expected ?? '-'} -> ${there ?? '-'}`);
}

function inOne(original: string, relocated: string, again?: string): Renders {
  const renders = { original: document(original), relocated: document(relocated) };
  return again === undefined ? renders : { ...renders, again: document(again) };
}

const HEX = 'ab'.repeat(32);
const OTHER_HEX = 'cd'.repeat(32);
function encoded(text: string): string {
  return Buffer.from(text).toString('base64');
}

const CERTIFICATE = Buffer.alloc(90, 1).toString('base64');
const OTHER_CERTIFICATE = Buffer.alloc(90, 2).toString('base64');

describe('beside the references, nothing has changed', () => {
  it('has changed where an empty value that was set is printed, and nowhere else', () => {
    const intended = { ...INTENDED, filled: new Set(['image']) };
    const planned = `image: ${TARGET}/m/org/app:1`;
    for (const empty of ['image: ""', "image: ''", 'image:', 'image: null'])
      expect(found(inOne(`a:\n  ${empty}`, `a:\n  ${planned}`), intended)).toEqual([]);
    expect(found(inOne('image: ""', `other: ${TARGET}/m/org/app:1`), intended)).not.toEqual([]);
    expect(found(inOne('image: ""', planned), INTENDED)).not.toEqual([]);
    expect(found(inOne('image: ""', `image: ${TARGET}/m/org/other:1`), intended)).not.toEqual([]);
    expect(found(inOne('image: ""', ''), intended)).not.toEqual([]);
  });

  it('has changed where the path at the target is as long as encoded data', () => {
    const path = 'kloud/kloud/operator/networking/commands/controllers';
    const planned = `${TARGET}/platform/${path}:v1`;
    const intended = { ...INTENDED, before: [`quay.io/${path}:v1`, 'quay.io'], planned: [planned], parts: [TARGET] };
    const moved = inOne(`- name: A\n  value: quay.io/${path}:v1`, `- name: A\n  value: ${planned}`);
    expect(found(moved, intended)).toEqual([]);
    const lost = inOne(`- name: A\n  value: quay.io/${path}:v1`, '- name: A');
    expect(found(lost, intended)).toEqual([`value: quay.io/${path}:v1 -> -`]);
  });

  it.each<[string, Renders]>([
    ['in equal renders', inOne('kind: Pod\nimage: x', 'kind: Pod\nimage: x')],
    ['where a reference moved', inOne('image: quay.io/org/app:1', `image: ${TARGET}/m/org/app:1`)],
    ['where one in quotes moved', inOne('- image: "redis:7.2"', `- image: "${TARGET}/m/library/redis:7.2"`)],
    [
      'where one moved inside a flow map',
      inOne('{ image: redis:7.2, n: 1 }', `{ image: ${TARGET}/m/library/redis:7.2, n: 1 }`),
    ],
    ['where one moved inside an argument', inOne('- --image=redis:7.2', `- --image=${TARGET}/m/library/redis:7.2`)],
    ['where a registry moved', inOne('registry: quay.io', `registry: ${TARGET}/m`)],
    ['where one under an own key moved', inOne('imageRegistry: quay.io', `imageRegistry: ${TARGET}/m`)],
    ['where a registry stands in a list', inOne('- quay.io', `- ${TARGET}/m`)],
    ['in a variable with its value', inOne('- name: HUB\n  value: quay.io', `- name: HUB\n  value: ${TARGET}/m`)],
    [
      'where a name beside its tag moved',
      inOne('name: redis\ntag: "7.2"', `name: ${TARGET}/m/library/redis\ntag: "7.2"`),
    ],
    [
      'where a tag stands before its name',
      inOne('- tag: "7.2"\n  name: redis', `- tag: "7.2"\n  name: ${TARGET}/m/library/redis`),
    ],
    ['in comments and empty lines', inOne('a: 1\n# of quay.io', 'a: 1\n\n# of nobody')],
    ['in a checksum', inOne(`checksum/config: ${HEX}`, `checksum/config: ${OTHER_HEX}`)],
    ['in encoded data', inOne(`data: ${CERTIFICATE}`, `data: ${OTHER_CERTIFICATE}`)],
    [
      'where a reference moved inside encoded text',
      inOne(`BASE: "${encoded('quay.io/org/app:1\nx: y')}"`, `BASE: "${encoded(`${TARGET}/m/org/app:1\nx: y`)}"`),
    ],
    [
      'where a template quotes the other reference only',
      inOne('image: "quay.io/org/app:1"', `image: ${TARGET}/m/org/app:1`),
    ],
    ['in trailing blanks', inOne('a: 1  ', 'a: 1')],
    ['in a random password', inOne('password: "abc"', 'password: "xyz"', 'password: "klm"')],
    ['in a certificate', inOne('|\n  -----BEGIN\n  MIIB1', '|\n  -----BEGIN\n  MIIB2', '|\n  -----BEGIN\n  MIIB3')],
    ['in a random name', inOne('name: web-x1\nkind: Job', 'name: web-y2\nkind: Job', 'name: web-z3\nkind: Job')],
    ['in the order of lines', inOne('a: 1\nb: 2', 'b: 2\na: 1')],
  ])('%s', (_, renders) => {
    expect(found(renders)).toEqual([]);
  });

  it('where a line that spells a reference was patched', () => {
    const intended: Intended = {
      before: ['run busybox now'],
      planned: [`run ${TARGET}/m/library/busybox now`],
      parts: [TARGET],
    };
    const renders = inOne('  run busybox now', `  run ${TARGET}/m/library/busybox now`);
    expect(found(renders, intended)).toEqual([]);
  });
});

describe('beside the references, something has changed', () => {
  it.each<[string, Renders, string]>([
    ['a label', inOne('app: redis', `app: ${TARGET}/m/library/redis`), `app: redis -> app: ${TARGET}/m/library/redis`],
    [
      'a label in a flow map',
      inOne('labels: { app: redis, x: y }', `labels: { app: ${TARGET}/m/library/redis, x: y }`),
      `labels: { app: redis, x: y } -> labels: { app: ${TARGET}/m/library/redis, x: y }`,
    ],
    [
      'a name',
      inOne('- name: redis', `- name: ${TARGET}/m/library/redis`),
      `- name: redis -> - name: ${TARGET}/m/library/redis`,
    ],
    [
      'the name in another spelling',
      inOne('- name: redis', '- name: registry.example.com-m-library-redis'),
      '- name: redis -> - name: registry.example.com-m-library-redis',
    ],
    [
      'an address',
      inOne('allow: "https://quay.io/v2/"', `allow: "https://${TARGET}/m/v2/"`),
      `allow: "https://quay.io/v2/" -> allow: "https://${TARGET}/m/v2/"`,
    ],
    [
      'one of two keys in a flow map',
      inOne('x: { registry: quay.io, allow: quay.io }', `x: { registry: ${TARGET}/m, allow: ${TARGET}/m }`),
      `x: { registry: quay.io, allow: quay.io } -> x: { registry: ${TARGET}/m, allow: ${TARGET}/m }`,
    ],
    [
      'a line with a word that only begins like a moved one',
      inOne('image: redis:7.2\nredisMode: standalone', `image: ${TARGET}/m/library/redis:7.2`),
      'redisMode: standalone -> -',
    ],
    [
      'a line with a moved word that is gone',
      inOne('image: redis:7.2\nmode: redis', `image: ${TARGET}/m/library/redis:7.2`),
      'mode: redis -> -',
    ],
    [
      'a line inside encoded text',
      inOne(`data: ${encoded('mode: one\nuser: someone')}`, `data: ${encoded('mode: two\nuser: someone')}`),
      'mode: one -> mode: two',
    ],
    ['a line that a condition had', inOne('a: 1\nrunAsUser: 65532', 'a: 1'), 'runAsUser: 65532 -> -'],
    ['a line that a condition has now', inOne('a: 1', 'a: 1\nhostNetwork: true'), '- -> hostNetwork: true'],
    ['a number', inOne('replicas: 2', 'replicas: 1'), 'replicas: 2 -> replicas: 1'],
    ['how often a line stands there', inOne('- a\n- a', '- a'), '- a -> -'],
    [
      'a line beside a moved one',
      inOne('image: redis:7.2\na: 1', `image: ${TARGET}/m/library/redis:7.2\na: 2`),
      'a: 1 -> a: 2',
    ],
    [
      'a line beside a random one',
      inOne('password: a\nuser: x', 'password: b\nuser: y', 'password: c\nuser: x'),
      'user: x -> user: y',
    ],
  ])('%s', (_, renders, said) => {
    expect(found(renders)).toEqual([said]);
  });

  it('in which template a line stands', () => {
    const [a, b] = ['web/templates/a.yaml', 'web/templates/b.yaml'];
    const original = document('x: 1\ny: 1', a) + document('z: 1', b);
    const relocated = document('y: 1', a) + document('z: 1\nx: 1', b);
    expect(otherChanges({ once: original, again: original }, relocated, INTENDED).residue).toEqual([
      { place: `${a} (beside the references)`, expected: 'x: 1', found: undefined },
      { place: `${b} (beside the references)`, expected: undefined, found: 'x: 1' },
    ]);
  });

  it('a template is gone, or is new', () => {
    const [a, b] = ['web/templates/a.yaml', 'web/templates/b.yaml'];
    const renders = { original: document('kind: Role', a), relocated: document('kind: Secret', b) };
    expect(found(renders)).toEqual(['kind: Role -> -', '- -> kind: Secret']);
  });

  it('chance in one template excuses nothing in another', () => {
    const [a, b] = ['web/templates/a.yaml', 'web/templates/b.yaml'];
    const render = (chance: string, sure: string) =>
      document(`password: ${chance}`, a) + document(`password: ${sure}`, b);
    const renders = { original: render('r1', 'fixed'), again: render('r2', 'fixed'), relocated: render('r3', 'other') };
    expect(found(renders)).toEqual(['password: fixed -> password: other']);
  });
});

it('is told in a moment of charts with tens of thousands of lines', () => {
  const lines = Array.from({ length: 40_000 }, (_, index) => `key${index}: value`).join('\n');
  const changed = lines.replace('key5: value', 'key5: other');
  const before = Date.now();
  expect(found(inOne(lines, changed))).toEqual(['key5: value -> key5: other']);
  expect(Date.now() - before).toBeLessThan(4_000);
});
