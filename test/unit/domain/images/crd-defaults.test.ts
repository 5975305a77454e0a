import { describe, expect, it } from 'vitest';
import { readCrdText } from '../../../../src/domain/images/crd-text.ts';
import { placesIn, usesIn } from './rendered.ts';

const HEAD = `apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata:
  name: widgets.example.dev
spec:
  versions:
    - schema:
        openAPIV3Schema:
          properties:
`;

function crd(properties: string): string {
  const lines = properties.split('\n').map((line) => `            ${line}`);
  return `${HEAD}${lines.join('\n')}\n`;
}

describe('defaults in a custom resource definition', () => {
  it.each([
    ['an image field', 'image:\n  default: org/a:1', ['org/a:1']],
    ['quotes', 'image:\n  default: "org/a:1"', ['org/a:1']],
    ['a comment behind', 'image:\n  default: org/a:1 # why', ['org/a:1']],
    ['any field with a host', 'runner:\n  default: quay.io/org/a:1', ['quay.io/org/a:1']],
    ['a block', 'image:\n  default: |-\n    org/a:1\n  type: string', ['org/a:1']],
    ['a map', 'image:\n  default:\n    repository: org/a\n    tag: "1"\n  type: object', ['org/a:1']],
    ['a map in one line', 'image:\n  default: {repository: org/a, tag: "1"}', ['org/a:1']],
    ['a list', 'images:\n  default:\n    - org/a:1\n    - org/b:2', ['org/a:1', 'org/b:2']],
    ['a list at the depth of its key', 'images:\n  default:\n  - org/a:1\n  type: array', ['org/a:1']],
    ['a key before its default', 'image:\n  description: x\n  type: string\n  default: org/a:1', ['org/a:1']],
    ['a scalar', 'replicas:\n  default: 3', []],
    ['no image', 'image:\n  default: ""', []],
    ['a time', 'interval:\n  default: "10:30"', []],
    ['a description', 'image:\n  description: |\n    such as quay.io/org/a:1\n  type: string', []],
    ['an example', 'image:\n  example: quay.io/org/a:1', []],
  ])('%s', (_, properties, texts) => {
    expect(placesIn(crd(properties))).toEqual(texts.map((text) => `crd default: ${text}`));
  });

  it('says to which field and line the default belongs', () => {
    expect(usesIn(`---\n# Source: web/crds/a.yaml\n${crd('image:\n  default: org/a:1')}`)[0]).toMatchObject({
      template: 'web/crds/a.yaml',
      kind: 'CustomResourceDefinition',
      name: 'widgets.example.dev',
      path: 'default of image, line 13',
    });
  });

  it('are read when a comment follows the kind, in JSON, and inside a List', () => {
    const schema = { properties: { image: { default: 'org/a:1', description: 'quay.io/doc/x:1' } } };
    const json = { apiVersion: 'apiextensions.k8s.io/v1', kind: 'CustomResourceDefinition', spec: { schema } };
    const list = { apiVersion: 'v1', kind: 'List', items: [json] };
    const commented = crd('image:\n  default: org/a:1').replace('Definition\n', 'Definition # the widget\n');
    for (const output of [JSON.stringify(json), JSON.stringify(list), commented]) {
      expect(placesIn(output)).toEqual(['crd default: org/a:1']);
    }
  });

  it('are not the property that is called default', () => {
    const description = 'such as quay.io/org/doc:1';
    const properties = { default: { type: 'object', description }, image: { default: 'org/a:1' } };
    const json = { apiVersion: 'apiextensions.k8s.io/v1', kind: 'CustomResourceDefinition', spec: { properties } };
    expect(placesIn(JSON.stringify(json))).toEqual(['crd default: org/a:1']);
  });

  it('are read from a file of crds/ with windows line ends', () => {
    const text = crd('image:\n  default: org/a:1\n  type: string').replaceAll('\n', '\r\n');
    expect(readCrdText(text, new Set()).map(({ found }) => found.text)).toEqual(['org/a:1']);
  });
});
