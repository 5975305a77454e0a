import { describe, expect, it } from 'vitest';
import { isProven, proofFailure } from '../../../src/pipeline/proof-failure.ts';
import { prove } from '../../../src/pipeline/prove.ts';
import { podTemplate, relocated } from './mini-helm.ts';
import {
  APP,
  edits,
  hidden,
  layer,
  MOVED_APP,
  MOVED_WORKER,
  profile,
  proofs,
  proven,
  SPOILING,
  VALUES,
  WORKER,
} from './proved.ts';
import { addonOf } from './runs.ts';

describe('images behind a switch', () => {
  it('are moved in the chart, and proven', async () => {
    const all = await proven(WORKER);
    expect(edits(all)).toEqual([MOVED_APP, MOVED_WORKER]);
    expect(proofs(all)).toEqual(['worker.enabled=true: proven']);
    expect(hidden(all)).toEqual(['quay.io/team/worker:2: proven']);
    expect(all.releases[0]?.notes).toEqual([]);
  });

  it('that a template spells out are patched, and proven', async () => {
    const files = {
      ...WORKER,
      'templates/worker.yaml': podTemplate('w', 'quay.io/team/lit:1', '.Values.worker.enabled'),
    };
    const all = await proven(files);
    expect(all.chart.relocated?.patches.map(({ after }) => after.trim())).toEqual([
      'image: registry.example.com/m/team/lit:1',
    ]);
    expect(hidden(all)).toContain('quay.io/team/lit:1: proven');
  });

  it('in a list are moved, and proven', async () => {
    const all = await proven({
      ...APP,
      'values.yaml': 'app: quay.io/team/app:1\nl: [{ active: false, image: "quay.io/team/extra:5" }]\n',
      'templates/l.yaml': podTemplate('l', '{{ .Values.l.0.image }}', '.Values.l.0.active'),
    });
    expect(edits(all)).toEqual([MOVED_APP, 'l[0].image = registry.example.com/m/team/extra:5']);
    expect(hidden(all)).toEqual(['quay.io/team/extra:5: proven']);
  });

  it('of several are traced together, and each is proven by itself', async () => {
    const all = await proven({
      ...WORKER,
      'values.yaml': `${VALUES}side: { enabled: false, registry: quay.io, name: team/side }\n`,
      'templates/side.yaml': podTemplate(
        'side',
        '{{ .Values.side.registry }}/{{ .Values.side.name }}:3',
        '.Values.side.enabled',
      ),
    });
    expect(proofs(all)).toEqual(['worker.enabled=true: proven', 'side.enabled=true: proven']);
    expect(edits(all)).toContain('side.registry = registry.example.com/m');
  });

  it('of which the chart allows only one are traced one by one', async () => {
    const guard =
      '{{ if .Values.worker.enabled }}\n{{ if .Values.side.enabled }}\n{{ fail "only one" }}\n{{ end }}\n{{ end }}\n';
    const all = await proven({
      ...WORKER,
      'values.yaml': `${VALUES}side: { enabled: false, image: "quay.io/team/side:3" }\n`,
      'templates/side.yaml': podTemplate('side', '{{ .Values.side.image }}', '.Values.side.enabled'),
      'templates/guard.yaml': guard,
    });
    expect(proofs(all)).toEqual(['worker.enabled=true: proven', 'side.enabled=true: proven']);
    expect(edits(all)).toEqual([MOVED_APP, MOVED_WORKER, 'side.image = registry.example.com/m/team/side:3']);
  });

  it('in a list are not proven by a list that the archive does not have', async () => {
    const files = {
      ...APP,
      'values.yaml': 'app: quay.io/team/app:1\nl: [{ active: false, image: "quay.io/team/extra:5" }]\n',
      'templates/l.yaml': podTemplate('l', '{{ .Values.l.0.image }}', '.Values.l.0.active'),
    };
    const { run, chart, releases } = await relocated([addonOf('a')], files, { pushUnproven: true });
    const { pulled } = chart;
    if (chart.relocated === undefined || pulled === undefined) throw new RangeError('it was relocated');
    chart.relocated = { ...chart.relocated, reach: 'asked', tree: pulled.tree, archive: pulled.archive };
    await prove(chart, 0, run);
    expect(proofs({ run, chart, releases })).toEqual(['l[0].active=true: not proven']);
  });

  it('that nothing can move are not proven, and that decides nothing', async () => {
    const files = {
      ...WORKER,
      'templates/worker.yaml': podTemplate('w', 'quay.io/team/{{ .Values.name }}:1', '.Values.worker.enabled'),
    };
    const all = await proven({ ...files, 'values.yaml': `${VALUES}name: lit\n` }, [addonOf('a')], {
      templatePatches: false,
    });
    expect(hidden(all)).toContain('quay.io/team/lit:1: no');
    expect(proofFailure(all.chart)).toBeUndefined();
    expect(all.releases.every(isProven)).toBe(true);
  });
});

