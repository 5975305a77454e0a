import { describe, expect, it } from 'vitest';
import {
  createDocumentMemo,
  type DocumentContent,
  type DocumentMemo,
} from '../../../../src/domain/images/document-memo.ts';
import { type Findings, findImages } from '../../../../src/domain/images/find.ts';
import type { ImageUse } from '../../../../src/domain/images/image-use.ts';
import type { SeenHosts } from '../../../../src/domain/images/reference-text.ts';
import { readRendered } from '../../../../src/domain/images/rendered-documents.ts';
import { configMapText, customResource, podWith } from './rendered.ts';

function rendered(...documents: readonly (readonly [template: string, text: string])[]): string {
  return documents.map(([template, text]) => `---\n# Source: web/templates/${template}\n${text}`).join('');
}

function podOf(image: string): string {
  return `apiVersion: v1\nkind: Pod\nmetadata:\n  name: web\nspec:\n  containers:\n    - name: web\n      image: ${image}\n`;
}

function find(output: string, known: readonly string[] = [], memo?: DocumentMemo): Findings {
  return findImages(readRendered(output, memo), known, memo);
}

const CONTENT: DocumentContent = { kind: 'object', value: {}, shadowed: [] };

/** How often each of these sets makes a search that asks the question given. */
function searches(ask: (seen: SeenHosts) => unknown, ...sets: readonly (readonly string[])[]): number {
  const memo = createDocumentMemo();
  let count = 0;
  for (const hosts of sets) {
    memo.uses(CONTENT, 'a.yaml', new Set(hosts), (seen) => {
      count += 1;
      ask(seen);
      return [];
    });
  }
  return count;
}

describe('a document that was read before', () => {
  const output = rendered(['a.yaml', podOf('a:1')], ['b.yaml', podOf('b:1')]);

  it('is not read again in another render', () => {
    const memo = createDocumentMemo();
    const [first, second] = readRendered(output, memo);
    const [other, again] = readRendered(rendered(['c.yaml', podOf('c:1')], ['b.yaml', podOf('b:1')]), memo);
    expect(again?.content).toBe(second?.content);
    expect(other?.content).not.toBe(first?.content);
  });

  it('is read alone when no memo is given', () => {
    expect(readRendered(output)).toEqual(readRendered(output, createDocumentMemo()));
  });

  it('keeps its own line and template', () => {
    const memo = createDocumentMemo();
    const pod = podOf('a:1');
    readRendered(`---\n# Source: a.yaml\n${pod}---\n${pod}`, memo);
    const places = readRendered(`---\n# Source: b.yaml\n${pod}---\n${pod}`, memo).map((one) => [
      one.template,
      one.line,
    ]);
    expect(places).toEqual([
      ['b.yaml', 1],
      ['b.yaml', 11],
    ]);
  });

  it('is unreadable again, and empty again', () => {
    const memo = createDocumentMemo();
    const broken = rendered(['a.yaml', 'kind: "Pod\n'], ['b.yaml', '# nothing\n']);
    expect(find(broken, [], memo)).toEqual(find(broken));
    expect(find(broken, [], memo)).toEqual(find(broken));
  });
});

describe('a document that was searched before', () => {
  it('is not searched again when its questions have the same answers', () => {
    expect(searches((seen) => seen.has('a.example'), ['a.example'], ['a.example', 'b.example'])).toBe(1);
    expect(searches((seen) => seen.has('a.example'), ['b.example'], ['c.example'], [])).toBe(1);
    expect(searches(() => undefined, ['a.example'], [])).toBe(1);
  });

  it('is searched again when a question has another answer', () => {
    expect(searches((seen) => seen.has('a.example'), ['a.example'], ['b.example'])).toBe(2);
    expect(searches((seen) => seen.has('a.example'), [], ['a.example'])).toBe(2);
  });

  it.each([
    ['listed', (seen: SeenHosts) => [...seen]],
    ['counted', (seen: SeenHosts) => seen.size],
    ['walked', (seen: SeenHosts) => seen.forEach(String)],
    ['keyed', (seen: SeenHosts) => [...seen.keys(), ...seen.values(), ...seen.entries()]],
  ])('is searched again when all hosts were %s and one more is there', (_, ask) => {
    expect(searches(ask, ['a.example'], ['a.example', 'b.example'])).toBe(2);
    expect(searches(ask, ['a.example', 'b.example'], ['b.example', 'a.example'])).toBe(1);
  });

  it('remembers the searches of several sets of hosts', () => {
    const ask = (seen: SeenHosts): boolean => seen.has('a.example');
    expect(searches(ask, ['a.example'], [], ['a.example'], [])).toBe(2);
  });

  it('tells its uses with the template of this render', () => {
    const memo = createDocumentMemo();
    const pod = podOf('a:1');
    const templates = ['a.yaml', 'b.yaml'].map((name) =>
      find(`---\n# Source: ${name}\n${podOf('b:1')}---\n${pod}`, [], memo).uses.map(({ template }) => template),
    );
    expect(templates).toEqual([
      ['a.yaml', 'a.yaml'],
      ['b.yaml', 'b.yaml'],
    ]);
  });

  it('has uses of its own in each render, and twice where it stands twice', () => {
    const memo = createDocumentMemo();
    const output = rendered(['a.yaml', podOf('a:1')], ['a.yaml', podOf('a:1')]);
    const uses: readonly ImageUse[] = [...find(output, [], memo).uses, ...find(output, [], memo).uses];
    expect(uses).toHaveLength(4);
    expect(new Set(uses).size).toBe(4);
  });
});

describe('what is found with a memo is what is found without', () => {
  const texts = [
    podOf('registry.example.dev/team/app:1'),
    podOf('m1x.probe.example/team/app:1'),
    podOf('registry.corp.example:5000/mirror/team/app:1'),
    podWith('env:\n  - name: SIDECAR\n    value: registry.example.dev/team/side'),
    customResource('host: registry.example.dev\nother: registry.corp.example:5000/mirror/x'),
    configMapText('use registry.example.dev or m1x.probe.example'),
    configMapText('{"registry": "registry.example.dev", "images": ["registry.corp.example:5000/a/b:1"]}'),
    'kind: "Pod\n',
  ];

  it('in any order of renders, whatever hosts their containers name', () => {
    const memo = createDocumentMemo();
    const known = [[], ['registry.corp.example:5000'], ['registry.example.dev']];
    for (let choice = 1; choice < 2 ** texts.length; choice += 1) {
      const chosen = texts.filter((_, index) => (choice >> index) % 2 === 1);
      const output = rendered(...chosen.map((text, index) => [`${index}.yaml`, text] as const));
      const hosts = known[choice % known.length] ?? [];
      expect(find(output, hosts, memo)).toEqual(find(output, hosts));
    }
  });

  it('though the hosts of other documents decide', () => {
    const memo = createDocumentMemo();
    const text = ['b.yaml', configMapText('use registry.example.dev/team')] as const;
    const without = rendered(['a.yaml', podOf('a:1')], text);
    const beside = rendered(['a.yaml', podOf('registry.example.dev/team/app:1')], text);
    const counts = [without, beside, without].map((output) => find(output, [], memo).uses.length);
    expect(counts).toEqual([1, 2, 1]);
  });
});
