import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { RunningServer } from '../../src/demo/registry-process.ts';
import type { Report } from '../../src/domain/report/report.ts';
import { deployment } from '../support/e2e-charts.ts';
import { createConsumerHelm } from '../support/e2e-helm.ts';
import { mirrorFlags } from '../support/e2e-machine.ts';
import { rawDigest } from '../support/e2e-registry.ts';
import { STABLE, startWorld, type World } from '../support/e2e-world.ts';
import { startDistribution } from '../support/registries.ts';
import { describeWith } from '../support/tools.ts';

interface Form {
  readonly chart: string;
  readonly about: string;
  readonly values: string;
  /** The images of the containers, as templates write them. */
  readonly images: readonly string[];
  /** What else stands in templates. */
  readonly more?: string;
  /** Where it is not proven: what its error says. */
  readonly left?: RegExp;
}

const TAGGED = '{{ .Values.image.repository }}:{{ .Values.image.tag }}';

const FORMS: readonly Form[] = [
  { chart: 'whole', about: 'one text', values: 'image: quay.io/team/app:1\n', images: ['{{ .Values.image }}'] },
  {
    chart: 'fields',
    about: 'registry and repository',
    values: 'image: { registry: quay.io, repository: team/app, tag: "1" }\n',
    images: [`{{ .Values.image.registry }}/${TAGGED}`],
  },
  {
    chart: 'named',
    about: 'a repository with its tag',
    values: 'image: { repository: "quay.io/team/app", tag: "1" }\n',
    images: [TAGGED],
  },
  {
    chart: 'split',
    about: 'registry, organization and name',
    values: 'image: { registry: quay.io, org: team, name: app }\n',
    images: ['{{ .Values.image.registry }}/{{ .Values.image.org }}/{{ .Values.image.name }}:1'],
  },
  {
    chart: 'shared',
    about: 'one prefix before several names',
    values: 'global: { prefix: quay.io/team }\na: { name: app }\nb: { name: other }\n',
    images: [
      '{{ .Values.global.prefix }}/{{ .Values.a.name }}:1',
      '{{ .Values.global.prefix }}/{{ .Values.b.name }}:1',
    ],
  },
  {
    chart: 'global',
    about: 'a global registry before repositories of several depths',
    values: 'global: { registry: quay.io }\na: { repository: team/app }\nb: { repository: team/deep/tool }\n',
    images: [
      '{{ .Values.global.registry }}/{{ .Values.a.repository }}:1',
      '{{ .Values.global.registry }}/{{ .Values.b.repository }}:1',
    ],
  },
  {
    chart: 'literal',
    about: 'what a template spells out, as a whole and before a tag',
    values: 'tag: "1"\n',
    images: ['quay.io/team/app:1', 'quay.io/team/deep/tool:{{ .Values.tag }}'],
  },
  {
    chart: 'behind',
    about: 'names that a template spells out behind a registry or a prefix',
    values: 'registry: quay.io\nprefix: quay.io/team\n',
    images: ['{{ .Values.registry }}/team/app:1', '{{ .Values.prefix }}/other:1'],
  },
  {
    chart: 'before',
    about: 'a registry that a template spells out before a repository, and a path before a name',
    values: 'a: { repository: team/app }\nb: { name: other }\n',
    images: ['quay.io/{{ .Values.a.repository }}:1', 'quay.io/team/{{ .Values.b.name }}:1'],
  },
  {
    chart: 'hub',
    about: 'names of Docker Hub without a host, and official ones',
    values: 'a: maker/tool\nb: busybox\n',
    images: ['{{ .Values.a }}:1', '{{ .Values.b }}:1'],
  },
  {
    chart: 'words',
    about: 'arguments, variables and lists',
    values: 'args: ["--image=quay.io/team/app:1"]\nimages: [{ image: "quay.io/team/other:1" }]\n',
    images: ['{{ (index .Values.images 0).image }}", args: [{{ index .Values.args 0 | quote }}], workingDir: "/'],
  },
  {
    chart: 'hyphens',
    about: 'hyphens in a row, which other names do not become',
    values: 'a: quay.io/team/a--b:1\nb: quay.io/team/a/b:1\n',
    images: ['{{ .Values.a }}', '{{ .Values.b }}'],
  },
  {
    chart: 'switched',
    about: 'what a switch brings, and values that no template reads',
    values: `image: quay.io/team/app:1
more: { enabled: false, registry: quay.io, repository: team/other, tag: "1" }
unread: { registry: quay.io, repository: team/deep/tool, tag: "1" }
`,
    images: [
      '{{ .Values.image }}{{ if .Values.more.enabled }}", env: [{ name: MORE, value: "{{ .Values.more.registry }}/{{ .Values.more.repository }}:1" }], workingDir: "/{{ end }}',
    ],
  },
  {
    chart: 'twice',
    about: 'one name below two owners, of which a value can hold one alone',
    values: 'name: app\n',
    images: ['{{ "quay.io/team" }}/{{ .Values.name }}:1', '{{ "ghcr.io/other" }}/{{ .Values.name }}:1'],
    left: /is not proven/,
  },
  {
    chart: 'base',
    about: 'a path that a program completes',
    values: 'base: nvcr.io/nvidia\n',
    images: ['quay.io/team/app:1'],
    more: 'kind: ConfigMap\napiVersion: v1\nmetadata: { name: base }\ndata: { imageRepository: "{{ .Values.base }}" }\n',
    left: /programs add to these at run time.*nvcr\.io\/nvidia/,
  },
];

