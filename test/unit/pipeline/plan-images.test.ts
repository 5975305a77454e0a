import { describe, expect, it } from 'vitest';
import type { Addon } from '../../../src/domain/addon.ts';
import { effectiveValues } from '../../../src/domain/chart/effective-values.ts';
import type { ImageUse } from '../../../src/domain/images/image-use.ts';
import type { Profile } from '../../../src/domain/profiles/profile.ts';
import { formatReference, parseReference, type Reference } from '../../../src/domain/reference.ts';
import type { ChartItem } from '../../../src/pipeline/chart-item.ts';
import { planDestinations, planImages } from '../../../src/pipeline/plan-images.ts';
import type { Run } from '../../../src/pipeline/run.ts';
import type { MirrorOptions, Ports } from '../../../src/pipeline/run-settings.ts';
import { use } from '../domain/trace/uses.ts';
import { addonOf, chartOf, portsOf, runOf, unreachable } from './runs.ts';

/** What the releases of a chart show: their own images, and those of each profile. */
interface Shown {
  readonly addon?: Partial<Addon>;
  readonly uses?: readonly ImageUse[];
  readonly profiles?: readonly (readonly [Profile, readonly ImageUse[]])[];
}

const METRICS: Profile = { kind: 'switch', path: ['metrics', 'enabled'] };
const BIG: Profile = { kind: 'catalog', name: 'big' };
const PLACE = { file: 'catalog.yaml', line: 1, column: 1, key: undefined };
const DIGEST = `sha256:${'ab'.repeat(32)}`;
const APP = use('quay.io/team/app:1', 'spec.containers[0].image');
const NEVER = 'never: { repository: quay.io/team/never, tag: "8" }\n';

function reference(text: string): Reference {
  const parsed = parseReference(text);
  if (parsed === undefined) throw new Error(`${text} is no reference`);
  return parsed;
}

/** A run of one chart whose values name an image that nothing renders. */
function planned(
  shown: readonly Shown[],
  options: Partial<MirrorOptions> = {},
  ports: Ports = portsOf({}),
): { readonly run: Run; readonly chart: ChartItem } {
  const addons = shown.map(({ addon }, index) => addonOf(`r${index}`, addon));
  const run = runOf(addons, options, ports);
  const chart = chartOf(run.releases, { 'values.yaml': NEVER });
  const { pulled } = chart;
  if (pulled === undefined) throw new RangeError('it was pulled');
  run.charts = [chart];
  for (const [index, release] of run.releases.entries()) {
    const { uses = [], profiles = [] } = shown[index] ?? {};
    const settings = { namespace: 'a', kubeVersion: '1.34.0', valuesFiles: [], schemaSkipped: undefined };
    const values = effectiveValues(pulled.tree, pulled.chart, []);
    release.extraction = { settings, values, uses, aside: [], texts: undefined };
    release.profiles = profiles.map(([profile, fresh]) => ({
      profile,
      extraction: { settings, values, uses: [...uses, ...fresh], aside: [], texts: undefined },
      fresh,
      consumerValues: undefined,
      ownOverlay: undefined,
      ownUses: [],
      refusedByNotes: undefined,
      verdict: undefined,
    }));
  }
  return { run, chart };
}

/** `image evidence`, with a `?` for what is not certain. */
function images({ run }: { readonly run: Run }): readonly string[] {
  return planImages(run).map(
    ({ source, evidence, isCertain }) => `${formatReference(source)} ${evidence}${isCertain ? '' : '?'}`,
  );
}

