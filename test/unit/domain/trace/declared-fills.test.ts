import { describe, expect, it } from 'vitest';
import { readChartTree } from '../../../../src/domain/chart/chart-tree.ts';
import { declaredReferences } from '../../../../src/domain/images/declared.ts';
import { leafChanges } from '../../../../src/domain/overlay/gather-edits.ts';
import { type NamingRule, relocatedText } from '../../../../src/domain/plan/destination.ts';
import type { Reference } from '../../../../src/domain/reference.ts';
import { declaredFills } from '../../../../src/domain/trace/declared-fills.ts';
import { archive, chartYaml } from '../chart/trees.ts';
import { values } from './uses.ts';

const DIGEST = `sha256:${'ab'.repeat(32)}`;

/** What values become by their form, as `path = text`; `known` are paths that were traced. */
function moved(
  yaml: string,
  known: readonly string[] = [],
  imagePath: NamingRule['imagePath'] = 'source',
  isLeft: (reference: Reference) => boolean = () => false,
): readonly string[] {
  const rule: NamingRule = { registry: 'r.test/m', prefix: '', imagePath };
  const tree = values(yaml);
  const fills = declaredFills(tree, {
    wanted: (reference) => relocatedText(reference, rule, new Map()),
    isLeft,
    known: new Set(known.map((path) => JSON.stringify(path.split('.')))),
    ...(imagePath === 'flat' ? { flatBase: 'r.test/m' } : {}),
  });
  return leafChanges(tree, fills).map(({ path, after }) => `${path.join('.')} = ${after}`);
}

describe('a registry and a repository', () => {
  it.each([
    ['{ registry: quay.io, repository: org/app, tag: v1 }', 'i.registry = r.test/m'],
    ['{ registry: docker.io, repository: bitnami/redis, tag: v1 }', 'i.registry = r.test/m'],
    ['{ registry: docker.io, repository: nginx, tag: v1 }', 'i.registry = r.test/m/library'],
    ['{ registry: quay.io/org, repository: app }', 'i.registry = r.test/m/org'],
    ['{ registry: quay.io/, repository: org/app }', 'i.registry = r.test/m/'],
    ['{ registry: "", repository: org/app, tag: v1 }', 'i.registry = r.test/m'],
    ['{ hub: gcr.io/istio-release, image: pilot }', 'i.hub = r.test/m/istio-release'],
    ['{ repository: nvcr.io/org, image: driver, version: v1 }', 'i.repository = r.test/m/org'],
    ['{ imageRegistry: ghcr.io, name: org/app, version: v1 }', 'i.imageRegistry = r.test/m'],
    ['{ registry: "localhost:5000", repository: org/app }', 'i.registry = r.test/m'],
    [`{ registry: quay.io, repository: org/app, digest: "${DIGEST}" }`, 'i.registry = r.test/m'],
  ])('move by the registry: %s', (image, edit) => {
    expect(moved(`i: ${image}\n`)).toEqual([edit]);
  });

  it('move by the repository where it has a host of its own', () => {
    expect(moved('i: { registry: quay.io, repository: ghcr.io/org/app }\n')).toEqual([
      'i.repository = r.test/m/org/app',
    ]);
  });

  it('keep the source host in the path where that is how destinations are named', () => {
    expect(moved('i: { registry: quay.io, repository: org/app }\n', [], 'host')).toEqual([
      'i.registry = r.test/m/quay.io',
    ]);
  });

  it('stay where tracing knows one of them', () => {
    const yaml = 'i: { registry: quay.io, repository: org/app }\n';
    expect(moved(yaml, ['i.registry'])).toEqual([]);
    expect(moved(yaml, ['i.repository'])).toEqual([]);
    expect(moved(yaml, ['i.tag'])).toEqual(['i.registry = r.test/m']);
  });
});

describe('a registry that one above takes the place of', () => {
  const yaml = 'global: { imageRegistry: quay.io }\ni: { registry: registry.k8s.io, repository: org/app, tag: v1 }\n';

  it('moves, though the name beside it was traced', () => {
    expect(moved(yaml, ['global.imageRegistry', 'i.repository'])).toEqual(['i.registry = r.test/m']);
  });

  it('stays where it was traced itself, or nothing took its place', () => {
    expect(moved(yaml, ['global.imageRegistry', 'i.registry', 'i.repository'])).toEqual([]);
    expect(moved(yaml, ['i.repository'])).toEqual([]);
  });

  it('stays beside a name with a host of its own', () => {
    expect(moved(yaml.replace('org/app', 'ghcr.io/org/app'), ['global.imageRegistry', 'i.repository'])).toEqual([]);
  });
});

