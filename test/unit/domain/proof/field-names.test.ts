/* biome-ignore-all lint/suspicious/noTemplateCurlyInString: these are texts of charts */
import { describe, expect, it } from 'vitest';
import { sweep } from '../../../../src/domain/proof/sweep.ts';
import { TARGET } from './judged.ts';

/** What is unexplained in a document. */
function unexplained(text: string): readonly string[] {
  const output = `---\n# Source: web/templates/a.yaml\n${text.replaceAll('TARGET', TARGET)}\n`;
  const query = { target: TARGET, sourceTexts: [], sourceHosts: [], planned: [`${TARGET}/acme/app:v1`] };
  return sweep(output, query).flatMap((hit) => (hit.explained === undefined ? [hit.text] : []));
}

describe('a name that a program completes', () => {
  it.each([
    ['by a variable of the pod', '- name: X_IMAGE\n  value: "acme/app:$(VERSION)"', 'acme/app'],
    ['by a variable of a shell', 'image: acme/app:${VERSION}', 'acme/app'],
    ['in an argument', '- --side-image=acme/app:$VERSION', 'acme/app'],
    ['by a format', '- {name: X_IMAGE, value: "acme/app-%s:1"}', 'acme/app'],
    ['by braces', 'appImage: acme/app:{version}', 'acme/app'],
    ['by a template', 'appImage: "acme/app:{{ .Tag }}"', 'acme/app'],
    ['below a host', 'imageTemplate: "r.acme.test/onprem/%s:%s"', 'r.acme.test/onprem'],
    ['with a tag alone', 'image: tool:${VERSION}', 'tool'],
  ])('is suspicious under a key for images: %s', (_, text, name) => {
    expect(unexplained(text)).toEqual([name]);
  });

  it.each([
    ['at the target', 'image: TARGET/acme/app:${VERSION}'],
    ['under another key', 'path: acme/app:${VERSION}'],
    ['of a variable that is no image', '- name: X_PATH\n  value: "acme/app:$(VERSION)"'],
    ['of one word', 'image: tool-${VERSION}'],
    ['in a comment', '# image: acme/app:${VERSION}'],
  ])('is harmless %s', (_, text) => {
    expect(unexplained(text)).toEqual([]);
  });
});

describe('a name that is one of an image by what stands around it', () => {
  it.each([
    ['below an image', 'image:\n  ref: acme/app\n  minutes: 10', 'acme/app'],
    ['in braces', 'sideImage: {name: acme/app}', 'acme/app'],
    ['with a port', 'image:\n  uri: r.acme.test:5000/app', 'r.acme.test:5000/app'],
    ['by a path below an image', 'image:\n  path: acme/app\n  version: v1', 'acme/app'],
    ['by a host below an image', 'image:\n  domain: r.acme.test\n  path: app\n  version: v1', 'r.acme.test'],
    ['by a host in braces', 'image: {"server": "r.acme.test:5000", "path": "app"}', 'r.acme.test:5000'],
    ['as a key with a version', 'images:\n  r.acme.test/org/app: v1', 'r.acme.test/org/app:v1'],
    ['as a default', 'params:\n  - name: BASE_IMAGE\n    default: acme/base', 'acme/base'],
    ['beside its tag', 'side: {container: acme/side, containerTag: v2}', 'acme/side'],
    [
      'though nobody planned it behind its host',
      'image:\n  path: acme/side\n  domain: TARGET\n  version: v1',
      'acme/side',
    ],
    ['though its registry ends in a slash', 'image: {name: acme/side, host: "TARGET/"}', 'acme/side'],
    ['beside a whole reference', 'image:\n  name: acme/side\n  init: TARGET/acme/app:v1', 'acme/side'],
  ])('is suspicious %s', (_, text, name) => {
    expect(unexplained(text)).toEqual([name]);
  });

  it.each([
    ['of a picture', 'image:\n  ref: assets/logo.png'],
    ['by a path of files', 'image:\n  path: /var/lib/acme'],
    ['by a host of the cluster', 'image:\n  host: registry.images.svc'],
    ['by a host below another key', 'smtp:\n  host: mail.acme.test'],
    ['by a host at the target', 'image:\n  registry: TARGET\n  name: acme/app'],
    ['by a host at the target, with a tag', 'image: {domain: TARGET, path: "acme/app:v1"}'],
    ['by a beginning at the target', 'image:\n  base: oci://TARGET/\n  location: acme/app'],
    ['by a path beside a whole reference', 'image:\n  ref: TARGET/acme/app:v1\n  path: docs/app'],
    ['by a path beside a whole name', 'image:\n  repository: TARGET/acme/app\n  source: src/app'],
    ['below another key', 'source:\n  ref: acme/app'],
    ['as a key of something else', 'versions:\n  acme/app: v1'],
    ['as the default of something else', 'params:\n  - name: PATH\n    default: acme/base'],
    ['with its target', 'image:\n  ref: TARGET/acme/app:v1'],
  ])('is harmless %s', (_, text) => {
    expect(unexplained(text)).toEqual([]);
  });
});

describe('a name beside a version', () => {
  const NEAR = 'side:\n  image:\n    repository: acme/side\n    tag: v2\n';
  it('is suspicious though a registry at the target stands near it, in another map', () => {
    expect(unexplained(`image:\n  registry: TARGET\n  repository: acme/app\n  tag: v1\n${NEAR}`)).toEqual([
      'acme/side',
    ]);
  });

  it('is harmless behind a registry at the target in its map, or in one around it', () => {
    expect(unexplained(`image:\n  registry: TARGET\n${NEAR.replace(/^/gm, '  ')}`)).toEqual([]);
  });
});

describe('defaults of a definition', () => {
  const definition = (properties: string): string =>
    `kind: CustomResourceDefinition\nspec:\n  schema:\n    properties:\n${properties.replace(/^/gm, '      ')}`;

  it.each([
    ['on a line each', 'repository: {type: string, default: acme/side}\ntag: {type: string, default: v1}'],
    [
      'over several lines',
      'repository:\n  description: |\n    What.\n  type: string\n  default: acme/side\nversion:\n  type: string\n  default: "1.0"',
    ],
    ['behind a host', 'registry: {default: r.acme.test}\nrepository: {default: acme/side}\ntag: {default: v1}'],
  ])('are suspicious where they make an image together: %s', (_, properties) => {
    expect(unexplained(definition(properties))).toEqual(['acme/side']);
  });

  const OWN = definition('repository: {default: acme/side}\ntag: {default: v1}');
  it.each([
    ['in a text of another object', `kind: ConfigMap\ndata:\n  crd.yaml: |\n${OWN.replace(/^/gm, '    ')}`],
    ['behind another one in such a text', `data:\n  a: |\n${`kind: A\n---\n${OWN}`.replace(/^/gm, '    ')}\n  b: x`],
    ['in a list', `kind: List\nitems:\n- apiVersion: v1\n${OWN.replace(/^/gm, '  ')}`],
  ])('are suspicious %s', (_, text) => {
    expect(unexplained(text)).toEqual(['acme/side']);
  });

  it.each([
    ['of different maps', 'a:\n  properties:\n    repository: {default: acme/side}\nb: {default: v1}'],
    ['that are described only', 'repository:\n  description: |\n    default: acme/side\ntag: {default: v1}'],
    ['at the target', 'registry: {default: TARGET}\nrepository: {default: acme/app}\ntag: {default: v1}'],
  ])('are harmless %s', (_, properties) => {
    expect(unexplained(definition(properties))).toEqual([]);
  });
});