describe('values that are parts of a host', () => {
  const image = podTemplate('a', '{{ .Values.host }}.{{ .Values.domain }}/team/app:1');
  const values = 'host: quay\ndomain: io\n';

  it('are moved where they make references and nothing else', async () => {
    const all = await proven({ 'values.yaml': values, 'templates/a.yaml': image });
    expect(all.releases.every(isProven)).toBe(true);
    expect(edits(all)).toHaveLength(2);
  });

  it.each([
    ['the value of a variable', '  env:\n    - name: DOMAIN\n      value: {{ .Values.domain }}\n'],
    ['an argument', '  args:\n    - --domain\n    - {{ .Values.domain }}\n'],
  ])('are not proven where they say something else, too: %s', async (_, more) => {
    const other = `kind: Thing\nmetadata: { name: t }\nspec:\n${more}`;
    const files = { 'values.yaml': values, 'templates/a.yaml': image, 'templates/t.yaml': other };
    await expect(proven(files)).rejects.toMatchObject({ code: 'NOT_PROVEN' });
  });
});

describe('moving hidden images that would spoil what was asked for', () => {
  it('is given up for names that no render has shown, and said', async () => {
    const all = await proven({
      ...WORKER,
      'values.yaml': `${VALUES}never: { repository: quay.io/team/never, tag: "8" }\n`,
      'templates/guard.yaml':
        '{{ if ne .Values.never.repository "quay.io/team/never" }}\n{{ fail "only ours" }}\n{{ end }}\n',
    });
    expect(edits(all)).toEqual([MOVED_APP, MOVED_WORKER]);
    expect(hidden(all)).toEqual(['quay.io/team/worker:2: proven', 'quay.io/team/never:8: no']);
    expect(all.chart.relocated?.reach).toBe('shown');
    expect(all.releases[0]?.notes).toEqual([expect.stringMatching(/^names in values .* are left as they are/)]);
    expect(all.releases.every(isProven)).toBe(true);
  });

  it('is given up for those names alone that the proof shows, and said', async () => {
    const all = await proven({
      ...WORKER,
      'values.yaml': `${VALUES}never: { repository: team/never, tag: "8" }\nother: { repository: quay.io/team/other, tag: "9" }\n`,
      'templates/t.yaml': 'kind: Thing\nmetadata: { name: t }\nspec:\n  about: {{ .Values.never.repository }}\n',
    });
    expect(hidden(all)).toEqual([
      'quay.io/team/worker:2: proven',
      'docker.io/team/never:8: no',
      'quay.io/team/other:9: by-form',
    ]);
    expect(all.chart.relocated?.reach).toBe('declared');
    expect(all.releases[0]?.notes).toEqual([
      'some names in values stay where they are: moving them would spoil the proof: never.repository',
    ]);
    expect(all.releases.every(isProven)).toBe(true);
  });

  it('is given up for the one of several profiles whose name the proof shows, and said', async () => {
    const all = await proven({
      ...WORKER,
      'values.yaml': `${VALUES}nfs: { enabled: false, init: busybox }\n`,
      'templates/nfs.yaml': podTemplate('n', '{{ .Values.nfs.init }}', '.Values.nfs.enabled'),
      'templates/dump.yaml':
        'kind: ConfigMap\nmetadata: { name: dump }\ndata:\n  values: "{ initDataImage: {{ .Values.nfs.init }} }"\n',
    });
    expect(hidden(all)).toEqual(['quay.io/team/worker:2: proven', 'docker.io/library/busybox: no']);
    expect(all.chart.relocated?.reach).toBe('declared');
    expect(all.releases[0]?.notes).toContain(
      'some names in values stay where they are: moving them would spoil the proof: nfs.init',
    );
    expect(all.releases.every(isProven)).toBe(true);
  });

  it('is given up for what other profiles show, and said', async () => {
    const all = await proven(SPOILING);
    expect(edits(all)).toEqual([MOVED_APP]);
    expect(proofs(all)).toEqual(['worker.enabled=true: not proven']);
    expect(hidden(all)).toEqual(['quay.io/team/worker:2: no']);
    expect(all.chart.relocated?.reach).toBe('asked');
    expect(all.releases[0]?.notes).toEqual([
      expect.stringMatching(/^images of other profiles are left where they are/),
    ]);
    expect(all.releases.every(isProven)).toBe(true);
  });

  it('is given up for a key that was empty, and that the proof shows: what else was shown is moved', async () => {
    const image = [
      '{{ if .Values.side.image }}\n      image: {{ .Values.side.image }}\n{{ end }}\n',
      '{{ if eq .Values.side.image "" }}\n',
      '{{ if eq .Values.mode "big" }}\n      image: quay.io/team/big:9\n{{ end }}\n',
      '{{ if eq .Values.mode "plain" }}\n      image: {{ .Values.plain }}\n{{ end }}\n',
      '{{ end }}\n',
    ].join('');
    const all = await proven({
      ...WORKER,
      'values.yaml': `${VALUES}mode: plain\nplain: quay.io/team/plain:7\nside: { image: "" }\n`,
      'templates/side.yaml': `kind: Pod\nmetadata: { name: s }\nspec:\n  containers:\n    - name: c\n${image}`,
      'ci/big-values.yaml': 'mode: big\n',
    });
    expect(all.chart.relocated?.reach).toBe('declared');
    expect(all.releases.every(isProven)).toBe(true);
    expect(hidden(all)).toEqual(['quay.io/team/big:9: proven', 'quay.io/team/worker:2: proven']);
    expect(all.releases[0]?.notes).toEqual([
      'some names in values stay where they are: moving them would spoil the proof: side.image',
    ]);
  });

  it('leaves nothing behind: what is in a list is not proven by what was planned for it', async () => {
    const all = await proven({
      ...APP,
      'values.yaml': 'app: quay.io/team/app:1\nl: [{ active: false, image: "quay.io/team/extra:5" }]\n',
      'templates/l.yaml': podTemplate('l', '{{ .Values.l.0.image }}', '.Values.l.0.active'),
      'templates/note.yaml':
        'kind: ConfigMap\nmetadata: { name: note }\ndata:\n  a: b\n{{ if eq .Values.l.0.image "quay.io/team/extra:5" }}\n  official: "1"\n{{ end }}\n',
    });
    expect(edits(all)).toEqual([MOVED_APP]);
    expect(proofs(all)).toEqual(['l[0].active=true: not proven']);
    expect(hidden(all)).toEqual(['quay.io/team/extra:5: no']);
  });

  it('leaves nothing behind: what the values of the release name is not proven by what was planned for them', async () => {
    const note = SPOILING['templates/note.yaml'].replace('quay.io/team/worker:2', 'quay.io/team/own:3');
    const layers = [layer('worker: { image: "quay.io/team/own:3" }\n')];
    const all = await proven({ ...SPOILING, 'templates/note.yaml': note }, [addonOf('a', { layers })]);
    expect(all.chart.relocated?.reach).toBe('asked');
    expect(all.releases.every(isProven)).toBe(true);
    expect(proofs(all)).toContain('worker.enabled=true: not proven');
    expect(hidden(all)).toContain('quay.io/team/own:3: no');
  });

  it('is a failure where the catalog asks for both', async () => {
    const addon = addonOf('a', { profiles: [profile('big', 'worker: { enabled: true }\n')] });
    const note = 'kind: ConfigMap\nmetadata: { name: note }\ndata:\n  label: x{{ .Values.worker.image }}x\n';
    await expect(proven({ ...SPOILING, 'templates/note.yaml': note }, [addon])).rejects.toMatchObject({
      code: 'NOT_PROVEN',
    });
  });

  it('is none where a template compares a value with what it was: that is moved along', async () => {
    const addon = addonOf('a', { profiles: [profile('big', 'worker: { enabled: true }\n')] });
    const all = await proven(SPOILING, [addon]);
    expect(all.releases.every(isProven)).toBe(true);
    expect(all.chart.relocated?.patches.map(({ shown, after }) => `${shown}: ${after}`)).toEqual([
      'web/templates/note.yaml: {{ if eq .Values.worker.image "registry.example.com/m/team/worker:2" }}',
    ]);
  });

  it('moves as much as it can when it was something else that could not be proven', async () => {
    const files = { ...WORKER, 'templates/z.yaml': podTemplate('z', '{{ .Values.host }}.io/team/lit:1') };
    const all = await proven({ ...files, 'values.yaml': `${VALUES}host: ghcr\n` }, [addonOf('a')], {
      pushUnproven: true,
      templatePatches: false,
    });
    expect(all.releases.every(isProven)).toBe(false);
    expect(edits(all)).toContain(MOVED_WORKER);
    expect(all.releases[0]?.notes).toEqual([]);
  });

  it('is said for each release that it helped', async () => {
    const all = await proven(SPOILING, [addonOf('a'), addonOf('b', { layers: [layer('other: 1\n')] })]);
    expect(all.releases.map(({ notes }) => notes.length)).toEqual([1, 1]);
    expect(all.releases.every(isProven)).toBe(true);
  });

  it('is not said for a release that was proven all the time', async () => {
    const files = {
      ...WORKER,
      'values.yaml': `${VALUES}host: ghcr\nz: { enabled: "" }\n`,
      'templates/z.yaml': podTemplate('z', '{{ .Values.host }}.io/team/lit:1', '.Values.z.enabled'),
    };
    const addons = [addonOf('a'), addonOf('b', { layers: [layer('z: { enabled: "1" }\n')] })];
    const all = await proven(files, addons, { pushUnproven: true, templatePatches: false });
    expect(all.releases.map(isProven)).toEqual([true, false]);
    expect(all.releases.map(({ notes }) => notes)).toEqual([[], []]);
  });
});

describe('a run that is interrupted', () => {
  it('proves nothing, rather than saying that it failed', async () => {
    const stop = new AbortController();
    const all = await relocated([addonOf('a')], WORKER, {}, { signal: stop.signal });
    const { run, chart } = all;
    const helm = {
      ...run.ports.helm,
      render: async (): Promise<never> => {
        stop.abort(new Error('interrupted'));
        throw new Error('interrupted');
      },
    };
    await expect(prove(chart, 0, { ...run, ports: { ...run.ports, helm } })).rejects.toThrow('interrupted');
  });
});