describe('a repository alone', () => {
  it.each([
    ['{ repository: quay.io/org/app, tag: v1 }', 'i.repository = r.test/m/org/app'],
    ['{ repository: quay.io/org/app }', 'i.repository = r.test/m/org/app'],
    ['{ repository: org/app, tag: v1 }', 'i.repository = r.test/m/org/app'],
    ['{ repository: index.docker.io/nginx, tag: v1 }', 'i.repository = r.test/m/library/nginx'],
    ['{ repository: nginx, tag: v1 }', 'i.repository = r.test/m/library/nginx'],
    ['{ image: org/app, tag: 1.10 }', 'i.image = r.test/m/org/app'],
    ['{ image: "ghcr.io/org/app:1", pullPolicy: Always }', 'i.image = r.test/m/org/app:1'],
  ])('moves by its host, or by what is put before an owner: %s', (image, edit) => {
    expect(moved(`i: ${image}\n`)).toEqual([edit]);
  });

  it.each([
    ['a parent', 'a: { registry: "", image: { repository: org/app, tag: v1 } }\n'],
    ['a global', 'global: { imageRegistry: "" }\nimage: { repository: org/app, tag: v1 }\n'],
  ])('without a host is left to an empty registry of %s, which may be set', (_, yaml) => {
    expect(moved(yaml)).toEqual([]);
  });

  it('without a host moves by the registry of a parent or a global', () => {
    const yaml =
      'a: { imageRegistry: quay.io, one: { repository: org/app, tag: v1 }, two: { repository: org/b, tag: v1 } }\n';
    expect(moved(yaml)).toEqual(['a.imageRegistry = r.test/m']);
    expect(moved('global: { imageRegistry: quay.io }\nimage: { repository: org/app, tag: v1 }\n')).toEqual([
      'global.imageRegistry = r.test/m',
    ]);
    expect(moved(yaml, ['a.imageRegistry'])).toEqual([]);
  });

  it('moves by the registry of an image without a name around it', () => {
    const yaml =
      'm: { image: { registry: quay.io, tag: v1 }, api: { image: { repository: org/app, pullPolicy: Always } } }\n';
    expect(moved(yaml)).toEqual(['m.image.registry = r.test/m']);
    expect(moved(yaml.replace('quay.io', '""'))).toEqual(['m.api.image.repository = r.test/m/org/app']);
  });

  it('never gives a shared registry a text that is right for one image only', () => {
    expect(moved('imageRegistry: docker.io\none: { repository: nginx, tag: v1 }\n')).toEqual([]);
    expect(
      moved('imageRegistry: docker.io\none: { repository: nginx, tag: v1 }\ntwo: { repository: org/app, tag: v1 }\n'),
    ).toEqual(['imageRegistry = r.test/m']);
  });

  it('with a host moves all the same below such a registry', () => {
    expect(moved('global: { imageRegistry: "" }\nimage: { repository: quay.io/org/app, tag: v1 }\n')).toEqual([
      'image.repository = r.test/m/org/app',
    ]);
  });

  it.each(['{{ .Values.r }}/app', 'Org/App', 'https://example.com/org/app', '', '/org/app', 'org//app'])(
    'that is no reference stays: %j',
    (text) => {
      expect(moved(`i: { repository: "${text}", tag: v1 }\n`)).toEqual([]);
    },
  );
});

describe('a text', () => {
  it.each([
    ['image: quay.io/org/app:1', 'image = r.test/m/org/app:1'],
    [`sidecarImage: acme.example.com/org/app@${DIGEST}`, `sidecarImage = r.test/m/org/app@${DIGEST}`],
    ['anything: ghcr.io/org/app:1', 'anything = r.test/m/org/app:1'],
    ['image: docker.io/nginx:1', 'image = r.test/m/library/nginx:1'],
    ['initImage: busybox:1.36', 'initImage = r.test/m/library/busybox:1.36'],
    ['image: " org/app:1 "', 'image =  r.test/m/org/app:1 '],
    ['image: org/sql:2022', 'image = r.test/m/org/sql:2022'],
    ['image: sql:2022', 'image = r.test/m/library/sql:2022'],
    ['images: ["quay.io/org/app:1"]', 'images.0 = r.test/m/org/app:1'],
    ['env: [{ name: A_IMAGE, value: "quay.io/org/app:1" }]', 'env.0.value = r.test/m/org/app:1'],
  ])('moves by its host: %s', (yaml, edit) => {
    expect(moved(`${yaml}\n`)).toEqual([edit]);
  });

  it.each([
    'note: acme.example.com/org/app:1',
    'note: see quay.io/org/app:1',
    'url: https://quay.io/org/app',
    'image: "{{ .Values.x }}"',
    'image: true',
    'image: ~',
    'port: 8080',
    'image: main',
    'image: store:9000',
    'repo: quay.io/org',
    'plugins: [{ name: org/plugin, version: v1 }]',
  ])('stays where nothing says that it is an image: %s', (yaml) => {
    expect(moved(`${yaml}\n`)).toEqual([]);
  });
});

