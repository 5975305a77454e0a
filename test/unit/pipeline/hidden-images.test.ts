import { describe, expect, it } from 'vitest';
import type { Addon } from '../../../src/domain/addon.ts';
import { withFile } from '../../../src/domain/chart/archive-tree.ts';
import { effectiveValues } from '../../../src/domain/chart/effective-values.ts';
import type { ImageUse } from '../../../src/domain/images/image-use.ts';
import { formatProfile, type Profile } from '../../../src/domain/profiles/profile.ts';
import { formatReference } from '../../../src/domain/reference.ts';
import { hiddenImages } from '../../../src/pipeline/hidden-images.ts';
import type { AsideUse, Extraction, ProfileItem } from '../../../src/pipeline/release-item.ts';
import { use } from '../domain/trace/uses.ts';
import { addonOf, chartOf, relocatedAs, runOf, verdictOf } from './runs.ts';

/** A profile that shows these images, and whether it is proven. */
interface Shown {
  readonly profile: Profile;
  readonly uses: readonly ImageUse[];
  readonly proven?: boolean;
}

interface Case {
  readonly values?: string;
  readonly annotation?: string;
  readonly uses?: readonly ImageUse[];
  readonly aside?: readonly AsideUse[];
  readonly profiles?: readonly Shown[];
  readonly addon?: Partial<Addon>;
  readonly templates?: Readonly<Record<string, string>>;
  /** The chart's values after its relocation; as before where it is not given. */
  readonly moved?: string;
}

const PLACE = { file: 'catalog.yaml', line: 1, column: 1, key: undefined };
const APP = use('quay.io/team/app:1');
const METRICS: Profile = { kind: 'switch', path: ['metrics', 'enabled'] };

/** `image evidence moved: when` of what is hidden in a release. */
function hidden(given: Case): readonly string[] {
  const { values = '', annotation, uses = [APP], aside = [], profiles = [], addon = {}, templates = {} } = given;
  const [release] = runOf([addonOf('a', addon)]).releases;
  if (release === undefined) throw new RangeError('one release');
  const yaml = annotation === undefined ? '' : `annotations: { artifacthub.io/images: "- image: ${annotation}" }\n`;
  const chart = chartOf([release], {
    'Chart.yaml': `apiVersion: v2\nname: web\nversion: 1.0.0\nappVersion: "9.9"\n${yaml}`,
    'values.yaml': values,
    ...templates,
  });
  const { pulled } = chart;
  if (pulled === undefined) throw new RangeError('it was pulled');
  const extraction = (shown: readonly ImageUse[]): Extraction => ({
    settings: { namespace: 'a', kubeVersion: '1.34.0', valuesFiles: [], schemaSkipped: undefined },
    values: effectiveValues(pulled.tree, pulled.chart, release.addon.layers),
    uses: shown,
    aside: [],
    texts: undefined,
  });
  release.extraction = { ...extraction(uses), aside };
  release.profiles = profiles.map(
    ({ profile, uses: fresh, proven = true }): ProfileItem => ({
      profile,
      extraction: extraction([...uses, ...fresh]),
      fresh,
      consumerValues: undefined,
      ownOverlay: undefined,
      ownUses: [],
      refusedByNotes: undefined,
      verdict: verdictOf(proven),
    }),
  );
  const bytes = Buffer.from(given.moved ?? values);
  chart.relocated = { ...relocatedAs(chart, ''), tree: withFile(pulled.tree, ['values.yaml'], bytes) };
  return hiddenImages(chart, release).map(
    ({ reference, evidence, moved, when }) => `${formatReference(reference)} ${evidence} ${moved}: ${when.join(', ')}`,
  );
}