const IMAGES = [
  ...['quay.io/team/app:1', 'quay.io/team/other:1', 'quay.io/team/deep/tool:1', 'ghcr.io/other/app:1'],
  ...['docker.io/maker/tool:1', 'docker.io/library/busybox:1', 'quay.io/team/a--b:1', 'quay.io/team/a/b:1'],
];

describeWith(['helm', 'registry'], 'a target with one level', () => {
  describe.each([
    { name: 'named by tags', flags: [] },
    { name: 'named by digests', flags: ['--pin-digests'] },
  ])('$name', ({ flags }) => theForms(flags));
});

function theForms(flags: readonly string[]): void {
  let world: World;
  let target: RunningServer;
  let report: Report;

  beforeAll(async () => {
    world = await startWorld();
    target = await startDistribution();
    for (const { chart, values, images, more } of FORMS) {
      const containers = images.map((image, index) => `- { name: c${index}, image: "${image}" }`).join('\n');
      const further = more === undefined ? {} : { 'more.yaml': more };
      await world.publish(chart, { values, templates: { 'd.yaml': deployment(containers), ...further } });
    }
    await world.sources.addImages(IMAGES);
    const addons = FORMS.map(({ chart }) => ({ repository: STABLE, chart, version: '1.0.0' }));
    await world.machine.write('flat/catalog.yaml', JSON.stringify({ addons }));
    const registry = new URL(target.url).host;
    await world.machine.run(
      [
        ...['mirror', '--catalog', 'catalog.yaml', '--target-registry', `${registry}/owner`, '--plain-http'],
        ...['--image-path', 'flat', ...flags, ...mirrorFlags(world.sources.mirrors())],
      ],
      { cwd: 'flat' },
    );
    report = await world.machine.report('flat');
  });

  afterAll(async () => {
    await world?.stop();
    await target?.stop();
  });

  function rowOf(chart: string): Report['charts'][number] | undefined {
    return report.charts.find((row) => row.chart === chart);
  }

  describe.each(FORMS.filter(({ left }) => left === undefined))('for $about', ({ chart }) => {
    it('has a chart that is proven', () => {
      expect([rowOf(chart)?.status, rowOf(chart)?.proof.state, rowOf(chart)?.error?.message]).toEqual([
        'pushed',
        'proven',
        undefined,
      ]);
    });
  });

  it.each(FORMS.filter(({ left }) => left !== undefined))('has no chart for $about, and says why', (form) => {
    const row = rowOf(form.chart);
    expect(row?.status).toBe('not-proven');
    expect(row?.error?.message).toMatch(form.left ?? /never/);
  });

  it('moves what only a switch shows, and what nobody reads, to flat names, too', async () => {
    const helm = await createConsumerHelm();
    const archive = await helm.pull((rowOf('switched')?.destination ?? '').replace(/:[^/]*$/, ''), '1.0.0');
    const output = await helm.template('x', archive, ['--set', 'more.enabled=true']);
    await helm.remove();
    expect(output).toContain(`${new URL(target.url).host}/owner/team--other:1`);
    const edits = rowOf('switched')?.edits.map(({ key, after }) => `${key} ${after}`);
    expect(edits).toContain('unread.repository team--deep--tool');
  });

  it('has every image under a name of its own', async () => {
    const copied = report.images.filter(({ status }) => status !== 'not-needed');
    expect(copied.length).toBeGreaterThan(6);
    for (const { destination, digest, source } of copied) {
      const [, path = '', tag = ''] = /^[^/]*\/(.*):([^:]*)$/.exec(destination) ?? [];
      expect(path, source).toMatch(/^owner\/[^/]+$/);
      expect(await rawDigest(target.url, path, tag), source).toBe(digest);
    }
    const names = new Map(report.images.map(({ source, destination }) => [source, destination.replace(/^.*\//, '')]));
    expect(names.get('quay.io/team/a--b:1')).toBe('team--a---b:1');
    expect(names.get('quay.io/team/a/b:1')).toBe('team--a--b:1');
    expect(names.get('docker.io/library/busybox:1')).toBe('library--busybox:1');
  });
}
