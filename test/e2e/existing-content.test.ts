import { readFile } from 'node:fs/promises';
import { gunzipSync, gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readText } from '../support/charts.ts';
import { makeChart } from '../support/e2e-charts.ts';
import { rawChart } from '../support/e2e-registry.ts';
import { expectFailing, type Failing, summaryOf } from '../support/fault-checks.ts';
import { chartOf, type RunRequest } from '../support/fault-world.ts';
import { APP, digestOf, ENTRY, type FeatureWorld, shortTag, startFeatureWorld } from '../support/feature-world.ts';
import { describeWith } from '../support/tools.ts';

describeWith(['helm', 'crane', 'registry'], 'a mirror run', () => {
  let world: FeatureWorld;

  beforeAll(async () => {
    world = await startFeatureWorld();
  });

  afterAll(() => world?.stop());

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
      expect([await world.at(path, 'team/app', '1'), await world.at(path, 'app')]).toEqual([other, undefined]);
      expect(world.writesTo(`${path}/team/app`)).toEqual([]);
    });

    it('trusts the tag with --no-verify-existing-digest and says so, but never for a reference with a digest', async () => {
      const path = 'trusted';
      const others = [
        await world.occupy(`${path}/team/app`, '1'),
        await world.occupy(`${path}/team/both`, '3'),
        await world.occupy(`${path}/team/pinned`, shortTag(digestOf('pinned'))),
      ];
      const flags = ['--no-verify-existing-digest'];
      const outcome = await world.mirror({ path, entries: [ENTRY, { chart: 'both' }, { chart: 'pinned' }], flags });
      expect([outcome.code, outcome.row('app').status]).toEqual([1, 'pushed']);
      expect(outcome.image(APP)).toMatchObject({ status: 'present-unverified', digest: others[0] });
      expect(summaryOf(outcome.stderr)).toMatch(/1 present[- ,]+(?:not |un)verified/);
      expectFailing(outcome, 'both', taken(/team\/both:3 holds/));
      expectFailing(outcome, 'pinned', taken(/team\/pinned:mirrored-[0-9a-f]{12} holds/));
      const after = [world.at(path, 'team/app', '1'), world.at(path, 'team/both', '3')];
      expect(await Promise.all(after)).toEqual(others.slice(0, 2));
    });

    it('replaces image and chart with --overwrite-existing', async () => {
      const path = 'replaced';
      await world.occupy(`${path}/team/app`, '1');
      const { archive } = await makeChart('app', chartOf('b.example.test/something/else:1'));
      const before = await world.occupy(`${path}/app`, '1.0.0', archive);
      const outcome = await world.mirror({ path, entries: [ENTRY], flags: ['--overwrite-existing'] });
      expect([outcome.code, outcome.image(APP).status, outcome.row('app').status]).toEqual([0, 'copied', 'pushed']);
      expect(await world.at(path, 'team/app', '1')).toBe(digestOf(APP));
      expect(await world.at(path, 'app')).not.toBe(before);
      expect(await world.valuesAt(path, 'app')).toBe(`image0: ${world.target.host}/${path}/team/app:1\n`);
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
      const now = await Promise.all(moving.map((name) => world.at(path, `team/${name}`, '1')));
      expect(now).toEqual([others[0], digestOf('m.example.test/team/over:1'), others[2], others[3]]);
      // a digest cannot be kept by another content
      expectFailing(outcome, 'both', taken(/team\/both:3 holds/));
      expectFailing(outcome, 'none', taken(/team\/none:1 holds/));
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
      expect([outcome.code, await world.at(path, 'app'), await world.at(path, 'team/app', '1')]).toEqual([
        1,
        before,
        undefined,
      ]);
    });

    it('publishes beside it with --chart-version-suffix, once', async () => {
      const flags = ['--chart-version-suffix', '+mirror.2'];
      const outcome = await world.mirror({ path, entries: [ENTRY], flags });
      expect([outcome.code, outcome.row('app').status]).toEqual([0, 'pushed']);
      expect(outcome.row('app').destination).toBe(`oci://${world.target.host}/${path}/app:1.0.0_mirror.2`);
      expect(await world.at(path, 'app')).toBe(before);
      const pulled = await readFile(await world.helm.pull(`oci://${world.target.host}/${path}/app`, '1.0.0+mirror.2'));
      expect(await readText(pulled, 'app/Chart.yaml')).toMatch(/^version: "?1\.0\.0\+mirror\.2"?$/m);
      expect(await readFile(world.output(outcome, 'helm-charts/app/app-1.0.0+mirror.2.tgz'))).toEqual(pulled);
      world.target.reset();
      const again = await world.mirror({ path, entries: [ENTRY], flags });
      expect([again.code, again.row('app').status, world.writesTo(path)]).toEqual([0, 'present', []]);
    });
  });

  it('does not push content again that only another gzip has packed', async () => {
    const request: RunRequest = { path: 'gzip', entries: [ENTRY] };
    expect((await world.mirror(request)).code).toBe(0);
    const pushed = await rawChart(world.behind, 'gzip/app', '1.0.0');
    const repacked = gzipSync(gunzipSync(pushed), { level: 1 });
    expect(repacked.equals(pushed)).toBe(false);
    const digest = await world.occupy('gzip/app', '1.0.0', repacked);
    for (const listed of [false, true]) {
      world.target.reset();
      const again = await world.mirror(request);
      expect([again.code, again.row('app').status, again.image(APP).status]).toEqual([0, 'present', 'present']);
      expect(await world.at('gzip', 'app')).toBe(digest);
      // another manifest has no list of its images yet: that is all that is written, and once
      const written = world.writesTo('gzip').filter(({ path }) => path.includes('/manifests/'));
      expect(written).toHaveLength(listed ? 0 : 1);
      expect(written.filter(({ path }) => !path.includes('.images.'))).toEqual([]);
      if (listed) expect(world.writesTo('gzip')).toEqual([]);
    }
  });
});
