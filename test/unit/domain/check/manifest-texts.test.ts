import { describe, expect, it } from 'vitest';
import { readManifests, readTexts } from '../../../../src/domain/check/manifest-texts.ts';

const POD = 'apiVersion: v1\nkind: Pod\nmetadata: { name: a }\n';

/** `line:column reason` of everything that cannot be read. */
function faults(text: string): readonly string[] {
  return readManifests([{ file: 'a.yaml', text }]).unreadable.map(
    ({ line, column, reason }) => `${line}:${column} ${reason}`,
  );
}

describe('manifests', () => {
  it('are documents, each with its file, or else with the template that helm names', () => {
    const text = `---\n# Source: web/templates/a.yaml\n${POD}---\n${POD}---\n# Source: web/templates/b.yaml\n${POD}`;
    const templates = (file: string) => readManifests([{ file, text }]).documents.map(({ template }) => template);
    expect(templates('')).toEqual(['web/templates/a.yaml', 'web/templates/a.yaml', 'web/templates/b.yaml']);
    expect(templates('out/all.yaml')).toEqual(['out/all.yaml', 'out/all.yaml', 'out/all.yaml']);
    expect(readManifests([{ file: '', text: POD }]).documents.map(({ template }) => template)).toEqual([
      'standard input',
    ]);
  });

  it.each([
    ['comments and empty documents', `# nothing\n---\n---\n# more\n---\n${POD}---\n`],
    ['nulls and empty maps', `null\n---\n{}\n---\n${POD}`],
    ['JSON, indented by tabs', '{\n\t"apiVersion": "v1",\n\t"kind": "Pod"\n}\n'],
    ['line ends of Windows', POD.replaceAll('\n', '\r\n')],
    ['lists of objects', `apiVersion: v1\nkind: List\nitems:\n  - ${POD.trimEnd().replaceAll('\n', '\n    ')}\n`],
  ])('may hold %s', (_, text) => {
    expect(faults(text)).toEqual([]);
  });

  it.each([
    ['YAML that is none', `${POD}---\n${POD}spec:\n  a: b: c\n`, /^9:6 nested mappings/],
    [
      'a template that was not rendered',
      `${POD}spec: {{ .Values.spec }}\n`,
      /^4:1 this is a template that was not rendered/,
    ],
    ['a custom resource definition that is none', 'kind: CustomResourceDefinition\nspec:\n  a: [\n', /^\d+:\d+ flow/],
    ['an object without a kind', `${POD}---\n\n# values\nimage: x\n`, /^7:1 this is no object of Kubernetes, it has/],
    ['an object without an API', 'kind: Pod\n', /^1:1 this is no object of Kubernetes, it has no apiVersion/],
    ['a list', `${POD}---\n- ${POD.replaceAll('\n', '\n  ')}`, /^5:1 .* but a list or a text$/],
    ['a text', `${POD}---\nError: it failed\n---\nnot found\n`, /^5:1 this is no object of Kubernetes/],
    ['a kustomization', 'apiVersion: kustomize.config.k8s.io/v1beta1\nkind: Kustomization\n', /was not built$/],
  ])('may not hold %s', (_, text, expected) => {
    expect(faults(text)[0]).toMatch(expected);
  });

  it('tell all that is wrong, file by file from top to bottom', () => {
    const text = `a: [\n---\n- x\n---\nkind: X\n---\njust text\n`;
    const read = readManifests([
      { file: 'a.yaml', text },
      { file: 'b.yaml', text: 'x: y\n' },
    ]);
    expect(read.unreadable.map(({ file, line }) => [file, line])).toEqual([
      ...[
        ['a.yaml', 2],
        ['a.yaml', 3],
        ['a.yaml', 5],
        ['a.yaml', 7],
      ],
      ['b.yaml', 1],
    ]);
  });
});

describe('the output of a chart', () => {
  it('is read as helm has let it through, but unreadable documents are told', () => {
    const text = `---\n# Source: web/templates/a.yaml\nnot: an object\n---\n# Source: web/templates/b.yaml\na: [\n`;
    const { documents, unreadable } = readTexts([{ file: '', text }]);
    expect(documents.map(({ template }) => template)).toEqual(['web/templates/a.yaml', 'web/templates/b.yaml']);
    expect(unreadable).toMatchObject([{ file: 'web/templates/b.yaml', line: 7 }]);
  });
});
