import { describe, expect, it, test } from 'vitest';
import { chooseLiterals } from '../../../../src/domain/overlay/choose-literals.ts';
import { type Literal, patchLiterals } from '../../../../src/domain/overlay/patch-literals.ts';
import type { SplitPlace } from '../../../../src/domain/overlay/split-fields.ts';

/** A reference that fields make together. */
function split(text: string, wanted: string, fields: readonly string[], owner?: string): Literal {
  const place: SplitPlace = { of: text, fields, owner };
  return { text, wanted, split: [place] };
}

/** What a file becomes, with parts of the references that stand in it replaced. */
function patched(text: string, ...literals: readonly Literal[]): string {
  const file = { shown: 'c/templates/a.yaml', address: ['templates/a.yaml'], text } as const;
  return patchLiterals(file, chooseLiterals(literals, [file])).text;
}

const TOOL = split('org/tool:1', 'r.test/m/org/tool:1', ['repository', 'tag'], 'image');
const HOSTED = split('quay.io/org/tool:1', 'r.test/m/org/tool:1', ['registry', 'repository', 'tag'], 'image');
const WORD = split('redis:7.2', 'r.test/m/library/redis:7.2', ['repository', 'tag'], 'image');
const LED = split('org/tool:1', 'r.test/m/org/tool:1', ['prefix', 'name', 'tag'], 'image');
const LISTED = split('org/tool:1', 'r.test/m/org/tool:1', ['prefix', 'name', 'tag'], 'plain');
const CHART = split('quay.io/org/tool:1', 'r.test/m/org/tool:1', ['repoURL', 'chart', 'targetRevision'], 'source');

describe('a part of a reference that fields make together', () => {
  test.each([
    ['image:\n  repository: org/tool\n  tag: 1', TOOL, 'org/tool', 'r.test/m/org/tool'],
    ['image:\n  tag: "1"\n  # why\n\n  repository: "org/tool" # it', TOOL, 'org/tool', 'r.test/m/org/tool'],
    ['x:\n- tag: 1\n  env:\n  - a\n  repository: org/tool', TOOL, 'org/tool', 'r.test/m/org/tool'],
    ['x:\n  - repository: org/tool\n    tag: {{ .Values.tag }}', TOOL, 'org/tool', 'r.test/m/org/tool'],
    ['{ "repository": "org/tool", "tag": "1" }', TOOL, 'org/tool', 'r.test/m/org/tool'],
    ['{\n  "repository": "org/tool",\n  "tag": "1"\n}', TOOL, 'org/tool', 'r.test/m/org/tool'],
    ['a: {x: {y: {}}, repository: org/tool, tag: {{ "1" }}}', TOOL, 'org/tool', 'r.test/m/org/tool'],
    ['image:\n  repository: org/tool\n  {{- include "tag" . | nindent 2 }}', TOOL, 'org/tool', 'r.test/m/org/tool'],
    ['image:\r\n  repository: org/tool\r\n  tag: 1\r', TOOL, 'org/tool', 'r.test/m/org/tool'],
    ['image:\n  registry: quay.io\n  repository: org/tool\n  tag: 1', HOSTED, 'quay.io', 'r.test/m'],
    [
      'source:\n  repoURL: oci://quay.io/org/\n  chart: tool\n  targetRevision: 1',
      CHART,
      'quay.io/org',
      'r.test/m/org',
    ],
    ['image: {prefix: org, name: tool, tag: "1"}', LED, 'prefix: org', 'prefix: r.test/m/org'],
    [
      '{\n  "image": {\n    "prefix": "org",\n    "name": "tool",\n    "tag": "1"\n  }\n}',
      LED,
      '"org"',
      '"r.test/m/org"',
    ],
    [
      '"plain": [\n  {\n    "prefix": "org",\n    "name": "tool",\n    "tag": "1"\n  }\n]',
      LISTED,
      '"org"',
      '"r.test/m/org"',
    ],
    ['spec:\n  image:\n    repository: redis\n    tag: "7.2"', WORD, 'redis', 'r.test/m/library/redis'],
    ['image: {repository: redis, tag: "7.2"}', WORD, 'redis', 'r.test/m/library/redis'],
  ])('is replaced in %j', (text, literal, before, after) => {
    expect(patched(text, literal)).toBe(text.replace(before, after));
  });

  test.each([
    ['without its tag', 'image:\n  repository: org/tool\nother:\n  tag: 1', TOOL],
    ['beside another tag', 'image:\n  repository: org/tool\n  tag: 2', TOOL],
    ['in another field', 'image:\n  name: org/tool\n  tag: 1', TOOL],
    ['in a longer name', 'image:\n  repository: org/tool-more\n  tag: 1', TOOL],
    ['under another owner', 'image:\n  repository: my/org/tool\n  tag: 1', TOOL],
    ['in the item before', 'x:\n- repository: org/tool\n- tag: 1', TOOL],
    ['with the tag in a map of its own', 'x: {repository: org/tool, next: {tag: 1}}', TOOL],
    ['with the tag further in', 'image:\n  repository: org/tool\n  next:\n    tag: 1', TOOL],
    [
      'where a condition alone is beside it',
      'image:\n  repository: org/tool\n  {{- if .Values.x }}\n  {{- end }}',
      TOOL,
    ],
    ['as the prefix of another name', 'image: {prefix: org, name: other, tag: "1"}', LED],
    ['as the prefix of something else', 'metric: {prefix: org, name: tool, tag: "1"}', LED],
    ['as a word of a template', 'image: {{ .Values.x | default "org" }}/{{ .Values.y }}:1', LED],
    ['as an address', 'url: https://quay.io\nregistry: x\nrepository: org/tool\ntag: 1', HOSTED],
    ['as a host', '- host: quay.io\n  port: 443\n- url: quay.io\n- name: quay.io', HOSTED],
    ['as the name of an object', 'metadata:\n  name: redis\nspec:\n  tag: "7.2"\n  name: redis', WORD],
    ['in the map of something else', 'source:\n  repository: redis\n  tag: "7.2"', WORD],
    ['in a list of objects', 'volumes:\n- name: redis\n  configMap: {name: redis}\n  tag: "7.2"', WORD],
  ])('stays %s', (_, text, literal) => {
    expect(patched(text, literal)).toBe(text);
  });

  it('stays where a text makes the reference', () => {
    const name: Literal = { kind: 'name', text: 'org/tool', wanted: 'r.test/m/org/tool' };
    const file = { shown: 'c/templates/a.yaml', address: ['a'], text: 'repository: org/tool\ntag: 1' } as const;
    expect(patchLiterals(file, [name]).patches).toEqual([]);
  });

  it('is found among others of the same line', () => {
    const other = split('ghcr.io/a/b:2', 'r.test/m/a/b:2', ['registry', 'repository', 'tag'], 'side');
    const text =
      '{image: {registry: quay.io, repository: org/tool, tag: 1}, side: {registry: ghcr.io, repository: a/b, tag: 2}}';
    expect(patched(text, HOSTED, other)).toBe(text.replace('quay.io', 'r.test/m').replace('ghcr.io', 'r.test/m'));
  });

  it('is a single word where the names of its fields speak for an image', () => {
    const named = split('redis:7.2', 'r.test/m/library/redis:7.2', ['imageRepository', 'imageTag'], 'cache');
    const text = 'worker:\n  imageRepository: redis\n  imageTag: 7.2\n  name: redis';
    expect(patched(text, named)).toBe(text.replace('redis', 'r.test/m/library/redis'));
  });
});
