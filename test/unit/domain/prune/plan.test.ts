import { describe, expect, it } from 'vitest';
import { digestOf } from '../../../../src/domain/manifest.ts';
import type { KeptEntry } from '../../../../src/domain/prune/keep-rules.ts';
import { planPrune } from '../../../../src/domain/prune/plan.ts';
import { manifestKey, type StoredManifest } from '../../../../src/domain/prune/stored.ts';
import {
  chartOf,
  goes,
  indexOf,
  manifestOf,
  NOW,
  planOf,
  reasonsOf,
  recorded,
  repositoryOf,
  rulesOf,
} from './registries.ts';

const hour = 60 * 60 * 1000;
const ago = (hours: number): Date => new Date(NOW.getTime() - hours * hour);
const hexOf = (name: string): string => digestOf(name).slice('sha256:'.length);

/** Two versions of a chart, of which the older goes. */
const WEB = repositoryOf('charts/web', [chartOf('web-1', ['1.0.0']), chartOf('web-2', ['2.0.0'])]);

function entry(path: string, version: string | undefined, parts: Partial<KeptEntry> = {}): KeptEntry {
  const versions =
    version === undefined
      ? ({ kind: 'newest', asked: 'no version given' } as const)
      : ({ kind: 'version', text: version } as const);
  return { name: `${path} ${version ?? 'newest'}`, path, versions, images: [], ...parts };
}

function versions(...tags: readonly string[]) {
  return repositoryOf(
    'charts/web',
    tags.map((tag) => chartOf(`web-${tag}`, [tag])),
  );
}

describe('--keep-charts', () => {
  it.each([
    [1, ['1.0.0', '1.1.0', '1.10.0', '1.9.0'], ['1.0.0', '1.1.0', '1.9.0']],
    [2, ['1.0.0', '1.1.0', '1.10.0', '1.9.0'], ['1.0.0', '1.1.0']],
    [9, ['1.0.0', '1.1.0'], []],
    [1, ['v1.0.0', 'v1.1.0'], ['v1.0.0']],
  ])('keeps the %i newest of %j by semver', (newest, tags, gone) => {
    expect(goes(planOf([versions(...tags)], {}, { newest }))).toEqual(gone.map((tag) => `charts/web:${tag}`));
  });

  it('counts every chart by itself', () => {
    const other = repositoryOf('charts/api', [chartOf('api-1', ['0.1.0']), chartOf('api-2', ['0.2.0'])]);
    expect(goes(planOf([WEB, other]))).toEqual(['charts/api:0.1.0', 'charts/web:1.0.0']);
  });

  it('never takes a pre-release for a release', () => {
    const plan = planOf([versions('1.0.0', '2.0.0', '3.0.0-rc.1', '3.0.0-rc.2')]);
    expect(goes(plan)).toEqual(['charts/web:1.0.0', 'charts/web:3.0.0-rc.1']);
  });

  it('counts versions that differ in their suffix as one', () => {
    const plan = planOf([versions('1.0.0', '1.0.0_mirror.2', '0.9.0', '0.8.0')], {}, { newest: 2 });
    expect(goes(plan)).toEqual(['charts/web:0.8.0']);
  });

  it('does not count what is archived or cannot be read', () => {
    const archived = chartOf('web-3', ['3.0.0'], { isArchived: true });
    const broken = chartOf('web-4', ['4.0.0'], { content: { kind: 'unread', mayHaveChildren: false } });
    const repository = repositoryOf('charts/web', [...WEB.manifests, archived, broken]);
    expect(goes(planOf([repository]))).toEqual(['charts/web:1.0.0']);
  });

  it('keeps a manifest with all its tags when one of them is kept', () => {
    const both = repositoryOf('charts/web', [chartOf('a', ['1.0.0', '3.0.0']), chartOf('b', ['2.0.0'])]);
    expect(goes(planOf([both]))).toEqual(['charts/web:2.0.0']);
  });

  it('counts a chart once, by its highest tag', () => {
    const several = repositoryOf('charts/web', [
      chartOf('a', ['3.1.4', '3.1.3', '3.1', '3']),
      chartOf('b', ['3.0.9']),
      chartOf('c', ['3.0.8']),
    ]);
    expect(goes(planOf([several], {}, { newest: 2 }))).toEqual(['charts/web:3.0.8']);
  });

  it('counts a chart among releases by its release, whatever pre-release it is, too', () => {
    const both = repositoryOf('charts/web', [chartOf('a', ['4.0.0-rc.1', '3.0.0']), chartOf('b', ['2.0.0'])]);
    expect(goes(planOf([both]))).toEqual(['charts/web:2.0.0']);
  });

  it.each([['20250101'], ['1234567'], ['9.9']])('never takes the tag %s for the newest version', (tag) => {
    const release = [chartOf('new', ['3.0.0']), chartOf('mid', ['2.0.0']), chartOf('old', ['1.0.0', tag])];
    const repository = repositoryOf('charts/web', release);
    expect(goes(planOf([repository]))).toEqual(['charts/web:1.0.0', 'charts/web:2.0.0']);
    expect(goes(planOf([repository], {}, { newest: 2 }))).toEqual(['charts/web:1.0.0']);
  });

  it('a tag that moves keeps no version that it does not spell', () => {
    const moved = repositoryOf('charts/web', [chartOf('a', ['3.0.0']), chartOf('b', ['2.0.0', '3'])]);
    expect(goes(planOf([moved]))).toEqual(['charts/web:2.0.0']);
  });

  it('counts charts that have partial versions only by themselves', () => {
    const charts = ['3.0.0', '2.0.0', '20250102', '20250101', '3'].map((tag) => chartOf(tag, [tag]));
    const plan = planOf([repositoryOf('charts/web', charts)]);
    expect(goes(plan)).toEqual(['charts/web:2.0.0', 'charts/web:20250101', 'charts/web:3'].sort());
  });

  it('leaves alone what has no version, and lets go what has no tag any more', () => {
    const repository = repositoryOf('charts/web', [
      ...WEB.manifests,
      chartOf('x', ['latest']),
      chartOf('overwritten', []),
    ]);
    const plan = planOf([repository]);
    expect(goes(plan)).toEqual([`charts/web@${hexOf('overwritten').slice(0, 6)}`, 'charts/web:1.0.0'].sort());
    expect(reasonsOf(plan, [repository], 'charts/web:latest')).toEqual(['no-version']);
  });
});

