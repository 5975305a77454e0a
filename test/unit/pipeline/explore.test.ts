import { describe, expect, it } from 'vitest';
import type { Addon, ValuesLayer } from '../../../src/domain/addon.ts';
import { formatProfile } from '../../../src/domain/profiles/profile.ts';
import { renderDefaults } from '../../../src/pipeline/defaults.ts';
import { explore } from '../../../src/pipeline/explore.ts';
import { extract } from '../../../src/pipeline/extract.ts';
import type { ReleaseItem } from '../../../src/pipeline/release-item.ts';
import type { MirrorOptions } from '../../../src/pipeline/run-settings.ts';
import type { RenderRequest, RenderResult } from '../../../src/ports/helm.ts';
import { addonOf, chartOf, portsOf, runOf } from './runs.ts';

function layer(text: string, origin: ValuesLayer['origin'] = 'inline'): ValuesLayer {
  return { origin, name: 'values', text };
}

function pod(image: string, name = 'a', template = name): string {
  return `---\n# Source: web/templates/${template}.yaml\nkind: Pod\nmetadata: { name: ${name} }\nspec:\n  containers:\n    - name: c\n      image: ${image}\n`;
}

const APP = pod('quay.io/team/app:1');

/** What a chart prints: always its app, and what `more` prints for the values that helm is given, one document of them after the other. */
function printing(more: Case['prints']) {
  return (request: RenderRequest, files: ReadonlyMap<string, string>): RenderResult => {
    const printed = more(request.valuesFiles.map((file) => files.get(file) ?? '').join('\n'), request.archive);
    return typeof printed === 'string'
      ? { kind: 'rendered', text: APP + printed }
      : { kind: 'failed', reason: printed.reason, lasting: true };
  };
}

interface Case {
  readonly files?: Readonly<Record<string, string>>;
  readonly addon?: Partial<Addon>;
  readonly options?: Partial<MirrorOptions>;
  readonly prints: (given: string, archive: string) => string | { readonly reason: string };
}

interface Explored {
  readonly release: ReleaseItem;
  readonly requests: readonly (readonly string[])[];
}

/** Renders a release, and looks at it under its profiles. `requests` are the values files of each render, as texts. */
async function exploreWith({ files = {}, addon = {}, options = {}, prints }: Case): Promise<Explored> {
  const requests: (readonly string[])[] = [];
  const render = printing(prints);
  const ports = portsOf({
    render(request, written) {
      requests.push(request.valuesFiles.map((file) => written.get(file) ?? ''));
      return render(request, written);
    },
  });
  const run = runOf([addonOf('a', addon)], options, ports);
  const [release] = run.releases;
  if (release === undefined) throw new RangeError('one release');
  const chart = chartOf([release], files);
  run.charts = [chart];
  await extract(chart, release, 0, run, (settings) => renderDefaults(chart, release, 0, settings, run));
  await explore(chart, release, 0, run);
  return { release, requests: requests.slice(1) };
}

/** `profile: images that it brings` for each profile that was kept. */
function brought({ release }: Explored): readonly string[] {
  return release.profiles.map(
    ({ profile, fresh }) => `${formatProfile(profile)}: ${fresh.map(({ text }) => text).join(' ')}`,
  );
}

function refused({ release }: Explored): readonly string[] {
  return release.looked.refused.map(({ profile, reason }) => `${formatProfile(profile)}: ${reason}`);
}

/** Prints a worker where it is turned on. */
function whenOn(text: string): Case['prints'] {
  return (given) => (/enabled: true/.test(given) ? text : '');
}

const SWITCHED = { 'values.yaml': 'worker: { enabled: false }\n' };
const PLACE = { file: 'catalog.yaml', line: 1, column: 1, key: undefined };

