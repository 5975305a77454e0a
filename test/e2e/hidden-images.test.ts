import { readFile } from 'node:fs/promises';
import { basename, join, resolve } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type ChartParts, chartFiles, deployment, pod, vendored } from '../support/e2e-charts.ts';
import { type ConsumerHelm, createConsumerHelm } from '../support/e2e-helm.ts';
import { strayHosts } from '../support/e2e-plain-grep.ts';
import { type Outcome, startWorld, type World } from '../support/e2e-world.ts';
import { describeWith } from '../support/tools.ts';

const IMAGES = [
  'quay.io/team/app:1.0',
  'quay.io/team/exporter:2',
  'ghcr.io/org/web:3',
  'docker.io/library/busybox:1.36',
];

function when(condition: string, text: string): string {
  return `{{- if ${condition} }}\n${text}\n{{- end }}\n`;
}

/** Everything that can hide an image: switches, in lists and subcharts too, test values, other defaults, mere values. */
const SHOP: ChartParts = {
  yaml: ['dependencies:', '  - { name: cache, version: 1.0.0, condition: cache.enabled }'],
  values: [
    'app: { image: quay.io/team/app, tag: "1.0" }',
    'metrics: { enabled: false, image: { registry: quay.io, repository: team/exporter, tag: "2" } }',
    'web: { enabled: false, repository: ghcr.io/org/web, tag: "3" }',
    'debug: false',
    'strict: false',
    'mode: plain',
    'never: { repository: quay.io/team/never, tag: "8" }',
    'extras:',
    '  - { name: one, active: false, image: quay.io/team/extra:5 }',
    '  - { name: two, active: false, image: quay.io/team/other:6 }',
    'cache:',
    '  enabled: false',
    '',
  ].join('\n'),
  templates: {
    'app.yaml': deployment('- name: main\n  image: {{ .Values.app.image }}:{{ .Values.app.tag }}'),
    'metrics.yaml': when(
      '.Values.metrics.enabled',
      deployment(
        '- name: main\n  image: {{ .Values.metrics.image.registry }}/{{ .Values.metrics.image.repository }}:{{ .Values.metrics.image.tag }}',
        'metrics',
      ),
    ),
    'web.yaml': when(
      '.Values.web.enabled',
      deployment('- name: main\n  image: {{ .Values.web.repository }}:{{ .Values.web.tag }}', 'web'),
    ),
    'debug.yaml': when('.Values.debug', pod('busybox:1.36', 'tier: debug')),
    'strict.yaml': when('.Values.strict', '{{ fail "strict needs a license" }}'),
    'extras.yaml': `{{- range .Values.extras }}{{ if .active }}\n---\n${pod('{{ .image }}', 'tier: extra').replace('.Release', '$.Release').replace('name: ', 'name: {{ .name }}-')}{{ end }}{{ end }}\n`,
    'cluster.yaml': when('eq .Values.mode "cluster"', pod('quay.io/team/cluster:7', 'tier: cluster')),
  },
  files: {
    'ci/cluster-values.yaml': 'mode: cluster\n',
    ...vendored('cache', {
      values: 'image: { repository: quay.io/team/cache, tag: "4" }\ndebug: false\n',
      templates: {
        // two switches must be on: no profile shows it
        'debug.yaml': when('.Values.debug', pod('quay.io/team/inner:9', 'tier: debug')),
        'c.yaml': deployment('- name: c\n  image: {{ .Values.image.repository }}:{{ .Values.image.tag }}', 'cache'),
      },
    }),
  },
};

/** Refuses its switch as Bitnami's charts do: in NOTES.txt, by way of a helper. */
const GUARDED: ChartParts = {
  values: 'image: quay.io/team/app:1.0\ntls: { enabled: false, secret: "", image: quay.io/team/exporter:2 }\n',
  templates: {
    'app.yaml': deployment('- name: main\n  image: {{ .Values.image }}'),
    'tls.yaml': when('.Values.tls.enabled', pod('{{ .Values.tls.image }}', 'tier: tls')),
    '_validate.tpl':
      '{{- define "validate" }}{{ if and .Values.tls.enabled (not .Values.tls.secret) }}{{ fail "\\nVALUES VALIDATION:\\ntls needs a secret" }}{{ end }}{{ end -}}\n',
    'NOTES.txt': '{{ include "validate" . }}\n',
  },
};