describe('what is to be left', () => {
  const isLeft = ({ repository }: Reference): boolean => repository === 'org/side';

  it.each([
    'i: { registry: quay.io, repository: org/side, tag: v1 }',
    'i: { repository: org/side, tag: v1 }',
    'image: quay.io/org/side:1',
  ])('stays: %s', (yaml) => {
    expect(moved(`${yaml}\n`, [], 'source', isLeft)).toEqual([]);
  });

  it('does not hold the others', () => {
    expect(moved('images: ["quay.io/org/side:1", "quay.io/org/app:1"]\n', [], 'source', isLeft)).toEqual([
      'images.1 = r.test/m/org/app:1',
    ]);
  });

  it('holds a registry that it shares', () => {
    const yaml =
      'imageRegistry: quay.io\none: { repository: org/side, tag: v1 }\ntwo: { repository: org/app, tag: v1 }\n';
    expect(moved(yaml, [], 'source', isLeft)).toEqual([]);
  });
});

describe('what stands beside an image', () => {
  it('is looked at, too', () => {
    expect(moved('image: quay.io/org/app\ntag: v1\ncurlImage: quay.io/org/curl:8\n')).toEqual([
      'image = r.test/m/org/app',
      'curlImage = r.test/m/org/curl:8',
    ]);
    expect(
      moved(
        'i: { repository: quay.io/org/app, tag: v1, initImage: "quay.io/org/init:1", x: { image: "quay.io/o/x:1" } }\n',
      ),
    ).toEqual(['i.repository = r.test/m/org/app', 'i.initImage = r.test/m/org/init:1', 'i.x.image = r.test/m/o/x:1']);
  });

  it('is looked at where the image itself is known', () => {
    expect(moved('image: quay.io/org/app\ntag: v1\ncurlImage: quay.io/org/curl:8\n', ['image'])).toEqual([
      'curlImage = r.test/m/org/curl:8',
    ]);
  });
});

describe('what is moved', () => {
  const chart = readChartTree(archive({ 'Chart.yaml': chartYaml('web') }), 'web');

  it.each([
    'image: { registry: quay.io, repository: org/app, tag: v1 }',
    'image: { repository: org/app, pullPolicy: Always }',
    'image: { name: org/app, tag: v1 }',
    'image: { image: org/app, tag: v1 }',
    'image: { repository: quay.io/org/app }',
    'image: { hub: gcr.io/istio-release, image: pilot, tag: v1 }',
    'image: quay.io/org/app',
    'images: ["quay.io/org/app:1"]',
    'other: ghcr.io/org/app:1',
    'plugins: [{ name: org/plugin, version: v1 }]',
  ])('is told of, or stays: %s', (yaml) => {
    const told = declaredReferences(chart, values(`${yaml}\n`)).map(({ reference }) => reference.repository);
    // whatever the form, something that is asked of the target must be in the list of what may be mirrored
    expect(told.length).toBeGreaterThanOrEqual(moved(`${yaml}\n`).length);
  });
});

describe('flat names', () => {
  it.each<[string, readonly string[], readonly string[]]>([
    ['i: quay.io/org/app:1\n', [], ['i = r.test/m/org--app:1']],
    [
      'i: { registry: quay.io, repository: org/app, tag: v1 }\n',
      [],
      ['i.registry = r.test/m', 'i.repository = org--app'],
    ],
    [
      'i: { registry: quay.io/org, repository: app, tag: v1 }\n',
      [],
      ['i.registry = r.test/m', 'i.repository = org--app'],
    ],
    ['i: { registry: quay.io, repository: ghcr.io/org/app }\n', [], ['i.repository = r.test/m/org--app']],
    ['i: { repository: org/app, tag: v1 }\n', [], ['i.repository = r.test/m/org--app']],
    ['i: { registry: quay.io, repository: org/app, tag: v1 }\n', ['i.registry'], ['i.repository = org--app']],
    ['i: { registry: quay.io, repository: org/app, tag: v1 }\n', ['i.repository'], []],
  ])('come of the form, without what is known: %s', (yaml, known, edits) => {
    expect(moved(yaml, known, 'flat')).toEqual(edits);
  });

  it('leave the registry that must stay for others, and what is behind it', () => {
    const yaml = 'registry: quay.io\na: { repository: org/a, tag: v1 }\nb: { repository: org/b, tag: v1 }\n';
    expect(moved(yaml, [], 'flat', ({ repository }) => repository === 'org/b')).toEqual([]);
  });
});
