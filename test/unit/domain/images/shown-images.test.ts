import { describe, expect, it } from 'vitest';
import { readChartTree } from '../../../../src/domain/chart/chart-tree.ts';
import { effectiveValues } from '../../../../src/domain/chart/effective-values.ts';
import { declaredReferences } from '../../../../src/domain/images/declared.ts';
import { shownImages } from '../../../../src/domain/images/shown-images.ts';
import { formatReference, parseReference, type Reference } from '../../../../src/domain/reference.ts';
import { archive, chartYaml } from '../chart/trees.ts';

function reference(text: string): Reference {
  const parsed = parseReference(text);
  if (parsed === undefined) throw new Error(`${text} is a reference`);
  return parsed;
}

/** What a chart has beside its values. */
interface Beside {
  readonly template?: string;
  readonly spelledOut?: readonly string[];
}

/** What these values name and a render that shows `shown` does not have. */
function left(values: string, shown: readonly string[], { template = '', spelledOut = [] }: Beside = {}) {
  const tree = archive({ 'Chart.yaml': chartYaml('web', '1.0.0', 'appVersion: "9.9"'), 'values.yaml': `${values}\n` });
  const chart = readChartTree(tree, 'web');
  const root = effectiveValues(tree, chart, []);
  const declared = declaredReferences(chart, root);
  const isShown = shownImages(shown.map(reference), () => ({
    declared,
    spelledOut: spelledOut.map(reference),
    values: [root],
    templates: [template],
  }));
  return declared.filter((one) => !isShown(one)).map((one) => formatReference(one.reference));
}

const REDIS = 'redis: { repository: redis, tag: v7 }';
const OPSTREE = 'quay.io/opstree/redis:v7';

describe('a declared name without registry and owner', () => {
  it('is not shown by an image of that name of another owner', () => {
    expect(left(REDIS, [OPSTREE])).toEqual(['docker.io/library/redis:v7']);
    expect(left('redis: { repository: redis, tag: "" }', [OPSTREE])).toEqual(['docker.io/library/redis:9.9']);
    expect(left('redisImage: redis:v7', [OPSTREE])).toEqual(['docker.io/library/redis:v7']);
    expect(left(REDIS, ['docker.io/bitnami/redis:v7'])).toEqual(['docker.io/library/redis:v7']);
    expect(left(REDIS, ['registry.example.com/redis:v7'])).toEqual(['docker.io/library/redis:v7']);
  });

  it('is not shown by what other values name with their registry', () => {
    const other = (image: string): string => `${REDIS}\nother: ${image}`;
    expect(left(other(`{ image: "${OPSTREE}" }`), [OPSTREE])).toEqual(['docker.io/library/redis:v7']);
    expect(left(other('{ registry: quay.io/opstree, repository: redis, tag: v7 }'), [OPSTREE])).toEqual([
      'docker.io/library/redis:v7',
    ]);
    const empty = 'redis: { registry: "", repository: redis, tag: v7 }\nother: { image: "quay.io/opstree/redis:v7" }';
    expect(left(empty, [OPSTREE])).toEqual(['docker.io/library/redis:v7']);
  });

  it('is not shown by what a template spells out', () => {
    const empty = 'redis: { registry: "", repository: redis, tag: v7 }';
    const template = `image: ${OPSTREE}`;
    expect(left(empty, [OPSTREE], { template, spelledOut: [OPSTREE] })).toEqual(['docker.io/library/redis:v7']);
  });

  it.each([
    'global: { images: { registry: quay.io/opstree } }',
    'global: { images: { registry: quay.io, owner: opstree } }',
    'defaultRegistry: quay.io/opstree/',
  ])('is shown where values have registry and owner for all: %s', (around) => {
    expect(left(`${REDIS}\n${around}`, [OPSTREE])).toEqual([]);
    expect(left(`${REDIS}\n${around}\nother: { image: "${OPSTREE}" }`, [OPSTREE])).toEqual([]);
  });

  it('is shown where values have the owner on Docker Hub', () => {
    expect(left(`${REDIS}\nowner: bitnami`, ['docker.io/bitnami/redis:v7'])).toEqual([]);
    expect(left(`${REDIS}\nowner: bitnami`, ['quay.io/bitnami/redis:v7'])).toEqual(['docker.io/library/redis:v7']);
  });

  it.each([
    'image: quay.io/opstree/{{ .Values.redis.repository }}:v7',
    '{{ printf "quay.io/opstree/%s" .Values.redis.repository }}',
    '{{- $registry := "quay.io/opstree" -}}',
    '{{- define "registry" -}}\n  quay.io/opstree\n{{- end }}',
    '{{- $registry := "quay.io" -}}{{ $registry }}/opstree/{{ .Values.redis.repository }}',
    '{{- $registry := "quay.io" -}}{{ printf "%s/opstree/%s" $registry .Values.redis.repository }}',
  ])('is shown where a template adds registry and owner: %s', (template) => {
    expect(left(REDIS, [OPSTREE], { template })).toEqual([]);
  });

  it.each(['image: quay.io/opstree/redis:v7', 'see https://quay.io/opstree/', '# quay.io/opstree is the owner'])(
    'is not shown since a template mentions them: %s',
    (template) => {
      expect(left(REDIS, [OPSTREE], { template })).toEqual(['docker.io/library/redis:v7']);
    },
  );

  it.each(['redis: { registry: "", repository: redis, tag: v7 }', `global: { imageRegistry: "" }\n${REDIS}`])(
    'is shown where a key for a registry is there, and nothing else names the shown image: %s',
    (values) => {
      expect(left(values, [OPSTREE])).toEqual([]);
    },
  );

  it('is shown with the registry that stands beside another name, if nothing else names it', () => {
    const app = 'app: { registry: quay.io/opstree, repository: app, tag: v1 }';
    expect(left(`${app}\n${REDIS}`, ['quay.io/opstree/app:v1', OPSTREE])).toEqual([]);
    const both = `${app}\n${REDIS}\nother: { image: "${OPSTREE}" }`;
    expect(left(both, ['quay.io/opstree/app:v1', OPSTREE])).toEqual(['docker.io/library/redis:v7']);
  });

  it('needs the same version where it has one', () => {
    expect(left(`${REDIS}\nregistry: quay.io/opstree`, ['quay.io/opstree/redis:v8'])).toHaveLength(1);
    expect(left('registry: quay.io/opstree\nredis: { repository: redis, tag: "7" }', [OPSTREE])).toEqual([]);
  });
});