describe('the profiles of a release', () => {
  it('are rendered once each: the catalog, the defaults, test values; switches together as long as they show nothing', async () => {
    const explored = await exploreWith({
      files: {
        'values.yaml': 'one: { enabled: false }\ntwo: { enabled: no }\n',
        'ci/b-values.yaml': 'ci: b\n',
        'ci/a-values.yml': 'ci: a\n',
        'ci/values.yaml': 'ci: plain\n',
        'ci/notes.yaml': 'ci: other\n',
        'ci/deep/values.yaml': 'ci: deep\n',
        'charts/sub/Chart.yaml': 'name: sub\nversion: 1.0.0\n',
        'charts/sub/ci/x-values.yaml': 'ci: sub\n',
      },
      addon: {
        layers: [layer('shipped: 1\n', 'shipped-override'), layer('own: 1\n')],
        profiles: [{ name: 'big', layers: [layer('big: 1\n')], place: PLACE }],
      },
      prints: () => '',
    });
    const [shipped, own] = ['shipped: 1\n', 'own: 1\n'];
    const ordered = (requests: readonly (readonly string[])[]) => requests.map((files) => files.join('|')).sort();
    const expected = [
      [shipped, own, 'big: 1\n'],
      [shipped],
      [shipped, 'ci: a\n'],
      [shipped, 'ci: b\n'],
      [shipped, 'ci: plain\n'],
      [shipped, own, 'one:\n  enabled: true\ntwo:\n  enabled: true\n'],
    ];
    expect(ordered(explored.requests)).toEqual(ordered(expected));
    expect(explored.release.looked).toEqual({ switches: 2, refused: [] });
  });

  it('do not hold the defaults where the release has no values of its own', async () => {
    const addon = { layers: [layer('a: 1\n', 'user-override')] };
    expect((await exploreWith({ addon, prints: () => '' })).requests).toEqual([]);
  });

  it('do not hold switches when that is said', async () => {
    const explored = await exploreWith({ files: SWITCHED, options: { switches: false }, prints: () => '' });
    expect(explored.requests).toEqual([]);
    expect(explored.release.looked.switches).toBe(0);
  });
});

describe('a profile', () => {
  it('is kept with the images that it brings', async () => {
    const explored = await exploreWith({ files: SWITCHED, prints: whenOn(pod('quay.io/team/worker:1', 'w')) });
    expect(brought(explored)).toEqual(['worker.enabled=true: quay.io/team/worker:1']);
    const [kept] = explored.release.profiles;
    expect(kept?.extraction.uses.map(({ text }) => text)).toEqual(['quay.io/team/app:1', 'quay.io/team/worker:1']);
  });

  it('that shows nothing else is not kept', async () => {
    const prints = whenOn(
      '---\n# Source: web/templates/c.yaml\nkind: ConfigMap\nmetadata: { name: c }\ndata: { a: b }\n',
    );
    expect(brought(await exploreWith({ files: SWITCHED, prints }))).toEqual([]);
  });

  it('that shows another image in place of one is kept', async () => {
    const prints = (given: string): string =>
      pod(given.includes('enabled: true') ? 'quay.io/team/app:1-debug' : 'quay.io/team/other:1', 'x');
    expect(brought(await exploreWith({ files: SWITCHED, prints }))).toEqual([
      'worker.enabled=true: quay.io/team/app:1-debug',
    ]);
  });

  it('of random names brings nothing by them', async () => {
    let count = 0;
    const prints = (): string => pod('quay.io/team/job:1', `job-${count++}`, 'job');
    expect(brought(await exploreWith({ files: SWITCHED, prints }))).toEqual([]);
  });

  it('that shows a known image in a further object is kept: there it may come from another value', async () => {
    const prints = whenOn(pod('quay.io/team/app:1', 'w'));
    expect(brought(await exploreWith({ files: SWITCHED, prints }))).toEqual([
      'worker.enabled=true: quay.io/team/app:1',
    ]);
  });

  it('that shows a known image once more in the same template is kept', async () => {
    const prints = whenOn(pod('quay.io/team/app:1', 'w', 'a'));
    expect(brought(await exploreWith({ files: SWITCHED, prints }))).toEqual([
      'worker.enabled=true: quay.io/team/app:1',
    ]);
  });

  it('that runs what the release only mentions as an example is kept', async () => {
    const crd =
      'kind: CustomResourceDefinition\nmetadata:\n  name: w.example.io\nspec:\n  x:\n    description: such as quay.io/team/worker:1\n';
    const files = { ...SWITCHED, 'crds/w.yaml': crd };
    const explored = await exploreWith({ files, prints: whenOn(pod('quay.io/team/worker:1', 'w')) });
    expect(explored.release.extraction?.aside.map(({ use }) => use.text)).toEqual(['quay.io/team/worker:1']);
    expect(brought(explored)).toEqual(['worker.enabled=true: quay.io/team/worker:1']);
  });

  it('knows the examples in the documentation of the chart, as the release does', async () => {
    const crd =
      'kind: CustomResourceDefinition\nmetadata:\n  name: w.example.io\nspec:\n  example: quay.io/team/any:1\n';
    const files = { ...SWITCHED, 'crds/w.yaml': crd };
    const { release } = await exploreWith({ files, prints: whenOn(pod('quay.io/team/worker:1', 'w')) });
    expect(release.profiles[0]?.extraction.aside).toEqual(release.extraction?.aside);
    expect(release.extraction?.aside).toHaveLength(1);
  });

  it('brings nothing that the catalog excludes', async () => {
    const excluded = [{ pattern: 'quay.io/team/worker', reason: 'built here', place: PLACE }];
    const explored = await exploreWith({
      files: SWITCHED,
      addon: { excluded },
      prints: whenOn(pod('quay.io/team/worker:1', 'w')),
    });
    expect(explored.release.profiles.flatMap(({ fresh }) => fresh)).toEqual([]);
  });

  it('of the catalog is kept though it shows nothing more', async () => {
    const profiles = [{ name: 'same', layers: [layer('a: 1\n')], place: PLACE }];
    expect(brought(await exploreWith({ addon: { profiles }, prints: () => '' }))).toEqual(['profile same: ']);
  });

  it('in a list is turned on in the whole list', async () => {
    const files = { 'values.yaml': 'l: [{ name: x, enabled: false, image: "quay.io/team/x:1" }]\n' };
    const { requests } = await exploreWith({ files, prints: () => '' });
    expect(requests).toEqual([['l:\n  - name: "x"\n    enabled: true\n    image: "quay.io/team/x:1"\n']]);
  });
});

