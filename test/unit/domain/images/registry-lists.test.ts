import { describe, expect, it } from 'vitest';
import { USE_RULES } from '../../../../src/domain/images/use-rules.ts';
import { foundInConfigMap, foundInObject } from './found.ts';
import { base64, configMapData, podWith, usesIn } from './rendered.ts';

const HUB = '{alias: hub, host: registry-1.docker.io}';
const QUAY = '{alias: quay, host: quay.io}';

/** `text: why` of what is found in a list of a ConfigMap. */
function inList(...items: readonly string[]): readonly string[] {
  const text = items.map((item) => `- ${item}\n`).join('');
  return foundInConfigMap({ 'proxy.yaml': text }).map((found) => `${found.text}: ${found.why}`);
}

const LEFT = USE_RULES.toldApart.why;
const MOVED = USE_RULES.hostAlone.why;

describe('a list that tells registries apart', () => {
  it('is left, whichever registries it has', () => {
    expect(inList(HUB, QUAY)).toEqual([`registry-1.docker.io: ${LEFT}`, `quay.io: ${LEFT}`]);
    expect(inList('{name: a, url: docker.io}', '{name: b, url: index.docker.io, user: x}')).toEqual([
      `docker.io: ${LEFT}`,
      `index.docker.io: ${LEFT}`,
    ]);
  });

  it('is left where another one has a scheme, or is a host that nobody knows', () => {
    expect(inList(HUB, '{alias: nv, host: "https://nvcr.io"}')).toEqual([`registry-1.docker.io: ${LEFT}`]);
    expect(inList(HUB, '{alias: ours, host: registry.acme.test}')).toEqual([`registry-1.docker.io: ${LEFT}`]);
    expect(inList(HUB, '{alias: here, host: "registry:5000"}')).toEqual([`registry-1.docker.io: ${LEFT}`]);
  });

  it('is left where two names have one host', () => {
    expect(inList(HUB, QUAY, '{alias: old, host: quay.io}')).toEqual([
      `registry-1.docker.io: ${LEFT}`,
      `quay.io: ${LEFT}`,
      `quay.io: ${LEFT}`,
    ]);
  });

  it('is left with a host from which the chart pulls', () => {
    const list = configMapData({ a: `- {alias: ours, host: cr.acme.test}\n- ${QUAY}\n` });
    const uses = usesIn(`${list}\n---\n${podWith('x: y').replace('own:1', 'cr.acme.test/org/a:1')}`);
    expect(uses.map(({ text, role }) => [text, role])).toEqual([
      ['cr.acme.test', 'example'],
      ['quay.io', 'example'],
      ['cr.acme.test/org/a:1', 'image'],
    ]);
  });

  it('is one in a custom resource and in base64, too', () => {
    expect(foundInObject(`spec: {upstreams: [${HUB}, ${QUAY}]}`)).toMatchObject([
      USE_RULES.toldApart,
      USE_RULES.toldApart,
    ]);
    const uses = usesIn(configMapData({ proxy: base64(`- ${HUB}\n- ${QUAY}\n`) }));
    expect(uses.map(({ why }) => why)).toEqual([LEFT, LEFT]);
  });

  it('keeps what else its items name', () => {
    expect(inList('{alias: hub, host: docker.io, sidecar: "quay.io/org/a:1"}', QUAY)).toEqual([
      `docker.io: ${LEFT}`,
      `quay.io: ${LEFT}`,
      'quay.io/org/a:1: undefined',
    ]);
  });
});

describe('a registry in a text that is moved', () => {
  it.each([
    ['is the only one', [HUB], ['registry-1.docker.io']],
    ['is the same for all names', [QUAY, '{alias: other, host: quay.io}'], ['quay.io', 'quay.io']],
    ['has no name', ['{host: docker.io}', QUAY], ['docker.io', 'quay.io']],
    ['stands beside a path', ['{name: a, host: docker.io, path: x}', QUAY], ['docker.io', 'quay.io']],
    ['leads the name beside it', ['{name: org/a, host: ghcr.io}', QUAY], ['ghcr.io', 'quay.io']],
    ['stands beside something that is no host', ['{alias: here, host: local}', QUAY], ['quay.io']],
    [
      'stands in a list where not all have an address',
      [HUB, QUAY, '{alias: none}'],
      ['registry-1.docker.io', 'quay.io'],
    ],
    ['stands in a list of texts', ['docker.io', 'quay.io'], ['docker.io', 'quay.io']],
  ])('%s', (_, items, hosts) => {
    expect(inList(...items)).toEqual(hosts.map((host) => `${host}: ${MOVED}`));
  });

  it('has a path below it, in a list as well as alone', () => {
    const found = foundInConfigMap({
      'a.yaml': '- {name: a, repository: nvcr.io/nvidia}\n- {name: b, url: ghcr.io/org}',
    });
    expect(found).toMatchObject([{ text: 'nvcr.io/nvidia', role: 'base' }, { text: 'ghcr.io/org' }]);
    expect(found.every(({ why }) => why !== LEFT)).toBe(true);
  });

  it('is in a text that says nothing else of images', () => {
    expect(foundInConfigMap({ url: 'quay.io' })).toMatchObject([{ text: 'quay.io', ...USE_RULES.hostAlone }]);
    expect(foundInConfigMap({ 'a.yaml': 'url: docker.io\n' })).toMatchObject([{ text: 'docker.io' }]);
    expect(foundInConfigMap({ 'a.yaml': 'url: quay.io.example.net\nother: my-quay.io\n' })).toEqual([]);
  });
});