describe('what is mirrored', () => {
  const shown: readonly Shown[] = [
    {
      addon: { images: [{ reference: reference('quay.io/team/added:1'), reason: 'asked by ops', place: PLACE }] },
      uses: [APP],
      profiles: [
        [BIG, [use('quay.io/team/big:1')]],
        [METRICS, [use('quay.io/team/exporter:2')]],
      ],
    },
  ];
  const asked = ['quay.io/team/app:1 rendered', 'quay.io/team/big:1 rendered', 'quay.io/team/added:1 added'];

  it.each([
    ['rendered', asked],
    ['conditional', [...asked, 'quay.io/team/exporter:2 conditional?']],
    ['all', [...asked, 'quay.io/team/exporter:2 conditional?', 'quay.io/team/never:8 declared?']],
  ] as const)('with --images %s is no less and no more', (choice, expected) => {
    expect(images(planned(shown, { images: choice }))).toEqual(expected);
  });

  it('says where each image is from', () => {
    const { run } = planned(shown, { images: 'all' });
    const places = planImages(run).map(({ users }) => users[0]?.places);
    expect(places).toEqual([
      ['chart/templates/d.yaml Deployment/d spec.containers[0].image'],
      [expect.stringMatching(/ with profile big$/)],
      ['images of the catalog entry: asked by ops'],
      ['rendered with metrics.enabled=true'],
      ['named by never'],
    ]);
  });

  it.each(['base', 'example'] as const)('is not what has the role of a %s', (role) => {
    const uses = [{ ...use('quay.io/team/x:1'), role }];
    expect(images(planned([{ uses, profiles: [[METRICS, uses]] }], { images: 'conditional' }))).toEqual([]);
  });

  it('has the tag that programs add to artifacts', () => {
    const uses = [{ ...use('ghcr.io/aquasecurity/trivy-db'), role: 'artifact' as const }];
    expect(images(planned([{ profiles: [[METRICS, uses]] }], { images: 'conditional' }))).toEqual([
      'ghcr.io/aquasecurity/trivy-db:2 conditional?',
      'ghcr.io/aquasecurity/trivy-db conditional?',
    ]);
  });

  it('holds nothing of a release that has failed', () => {
    const { run, chart } = planned([{ uses: [APP] }, { uses: [use('quay.io/team/other:1')] }]);
    const [, second] = chart.releases;
    if (second === undefined) throw new RangeError('two releases');
    second.failure = unreachable(APP.reference);
    expect(images({ run })).toEqual(['quay.io/team/app:1 rendered']);
  });
});

describe('an image that one release renders and another one hides', () => {
  const EXPORTER = use('quay.io/team/exporter:2');
  const hides: Shown = { uses: [APP], profiles: [[METRICS, [EXPORTER]]] };
  const renders: Shown = { uses: [APP, EXPORTER] };

  it.each([
    ['first', [hides, renders]],
    ['last', [renders, hides]],
  ])('is rendered and certain, the hiding one being %s', (_, both) => {
    expect(images(planned(both, { images: 'conditional' }))).toContain('quay.io/team/exporter:2 rendered');
  });

  it('has both for its users when hidden ones are mirrored, else the one', () => {
    const users = (choice: MirrorOptions['images']): readonly (string | undefined)[] | undefined =>
      planImages(planned([hides, renders], { images: choice }).run)
        .find(({ source }) => source.repository === 'team/exporter')
        ?.users.map(({ release }) => release.addon.release);
    expect(users('conditional')).toEqual(['r1', 'r0'].sort());
    expect(users('rendered')).toEqual(['r1']);
  });

  it('is certain when the catalog adds it', () => {
    const addon = { images: [{ reference: EXPORTER.reference, reason: undefined, place: PLACE }] };
    expect(images(planned([{ ...hides, addon }], { images: 'conditional' }))).toContain(
      'quay.io/team/exporter:2 added',
    );
  });
});

describe('planning', () => {
  it('does not end a chart because of a hidden image whose registry cannot be reached', async () => {
    const pinned = use(`dead.example.com/team/exporter@${DIGEST}`);
    const ports = portsOf({});
    const registry = {
      ...ports.registry,
      manifest: async (source: Reference): Promise<never> => {
        throw unreachable(source);
      },
    };
    const platform = { os: 'linux', architecture: 'amd64', variant: undefined };
    const { run, chart } = planned(
      [{ uses: [APP], profiles: [[METRICS, [pinned]]] }],
      { images: 'conditional', platform },
      { ...ports, registry },
    );
    await planDestinations(run);
    expect(chart.failure).toBeUndefined();
  });

  it('says which exclusions fit nothing, and looks at all profiles for that', async () => {
    const excluded = ['quay.io/team/slip', 'quay.io/team/exporter'].map((pattern) => {
      return { pattern, reason: 'built here', place: PLACE };
    });
    const { run } = planned([{ addon: { excluded }, uses: [APP], profiles: [[METRICS, []]] }]);
    const [release] = run.releases;
    const [shown] = release?.profiles ?? [];
    if (release === undefined || shown === undefined) throw new RangeError('one release with a profile');
    const aside = [{ use: use('quay.io/team/exporter:2'), why: 'excluded' }];
    release.profiles = [{ ...shown, extraction: { ...shown.extraction, aside } }];
    await planDestinations(run);
    expect(release.notes).toEqual(['the exclusion quay.io/team/slip fits no image of the release']);
  });

  it('says what programs complete at run time, also under a profile of the catalog', async () => {
    const base = { ...use('quay.io/base'), role: 'base' as const };
    const { run } = planned([{ uses: [APP], profiles: [[BIG, [base]]] }, { uses: [APP, base] }]);
    await planDestinations(run);
    for (const { notes } of run.releases) expect(notes).toEqual([expect.stringContaining('run time: quay.io/base')]);
  });
});
