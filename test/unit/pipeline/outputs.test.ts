import { describe, expect, it } from 'vitest';
import type { Profile } from '../../../src/domain/profiles/profile.ts';
import type { ChartItem } from '../../../src/pipeline/chart-item.ts';
import type { ProfileItem } from '../../../src/pipeline/release-item.ts';
import type { Run } from '../../../src/pipeline/run.ts';
import { isDone, writeOutputs } from '../../../src/pipeline/write-outputs.ts';
import { archive, chartYaml } from '../domain/chart/trees.ts';
import { addonOf, chartOf, extractionOf, MANIFEST, portsOf, relocatedAs, runOf, verdictOf } from './runs.ts';

const LOCAL = { source: { kind: 'local', path: '/charts/web', chart: 'web' } } as const;

/** A profile that was looked at. */
function profileOf(profile: Profile, parts: Partial<ProfileItem>): ProfileItem {
  return {
    ...{ profile, extraction: extractionOf(), fresh: [], refusedByNotes: undefined },
    ...{ consumerValues: undefined, ownOverlay: undefined, ownUses: [], verdict: undefined, ...parts },
  };
}

/** A run whose charts, one for each addon, are all pushed. */
function pushed(addons: Parameters<typeof runOf>[0], written: Map<string, string>): Run {
  const run = runOf(addons, {}, portsOf({}, written));
  run.charts = run.releases.map((release, index) => {
    const chart = chartOf([release], {}, { push: { kind: 'pushed', unproven: false, manifest: MANIFEST } });
    chart.relocated = relocatedAs(chart, `archive ${index}`);
    return chart;
  });
  return run;
}

async function writeAll(run: Run): Promise<readonly (string | undefined)[]> {
  for (const chart of run.charts) await writeOutputs(chart, run);
  return run.charts.map(({ archive }) => archive);
}

describe('the files of charts of one name and version', () => {
  it.each<[string, Parameters<typeof runOf>[0]]>([
    ['the first one without', [addonOf('a'), addonOf('b', { ociNamespace: 'n' })]],
    ['a later one without', [addonOf('a', { ociNamespace: 'n' }), addonOf('b')]],
    ['all with', [addonOf('a', { ociNamespace: 'n' }), addonOf('b', { ociNamespace: 'm' })]],
    ['one of them local', [addonOf('a', { ociNamespace: 'n' }), addonOf('b', LOCAL)]],
    ['all local', [addonOf('a', LOCAL), addonOf('b', { ...LOCAL, ociNamespace: 'deep/n' })]],
    ['three of them', [addonOf('a'), addonOf('b', { ociNamespace: 'n' }), addonOf('c', { ociNamespace: 'm' })]],
  ])('do not overwrite each other, %s a namespace, and the charts know theirs', async (_, addons) => {
    const written = new Map<string, string>();
    const archives = await writeAll(pushed(addons, written));
    expect(archives[0]).toBe('helm-charts/web/web-1.0.0.tgz');
    expect(archives.map((path) => written.get(path ?? ''))).toEqual(addons.map((_addon, index) => `archive ${index}`));
    const values = [...written.keys()].filter((path) => path.endsWith('values.yaml'));
    expect(values).toHaveLength(addons.length + 1);
  });

  it('are apart by name, too', async () => {
    const written = new Map<string, string>();
    const other = addonOf('b', {
      chart: 'other',
      source: { kind: 'http', repository: 'https://charts.example.com', chart: 'other' },
    });
    expect(await writeAll(pushed([addonOf('a'), other], written))).toEqual([
      'helm-charts/web/web-1.0.0.tgz',
      'helm-charts/other/other-1.0.0.tgz',
    ]);
    expect(written.has('helm-charts/other/values.yaml')).toBe(true);
  });
});