describe('an image that another profile shows', () => {
  it.each([[METRICS], [{ kind: 'defaults' } as const], [{ kind: 'ci', file: 'ci/x-values.yaml' } as const]])(
    'is conditional: %j',
    (profile) => {
      expect(hidden({ profiles: [{ profile, uses: [use('quay.io/team/exporter:2')] }] })).toEqual([
        `quay.io/team/exporter:2 conditional proven: ${formatProfile(profile)}`,
      ]);
    },
  );

  it('is there once, with all that bring it, and proven only if each of them is', () => {
    const uses = [use('quay.io/team/exporter:2'), use('quay.io/team/exporter:2', 'spec.other')];
    const other: Profile = { kind: 'ci', file: 'ci/x-values.yaml' };
    expect(
      hidden({
        profiles: [
          { profile: METRICS, uses },
          { profile: other, uses, proven: false },
        ],
      }),
    ).toEqual(['quay.io/team/exporter:2 conditional no: metrics.enabled=true, ci/x-values.yaml']);
  });

  it('is not hidden when the release or the catalog shows it', () => {
    const uses = [use('quay.io/team/exporter:2')];
    const switched = { profile: METRICS, uses };
    expect(hidden({ uses: [APP, ...uses], profiles: [switched] })).toEqual([]);
    expect(hidden({ profiles: [{ profile: { kind: 'catalog', name: 'big' }, uses }, switched] })).toEqual([]);
  });

  it('is hidden by another tag than that of the release', () => {
    expect(hidden({ profiles: [{ profile: METRICS, uses: [use('quay.io/team/app:1-debug')] }] })).toEqual([
      'quay.io/team/app:1-debug conditional proven: metrics.enabled=true',
    ]);
  });

  it('is hidden though the release mentions it as an example', () => {
    const text = 'quay.io/team/exporter:2';
    const aside = [{ use: { ...use(text), role: 'example' } as const, why: 'an example' }];
    expect(hidden({ aside, profiles: [{ profile: METRICS, uses: [use(text)] }] })).toEqual([
      'quay.io/team/exporter:2 conditional proven: metrics.enabled=true',
    ]);
  });

  it.each(['base', 'example'] as const)('is none that could be copied as a %s', (role) => {
    expect(hidden({ profiles: [{ profile: METRICS, uses: [{ ...use('quay.io/team/x:1'), role }] }] })).toEqual([]);
  });

  it('that values name as well is conditional, and there once', () => {
    expect(
      hidden({
        values: 'exporter: { repository: quay.io/team/exporter, tag: "2" }\n',
        profiles: [{ profile: METRICS, uses: [use('quay.io/team/exporter:2')] }],
      }),
    ).toEqual(['quay.io/team/exporter:2 conditional proven: metrics.enabled=true']);
  });
});

