import { describe, expect, it } from 'vitest';
import { formatReference } from '../../../src/domain/reference.ts';
import { isProven } from '../../../src/pipeline/proof-failure.ts';
import { prove } from '../../../src/pipeline/prove.ts';
import { proveConsumer } from '../../../src/pipeline/prove-consumer.ts';
import { podTemplate, relocated } from './mini-helm.ts';
import {
  APP,
  edits,
  hidden,
  layer,
  MOVED_APP,
  MOVED_WORKER,
  PLACE,
  profile,
  proofs,
  proven,
  SPOILING,
  VALUES,
  WORKER,
} from './proved.ts';
import { addonOf } from './runs.ts';

describe('a profile of the catalog', () => {
  it('is proven as the release is, and its images are moved', async () => {
    const all = await proven(WORKER, [addonOf('a', { profiles: [profile('big', 'worker: { enabled: true }\n')] })]);
    expect(proofs(all)).toEqual(['profile big: proven', 'worker.enabled=true: proven']);
    expect(all.run.images.map(({ source }) => formatReference(source))).toEqual([
      'quay.io/team/app:1',
      'quay.io/team/worker:2',
    ]);
    expect(hidden(all)).toEqual([]);
  });

  it('ends the chart when it is not proven, and is named', async () => {
    const files = {
      ...WORKER,
      'values.yaml': `${VALUES}host: ghcr\n`,
      'templates/worker.yaml': podTemplate('w', '{{ .Values.host }}.io/team/lit:1', '.Values.worker.enabled'),
    };
    const addon = addonOf('a', { profiles: [profile('big', 'worker: { enabled: true }\n')] });
    await expect(proven(files, [addon], { templatePatches: false })).rejects.toMatchObject({
      code: 'NOT_PROVEN',
      message: expect.stringMatching(/not proven for release a with profile big: .*ghcr\.io\/team\/lit:1/),
    });
    const all = await proven(files, [addon], { templatePatches: false, pushUnproven: true });
    expect(all.releases.map(isProven)).toEqual([false]);
    expect(all.releases[0]?.verdict?.proven).toBe(true);
  });

  it('is proven by the packed archive alone: no values stand in for what was not moved in it', async () => {
    const addon = addonOf('a', { profiles: [profile('big', 'worker: { enabled: true }\n')] });
    const { run, chart, releases } = await relocated([addon], WORKER, { pushUnproven: true });
    const { pulled } = chart;
    if (chart.relocated === undefined || pulled === undefined) throw new RangeError('it was relocated');
    chart.relocated = { ...chart.relocated, reach: 'asked', tree: pulled.tree, archive: pulled.archive };
    await prove(chart, 0, run);
    expect(releases[0]?.verdict?.proven).toBe(false);
    expect(proofs({ run, chart, releases })).toEqual(['profile big: not proven', 'worker.enabled=true: not proven']);
  });

  it('is compared line by line, as the release is', async () => {
    const noted =
      'kind: ConfigMap\nmetadata: { name: note }\ndata:\n  a: b\n{{ if .Values.worker.enabled }}\n{{ if eq .Values.worker.image "quay.io/team/worker:2" }}\n  official: "1"\n{{ end }}\n{{ end }}\n';
    const files = { ...WORKER, 'templates/note.yaml': noted };
    const addon = addonOf('a', { profiles: [profile('big', 'worker: { enabled: true }\n')] });
    await expect(proven(files, [addon])).rejects.toThrow(/with profile big: .*official/);
    // of what nobody asked for, references alone are compared
    expect(proofs(await proven(files))).toEqual(['worker.enabled=true: proven']);
  });

  it('may replace a list of the release, in which images stand', async () => {
    const files = {
      ...APP,
      'values.yaml': 'app: quay.io/team/app:1\nl: []\n',
      'templates/l.yaml': podTemplate('l', '{{ .Values.l.0.image }}', '.Values.l.0.image'),
    };
    const addon = addonOf('a', {
      layers: [layer('l: [{ image: "quay.io/team/extra:5" }]\n')],
      profiles: [profile('none', 'l: []\n'), profile('other', 'l: [{ image: "quay.io/team/other:6" }]\n')],
    });
    expect(proofs(await proven(files, [addon]))).toEqual([
      'profile none: proven',
      'profile other: proven',
      'default values: proven',
    ]);
  });

  it('whose own values name images says so, as a release does', async () => {
    const own = layer('app: quay.io/team/own:1\n');
    const release = await proven(WORKER, [addonOf('a', { layers: [own] })]);
    expect(release.releases[0]?.notes).toEqual([expect.stringMatching(/name images themselves \(app\)/)]);
    const all = await proven(WORKER, [addonOf('a', { profiles: [{ name: 'mine', layers: [own], place: PLACE }] })]);
    expect(proofs(all)).toContain('profile mine: proven');
    expect(all.releases[0]?.notes).toEqual([expect.stringMatching(/mine.*\(app\)/)]);
  });
});

