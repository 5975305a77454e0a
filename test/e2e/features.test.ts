import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { gunzipSync, gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { buildImage } from '../../src/demo/synthetic-image.ts';
import { readText } from '../support/charts.ts';
import { deployment, makeChart } from '../support/e2e-charts.ts';
import { type ConsumerHelm, createConsumerHelm } from '../support/e2e-helm.ts';
import { createMachine, type Machine } from '../support/e2e-machine.ts';
import { rawChart, rawDigest, rawManifest } from '../support/e2e-registry.ts';
import { type Outcome, STABLE } from '../support/e2e-world.ts';
import { allTags, expectFailing, type Failing, summaryOf } from '../support/fault-checks.ts';
import { chartOf, type FaultWorld, type RunRequest, startFaultWorld } from '../support/fault-world.ts';
import { describeWith } from '../support/tools.ts';

const APP = 'a.example.test/team/app:1';
const AGENT = 'a.example.test/team/agent:2';
const PINNED = `a.example.test/team/pinned@${buildImage('pinned').root.digest}`;
const BOTH = `a.example.test/team/both:3@${buildImage('both').root.digest}`;
const ELSEWHERE = 'https://charts.example.test/elsewhere';
const ENTRY = { chart: 'app' };

const digestOf = (name: string): string => buildImage(name).root.digest;
const short = (digest: string): string => `mirrored-${digest.slice('sha256:'.length, 'sha256:'.length + 12)}`;

describeWith(['helm', 'crane', 'registry'], 'a mirror run', () => {
  let world: FaultWorld;
  let helm: ConsumerHelm;

  beforeAll(async () => {
    world = await startFaultWorld();
    helm = await createConsumerHelm();
    await world.addImages(APP, AGENT);
    await world.addImage(PINNED, { name: 'pinned' });
    await world.addImage(BOTH, { name: 'both' });
    await world.publish('app', chartOf(APP));
    await world.publish('pinned', chartOf(PINNED));
    await world.publish('both', chartOf(BOTH));
  });

  afterAll(async () => {
    await Promise.all([world?.stop(), helm?.remove()]);
  });

  const at = (path: string, repository: string, tag = '1.0.0') => rawDigest(world.behind, `${path}/${repository}`, tag);

  const writesTo = (path: string) => world.target.writes().filter((request) => request.path.startsWith(`/v2/${path}/`));

  /** The values.yaml of a chart at the target, without the quotes that an edited scalar may have got. */
  async function valuesAt(path: string, chart: string): Promise<string | undefined> {
    const text = await readText(await rawChart(world.behind, `${path}/${chart}`, '1.0.0'), `${chart}/values.yaml`);
    return text?.replaceAll('"', '');
  }

  /** The original archive as a consumer would have it from its publisher. */
  async function original(name: string): Promise<string> {
    const answer = await fetch(`${world.sources.repository.url}/charts.example.test/stable/${name}-1.0.0.tgz`);
    const file = join(helm.directory, `${name}-original.tgz`);
    await writeFile(file, Buffer.from(await answer.arrayBuffer()));
    return file;
  }

  const output = (outcome: Outcome, path: string) => join(world.machine.work, outcome.directory, path);

  /** The images of rendered text, sorted. */
  const imagesIn = (text: string) =>
    [...text.matchAll(/^\s*(?:- )?image: "?([^"\s]+)"?$/gm)].map(([, image]) => image).sort();

  describe('that finds a tag taken by another digest', () => {
    const taken = (message: RegExp): Failing => ({
      ...{ status: 'refused', code: 'IMAGE_TAG_TAKEN', origin: 'destination' },
      ...{ message, hint: /--overwrite-existing.*moved|moved.*--overwrite-existing/ },
    });

    it.each([
      [[]],
      [['--no-skip-existing']],
      [['--no-skip-existing', '--no-verify-existing-digest', '--push-unproven']],
    ])('refuses the image with the flags %j, pushes nothing, and goes on with the rest', async (flags) => {
      const path = `taken-${flags.length}`;
      const other = await world.occupy(`${path}/team/app`, '1');
      const outcome = await world.mirror({ path, entries: [ENTRY, { chart: 'both' }], flags });
      expect([outcome.code, outcome.image(APP).status, outcome.row('both').status]).toEqual([1, 'refused', 'pushed']);
      expectFailing(outcome, 'app', taken(new RegExp(`${path}/team/app:1 holds ${other}.*${digestOf(APP)}`)));
      expect([await at(path, 'team/app', '1'), await at(path, 'app')]).toEqual([other, undefined]);
      expect(writesTo(`${path}/team/app`)).toEqual([]);
    });

    it('trusts the tag with --no-verify-existing-digest and says so, but never for a reference with a digest', async () => {
      const path = 'trusted';
      const others = [
        await world.occupy(`${path}/team/app`, '1'),
        await world.occupy(`${path}/team/both`, '3'),
        await world.occupy(`${path}/team/pinned`, short(digestOf('pinned'))),
      ];
      const flags = ['--no-verify-existing-digest'];
      const outcome = await world.mirror({ path, entries: [ENTRY, { chart: 'both' }, { chart: 'pinned' }], flags });
      expect([outcome.code, outcome.row('app').status]).toEqual([1, 'pushed']);
      expect(outcome.image(APP)).toMatchObject({ status: 'present-unverified', digest: others[0] });
      expect(summaryOf(outcome.stderr)).toMatch(/1 present[- ,]+(?:not |un)verified/);
      expectFailing(outcome, 'both', taken(/team\/both:3 holds/));
      expectFailing(outcome, 'pinned', taken(/team\/pinned:mirrored-[0-9a-f]{12} holds/));
      const after = [at(path, 'team/app', '1'), at(path, 'team/both', '3')];
      expect(await Promise.all(after)).toEqual(others.slice(0, 2));
    });

    it('replaces image and chart with --overwrite-existing', async () => {
      const path = 'replaced';
      await world.occupy(`${path}/team/app`, '1');
      const { archive } = await makeChart('app', chartOf('b.example.test/something/else:1'));
      const before = await world.occupy(`${path}/app`, '1.0.0', archive);
      const outcome = await world.mirror({ path, entries: [ENTRY], flags: ['--overwrite-existing'] });
      expect([outcome.code, outcome.image(APP).status, outcome.row('app').status]).toEqual([0, 'copied', 'pushed']);
      expect(await at(path, 'team/app', '1')).toBe(digestOf(APP));
      expect(await at(path, 'app')).not.toBe(before);
      expect(await valuesAt(path, 'app')).toBe(`image0: ${world.target.host}/${path}/team/app:1\n`);
    });

    it('follows the first rule of the catalog that fits: keep, overwrite or refuse', async () => {
      const path = 'moved';
      const moving = ['keep', 'over', 'stay', 'none'];
      for (const name of moving) {
        await world.addImage(`m.example.test/team/${name}:1`);
        await world.publish(name, chartOf(`m.example.test/team/${name}:1`));
      }
      const others = await Promise.all(moving.map((name) => world.occupy(`${path}/team/${name}`, '1')));
      await world.occupy(`${path}/team/both`, '3');
      const moved = [
        { match: 'm.example.test/team/keep:*', action: 'keep' },
        { match: 'm.example.test/team/stay:1', action: 'refuse' },
        { match: 'm.example.test/team/n*:2', action: 'overwrite' },
        { match: 'm.example.test/team/[a-z]*', action: 'overwrite' },
        { match: 'm.example.test/team/*er:*', action: 'overwrite' },
        { match: 'a.example.test/*', action: 'keep' },
      ];
      const entries = [...moving, 'both'].map((chart) => ({ chart }));
      const outcome = await world.mirror({ path, entries, moved });
      expect(outcome.code).toBe(1);
      expect(entries.map(({ chart }) => outcome.row(chart).status)).toEqual([
        ...['pushed', 'pushed', 'refused', 'refused', 'refused'],
      ]);
      // what is kept is reported as it is at the target
      expect(outcome.image('m.example.test/team/keep:1')).toMatchObject({ status: 'kept', digest: others[0] });
      expect(outcome.image('m.example.test/team/over:1')).toMatchObject({ status: 'copied' });
      const now = await Promise.all(moving.map((name) => at(path, `team/${name}`, '1')));
      expect(now).toEqual([others[0], digestOf('m.example.test/team/over:1'), others[2], others[3]]);
      // a digest cannot be kept by another content
      expectFailing(outcome, 'both', taken(/team\/both:3 holds/));
      expectFailing(outcome, 'none', taken(/team\/none:1 holds/));
    });
  });

  describe('of things that meet at one destination', () => {
    const meeting = (message: RegExp): Failing => ({
      ...{ status: 'refused', code: 'DESTINATION_COLLISION', origin: 'destination', message },
      hint: /--image-path host|oci_namespace/,
    });
    const entries = [
      { chart: 'left' },
      { chart: 'right' },
      { chart: 'twin-a' },
      { chart: 'twin-b' },
      { chart: 'same', release: 'same-here' },
      { chart: 'same', release: 'same-there', repository: ELSEWHERE },
      { chart: 'tool', oci_namespace: 'team' },
      { chart: 'tool-user' },
      ENTRY,
    ];

    beforeAll(async () => {
      await world.addImages('left.example.test/team/same:1', 'right.example.test/team/same:1');
      await world.addImage('left.example.test/team/twin:1', { name: 'twin' });
      await world.addImage('right.example.test/team/twin:1', { name: 'twin' });
      await world.addImage('left.example.test/team/tool:1.0.0');
      await world.publish('left', chartOf('left.example.test/team/same:1'));
      await world.publish('right', chartOf('right.example.test/team/same:1', APP));
      await world.publish('twin-a', chartOf('left.example.test/team/twin:1'));
      await world.publish('twin-b', chartOf('right.example.test/team/twin:1'));
      await world.publish('same', chartOf(APP));
      await world.publish('same', chartOf(AGENT), ELSEWHERE);
      await world.publish('tool', chartOf(APP));
      await world.publish('tool-user', chartOf('left.example.test/team/tool:1.0.0'));
    });

    it('refuses the charts of both, names both, and does the rest; equal content is no conflict', async () => {
      const outcome = await world.mirror({ path: 'meet', entries });
      expect(outcome.code).toBe(1);
      const images = meeting(/(?=.*left\.example\.test\/team\/same:1)(?=.*right\.example\.test\/team\/same:1)/);
      for (const release of ['left', 'right']) expectFailing(outcome, release, images);
      const charts = meeting(/(?=.*charts\.example\.test\/stable\/same)(?=.*charts\.example\.test\/elsewhere\/same)/);
      for (const release of ['same-here', 'same-there']) expectFailing(outcome, release, charts);
      const mixed = meeting(/(?=.*left\.example\.test\/team\/tool:1\.0\.0)(?=.*chart .*tool)/);
      for (const release of ['tool', 'tool-user']) expectFailing(outcome, release, mixed);
      expect(['twin-a', 'twin-b', 'app'].map((release) => outcome.row(release).status)).toEqual([
        ...['pushed', 'pushed', 'pushed'],
      ]);
      const there = (await allTags(world.behind)).filter((tag) => tag.startsWith('meet/'));
      expect(there).toEqual([
        'meet/app:1.0.0',
        'meet/team/app:1',
        'meet/team/twin:1',
        'meet/twin-a:1.0.0',
        'meet/twin-b:1.0.0',
      ]);
    });

    it('refuses both also when one of them is at the target, and may be replaced', async () => {
      const there = await world.occupy('over/team/same', '1', 'left.example.test/team/same:1');
      const request = { path: 'over', entries: entries.slice(0, 2), flags: ['--overwrite-existing'] };
      const outcome = await world.mirror(request);
      const images = meeting(/(?=.*left\.example\.test\/team\/same:1)(?=.*right\.example\.test\/team\/same:1)/);
      for (const release of ['left', 'right']) expectFailing(outcome, release, images);
      expect([outcome.code, await at('over', 'team/same', '1')]).toEqual([1, there]);
      expect(writesTo('over')).toEqual([]);
    });

    it('keeps images of two hosts apart with --image-path host', async () => {
      const request = { path: 'apart', entries: entries.slice(0, 4), flags: ['--image-path', 'host'] };
      const outcome = await world.mirror(request);
      expect(outcome.code).toBe(0);
      for (const host of ['left.example.test', 'right.example.test']) {
        expect(await at('apart', `${host}/team/same`, '1')).toBe(digestOf(`${host}/team/same:1`));
      }
      const { destination } = outcome.row('left');
      expect(destination).toBe(`oci://${world.target.host}/apart/left:1.0.0`);
    });
  });

  it('names things after their source, images below the prefix, charts below their namespace', async () => {
    const images = ['redis:7', 'bitnami/tool', 'a.example.test/one/two/three:v4', PINNED, BOTH];
    await world.addImages(...images.slice(0, 3));
    await world.publish('names', chartOf(...images));
    const flags = ['--target-prefix', 'images/ext', '--concurrency', '1'];
    const entries = [{ chart: 'names', oci_namespace: 'charts/own' }];
    const outcome = await world.mirror({ path: 'deep/path', entries, flags });
    expect([outcome.code, outcome.stdout], outcome.stderr).toEqual([0, '']);
    const base = `${world.target.host}/deep/path`;
    expect(outcome.row('names').destination).toBe(`oci://${base}/charts/own/names:1.0.0`);
    const expected: Readonly<Record<string, string>> = {
      'docker.io/library/redis:7': 'library/redis:7',
      'docker.io/bitnami/tool': 'bitnami/tool:latest',
      'a.example.test/one/two/three:v4': 'one/two/three:v4',
      [PINNED]: `team/pinned:${short(digestOf('pinned'))}`,
      [BOTH]: 'team/both:3',
    };
    const reported = outcome.report.images.map(({ source, destination }) => [source, destination]);
    const wanted = Object.entries(expected).map(([source, rest]) => [source, `${base}/images/ext/${rest}`]);
    expect(reported.sort()).toEqual(wanted.sort());
    for (const { destination, digest } of outcome.report.images) {
      const [repository = '', tag = ''] = destination.slice(world.target.host.length + 1).split(':');
      expect(await rawDigest(world.behind, repository, tag), destination).toBe(digest);
    }
    const archive = await helm.pull(`oci://${base}/charts/own/names`, '1.0.0');
    const ext = `${base}/images/ext`;
    expect(imagesIn(await helm.template('r', archive))).toEqual(
      [
        ...[`${ext}/bitnami/tool`, `${ext}/library/redis:7`, `${ext}/one/two/three:v4`],
        ...[`${ext}/team/both:3@${digestOf('both')}`, `${ext}/team/pinned@${digestOf('pinned')}`],
      ].sort(),
    );
    const { notes } = outcome.row('names');
    expect(notes.filter((note) => note.includes('bitnami/tool') && note.includes('latest'))).toHaveLength(1);
    expect(summaryOf(outcome.stderr)).toMatch(/note: names.*bitnami\/tool.*latest/);
  });

  it('copies one image at a time with --concurrency 1', async () => {
    await world.publish('three', chartOf(APP, AGENT, BOTH));
    world.target.reset();
    const outcome = await world.mirror({
      path: 'single',
      entries: [{ chart: 'three' }],
      flags: ['--concurrency', '1'],
    });
    expect(outcome.code).toBe(0);
    const names = writesTo('single').flatMap(({ path }) => /\/team\/([^/]+)\//.exec(path)?.[1] ?? []);
    const runs = names.filter((name, index) => name !== names[index - 1]);
    expect(runs.toSorted()).toEqual(['agent', 'app', 'both']);
  });

  describe('for one platform', () => {
    let outcome: Outcome;

    beforeAll(async () => {
      const entries = ['app', 'pinned', 'both'].map((chart) => ({ chart }));
      outcome = await world.mirror({ path: 'amd', entries, flags: ['--platform', 'linux/amd64'] });
    });

    it('copies that child alone, under the same tag', async () => {
      for (const [name, content] of [
        ['app', APP],
        ['both', 'both'],
        ['pinned', 'pinned'],
      ] as const) {
        const child = buildImage(content).children.find(({ platform }) => platform === 'linux/amd64')?.digest;
        const row = outcome.report.images.find(({ source }) => source.includes(`/team/${name}`));
        expect([row?.status, row?.digest], name).toEqual(['copied', child]);
        const [repository = '', tag = ''] = (row?.destination ?? '').slice(world.target.host.length + 1).split(':');
        const manifest = await rawManifest(world.behind, repository, tag);
        expect([manifest?.digest, manifest?.mediaType], name).toEqual([
          child,
          'application/vnd.oci.image.manifest.v1+json',
        ]);
        expect(await rawDigest(world.behind, repository, digestOf(content)), name).toBeUndefined();
      }
    });

    it('rewrites digest pins to the digest that was copied, and proves that', async () => {
      expect(outcome.code, outcome.stderr).toBe(0);
      for (const name of ['pinned', 'both']) {
        const child = buildImage(name).children.find(({ platform }) => platform === 'linux/amd64')?.digest;
        const archive = await helm.pull(`oci://${world.target.host}/amd/${name}`, '1.0.0');
        const tag = name === 'both' ? ':3' : '';
        expect(imagesIn(await helm.template('r', archive))).toEqual([
          `${world.target.host}/amd/team/${name}${tag}@${child}`,
        ]);
        expect([outcome.row(name).status, outcome.row(name).proof.state]).toEqual(['pushed', 'proven']);
      }
    });

    it('copies what all charts of an image want together', async () => {
      await world.publish('app-too', chartOf(APP));
      const entries = [
        { chart: 'app', platforms: ['linux/amd64'] },
        { chart: 'app-too', platforms: ['linux/arm64'] },
      ];
      const united = await world.mirror({ path: 'united', entries });
      expect([united.code, united.image(APP).digest]).toEqual([0, digestOf(APP)]);
      expect(united.image(APP).platforms.toSorted()).toEqual(['linux/amd64', 'linux/arm64']);
    });
  });

  describe('that finds another chart under the version', () => {
    const path = 'suffix';
    let before: string;

    beforeAll(async () => {
      before = await world.occupy(
        `${path}/app`,
        '1.0.0',
        (await makeChart('app', chartOf('b.example.test/x/y:1'))).archive,
      );
    });

    it('refuses it, naming the suffix, and copies nothing for it', async () => {
      const outcome = await world.mirror({ path, entries: [ENTRY] });
      expectFailing(outcome, 'app', {
        ...{ status: 'refused', code: 'CHART_TAG_TAKEN', origin: 'destination' },
        ...{
          message: /suffix\/app:1\.0\.0 already holds another app 1\.0\.0/,
          hint: /--chart-version-suffix \+mirror\.2/,
        },
      });
      expect([outcome.code, await at(path, 'app'), await at(path, 'team/app', '1')]).toEqual([1, before, undefined]);
    });

    it('publishes beside it with --chart-version-suffix, once', async () => {
      const flags = ['--chart-version-suffix', '+mirror.2'];
      const outcome = await world.mirror({ path, entries: [ENTRY], flags });
      expect([outcome.code, outcome.row('app').status]).toEqual([0, 'pushed']);
      expect(outcome.row('app').destination).toBe(`oci://${world.target.host}/${path}/app:1.0.0_mirror.2`);
      expect(await at(path, 'app')).toBe(before);
      const pulled = await readFile(await helm.pull(`oci://${world.target.host}/${path}/app`, '1.0.0+mirror.2'));
      expect(await readText(pulled, 'app/Chart.yaml')).toMatch(/^version: "?1\.0\.0\+mirror\.2"?$/m);
      expect(await readFile(output(outcome, 'helm-charts/app/app-1.0.0+mirror.2.tgz'))).toEqual(pulled);
      world.target.reset();
      const again = await world.mirror({ path, entries: [ENTRY], flags });
      expect([again.code, again.row('app').status, writesTo(path)]).toEqual([0, 'present', []]);
    });
  });

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
      expect([await at(path, 'composed'), await at(path, 'team/agent', '2')]).toEqual([undefined, undefined]);
      const files = await world.machine.files(output(outcome, 'helm-charts'));
      expect(files.filter((file) => file.startsWith('composed/'))).toEqual([]);
    });

    it('pushes it with --push-unproven, says so, and still ends with 1, the second time too', async () => {
      const flags = ['--push-unproven'];
      const outcome = await world.mirror({ path, entries, flags });
      expect([outcome.code, outcome.row('composed').status]).toEqual([1, 'pushed-unproven']);
      expect(summaryOf(outcome.stderr)).toMatch(/^PUSHED-UNPROVEN +composed 1\.0\.0.*NOT PROVEN/m);
      expect(await at(path, 'composed')).toBeDefined();
      expect(await at(path, 'team/agent', '2')).toBe(digestOf(AGENT));
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
      const archive = await helm.pull(`oci://${world.target.host}/with/parent`, '1.0.0');
      const images = ['agent:2', 'app:1'].map((image) => `${world.target.host}/with/team/${image}`);
      expect(imagesIn(await helm.template('r', archive))).toEqual(images);
    });

    it('lists what --exclude-dependencies leaves out, and does not take the chart for proven', async () => {
      const outcome = await world.mirror({ path: 'without', entries, flags: ['--exclude-dependencies'] });
      expect([outcome.code, await at('without', 'parent')]).toEqual([1, undefined]);
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
      const files = await world.machine.files(output(outcome, 'helm-charts'));
      expect(files).toEqual([
        'pair/pair-1.0.0.tgz',
        'pair/plain/values.yaml',
        'pair/rich/values.yaml',
        'pair/values.yaml',
      ]);
      const tagged = writesTo(path).filter(
        ({ method, path: asked }) => method === 'PUT' && asked.endsWith('/pair/manifests/1.0.0'),
      );
      expect(tagged).toHaveLength(1);
      expect(await valuesAt(path, 'pair')).toBe(
        `image0: ${world.target.host}/${path}/team/app:1\nextra:\n  enabled: false\n  repository: ${world.target.host}/${path}/team/agent\n  tag: 2\n`,
      );
    });

    it('writes consumer values with which the original chart renders private references only', async () => {
      const chart = await original('pair');
      const own = join(helm.directory, 'rich.json');
      await writeFile(own, JSON.stringify(values));
      const base = `${world.target.host}/${path}/team`;
      const first = await helm.template('plain', chart, ['-f', output(outcome, 'helm-charts/pair/values.yaml')]);
      expect(imagesIn(first)).toEqual([`${base}/app:1`]);
      const consumer = output(outcome, 'helm-charts/pair/rich/values.yaml');
      const second = await helm.template('rich', chart, ['-f', own, '-f', consumer]);
      expect(imagesIn(second)).toEqual([`${base}/agent:2`, `${base}/both:3`]);
      expect(outcome.report.charts.map((row) => [row.consumer.state, row.consumer.written])).toEqual([
        ['proven', true],
        ['proven', true],
      ]);
      expect(await readFile(output(outcome, 'helm-charts/pair/values.yaml'))).toEqual(
        await readFile(output(outcome, 'helm-charts/pair/plain/values.yaml')),
      );
    });
  });

  it('does not push content again that only another gzip has packed', async () => {
    const request: RunRequest = { path: 'gzip', entries: [ENTRY] };
    expect((await world.mirror(request)).code).toBe(0);
    const pushed = await rawChart(world.behind, 'gzip/app', '1.0.0');
    const repacked = gzipSync(gunzipSync(pushed), { level: 1 });
    expect(repacked.equals(pushed)).toBe(false);
    const digest = await world.occupy('gzip/app', '1.0.0', repacked);
    world.target.reset();
    const again = await world.mirror(request);
    expect([again.code, again.row('app').status, again.image(APP).status]).toEqual([0, 'present', 'present']);
    expect([writesTo('gzip'), await at('gzip', 'app')]).toEqual([[], digest]);
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
      const names = await world.machine.files(output(here, 'helm-charts'));
      expect(names).toContain('app/app-1.0.0.tgz');
      expect(await other.files(join(other.work, there.directory, 'helm-charts'))).toEqual(names);
      for (const name of names) {
        const bytes = await readFile(join(other.work, there.directory, 'helm-charts', name));
        expect(bytes.equals(await readFile(output(here, `helm-charts/${name}`))), name).toBe(true);
      }
      const archive = await readFile(output(here, 'helm-charts/app/app-1.0.0.tgz'));
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