describe('an image that only values name', () => {
  const NEVER = 'never: { repository: quay.io/team/never, tag: "8" }\n';
  const toTarget = (yaml: string): string => yaml.replace('quay.io', 'registry.example.com/m');

  it('is declared, with the keys that name it', () => {
    expect(hidden({ values: `${NEVER}again: { image: "quay.io/team/never:8" }\n` })).toEqual([
      'quay.io/team/never:8 declared no: never, again.image',
    ]);
  });

  it('is moved by its form when its value was changed', () => {
    expect(hidden({ values: NEVER, moved: toTarget(NEVER) })).toEqual(['quay.io/team/never:8 declared by-form: never']);
    expect(hidden({ values: NEVER, moved: NEVER.replace('quay.io', 'ghcr.io') })).toEqual([
      'quay.io/team/never:8 declared no: never',
    ]);
    expect(hidden({ values: NEVER, moved: NEVER.replace('quay.io/team', 'registry.example.com/m') })).toEqual([
      'quay.io/team/never:8 declared no: never',
    ]);
  });

  it('is not moved because another tag of it was', () => {
    const values = `${NEVER}next: { repository: quay.io/team/never, tag: "9" }\n`;
    expect(hidden({ values, moved: toTarget(values) })).toEqual([
      'quay.io/team/never:8 declared by-form: never',
      'quay.io/team/never:9 declared no: next',
    ]);
  });

  it('is not moved when only one of the keys that name it was', () => {
    const values = `${NEVER}again: { image: "quay.io/team/never:8" }\n`;
    expect(hidden({ values, moved: toTarget(values) })).toEqual([
      'quay.io/team/never:8 declared no: never, again.image',
    ]);
  });

  it.each([
    [
      'its own registry',
      '{ registry: quay.io, repository: team/a, tag: "1" }',
      'quay.io/team/a:1 declared no: sub.image',
    ],
    ['one above', '{ repository: team/a, tag: "1" }', 'docker.io/team/a:1 declared by-form: sub.image'],
    [
      'one above, as its own is empty',
      '{ registry: "", repository: team/a, tag: "1" }',
      'docker.io/team/a:1 declared by-form: sub.image',
    ],
    ['its own host', '{ repository: quay.io/team/a, tag: "1" }', 'quay.io/team/a:1 declared no: sub.image'],
  ])('is moved by a global registry only where that decides: %s', (_, image, row) => {
    const values = (registry: string): string => `global: { imageRegistry: "${registry}" }\nsub: { image: ${image} }\n`;
    expect(hidden({ values: values('docker.io'), moved: values('registry.example.com/m') })).toEqual([row]);
  });

  it('is moved under a key that says nothing of images, too', () => {
    const values = 'anything: quay.io/team/never:8\n';
    expect(hidden({ values, moved: toTarget(values) })).toEqual(['quay.io/team/never:8 declared by-form: anything']);
  });

  it('is not hidden when it is rendered, by whatever tag a template adds to it', () => {
    expect(hidden({ values: 'app: { repository: quay.io/team/app, tag: "1" }\n' })).toEqual([]);
    expect(hidden({ values: 'app: { repository: quay.io/team/app, tag: "" }\n' })).toEqual([]);
    expect(hidden({ values: 'app: { repository: quay.io/team/app, tag: "2" }\n' })).toEqual([
      'quay.io/team/app:2 declared no: app',
    ]);
    expect(
      hidden({ values: 'app: { repository: quay.io/team/app, tag: "1.0" }\n', uses: [use('quay.io/team/app:v1.0')] }),
    ).toEqual([]);
  });

  it('is not guessed to be of Docker Hub where it is rendered with the registry of a template', () => {
    const side = use('quay.io/team/side:2');
    const templates = { 'templates/_helpers.tpl': '{{- define "side" }}quay.io/team/{{ .name }}{{ end }}\n' };
    const named = (image: string): readonly string[] =>
      hidden({ values: `side: ${image}\n`, uses: [APP, side], templates });
    expect(named('{ repository: team/side, tag: "2" }')).toEqual([]);
    expect(named('{ registry: "", repository: team/side, tag: "" }')).toEqual([]);
    expect(named('{ repository: side, tag: "2" }')).toEqual([]);
    expect(named('{ repository: team/side, tag: "3" }')).toEqual(['docker.io/team/side:3 declared no: side']);
    expect(named('{ repository: side, tag: "" }')).toEqual([]);
    expect(named('{ repository: aside, tag: "" }')).toEqual([
      'docker.io/library/aside:9.9 declared no: side (its tag is a guess)',
    ]);
    // what stands there is no guess
    expect(named('{ registry: docker.io, repository: team/side, tag: "2" }')).toEqual([
      'docker.io/team/side:2 declared no: side',
    ]);
  });

  it('is told of though an image of that name of another owner is rendered', () => {
    const values = 'cache: { repository: redis, tag: v7 }\nstore: { image: "quay.io/opstree/redis:v7" }\n';
    expect(hidden({ values, uses: [use('quay.io/opstree/redis:v7')] })).toEqual([
      'docker.io/library/redis:v7 declared no: cache',
    ]);
  });

  it('says that its tag is a guess where the values leave it out', () => {
    const guessed = 'never: { repository: quay.io/team/never, tag: "" }\n';
    expect(hidden({ values: guessed })).toEqual(['quay.io/team/never:9.9 declared no: never (its tag is a guess)']);
    const shared = 'm: { image: { registry: quay.io, tag: v1 }, api: { image: { repository: team/api, tag: "" } } }\n';
    expect(hidden({ values: shared })).toEqual(['quay.io/team/api:v1 declared no: m.api.image (its tag is a guess)']);
    expect(hidden({ values: 'never: { image: quay.io/team/never }\n' })).toEqual([
      'quay.io/team/never declared no: never.image',
    ]);
  });

  it('does not say so of a key that has the tag, under the values of the release or those of the chart', () => {
    const guessed = 'never: { repository: quay.io/team/never, tag: "" }\n';
    const layers = [{ origin: 'inline', name: 'values', text: guessed.replace('""', '"9.9"') }] as const;
    expect(hidden({ values: guessed, addon: { layers } })).toEqual(['quay.io/team/never:9.9 declared no: never']);
    expect(hidden({ values: `${guessed}again: { image: "quay.io/team/never:9.9" }\n` })).toEqual([
      'quay.io/team/never:9.9 declared no: never (its tag is a guess), again.image',
    ]);
  });

  it('is told of, though the release sets the value to another', () => {
    const layers = [
      { origin: 'inline', name: 'values', text: 'never: { repository: quay.io/team/app, tag: "1" }\n' },
    ] as const;
    expect(hidden({ values: NEVER, addon: { layers } })).toEqual(['quay.io/team/never:8 declared no: never']);
  });

  it('is not told of when the catalog excludes it', () => {
    const excluded = [{ pattern: 'quay.io/team/never', reason: 'built here', place: PLACE }];
    expect(hidden({ values: NEVER, addon: { excluded } })).toEqual([]);
  });

  it('is told of though the release mentions it as an example', () => {
    const aside = [{ use: { ...use('quay.io/team/never:8'), role: 'example' } as const, why: 'an example' }];
    expect(hidden({ values: NEVER, aside })).toEqual(['quay.io/team/never:8 declared no: never']);
  });

  it('always has a key, also at the root', () => {
    const [row = ''] = hidden({ values: 'image: quay.io/team/root\ntag: "3"\n' });
    expect(row).toMatch(/^quay\.io\/team\/root:3 declared no: \S/);
  });
});