describe('a profile that cannot be looked at', () => {
  const REASON = 'execution error at (web/templates/w.yaml:1:3): .Values.license is needed';
  const UNREADABLE = '---\n# Source: web/templates/w.yaml\na: [ }\n';
  const NO_IMAGE = pod('"worker:"', 'w');
  const catalog = { profiles: [{ name: 'big', layers: [layer('worker: { enabled: true }\n')], place: PLACE }] };

  it('is told of with the reason, and the others are looked at all the same', async () => {
    const explored = await exploreWith({
      files: { 'values.yaml': 'strict: { enabled: false }\nworker: { enabled: false }\n' },
      prints: (given) =>
        given.includes('strict') ? { reason: REASON } : whenOn(pod('quay.io/team/worker:1', 'w'))(given, ''),
    });
    expect(refused(explored)).toEqual([`strict.enabled=true: ${REASON}`]);
    expect(brought(explored)).toEqual(['worker.enabled=true: quay.io/team/worker:1']);
  });

  it.each([
    ['beside other images', pod('quay.io/team/worker:1', 'w') + UNREADABLE],
    ['by itself', UNREADABLE],
  ])('since its output is no YAML, %s, is told of', async (_, text) => {
    const explored = await exploreWith({ files: SWITCHED, prints: whenOn(text) });
    expect(brought(explored)).toEqual([]);
    expect(refused(explored)).toEqual([expect.stringMatching(/^worker\.enabled=true: .*not readable YAML/)]);
  });

  it('since the image of a container is no reference is told of', async () => {
    const explored = await exploreWith({
      files: SWITCHED,
      prints: whenOn(pod('quay.io/team/worker:1', 'x') + NO_IMAGE),
    });
    expect(refused(explored)).toEqual([expect.stringMatching(/^worker\.enabled=true: .*"worker:"/)]);
  });

  it('since helm reads its test values and nothing else does, is told of and ends nothing', async () => {
    const files = { 'ci/two-values.yaml': 'worker: { enabled: true }\n---\nother: 1\n' };
    const explored = await exploreWith({ files, prints: whenOn(pod('quay.io/team/worker:1', 'w')) });
    expect(refused(explored)).toEqual([expect.stringMatching(/^ci\/two-values\.yaml: .*2 documents/)]);
  });

  it.each([
    ['helm does not render it', { reason: REASON }, /profile big of release a: .*license is needed/],
    ['its output is no YAML', UNREADABLE, /profile big of release a: .*not readable YAML/],
    ['the image of a container is no reference', NO_IMAGE, /"worker:"/],
  ])('ends the release when the catalog names it and %s', async (_, printed, message) => {
    const prints = (given: string) => (given.includes('enabled: true') ? printed : '');
    await expect(exploreWith({ addon: catalog, prints })).rejects.toThrow(message);
  });
});

