import { describe, expect, it } from 'vitest';
import { sweep } from '../../../../src/domain/proof/sweep.ts';
import { TARGET } from './judged.ts';

/** What is unexplained in a document, where `target/org/app:1` is planned. */
function unexplained(text: string): readonly string[] {
  const query = { target: TARGET, sourceTexts: [], sourceHosts: [], planned: [`${TARGET}/org/app:1`] };
  const output = `---\n# Source: web/templates/a.yaml\n${text.replaceAll('TARGET', TARGET)}\n`;
  return sweep(output, query).flatMap(({ text: hit, explained }) => (explained === undefined ? [hit] : []));
}

const VARIABLES = '- name: APP_REGISTRY\n  value: TARGET\n- name: APP_IMAGE\n  value: org/app:1';

describe('a registry that nobody knows, beside an image at the target', () => {
  it.each([
    ['in lines', 'a:\n  image: TARGET/org/app\n  version: 1\n  repository: r.acme.test'],
    ['in quotes', 'registry: "r.acme.test"\nimage: "TARGET/org/app:1"'],
    ['with a slash at its end', 'registry: r.acme.test/\nimage: TARGET/org/app:1'],
    ['in braces', 'a: {hub: r.acme.test, image: TARGET/org/app, tag: 1}'],
    ['in JSON', 'a: \'{"registryHost": "r.acme.test", "imageName": "TARGET/org/app"}\''],
    ['in JSON in a text', 'a: "{\\"repo\\": \\"r.acme.test\\", \\"image\\": \\"TARGET/org/app\\"}"'],
  ])('is suspicious %s', (_, text) => {
    expect(unexplained(text)).toEqual(['r.acme.test']);
  });

  it('is suspicious by its port', () => {
    expect(unexplained('registry: store:5000\nimage: TARGET/org/app:1')).toEqual(['store:5000']);
  });

  it.each([
    ['in another map', 'a:\n  registry: r.acme.test\nb:\n  image: TARGET/org/app:1'],
    ['in another item', '- registry: r.acme.test\n- image: TARGET/org/app:1'],
    ['in other braces', 'a: {registry: r.acme.test, x: {image: TARGET/org/app}}'],
    ['an address', 'repository: https://r.acme.test\nimage: TARGET/org/app:1'],
    ['a service', 'registry: r.acme.svc:5000\nimage: TARGET/org/app:1'],
    ['a word', 'repository: backups\nimage: TARGET/org/app:1'],
    ['a host of another kind', 'host: r.acme.test\nimage: TARGET/org/app:1'],
    ['beside something else', 'registry: r.acme.test\nurl: TARGET/org/app:1'],
  ])('but not %s', (_, text) => {
    expect(unexplained(text)).toEqual([]);
  });
});

describe('a name behind the target', () => {
  it.each([
    ['in lines', 'registry: TARGET\nimage: org/app:1'],
    ['in quotes', '- registry: "TARGET"\n  image: "org/app:1"'],
    ['in braces', 'a: {image: "org/app:1", registry: TARGET}'],
    ['in JSON in a text', 'a: "{\\"registry\\":\\"TARGET\\",\\"image\\":\\"org/app:1\\"}"'],
    ['in variables', VARIABLES],
    ['in variables in braces', '- {name: A_REGISTRY, value: TARGET}\n- {name: A_IMAGE, value: "org/app:1"}'],
  ])('is no name of its own %s', (_, text) => {
    expect(unexplained(text)).toEqual([]);
  });

  it.each([
    ['in another map', 'a:\n  registry: TARGET\nb:\n  image: org/app:1.0', 'org/app:1.0'],
    ['in another map, as it is planned', 'a:\n  registry: TARGET\nb:\n  image: org/app:1', 'org/app:1'],
    ['that nobody planned there', 'registry: TARGET\nimage: org/other:1', 'org/other:1'],
    ['behind another path', 'registry: TARGET/more\nimage: org/app:1', 'org/app:1'],
    ['in a longer text', 'registry: TARGET\nimage: run org/app:1', 'org/app:1'],
    ['behind another variable', VARIABLES.replace('REGISTRY', 'PROXY'), 'org/app:1'],
  ])('is one %s', (_, text, hit) => {
    expect(unexplained(text)).toContain(hit);
  });
});

describe('a name behind a prefix', () => {
  it.each([
    ['in lines', 'image:\n  prefix: org\n  name: other\n  tag: 1.2'],
    ['in braces', 'a: {prefix: org/, name: other, tag: "1.2"}'],
    ['in JSON over lines', 'a: |\n  {\n    "prefix": "org",\n    "name": "other",\n    "tag": "1.2"\n  }'],
    [
      'in JSON in a text',
      'a: "{\\"imagePrefix\\": \\"org\\", \\"imageName\\": \\"other\\", \\"imageTag\\": \\"1.2\\"}"',
    ],
    [
      'in JSON over lines in a text',
      'a: "{\\n  \\"prefix\\": \\"org\\",\\n  \\"name\\": \\"other\\",\\n  \\"tag\\": \\"1.2\\"\\n}"',
    ],
  ])('is suspicious %s', (_, text) => {
    expect(unexplained(text)).toEqual(['org/other:1.2']);
  });

  it('is suspicious behind a registry', () => {
    expect(unexplained('a: {prefix: r.acme.test/m, name: other, tag: v1}')).toEqual(['r.acme.test/m/other:v1']);
  });

  it.each([
    ['at the target', 'image: {prefix: TARGET/org, name: app, tag: "1"}'],
    ['without a version', 'input: {prefix: kube, name: tail, tag: kube}'],
    ['with the tag elsewhere', 'a: {prefix: org, name: other}\nb:\n  tag: 1.2'],
    ['without a name', 'a: {prefix: org, tag: "1.2"}'],
    ['that names something else', 'a: {prefix: org, name: The other, tag: "1.2"}'],
  ])('is harmless %s', (_, text) => {
    expect(unexplained(text)).toEqual([]);
  });
});