describe('an image that an annotation names', () => {
  it('is declared', () => {
    expect(hidden({ annotation: 'quay.io/team/noted:1' })).toEqual([
      'quay.io/team/noted:1 declared no: annotation artifacthub.io/images of web',
    ]);
  });

  it('is moved when the value that names it is', () => {
    expect(
      hidden({
        annotation: 'quay.io/team/noted:1',
        values: 'noted: { repository: quay.io/team/noted, tag: "1" }\n',
        moved: 'noted: { repository: registry.example.com/m/team/noted, tag: "1" }\n',
      }),
    ).toEqual(['quay.io/team/noted:1 declared by-form: noted, annotation artifacthub.io/images of web']);
  });

  it('is none where the values of the same chart name it otherwise', () => {
    const noted = (image: string): readonly string[] =>
      hidden({ annotation: 'docker.io/team/noted:1', values: `noted: ${image}\n` });
    expect(noted('{ registry: docker.io, repository: legacy/noted, tag: "1" }')).toEqual([
      'docker.io/legacy/noted:1 declared no: noted',
    ]);
    expect(noted('{ registry: docker.io, repository: team/noted, tag: "2" }')).toEqual([
      'docker.io/team/noted:2 declared no: noted',
    ]);
    // templates add a tag that nobody knows
    expect(noted('{ registry: docker.io, repository: team/noted, tag: "" }')).toEqual([
      'docker.io/team/noted:9.9 declared no: noted (its tag is a guess)',
      'docker.io/team/noted:1 declared no: annotation artifacthub.io/images of web',
    ]);
  });
});

describe('an image that a template spells out', () => {
  const line = 'kind: X\n    image: quay.io/team/never:8\n';
  const example = (template: string): AsideUse => ({
    use: { ...use('quay.io/team/never:8'), template, role: 'example' },
    why: 'the text is documentation or an example',
  });

  it('is declared, with its line', () => {
    expect(hidden({ templates: { 'templates/a.yaml': line } })).toEqual([
      'quay.io/team/never:8 declared no: web/templates/a.yaml:2',
    ]);
  });

  it('is none where the render shows it as documentation', () => {
    expect(hidden({ templates: { 'templates/a.yaml': line }, aside: [example('web/templates/a.yaml')] })).toEqual([]);
    expect(hidden({ templates: { 'templates/_a.tpl': line }, aside: [example('web/templates/a.yaml')] })).toEqual([]);
  });

  it('is one though another template shows it as documentation', () => {
    const templates = { 'templates/a.yaml': line, 'templates/b.yaml': line };
    expect(hidden({ templates, aside: [example('web/templates/a.yaml')] })).toEqual([
      'quay.io/team/never:8 declared no: web/templates/b.yaml:2',
    ]);
  });
});
