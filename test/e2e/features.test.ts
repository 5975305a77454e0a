import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { deployment } from '../support/e2e-charts.ts';
import { createMachine, type Machine } from '../support/e2e-machine.ts';
import { rawChart } from '../support/e2e-registry.ts';
import { type Outcome, STABLE } from '../support/e2e-world.ts';
import { expectFailing, summaryOf } from '../support/fault-checks.ts';
import { chartOf, type RunRequest } from '../support/fault-world.ts';
import {
  AGENT,
  APP,
  digestOf,
  ENTRY,
  type FeatureWorld,
  imagesIn,
  startFeatureWorld,
} from '../support/feature-world.ts';
import { describeWith } from '../support/tools.ts';

describeWith(['helm', 'crane', 'registry'], 'a mirror run', () => {
  let world: FeatureWorld;

  beforeAll(async () => {
    world = await startFeatureWorld();
  });

  afterAll(() => world?.stop());

  describe('of a chart that cannot be proven', () => {
    const path = 'unproven';
    const entries = [{ chart: 'composed' }, { chart: 'filed' }, ENTRY];
    const reference = 'a.example.test/team/agent:2';

    beforeAll(async () => {
      const composed = '- name: c\n  image: {{ printf "%s.example.test/team/%s" "a" "agent:2" }}';
      await world.publish('composed', { templates: { 'd.yaml': deployment(composed) } });
      const filed = '- name: c\n  image: {{ index (.Files.Lines "images.txt") 1 }}';
      const files = { 'images.txt': `# what it runs\n${APP}\n` };
      await world.publish('filed', { templates: { 'd.yaml': deployment(filed) }, files });
    });

    it('does not push it, names the reference and its template, and does the others', async () => {
      const outcome = await world.mirror({ path, entries });
      expectFailing(outcome, 'composed', {
        ...{ status: 'not-proven', code: 'NOT_PROVEN', origin: 'source', hint: /residue.*--push-unproven/ },
        message: /composed\/templates\/d\.yaml.*a\.example\.test\/team\/agent:2/,
      });
      const { proof } = outcome.row('composed');
      expect(proof.state).toBe('not-proven');
      expect(proof.residue).toMatchObject([
        {
          expected: `${world.target.host}/${path}/team/agent:2`,
          found: reference,
          place: expect.stringContaining('image'),
        },
      ]);
      expect(proof.unexplained.map(({ template, line }) => [template, line > 0])).toContainEqual([
        ...['composed/templates/d.yaml', true],
      ]);
      // a literal is named with its line, whether it could be moved or not
      const { edits, proof: filed } = outcome.row('filed');
      const lines = [
        ...edits.map(({ file, line }) => `${file}:${line}`),
        ...filed.residue.flatMap((one) => one.literals),
      ];
      expect(lines).toContain('filed/images.txt:2');
      expect([outcome.code, outcome.row('app').status]).toEqual([1, 'pushed']);
      expect([await world.at(path, 'composed'), await world.at(path, 'team/agent', '2')]).toEqual([
        undefined,
        undefined,
      ]);
      const files = await world.machine.files(world.output(outcome, 'helm-charts'));
      expect(files.filter((file) => file.startsWith('composed/'))).toEqual([]);
    });

    it('pushes it with --push-unproven, says so, and still ends with 1, the second time too', async () => {
      const flags = ['--push-unproven'];
      const outcome = await world.mirror({ path, entries, flags });
      expect([outcome.code, outcome.row('composed').status]).toEqual([1, 'pushed-unproven']);
      expect(summaryOf(outcome.stderr)).toMatch(/^PUSHED-UNPROVEN +composed 1\.0\.0.*NOT PROVEN/m);
      expect(await world.at(path, 'composed')).toBeDefined();
      expect(await world.at(path, 'team/agent', '2')).toBe(digestOf(AGENT));
      const again = await world.mirror({ path, entries, flags });
      expect([again.code, again.row('composed').proof.state]).toEqual([1, 'not-proven']);
      expect(again.row('composed').status).toMatch(/unproven/);
    });
  });

  describe('of a chart without its dependency', () => {
    const entries = [{ chart: 'parent' }];

    beforeAll(async () => {
      await world.publish('child', chartOf(AGENT));
      const yaml = ['dependencies:', `  - { name: child, version: 1.0.0, repository: "${STABLE}" }`];
      await world.publish('parent', { ...chartOf(APP), yaml });
    });

    it('fetches it, and the archive holds it', async () => {
      const outcome = await world.mirror({ path: 'with', entries });
      expect([outcome.code, outcome.row('parent').proof.references]).toEqual([0, 2]);
      expect(outcome.row('parent').dependencies).toMatchObject([{ path: 'child', version: '1.0.0', state: 'fetched' }]);
      expect(outcome.stderr).toMatch(/parent 1\.0\.0: dependencies child 1\.0\.0 \(fetched/);
      const archive = await world.helm.pull(`oci://${world.target.host}/with/parent`, '1.0.0');
      const images = ['agent:2', 'app:1'].map((image) => `${world.target.host}/with/team/${image}`);
      expect(imagesIn(await world.helm.template('r', archive))).toEqual(images);
    });

    it('lists what --exclude-dependencies leaves out, and does not take the chart for proven', async () => {
      const outcome = await world.mirror({ path: 'without', entries, flags: ['--exclude-dependencies'] });
      expect([outcome.code, await world.at('without', 'parent')]).toEqual([1, undefined]);
      expectFailing(outcome, 'parent', {
        ...{ status: 'not-proven', code: 'NOT_PROVEN', origin: 'source' },
        ...{ message: /dependencies were left out: child/, hint: /./ },
      });
      expect(outcome.row('parent').dependencies).toMatchObject([{ path: 'child', state: 'missing' }]);
      expect(outcome.row('parent').proof.reason).toContain('child');
    });
  });

  describe('of two releases of a chart', () => {
    const path = 'releases';
    const values = { extra: { enabled: true }, image0: 'a.example.test/team/both:3' };
    let outcome: Outcome;

    beforeAll(async () => {
      const extra =
        '{{- if .Values.extra.enabled }}\n- name: extra\n  image: "{{ .Values.extra.repository }}:{{ .Values.extra.tag }}"\n{{- end }}';
      await world.publish('pair', {
        values: `image0: ${APP}\nextra:\n  enabled: false\n  repository: a.example.test/team/agent\n  tag: 2\n`,
        templates: { 'd.yaml': deployment(`- name: main\n  image: {{ .Values.image0 }}\n${extra}`) },
      });
      const entries = [
        { chart: 'pair', release: 'plain' },
        { chart: 'pair', release: 'rich', values },
      ];
      world.target.reset();
      outcome = await world.mirror({ path, entries });
    });

    it('makes one archive that is proven for both, and pushes it once', async () => {
      expect(outcome.code, outcome.stderr).toBe(0);
      expect(outcome.report.charts.map(({ status, proof }) => [status, proof.state, proof.references])).toEqual([
        ['pushed', 'proven', 1],
        ['pushed', 'proven', 2],
      ]);
      const files = await world.machine.files(world.output(outcome, 'helm-charts'));
      expect(files).toEqual([
        'pair/pair-1.0.0.tgz',
        'pair/plain/values.yaml',
        'pair/proof.json',
        'pair/rich/values.yaml',
        'pair/values.yaml',
      ]);
      const tagged = world
        .writesTo(path)
        .filter(({ method, path: asked }) => method === 'PUT' && asked.endsWith('/pair/manifests/1.0.0'));
      expect(tagged).toHaveLength(1);
      expect(await world.valuesAt(path, 'pair')).toBe(
        `image0: ${world.target.host}/${path}/team/app:1\nextra:\n  enabled: false\n  repository: ${world.target.host}/${path}/team/agent\n  tag: 2\n`,
      );
    });

    it('writes consumer values with which the original chart renders private references only', async () => {
      const chart = await world.original('pair');
      const own = join(world.helm.directory, 'rich.json');
      await writeFile(own, JSON.stringify(values));
      const base = `${world.target.host}/${path}/team`;
      const first = await world.helm.template('plain', chart, [
        '-f',
        world.output(outcome, 'helm-charts/pair/values.yaml'),
      ]);
      expect(imagesIn(first)).toEqual([`${base}/app:1`]);
      const consumer = world.output(outcome, 'helm-charts/pair/rich/values.yaml');
      const second = await world.helm.template('rich', chart, ['-f', own, '-f', consumer]);
      expect(imagesIn(second)).toEqual([`${base}/agent:2`, `${base}/both:3`]);
      expect(outcome.report.charts.map((row) => [row.consumer.state, row.consumer.written])).toEqual([
        ['proven', true],
        ['proven', true],
      ]);
      expect(await readFile(world.output(outcome, 'helm-charts/pair/values.yaml'))).toEqual(
        await readFile(world.output(outcome, 'helm-charts/pair/plain/values.yaml')),
      );
    });
  });

  it('makes the same bytes on another machine in another time zone', async () => {
    const other: Machine = await createMachine();
    try {
      const request: RunRequest = { path: 'cold', entries: [ENTRY, { chart: 'both' }] };
      const here = await world.mirror({ ...request, env: { TZ: 'America/St_Johns' } });
      // times in archives are whole seconds
      await new Promise((resolve) => setTimeout(resolve, 1_100));
      const env = { TZ: 'Asia/Tokyo', LC_ALL: 'C' };
      const there = await world.mirror({ ...request, env, machine: other, flags: ['--scan-only'] });
      expect([here.code, there.code]).toEqual([0, 0]);
      const names = await world.machine.files(world.output(here, 'helm-charts'));
      expect(names).toContain('app/app-1.0.0.tgz');
      expect(await other.files(join(other.work, there.directory, 'helm-charts'))).toEqual(names);
      for (const name of names) {
        const bytes = await readFile(join(other.work, there.directory, 'helm-charts', name));
        expect(bytes.equals(await readFile(world.output(here, `helm-charts/${name}`))), name).toBe(true);
      }
      const archive = await readFile(world.output(here, 'helm-charts/app/app-1.0.0.tgz'));
      expect(archive.equals(await rawChart(world.behind, 'cold/app', '1.0.0'))).toBe(true);
    } finally {
      await other.remove();
    }
  });

  it('prints with --json the report and nothing else on standard output, also when something fails', async () => {
    await world.publish('broken', chartOf('a.example.test/team/nowhere:1'));
    const outcome = await world.mirror({ path: 'json', entries: [ENTRY, { chart: 'broken' }], flags: ['--json'] });
    expect(outcome.code).toBe(1);
    expect(outcome.stdout).toBe(await world.machine.read(join(outcome.directory, 'report.json')));
    expect(JSON.parse(outcome.stdout)).toEqual(outcome.report);
    expect(summaryOf(outcome.stderr)).toMatch(/^REFUSED +broken/m);
  });

  it('fails for what cannot be mirrored only with --strict', async () => {
    const values = [
      'good: { chart: app, repoURL: https://charts.example.test/stable, targetRevision: 1.0.0 }',
      'templated: { chart: app, repoURL: "{{ .Values.repo }}", targetRevision: 1.0.0 }',
      '',
    ].join('\n');
    const lenient = await world.mirror({ path: 'strict', values });
    const strict = await world.mirror({ path: 'strict', values, flags: ['--strict'] });
    expect([lenient.code, strict.code]).toEqual([0, 1]);
    for (const { report, stderr } of [lenient, strict]) {
      expect(report.unmirrorable).toMatchObject([{ key: 'templated', place: { line: 2 } }]);
      expect(report.totals.addons).toEqual({ declared: 2, done: 1, failed: 0, unmirrorable: 1 });
      expect(summaryOf(stderr)).toMatch(/templated \(values\.yaml:2\): .*1 cannot be mirrored/s);
    }
  });
});