describe('--keep-catalog', () => {
  const all = versions('1.0.0', '1.1.0', '1.2.0', '2.0.0', '3.0.0-rc.1');
  const kept = (catalog: readonly KeptEntry[], repository = all): readonly string[] => {
    const plan = planOf([repository], {}, { newest: undefined, catalog });
    const gone = goes(plan);
    return repository.manifests
      .map(({ tags }) => tags[0] ?? '')
      .filter((tag) => !gone.includes(`${repository.name}:${tag}`));
  };

  it.each([
    ['1.1.0', ['1.1.0']],
    ['v1.1.0', ['1.1.0']],
    ['1.1.0+mirror.2', ['1.1.0']],
    ['^1.1', ['1.1.0', '1.2.0']],
    ['>= 1.2, < 3', ['1.2.0', '2.0.0']],
    ['1', ['1.0.0', '1.1.0', '1.2.0']],
    [undefined, ['2.0.0']],
    ['3.0.0-rc.1', ['3.0.0-rc.1']],
    ['9.9.9', []],
  ])('of %s keeps %j', (version, tags) => {
    expect(kept([entry('charts/web', version)])).toEqual(tags);
  });

  it('keeps what any entry names', () => {
    expect(kept([entry('charts/web', '1.0.0'), entry('charts/web', undefined)])).toEqual(['1.0.0', '2.0.0']);
  });

  it('keeps a version under every suffix', () => {
    const suffixed = versions('1.0.0', '1.0.0_mirror.2', '1.0.1');
    expect(kept([entry('charts/web', '1.0.0')], suffixed)).toEqual(['1.0.0', '1.0.0_mirror.2']);
  });

  it('keeps all versions of a chart on disk, whose version it does not tell', () => {
    expect(kept([entry('charts/web', undefined, { versions: undefined })])).toHaveLength(5);
  });

  it('without a version keeps a pre-release where there is nothing else', () => {
    expect(kept([entry('charts/web', undefined)], versions('1.0.0-rc.1', '1.0.0-rc.2'))).toEqual(['1.0.0-rc.2']);
  });

  it('without a version keeps what mirror takes for the newest, not what a partial tag makes of an old one', () => {
    const charts = [chartOf('new', ['3.0.0']), chartOf('mid', ['2.0.0']), chartOf('old', ['1.0.0', '20250101'])];
    expect(kept([entry('charts/web', undefined)], repositoryOf('charts/web', charts))).toEqual(['3.0.0']);
    expect(kept([entry('charts/web', undefined)], versions('v1.0.0', 'v2.0.0'))).toEqual(['v2.0.0']);
    expect(kept([entry('charts/web', undefined)], versions('1.0.0', '1.1.0', 'v2.0.0'))).toEqual(['1.1.0', 'v2.0.0']);
    expect(kept([entry('charts/web', undefined)], versions('1.0', '1.1'))).toEqual(['1.1']);
  });

  it('finds the chart below a path that the target did not name, but not another chart', () => {
    expect(kept([entry('web', '1.0.0')])).toEqual(['1.0.0']);
    expect(kept([entry('eb', '1.0.0')])).toEqual([]);
    expect(kept([entry('charts/web', '1.0.0')], repositoryOf('a/charts/webapp', all.manifests))).toEqual([]);
  });

  it('keeps what the entry carries, by tag and by digest, wherever the prefix has put it', () => {
    const images = repositoryOf('m/prefix/org/tool', [
      manifestOf('t1', ['1']),
      manifestOf('t2', ['2']),
      manifestOf('t3', ['3']),
    ]);
    const references = [
      { registry: 'quay.io', repository: 'org/tool', tag: '1', digest: undefined },
      { registry: 'quay.io', repository: 'org/tool', tag: undefined, digest: digestOf('t2') },
    ];
    const catalog = [entry('charts/web', '1.0.0', { images: references })];
    expect(goes(planOf([images], {}, { newest: undefined, catalog }))).toEqual(['m/prefix/org/tool:3']);
  });

  it('together with --keep-charts keeps what either keeps', () => {
    const plan = planOf([all], {}, { newest: 1, catalog: [entry('charts/web', '1.0.0')] });
    expect(goes(plan)).toEqual(['charts/web:1.1.0', 'charts/web:1.2.0']);
  });
});

