import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { buildImage } from '../../src/demo/synthetic-image.ts';
import { rawDigest, rawManifest } from '../support/e2e-registry.ts';
import type { Outcome } from '../support/e2e-world.ts';
import { allTags, expectFailing, type Failing, listsNamed, summaryOf } from '../support/fault-checks.ts';
import { chartOf } from '../support/fault-world.ts';
import {
  AGENT,
  APP,
  BOTH,
  digestOf,
  ENTRY,
  type FeatureWorld,
  imagesIn,
  PINNED,
  shortTag,
  startFeatureWorld,
} from '../support/feature-world.ts';
import { describeWith } from '../support/tools.ts';

const ELSEWHERE = 'https://charts.example.test/elsewhere';

describeWith(['helm', 'crane', 'registry'], 'a mirror run', () => {
  let world: FeatureWorld;

  beforeAll(async () => {
    world = await startFeatureWorld();
  });

  afterAll(() => world?.stop());

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
      const there = listsNamed((await allTags(world.behind)).filter((tag) => tag.startsWith('meet/')));
      expect(there).toEqual([
        ...['meet/app:1.0.0', 'meet/app:list'],
        ...['meet/team/app:1', 'meet/team/twin:1'],
        ...['meet/twin-a:1.0.0', 'meet/twin-a:list', 'meet/twin-b:1.0.0', 'meet/twin-b:list'],
      ]);
    });

    it('refuses both also when one of them is at the target, and may be replaced', async () => {
      const there = await world.occupy('over/team/same', '1', 'left.example.test/team/same:1');
      const request = { path: 'over', entries: entries.slice(0, 2), flags: ['--overwrite-existing'] };
      const outcome = await world.mirror(request);
      const images = meeting(/(?=.*left\.example\.test\/team\/same:1)(?=.*right\.example\.test\/team\/same:1)/);
      for (const release of ['left', 'right']) expectFailing(outcome, release, images);
      expect([outcome.code, await world.at('over', 'team/same', '1')]).toEqual([1, there]);
      expect(world.writesTo('over')).toEqual([]);
    });

    it('keeps images of two hosts apart with --image-path host', async () => {
      const request = { path: 'apart', entries: entries.slice(0, 4), flags: ['--image-path', 'host'] };
      const outcome = await world.mirror(request);
      expect(outcome.code).toBe(0);
      for (const host of ['left.example.test', 'right.example.test']) {
        expect(await world.at('apart', `${host}/team/same`, '1')).toBe(digestOf(`${host}/team/same:1`));
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
      [PINNED]: `team/pinned:${shortTag(digestOf('pinned'))}`,
      [BOTH]: 'team/both:3',
    };
    const reported = outcome.report.images.map(({ source, destination }) => [source, destination]);
    const wanted = Object.entries(expected).map(([source, rest]) => [source, `${base}/images/ext/${rest}`]);
    expect(reported.sort()).toEqual(wanted.sort());
    for (const { destination, digest } of outcome.report.images) {
      const [repository = '', tag = ''] = destination.slice(world.target.host.length + 1).split(':');
      expect(await rawDigest(world.behind, repository, tag), destination).toBe(digest);
    }
    const archive = await world.helm.pull(`oci://${base}/charts/own/names`, '1.0.0');
    const ext = `${base}/images/ext`;
    expect(imagesIn(await world.helm.template('r', archive))).toEqual(
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
    const names = world.writesTo('single').flatMap(({ path }) => /\/team\/([^/]+)\//.exec(path)?.[1] ?? []);
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
        const archive = await world.helm.pull(`oci://${world.target.host}/amd/${name}`, '1.0.0');
        const tag = name === 'both' ? ':3' : '';
        expect(imagesIn(await world.helm.template('r', archive))).toEqual([
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
});