const SHOWN = { image: 'quay.io/team/app:1.0', evidence: 'rendered' };

describeWith(['helm', 'crane'], 'images that the values of a release do not render', () => {
  let world: World;
  let helm: ConsumerHelm;
  let outcome: Outcome;

  beforeAll(async () => {
    world = await startWorld();
    helm = await createConsumerHelm();
    await world.sources.addImages(IMAGES);
    await world.publish('shop', SHOP);
    outcome = await world.mirror('plain', [{ chart: 'shop', version: '1.0.0' }]);
  });

  afterAll(async () => {
    await Promise.all([world?.stop(), helm?.remove()]);
  });

  function evidence({ report }: Outcome): readonly unknown[] {
    return report.images.map((row) => ({ image: row.source, evidence: row.evidence }));
  }

  it('are found with what brings each, and not mirrored unless asked for', () => {
    expect(outcome.code, outcome.stderr).toBe(0);
    expect(evidence(outcome)).toEqual([SHOWN]);
    const { hiddenImages, switches, refusedProfiles } = outcome.row('shop');
    expect(hiddenImages.map(({ image, evidence: how, when: by, moved }) => [image, how, by, moved])).toEqual([
      ['quay.io/team/cluster:7', 'conditional', ['ci/cluster-values.yaml'], 'proven'],
      ['quay.io/team/exporter:2', 'conditional', ['metrics.enabled=true'], 'proven'],
      ['ghcr.io/org/web:3', 'conditional', ['web.enabled=true'], 'proven'],
      ['docker.io/library/busybox:1.36', 'conditional', ['debug=true'], 'proven'],
      ['quay.io/team/extra:5', 'conditional', ['extras[0].active=true'], 'proven'],
      ['quay.io/team/other:6', 'conditional', ['extras[1].active=true'], 'proven'],
      ['quay.io/team/cache:4', 'conditional', ['cache.enabled=true'], 'proven'],
      ['quay.io/team/inner:9', 'declared', ['shop/charts/cache/templates/debug.yaml:10'], 'by-form'],
      ['quay.io/team/never:8', 'declared', ['never'], 'by-form'],
    ]);
    expect(hiddenImages.every(({ mirrored }) => !mirrored)).toBe(true);
    expect(switches).toBe(7);
    expect(refusedProfiles).toEqual([
      { profile: 'strict=true', kind: 'switch', reason: expect.stringContaining('strict needs a license') },
    ]);
  });

  it.each<[string, number?]>([
    ['metrics.enabled=true'],
    ['web.enabled=true'],
    ['debug=true'],
    ['cache.enabled=true'],
    ['cache.enabled=true,cache.debug=true', 4],
    ['mode=cluster'],
  ])('are pulled from the target with %s, rendered by helm alone', async (set, parts = 3) => {
    const archive = await helm.pull(`oci://${world.proxy.host}/plain/shop`, '1.0.0');
    const output = await helm.template('r', archive, ['--set', set]);
    expect(output.split(`${world.proxy.host}/plain/`)).toHaveLength(parts);
    expect(strayHosts(output)).toEqual([]);
  });

  it('are told of in the consumer values and the summary', async () => {
    const file = join(world.machine.work, outcome.directory, 'helm-charts/shop/values.yaml');
    const text = await readFile(file, 'utf8');
    expect(text).toContain('#   metrics.enabled=true: quay.io/team/exporter:2\n');
    expect(text).toContain('#   never (named there): quay.io/team/never:8\n');
    // no value moves in the original chart what its templates spell out
    expect(text).toContain('#   debug=true: docker.io/library/busybox:1.36, from its public source\n');
    expect(text).toContain('#   ci/cluster-values.yaml: quay.io/team/cluster:7, from its public source\n');
    expect(text).toMatch(/: quay\.io\/team\/inner:9, from its public source\n/);
    expect(outcome.stderr).toContain(
      'with other values: 9 further images: moved and proven 7, moved by form 2, not moved 0; 0 mirrored\n',
    );
    expect(outcome.stderr).toContain(
      '\nnot known: what 1 switch would bring: shop did not render with them, see refusedProfiles in the report\n',
    );
    expect(outcome.stderr).toContain(
      '  shop 1.0.0 (shop) 7 switches turned; further images with 6 switches, 1 set of test values; not rendered with 1 switch\n',
    );
  });

  it('are mirrored when they are asked for, and unconfirmed where their source does not have them', async () => {
    const { report, code, stderr } = await world.mirror(
      'more',
      [{ chart: 'shop', version: '1.0.0' }],
      ['--images', 'conditional'],
    );
    expect(code, stderr).toBe(0);
    const rows = report.images.map(({ source, evidence: how, status }) => [source, how, status]);
    expect(rows).toEqual([
      ['quay.io/team/app:1.0', 'rendered', 'copied'],
      ['quay.io/team/cluster:7', 'conditional', 'unconfirmed'],
      ['quay.io/team/exporter:2', 'conditional', 'copied'],
      ['ghcr.io/org/web:3', 'conditional', 'copied'],
      ['docker.io/library/busybox:1.36', 'conditional', 'copied'],
      ['quay.io/team/extra:5', 'conditional', 'unconfirmed'],
      ['quay.io/team/other:6', 'conditional', 'unconfirmed'],
      ['quay.io/team/cache:4', 'conditional', 'unconfirmed'],
    ]);
    expect(report.charts[0]?.hiddenImages.filter(({ mirrored }) => mirrored)).toHaveLength(3);
    expect(stderr).toContain('\n  quay.io/team/cluster:7 is not at its source\n');
    expect(stderr).toContain('\nNOT COPIED      quay.io/team/cluster:7 is not at its source\n');
    expect(stderr).toContain('\nall done, but 4 images are NOT copied\n');
    const strict = await world.mirror(
      'more',
      [{ chart: 'shop', version: '1.0.0' }],
      ['--images', 'conditional', '--strict'],
    );
    expect(strict.code).toBe(1);
  });

  it('are not looked for behind switches when that is said', async () => {
    const { report, stderr } = await world.mirror('quick', [{ chart: 'shop', version: '1.0.0' }], ['--no-switches']);
    expect(report.charts[0]?.switches).toBeNull();
    expect(report.charts[0]?.hiddenImages.filter(({ evidence: how }) => how === 'conditional')).toHaveLength(1);
    expect(stderr).toContain('  shop 1.0.0 (shop) switches not turned; further images with 1 set of test values\n');
    expect(stderr).toContain('\nnot known: images behind switches, since none was turned (--no-switches)\n');
  });

  it('are found and proven behind switches that only NOTES.txt refuses, and come when it is content', async () => {
    await world.publish('guarded', GUARDED);
    const run = await world.mirror('guarded', [{ chart: 'guarded', version: '1.0.0' }]);
    expect(run.code, run.stderr).toBe(0);
    const row = run.row('guarded');
    expect(row.refusedProfiles).toEqual([]);
    expect(row.hiddenImages.map(({ image, moved }) => [image, moved])).toEqual([['quay.io/team/exporter:2', 'proven']]);
    const refusedByNotes = expect.stringMatching(/NOTES\.txt.*tls needs a secret/);
    expect(row.profiles).toMatchObject([
      { profile: 'tls.enabled=true', refusedByNotes, proof: { state: 'proven', command: null } },
    ]);
    const archive = await helm.pull(`oci://${world.proxy.host}/guarded/guarded`, '1.0.0');
    await expect(helm.template('r', archive, ['--set', 'tls.enabled=true'])).rejects.toThrow(/tls needs a secret/);
    const output = await helm.template('r', archive, ['--set', 'tls.enabled=true,tls.secret=x']);
    expect(output).toContain(`${world.proxy.host}/guarded/team/exporter:2`);
    expect(strayHosts(output)).toEqual([]);
    for (const [file, text] of Object.entries(chartFiles('guarded', GUARDED)))
      await world.machine.write(`guarded/${file}`, text.toString());
    const { code, stdout } = await world.machine.run(['explain', './guarded', '--image', 'quay.io/team/exporter']);
    expect(code).toBe(0);
    expect(stdout).toMatch(/note: with tls\.enabled=true NOTES\.txt refuses to render; .*tls needs a secret/);
  });

  it('that test values of the chart name themselves are rendered at the target by the printed command', async () => {
    await world.publish('tested', {
      values: 'image: quay.io/team/app:1.0\n',
      templates: { 'app.yaml': deployment('- name: main\n  image: {{ .Values.image }}') },
      files: { 'ci/own-values.yaml': 'image: quay.io/team/exporter:2\n' },
    });
    const run = await world.mirror('tested', [{ chart: 'tested', version: '1.0.0' }]);
    expect(run.code, run.stderr).toBe(0);
    const [profile] = run.row('tested').profiles;
    expect(profile).toMatchObject({ profile: 'ci/own-values.yaml', proof: { state: 'proven' } });
    const values = 'helm-charts/tested/tested/profiles';
    const command = profile?.proof.command ?? '';
    expect(command).toContain(`--values ${values}/own-values.yaml --values ${values}/moved-own-values.yaml`);
    const words = command.split(' ').map((word) => word.replace(/^helm-charts/, join(run.directory, 'helm-charts')));
    const [release = '', archive = ''] = words.slice(2).map((word) => resolve(world.machine.work, word));
    const flags = words.slice(4).map((word) => (word.includes('/') ? resolve(world.machine.work, word) : word));
    const output = await helm.template(basename(release), archive, flags);
    expect(output).toContain(`image: ${world.proxy.host}/tested/team/exporter:2`);
    expect(strayHosts(output)).toEqual([]);
  });

  it('are mirrored and proven when a profile of the catalog renders them', async () => {
    const profiles = [{ name: 'observed', values: { metrics: { enabled: true } } }];
    const { report, code, stderr } = await world.mirror('asked', [{ chart: 'shop', version: '1.0.0', profiles }]);
    expect(code, stderr).toBe(0);
    expect(report.images.map(({ source, evidence: how, status }) => [source, how, status])).toEqual([
      ['quay.io/team/app:1.0', 'rendered', 'copied'],
      ['quay.io/team/exporter:2', 'rendered', 'copied'],
    ]);
    expect(report.images[1]?.usedBy[0]?.places).toEqual([expect.stringContaining('with profile observed')]);
    expect(report.charts[0]?.profiles[0]).toMatchObject({ kind: 'catalog', proof: { state: 'proven' } });
  });

  it('end a release whose profile does not render, and name the profile', async () => {
    const profiles = [{ name: 'licensed', values: { strict: true } }];
    const { report, code } = await world.mirror('refused', [{ chart: 'shop', version: '1.0.0', profiles }]);
    expect(code).toBe(1);
    expect(report.charts[0]?.error).toMatchObject({
      code: 'RENDER_FAILED',
      message: expect.stringMatching(/profile licensed of release shop: .*needs a license/),
    });
  });

  it('are left out, and added, with a reason that the report repeats', async () => {
    const images = {
      add: [{ image: 'ghcr.io/org/web:3', reason: 'pulled by hand' }],
      exclude: [
        { image: 'quay.io/team/app', reason: 'built here' },
        { image: 'quay.io/team/slip', reason: 'a slip' },
      ],
    };
    const { report, code, stderr } = await world.mirror('chosen', [{ chart: 'shop', version: '1.0.0', images }]);
    expect(code, stderr).toBe(0);
    expect(report.images.map(({ source, evidence: how }) => [source, how])).toEqual([['ghcr.io/org/web:3', 'added']]);
    expect(report.images[0]?.usedBy[0]?.places).toEqual(['images of the catalog entry: pulled by hand']);
    const [row] = report.charts;
    expect(row?.leftAsIs).toEqual([
      expect.objectContaining({ image: 'quay.io/team/app:1.0', why: 'excluded in the catalog: built here' }),
    ]);
    expect(row?.proof).toMatchObject({ state: 'proven', explained: { 'excluded in the catalog: built here': 1 } });
    expect(row?.notes).toContain('the exclusion quay.io/team/slip fits no image of the release');
  });

  it('stay literals where templates may not be patched, and the chart is then not proven', async () => {
    const entries = [{ chart: 'shop', version: '1.0.0', values: { debug: true } }];
    const patched = await world.mirror('patched', entries);
    expect(patched.code).toBe(0);
    const { report, code } = await world.mirror('unpatched', entries, ['--no-template-patches']);
    expect(code).toBe(1);
    expect(report.charts[0]).toMatchObject({
      status: 'not-proven',
      proof: { residue: [{ found: 'busybox:1.36', literals: [expect.stringContaining('templates/debug.yaml:')] }] },
    });
  });
});