describe('age', () => {
  it('nothing younger than the bound goes, and what is exactly as old does not either', () => {
    const repository = repositoryOf('org/app', [
      manifestOf('a', ['a'], { pushedAt: ago(23) }),
      manifestOf('b', ['b'], { pushedAt: ago(24) }),
      manifestOf('c', ['c'], { pushedAt: ago(25) }),
      manifestOf('d', ['d'], { pushedAt: new Date(Number.NaN) }),
      manifestOf('e', ['e'], { pushedAt: ago(-5) }),
    ]);
    expect(goes(planOf([repository]))).toEqual(['org/app:c']);
    expect(goes(planOf([repository], {}, { minimumAge: 30 * 24 * hour }))).toEqual([]);
  });

  it('a young chart stays with what it needs', () => {
    const charts = repositoryOf('charts/web', [
      chartOf('w1', ['1.0.0'], { pushedAt: ago(2) }),
      chartOf('w2', ['2.0.0']),
    ]);
    const images = repositoryOf('org/app', [manifestOf('a1', ['1']), manifestOf('a0', ['0'])]);
    const plan = planOf([charts, images], { 'charts/web:1.0.0': [recorded('org/app', '1')] });
    expect(goes(plan)).toEqual(['org/app:0']);
  });
});

describe('reach', () => {
  it.each(['elsewhere', 'not-ours'] as const)('nothing goes from a repository that is %s', (reach) => {
    const images = repositoryOf('org/app', [manifestOf('a', ['1'])], reach);
    const charts = repositoryOf('charts/web', WEB.manifests, reach);
    expect(goes(planOf([images, charts]))).toEqual([]);
  });

  it('charts out of reach are all kept with what they need', () => {
    const charts = repositoryOf('other/web', WEB.manifests, 'elsewhere');
    const images = repositoryOf('org/app', [manifestOf('a1', ['1']), manifestOf('a2', ['2']), manifestOf('a3', ['3'])]);
    const needs = { 'other/web:1.0.0': [recorded('org/app', '1')], 'other/web:2.0.0': [recorded('org/app', '2')] };
    expect(goes(planOf([charts, images], needs))).toEqual(['org/app:3']);
  });
});