describe('test values of a chart', () => {
  it('that name an image themselves are not said to pull it from the target', async () => {
    const all = await proven({ ...WORKER, 'ci/x-values.yaml': 'app: quay.io/team/citest:3\n' });
    expect(hidden(all)).toContain('quay.io/team/citest:3: no');
  });
});

describe('what the catalog excludes', () => {
  const excluded = [{ pattern: 'quay.io/team/worker', reason: 'built here', place: PLACE }];

  it.each([
    ['rendered', { layers: [layer('worker: { enabled: true }\n')] }],
    ['behind a switch', {}],
  ])('stays where it is when it is %s, and the rest moves', async (_, parts) => {
    const files = { ...WORKER, 'values.yaml': `${VALUES}never: { repository: quay.io/team/never, tag: "8" }\n` };
    const all = await proven(files, [addonOf('a', { ...parts, excluded })]);
    expect(edits(all)).toEqual([MOVED_APP, 'never.repository = registry.example.com/m/team/never']);
    expect(all.releases.every(isProven)).toBe(true);
    expect(all.releases[0]?.notes.filter((note) => note.includes('spoil'))).toEqual([]);
  });
});

describe('the values for the original chart', () => {
  it('hold hidden images as well, and are proven', async () => {
    const all = await proven({
      ...WORKER,
      'values.yaml': `${VALUES}never: { repository: quay.io/team/never, tag: "8" }\n`,
    });
    await proveConsumer(all.chart, 0, all.run);
    const [release] = all.releases;
    expect(release?.consumerVerdict?.proven).toBe(true);
    expect(release?.consumerValues).toBe(
      'app: "registry.example.com/m/team/app:1"\nworker:\n  image: "registry.example.com/m/team/worker:2"\nnever:\n  repository: "registry.example.com/m/team/never"\n',
    );
  });

  it('hold none that would spoil the chart', async () => {
    const all = await proven(SPOILING);
    await proveConsumer(all.chart, 0, all.run);
    expect(all.releases[0]?.consumerValues).toBe('app: "registry.example.com/m/team/app:1"\n');
    expect(all.releases[0]?.consumerVerdict?.proven).toBe(true);
  });
});

describe('a profile that only NOTES.txt refuses', () => {
  const NOTES = '{{ if .Values.worker.enabled }}\n{{ fail "a license is needed" }}\n{{ end }}\n';
  const GUARDED = { ...WORKER, 'templates/NOTES.txt': NOTES };

  it('is moved and proven without it, and what is packed keeps it', async () => {
    const all = await proven(GUARDED);
    expect(proofs(all)).toEqual(['worker.enabled=true: proven']);
    expect(all.releases[0]?.looked.refused).toEqual([]);
    expect(all.releases[0]?.profiles[0]?.refusedByNotes).toMatch(/NOTES\.txt.*a license is needed/);
    expect(hidden(all)).toEqual(['quay.io/team/worker:2: proven']);
    expect(edits(all)).toEqual([MOVED_APP, MOVED_WORKER]);
    expect(all.chart.relocated?.tree.files.get('templates/NOTES.txt')?.data.toString()).toBe(NOTES);
  });

  it('is not proven where the relocated chart leaves its image', async () => {
    const { run, chart, releases } = await relocated([addonOf('a')], GUARDED, { pushUnproven: true });
    const { pulled } = chart;
    if (chart.relocated === undefined || pulled === undefined) throw new RangeError('it was relocated');
    chart.relocated = { ...chart.relocated, reach: 'asked', tree: pulled.tree, archive: pulled.archive };
    await prove(chart, 0, run);
    expect(proofs({ run, chart, releases })).toEqual(['worker.enabled=true: not proven']);
  });

  it('ends the release when it is what was asked for', async () => {
    const layers = [layer('worker: { enabled: true }\n')];
    await expect(proven(GUARDED, [addonOf('a', { layers })])).rejects.toThrow(/license is needed/);
  });
});