describe('a declared name with its owner', () => {
  const SIDE = 'side: { repository: team/side, tag: "2" }';

  it('is shown under another registry, if nothing else names the shown image', () => {
    expect(left(SIDE, ['quay.io/team/side:2'])).toEqual([]);
    expect(left(`${SIDE}\nother: { image: "quay.io/team/side:2" }`, ['quay.io/team/side:2'])).toEqual([
      'docker.io/team/side:2',
    ]);
  });

  it('is shown under another registry that values or a template can put before it', () => {
    const both = `${SIDE}\nother: { image: "quay.io/team/side:2" }`;
    expect(left(`${both}\nglobal: { image: { registry: quay.io } }`, ['quay.io/team/side:2'])).toEqual([]);
    expect(left(both, ['quay.io/team/side:2'], { template: '{{ .registry | default "quay.io" }}' })).toEqual([]);
  });

  it('is not shown under another registry than its own', () => {
    expect(left('side: { registry: docker.io, repository: team/side, tag: "2" }', ['quay.io/team/side:2'])).toEqual([
      'docker.io/team/side:2',
    ]);
    expect(left('side: { image: "ghcr.io/team/side:2" }\nr: quay.io', ['quay.io/team/side:2'])).toEqual([
      'ghcr.io/team/side:2',
    ]);
  });
});

describe('a declared owner', () => {
  const GRAFANA = 'ghcr.io/acme/grafana:9.9';

  it('under a key for registries has its registry before it, in whatever key', () => {
    const image = 'image: { registry: acme, repository: grafana, tag: "" }';
    expect(left(`registryFQDN: ghcr.io\n${image}`, [GRAFANA])).toEqual([]);
    expect(left(`imageRegistry: ghcr.io\n${image}`, [GRAFANA])).toEqual([]);
    expect(left(image.replace('""', '"8"'), [GRAFANA])).toEqual(['docker.io/acme/grafana:8']);
    expect(left(image, ['ghcr.io/other/grafana:9.9'])).toEqual(['docker.io/acme/grafana:9.9']);
  });

  it('under a repository has the name of its image beside it, where a render shows that', () => {
    const image = 'image: { repository: acme, name: agent, tag: "2" }';
    expect(left(image, ['docker.io/acme/agent:2'])).toEqual([]);
    expect(left(image, ['quay.io/acme/agent:2'])).toEqual([]);
    expect(left(image, ['docker.io/acme/agent:3'])).toEqual(['docker.io/library/acme:2']);
    expect(left(image, ['docker.io/acme/other:2'])).toEqual(['docker.io/library/acme:2']);
    expect(left('image: { repository: acme, name: "an agent", tag: "2" }', ['docker.io/acme/an:2'])).toEqual([
      'docker.io/library/acme:2',
    ]);
  });
});

describe('an image that is shown as it is named', () => {
  it.each([
    ['a: { repository: quay.io/team/a, tag: "1" }', 'quay.io/team/a:1'],
    ['a: { repository: quay.io/team/a, tag: "1" }', 'quay.io/team/a:v1'],
    ['a: { repository: quay.io/team/a, tag: "" }', 'quay.io/team/a:5'],
    ['a: { image: quay.io/team/a }', 'quay.io/team/a:5'],
  ])('is no further one: %s as %s', (values, shown) => {
    expect(left(values, [shown])).toEqual([]);
  });

  it('is a further one by another version', () => {
    expect(left('a: { repository: quay.io/team/a, tag: "1" }', ['quay.io/team/a:2'])).toEqual(['quay.io/team/a:1']);
  });
});