describe('images', () => {
  const images = repositoryOf('org/app', [manifestOf('a1', ['1']), manifestOf('a2', ['2']), manifestOf('a3', ['3'])]);

  it('that only removed charts name go, and those that no chart names', () => {
    const needs = {
      'charts/web:1.0.0': [recorded('org/app', '1'), recorded('org/app', '2')],
      'charts/web:2.0.0': [recorded('org/app', '2')],
    };
    expect(goes(planOf([WEB, images], needs))).toEqual(['charts/web:1.0.0', 'org/app:1', 'org/app:3']);
  });

  it('are kept by their digest and by their tag, whatever the tag holds now', () => {
    const moved = repositoryOf('org/app', [manifestOf('old', []), manifestOf('new', ['1']), manifestOf('x', ['x'])]);
    const needs = { 'charts/web:2.0.0': [recorded('org/app', '1', digestOf('old'))] };
    expect(goes(planOf([WEB, moved], needs))).toEqual(['charts/web:1.0.0', 'org/app:x']);
  });

  it('that a chart could name are kept like those that it names', () => {
    const needs = { 'charts/web:2.0.0': [{ ...recorded('org/app', '3'), how: 'conditional' as const }] };
    expect(goes(planOf([WEB, images], needs))).toEqual(['charts/web:1.0.0', 'org/app:1', 'org/app:2']);
  });

  it('of a repository that a record names without a tag are all kept', () => {
    const needs = { 'charts/web:2.0.0': [recorded('org/app', undefined)] };
    expect(goes(planOf([WEB, images], needs))).toEqual(['charts/web:1.0.0']);
  });

  it('of the same tag elsewhere are not kept', () => {
    const other = repositoryOf('org/other', [manifestOf('o', ['1'])]);
    const needs = { 'charts/web:2.0.0': [recorded('org/app', '1')] };
    expect(goes(planOf([WEB, other], needs))).toEqual(['charts/web:1.0.0', 'org/other:1']);
  });

  it('of a chart without record: every repository that it could name is kept whole', () => {
    const other = repositoryOf('org/other', [manifestOf('o', ['1'])]);
    const needs = { 'charts/web:2.0.0': { kind: 'nameable', repositories: new Set(['org/app']) } } as const;
    expect(goes(planOf([WEB, images, other], needs))).toEqual(['charts/web:1.0.0', 'org/other:1']);
  });

  it('are all kept while a chart that stays cannot be read, and charts are not', () => {
    const needs = { 'charts/web:2.0.0': { kind: 'unreadable', reason: 'broken' } } as const;
    expect(goes(planOf([WEB, images], needs))).toEqual(['charts/web:1.0.0']);
    const elsewhere = repositoryOf('far/web', [chartOf('f', ['1.0.0'])], 'elsewhere');
    const far = { 'far/web:1.0.0': { kind: 'unreadable', reason: 'broken' } } as const;
    expect(goes(planOf([elsewhere, images], far))).toEqual([]);
  });

  it('go although a chart that goes cannot be read', () => {
    const needs = { 'charts/web:1.0.0': { kind: 'unreadable', reason: 'broken' } } as const;
    expect(goes(planOf([WEB, images], needs))).toEqual(['charts/web:1.0.0', 'org/app:1', 'org/app:2', 'org/app:3']);
  });

  it('that are charts are kept when a record names them outright, with what they need in turn', () => {
    const parts = repositoryOf('parts/sub', [chartOf('s1', ['1.0.0']), chartOf('s2', ['2.0.0'])]);
    const needs = {
      'charts/web:2.0.0': [recorded('parts/sub', '1.0.0')],
      'parts/sub:1.0.0': [recorded('org/app', '1')],
    };
    for (const charts of [
      [WEB, parts],
      [parts, WEB],
    ])
      expect(goes(planOf([...charts, images], needs))).toEqual(['charts/web:1.0.0', 'org/app:2', 'org/app:3']);
  });

  it('a chart repository that a chart without record could name is no image, nor are the lists of its charts', () => {
    const record = manifestOf('list', [], { subject: digestOf('web-1') });
    const charts = repositoryOf('charts/web', [...WEB.manifests, record]);
    const needs = { 'charts/web:2.0.0': { kind: 'nameable', repositories: new Set(['charts/web']) } } as const;
    expect(goes(planOf([charts], needs))).toHaveLength(2);
  });
});