describe('a profile that NOTES.txt refuses', () => {
  const REASON = 'execution error at (web/templates/NOTES.txt:1:3): a license is needed';
  const OTHER = 'execution error at (web/templates/w.yaml:1:3): a license is needed';
  const WORKER = pod('quay.io/team/worker:1', 'w');

  /** Refuses what is turned on: the whole chart, and what is left of it without NOTES.txt only where that is given. */
  function refusing(text: string, rest?: string): Case['prints'] {
    return (given, archive) => {
      if (!given.includes('enabled: true')) return '';
      if (!archive.endsWith('/probe.tgz')) return { reason: REASON };
      return rest === undefined ? text : { reason: rest };
    };
  }

  const TEST_VALUES = { 'ci/on-values.yaml': 'worker: { enabled: true }\n' };

  it.each([
    ['a switch', SWITCHED, {}, 'worker.enabled=true'],
    ['test values', TEST_VALUES, {}, 'ci/on-values.yaml'],
    ['the defaults', { 'values.yaml': 'a: 1\n' }, { layers: [layer('a: 2\n')] }, 'default values'],
  ])('is looked at without it, as %s, and has the reason', async (kind, files, addon, name) => {
    const refuse = refusing(WORKER);
    const prints: Case['prints'] = (given, archive) =>
      kind === 'the defaults' ? refuse(given === '' ? 'enabled: true' : '', archive) : refuse(given, archive);
    const explored = await exploreWith({ files, addon, prints });
    expect(brought(explored)).toEqual([`${name}: quay.io/team/worker:1`]);
    expect(explored.release.profiles.map(({ refusedByNotes }) => refusedByNotes)).toEqual([REASON]);
    expect(refused(explored)).toEqual([]);
  });

  it('has no reason where it is not refused', async () => {
    const { release } = await exploreWith({ files: SWITCHED, prints: whenOn(WORKER) });
    expect(release.profiles.map(({ refusedByNotes }) => refusedByNotes)).toEqual([undefined]);
  });

  it('and that shows nothing else without it is of no account, and its group is not parted', async () => {
    const files = { 'values.yaml': 'a: { enabled: false }\nb: { enabled: false }\n' };
    const explored = await exploreWith({ files, prints: refusing('') });
    expect([brought(explored), refused(explored)]).toEqual([[], []]);
    expect(explored.requests).toHaveLength(2);
  });

  it('is told of where the rest does not render either', async () => {
    const explored = await exploreWith({ files: SWITCHED, prints: refusing('', OTHER) });
    expect([brought(explored), refused(explored)]).toEqual([[], [`worker.enabled=true: ${REASON}`]]);
  });

  it('is no reason to leave it out where another template refuses', async () => {
    const prints: Case['prints'] = (given, archive) => {
      if (archive.endsWith('/probe.tgz')) throw new Error('it is not to be rendered');
      return given.includes('enabled: true') ? { reason: OTHER } : '';
    };
    expect(refused(await exploreWith({ files: SWITCHED, prints }))).toEqual([`worker.enabled=true: ${OTHER}`]);
  });

  it('ends the release when the catalog names it', async () => {
    const profiles = [{ name: 'big', layers: [layer('worker: { enabled: true }\n')], place: PLACE }];
    await expect(exploreWith({ addon: { profiles }, prints: refusing(WORKER) })).rejects.toThrow(
      /profile big.*license/,
    );
  });
});