describe('proof.json', () => {
  it('stands beside the archive, for further versions with the version in its name, and has a command', async () => {
    const written = new Map<string, string>();
    const run = pushed([addonOf('a'), addonOf('b', { ociNamespace: 'n' })], written);
    const [, second] = run.charts;
    if (second?.relocated === undefined) throw new RangeError('two charts');
    second.relocated = { ...second.relocated, version: '2.0.0' };
    for (const release of run.releases) release.extraction = extractionOf();
    await writeAll(run);
    const first = JSON.parse(written.get('helm-charts/web/proof.json') ?? '{}');
    expect(first).toMatchObject({
      version: 1,
      chart: 'web',
      chartVersion: '1.0.0',
      archive: 'helm-charts/web/web-1.0.0.tgz',
    });
    expect(first.releases[0].proof.command).toBe(
      'helm template a helm-charts/web/web-1.0.0.tgz --namespace a --kube-version 1.34.0',
    );
    expect(JSON.parse(written.get('helm-charts/web/web-2.0.0.proof.json') ?? '{}')).toMatchObject({
      chartVersion: '2.0.0',
    });
  });
});

describe('the values of a profile that nobody asked for', () => {
  it('are written, with what was laid over them, and named in its command', async () => {
    const written = new Map<string, string>();
    const run = pushed([addonOf('a')], written);
    const [release] = run.releases;
    const [chart] = run.charts;
    if (release === undefined || chart?.pulled === undefined) throw new RangeError('one chart');
    const tree = archive({ 'Chart.yaml': chartYaml('web'), 'ci/x-values.yaml': 'image: quay.io/a/b:1\n' });
    chart.pulled = { ...chart.pulled, tree };
    release.extraction = extractionOf();
    const own = { ownOverlay: 'image: r.test/a/b:1\n', verdict: verdictOf(true) };
    release.profiles = [
      profileOf({ kind: 'ci', file: 'ci/x-values.yaml' }, own),
      profileOf({ kind: 'defaults' }, own),
      profileOf({ kind: 'switch', path: ['a', 'b/c'] }, own),
      profileOf({ kind: 'switch', path: ['d'] }, { verdict: verdictOf(true) }),
    ];
    await writeAll(run);
    const proof = JSON.parse(written.get('helm-charts/web/proof.json') ?? '{}');
    const folder = 'helm-charts/web/a/profiles';
    const values: string[][] = proof.releases[0].profiles.map(({ proof: one }: { proof: { command: string } }) =>
      [...one.command.matchAll(/--values (\S+)/g)].map(([, file]) => file),
    );
    expect(values).toEqual([
      [`${folder}/x-values.yaml`, `${folder}/moved-x-values.yaml`],
      [`${folder}/moved-default%20values.yaml`],
      [expect.stringMatching(/profiles\/moved-[\w.%-]+\.yaml$/)],
      [],
    ]);
    expect(written.get(`${folder}/x-values.yaml`)).toBe('image: quay.io/a/b:1\n');
    for (const file of values.flat().filter((one) => one.includes('/moved-')))
      expect(written.get(file), file).toMatch(/^# .*\nimage: r\.test\/a\/b:1\n$/);
  });
});

describe('consumer values', () => {
  it('say in their head whether they are proven', async () => {
    const written = new Map<string, string>();
    const run = pushed([addonOf('a'), addonOf('b', { ociNamespace: 'n' })], written);
    const [first, second] = run.releases;
    if (first === undefined || second === undefined) throw new RangeError('two releases');
    first.consumerVerdict = verdictOf(true);
    second.consumerVerdict = verdictOf(false);
    await writeAll(run);
    expect(written.get('helm-charts/web/a/values.yaml')).toMatch(/^# Proven: /m);
    expect(written.get('helm-charts/web/b/values.yaml')).toMatch(/^# NOT PROVEN for the original chart/m);
    expect(written.get('helm-charts/web/values.yaml')).toBe(written.get('helm-charts/web/a/values.yaml'));
    expect([first.consumerWritten, second.consumerWritten]).toEqual([true, true]);
  });

  it('without a chart name of their own are those of the first chart that is done', async () => {
    const written = new Map<string, string>();
    const run = pushed([addonOf('a'), addonOf('b', { ociNamespace: 'n' })], written);
    const [first, second] = run.charts as [ChartItem, ChartItem];
    first.push = { kind: 'waiting' };
    expect([isDone(first), isDone(second)]).toEqual([false, true]);
    await writeOutputs(second, run);
    expect(written.get('helm-charts/web/values.yaml')).toBe(written.get('helm-charts/web/b/values.yaml'));
  });
});