describe('what hangs together', () => {
  const arm = manifestOf('arm', []);
  const amd = manifestOf('amd', []);
  const other = manifestOf('other', []);
  const shared = indexOf('index-1', ['1'], [arm, amd]);
  const needsOne = { 'charts/web:2.0.0': [recorded('org/app', '1')] };

  function plan(...manifests: readonly StoredManifest[]) {
    const repositories = [WEB, repositoryOf('org/app', manifests)];
    const made = planOf(repositories, needsOne);
    return { gone: goes(made).filter((name) => name.startsWith('org/app')), made, repositories };
  }

  it('children of an index that stays are never removed, even when one that goes lists them too', () => {
    const second = indexOf('index-2', ['2'], [amd, other]);
    const { gone } = plan(shared, second, arm, amd, other);
    expect(gone).toEqual(['org/app:2', `org/app@${hexOf('other').slice(0, 6)}`]);
  });

  it('children of children stay, too', () => {
    const outer = indexOf('outer', ['1'], [shared]);
    expect(plan(outer, { ...shared, tags: [] }, arm, amd).gone).toEqual([]);
  });

  it('a referrer stays and goes with its subject, also one of a referrer', () => {
    const sbom = (of: string) => manifestOf(`sbom-${of}`, [], { subject: digestOf(of) });
    const signature = (of: string) => manifestOf(`sig-${of}`, [], { subject: digestOf(`sbom-${of}`) });
    const images = [manifestOf('a1', ['1']), manifestOf('a2', ['2'])];
    const { gone } = plan(...images, sbom('a1'), signature('a1'), sbom('a2'), signature('a2'));
    expect(gone).toHaveLength(3);
    expect(gone.at(-1)).toBe('org/app:2');
  });

  it.each(['.sig', '.att', '.sbom', '.images', ''])('a tag sha256-…%s goes with what it names', (suffix) => {
    const images = [manifestOf('a1', ['1']), manifestOf('a2', ['2'])];
    const about = (of: string) => manifestOf(`about-${of}`, [`sha256-${hexOf(of)}${suffix}`]);
    const { gone } = plan(...images, about('a1'), about('a2'));
    expect(gone).toEqual([`org/app:sha256-${hexOf('a2')}${suffix}`, 'org/app:2']);
  });

  it('what the fallback tag of a kept image lists stays with it', () => {
    const signature = manifestOf('sig', []);
    const list = indexOf('list', [`sha256-${hexOf('a1')}`], [signature]);
    expect(plan(manifestOf('a1', ['1']), signature, list).gone).toEqual([]);
  });

  it('what is about a child of an index stays with the child', () => {
    const signature = manifestOf('sig', [`sha256-${hexOf('arm')}.sig`]);
    expect(plan(shared, arm, amd, signature).gone).toEqual([]);
  });

  it('an image that was signed lately stays with its signature', () => {
    const signature = manifestOf('sig', [], { subject: digestOf('a2'), pushedAt: ago(1) });
    const { gone, made, repositories } = plan(manifestOf('a1', ['1']), manifestOf('a2', ['2']), signature);
    expect(gone).toEqual([]);
    expect(reasonsOf(made, repositories, 'org/app:2')).toEqual(['companion']);
  });

  it('a chart whose list was written lately stays with what it needs', () => {
    const list = manifestOf('list', [], { subject: digestOf('web-1'), pushedAt: ago(1) });
    const repositories = [
      repositoryOf('charts/web', [...WEB.manifests, list]),
      repositoryOf('org/app', [manifestOf('a1', ['1'])]),
    ];
    expect(goes(planOf(repositories, { 'charts/web:1.0.0': [recorded('org/app', '1')] }))).toEqual([]);
  });

  it('what is about something that is not there goes', () => {
    const orphan = manifestOf('orphan', [`sha256-${hexOf('gone')}.sig`], { subject: digestOf('gone') });
    expect(plan(manifestOf('a1', ['1']), orphan).gone).toEqual([`org/app:sha256-${hexOf('gone')}.sig`]);
  });
});

