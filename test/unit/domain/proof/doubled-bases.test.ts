import { describe, expect, it } from 'vitest';
import { sweep } from '../../../../src/domain/proof/sweep.ts';
import { TARGET } from './judged.ts';

const PLANNED = [`${TARGET}/acme/app:v1`, `${TARGET}/acme/side:v2`, `${TARGET}/library/tool:v3`];

function page(text: string): string {
  return `---\n# Source: web/templates/a.yaml\n${text.replaceAll('TARGET', TARGET)}\n`;
}

/** What is unexplained in a relocated document, by the original of it. */
function unexplained(original: string, relocated: string): readonly (readonly [line: number, text: string])[] {
  const query = { target: TARGET, sourceTexts: [], sourceHosts: [], planned: PLANNED, original: page(original) };
  return sweep(page(relocated), query).flatMap(({ template, line, text, explained }) => {
    expect(template).toBe('web/templates/a.yaml');
    return explained === undefined ? [[line - 2, text.replaceAll(TARGET, 'TARGET')] as const] : [];
  });
}

const POD = 'kind: Pod\nspec:\n  containers:\n    - name: a\n      image: acme/side:v2\n';

describe('a name that had no host, and now stands at the target behind a base at the target', () => {
  const moved = (text: string): string =>
    text.replaceAll('acme/app', 'TARGET/acme/app').replaceAll('quay.io', 'TARGET');
  it.each([
    ['in one map', 'r:\n  host: quay.io\n  appImage: acme/app', 3, 'host: TARGET'],
    ['further inside', 'registry: quay.io\na:\n  b:\n    image: acme/app:v1', 4, 'registry: TARGET'],
    [
      'in another map',
      'image:\n  registry: quay.io\n  tag: v1\na:\n  image:\n    repository: acme/app',
      6,
      'registry: TARGET',
    ],
    ['behind a path', 'imageRegistry: quay.io/acme\nimage: acme/app:v1', 2, 'imageRegistry: TARGET/acme'],
    ['in variables', '- name: A_HUB\n  value: quay.io\n- name: A_IMAGE\n  value: acme/app:v1', 4, 'A_HUB: TARGET'],
    ['in arguments', '- --registry=quay.io\n- --image=acme/app:v1', 2, 'registry: TARGET'],
    ['in JSON', 'a: |\n  {"host": "quay.io",\n  "image": "acme/app:v1"}', 3, 'host: TARGET'],
    ['as an address', 'registry: https://quay.io\nimage: acme/app:v1', 2, 'registry: https://TARGET'],
  ])('is suspicious %s', (_, text, line, base) => {
    const name = /acme\/app\S*?(?=["}]|$)/m.exec(text)?.[0] ?? '';
    expect(unexplained(text, moved(text))).toEqual([[line, `TARGET/${name} (behind ${base})`]]);
  });

  it('is suspicious in base64', () => {
    const secret = (text: string): string =>
      `kind: Secret\ndata:\n  a: ${Buffer.from(text.replaceAll('TARGET', TARGET)).toString('base64')}`;
    const text = 'host: quay.io\nimage: acme/app:v1';
    expect(unexplained(secret(text), secret(moved(text)))).toEqual([
      [3, 'TARGET/acme/app:v1 (behind host: TARGET) (in base64)'],
    ]);
  });

  it.each([
    [
      'where it had a host',
      'registry: quay.io\nimage: docker.io/acme/app:v1',
      'registry: TARGET\nimage: TARGET/acme/app:v1',
    ],
    ['in another object', 'a: quay.io\n---\nimage: acme/app:v1', 'a: TARGET\n---\nimage: TARGET/acme/app:v1'],
    [
      'where the base has a name of its own',
      'a: {registry: quay.io, image: "acme/side:v2"}\nb: acme/app:v1',
      'a: {registry: TARGET, image: "acme/side:v2"}\nb: TARGET/acme/app:v1',
    ],
    [
      'where the name has the path of the base itself',
      'registry: acme\nimage: acme/app:v1',
      'registry: TARGET/acme\nimage: TARGET/acme/app:v1',
    ],
    [
      'where the cluster pulls it',
      `${POD}      env: [{name: REGISTRY, value: quay.io}]`,
      `${POD.replace('acme', 'TARGET/acme')}      env: [{name: REGISTRY, value: TARGET}]`,
    ],
  ])('is harmless %s', (_, original, relocated) => {
    expect(unexplained(original, relocated)).toEqual([]);
  });
});

describe('a host that stayed, of names that had none', () => {
  const moved = (text: string): string => text.replaceAll('acme/app', 'TARGET/acme/app');
  it.each([
    ['beside an image', 'm:\n  host: r.acme.test\n  image: acme/app\n  tag: v1', 2, 'r.acme.test'],
    ['below a key for registries', 'registry:\n  host: r.acme.test\nimage: acme/app:v1', 2, 'r.acme.test'],
    ['that is called a registry', 'url: registry.acme.test\nimage: acme/app:v1', 1, 'registry.acme.test'],
    ['beside a repository', 'image:\n  server: r.acme.test\n  repository: acme/app\n  tag: v1', 2, 'r.acme.test'],
    [
      'with a scheme',
      'image:\n  registryURL: https://quay.io\n  repository: acme/app\n  tag: v1',
      2,
      'https://quay.io',
    ],
    ['above it', 'imageRegistry: r.acme.test\na:\n  image:\n    repository: acme/app', 1, 'r.acme.test'],
    ['in another map', 'global:\n  registry: store:5000\na:\n  repository: acme/app\n  tag: v1', 2, 'store:5000'],
    ['with a path', 'global:\n  hub: r.acme.test/x\na:\n  image: acme/app:v1', 2, 'r.acme.test/x'],
    [
      'in variables',
      '- name: REGISTRY_HOST\n  value: "r.acme.test"\n- name: A_IMAGE\n  value: "acme/app:v1"',
      2,
      'r.acme.test',
    ],
    ['in arguments', '- --registry=r.acme.test\n- --a-image=acme/app:v1', 1, 'r.acme.test'],
    ['behind flags', '- --registry\n- r.acme.test\n- --a-image\n- acme/app:v1', 2, 'r.acme.test'],
  ])('is suspicious %s', (_, text, line, host) => {
    expect(unexplained(text, moved(text))).toEqual([[line, host]]);
  });

  it('is suspicious with a tag beside it, for names that nobody knows', () => {
    const text = 'global:\n  hub: r.acme.test/x\n  tag: 1.20.0\npilot:\n  image: pilot';
    expect(unexplained(text, text)).toEqual([[2, 'r.acme.test/x']]);
  });

  it.each([
    ['of the cluster', 'registry: http://r.acme.svc:5000\nimage: acme/app:v1'],
    ['of schemas', 'SCHEMA_REGISTRY_URL: http://registry:8081\nimage: acme/app:v1'],
    ['of a service', 'db:\n  host: db.acme.test\n  user: x\n  image: acme/app:v1'],
    ['in another object', 'registry: r.acme.test\n---\nimage: acme/app:v1'],
    ['without any name', 'registry: r.acme.test\nb: c'],
  ])('is harmless %s', (_, text) => {
    expect(unexplained(text, moved(text))).toEqual([]);
  });
});