describe('what cannot be judged', () => {
  it('archived images are left alone', () => {
    const repository = repositoryOf('org/app', [
      manifestOf('a', ['1'], { isArchived: true, content: { kind: 'unread', mayHaveChildren: false } }),
      manifestOf('b', ['2']),
    ]);
    const plan = planOf([repository]);
    expect(goes(plan)).toEqual(['org/app:2']);
    expect(reasonsOf(plan, [repository], 'org/app:1')).toEqual(['archived', 'unreadable']);
  });

  it('a manifest that cannot be read stays; an index that cannot be read keeps its whole repository', () => {
    const unread = (mayHaveChildren: boolean) => ({ content: { kind: 'unread' as const, mayHaveChildren } });
    const images = [manifestOf('a', ['1']), manifestOf('b', [])];
    const plain = repositoryOf('org/app', [...images, manifestOf('x', ['x'], unread(false))]);
    expect(goes(planOf([plain]))).toHaveLength(2);
    const hiding = repositoryOf('org/app', [...images, manifestOf('x', ['x'], unread(true))]);
    expect(goes(planOf([hiding]))).toEqual([]);
  });

  it('what could not be removed keeps what it needs', () => {
    const images = repositoryOf('org/app', [manifestOf('a1', ['1']), manifestOf('a2', ['2'])]);
    const [first] = WEB.manifests;
    if (first === undefined) throw new Error('there is a first chart');
    const needs = { 'charts/web:1.0.0': [recorded('org/app', '1')] };
    const plan = planOf([WEB, images], needs, {}, new Set([manifestKey(first)]));
    expect(goes(plan)).toEqual(['org/app:2']);
  });

  it('charts that stay and were not asked are named, and those that go are not', () => {
    const facts = { repositories: [WEB], rules: rulesOf(), needs: new Map(), stuck: new Set<string>(), now: NOW };
    expect(planPrune(facts).unasked.map(({ tags }) => tags[0])).toEqual(['2.0.0']);
  });
});

describe('the order of removal', () => {
  it('is charts, what is about others, indexes, their children', () => {
    const child = manifestOf('child', []);
    const inner = indexOf('inner', [], [child]);
    const outer = indexOf('outer', ['1'], [inner]);
    const signature = manifestOf('sig', [], { subject: outer.digest });
    const images = repositoryOf('a/app', [child, inner, outer, signature]);
    const { removals } = planOf([images, WEB]);
    const names = removals.map(({ manifest, role, wave }) => `${wave} ${role} ${manifest.digest.slice(7, 13)}`);
    expect(names).toEqual([
      `0 chart ${hexOf('web-1').slice(0, 6)}`,
      `1 referrer ${hexOf('sig').slice(0, 6)}`,
      `2 index ${hexOf('outer').slice(0, 6)}`,
      `3 index ${hexOf('inner').slice(0, 6)}`,
      `4 image ${hexOf('child').slice(0, 6)}`,
    ]);
  });

  it('puts the fallback index before what it lists, although both are about the same', () => {
    const image = manifestOf('image', ['1']);
    const listed = manifestOf('listed', [], { subject: image.digest });
    const list = indexOf('list', [`sha256-${hexOf('image')}`], [listed]);
    const { removals } = planOf([repositoryOf('a/app', [listed, image, list])]);
    expect(removals.map(({ wave, role }) => `${wave} ${role}`)).toEqual(['1 referrer', '2 referrer', '3 image']);
    expect(removals[0]?.manifest.digest).toBe(list.digest);
  });

  it('puts an index of charts before them, and both before every image', () => {
    const chart = chartOf('c', []);
    const list = indexOf('list', ['all'], [chart]);
    const { removals } = planOf([
      repositoryOf('a/charts', [chart, list]),
      repositoryOf('a/app', [manifestOf('i', ['1'])]),
    ]);
    expect(removals.map(({ role }) => role)).toEqual(['index', 'chart', 'image']);
  });
});
