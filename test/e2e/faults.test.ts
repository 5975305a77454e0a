import { existsSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { buildImage } from '../../src/demo/synthetic-image.ts';
import { rawDigest } from '../support/e2e-registry.ts';
import type { Outcome } from '../support/e2e-world.ts';
import { allTags, danglingReferences, expectFailing, listsNamed, summaryOf } from '../support/fault-checks.ts';
import {
  addFailingSources,
  FAILING_SOURCES,
  GOOD,
  imageOf,
  PASSING_SOURCES,
  type SourceFaults,
  sourceEntries,
} from '../support/fault-source-cases.ts';
import { FAILING_IMAGES, FAILING_PUSHES, PASSING_AT_TARGET, TARGET_FAULTS } from '../support/fault-target-cases.ts';
import { chartOf, type FaultWorld, startFaultWorld } from '../support/fault-world.ts';
import { describeWith } from '../support/tools.ts';

describeWith(['helm', 'crane', 'registry'], 'faults', () => {
  let world: FaultWorld;
  let faults: SourceFaults;
  let sourced: Outcome;
  let images: Outcome;
  let charts: Outcome;
  let tags: readonly string[];
  let dangling: readonly string[];

  const imaged = {
    path: 't',
    entries: [...PASSING_AT_TARGET, ...Object.keys(FAILING_IMAGES)].map((chart) => ({ chart })),
  };
  const charted = { path: 't', entries: Object.keys(FAILING_PUSHES).map((chart) => ({ chart })) };

  /** Charts for the target's faults; those of the target's side are named as their images. */
  async function addTargetCharts(): Promise<void> {
    for (const { chart } of [...imaged.entries, ...charted.entries].filter(({ chart }) => chart !== 'pair')) {
      await world.addImage(imageOf(chart));
      await world.publish(chart, chartOf(imageOf(chart)));
    }
    await world.publish('pair', chartOf(imageOf('fine'), imageOf('forbidden')));
  }

  beforeAll(async () => {
    world = await startFaultWorld();
    faults = await addFailingSources(world);
    await addTargetCharts();
    const broken = Object.values(TARGET_FAULTS).map(({ path, ...fault }) =>
      world.target.addFault({ ...fault, path: new RegExp(`^/v2/t/${path}`) }),
    );
    // side by side, since they mostly wait
    const runs = [{ path: 's', entries: sourceEntries() }, imaged, charted].map((request) => world.mirror(request));
    [sourced, images, charts] = (await Promise.all(runs)) as [Outcome, Outcome, Outcome];
    tags = await allTags(world.behind);
    dangling = await danglingReferences(world.behind, world.target.host);
    expect(broken.map((fault) => fault.hits() > 0)).toEqual(broken.map(() => true));
    for (const fault of broken) fault.remove();
  });

  afterAll(() => world?.stop());

  it('leave no chart at the target that names an image which is not there', () => {
    expect(dangling).toEqual([]);
  });

  it('leave nothing but the outputs of charts that are done', async () => {
    expect(existsSync('/tmp/escaped.yaml')).toBe(false);
    const files = await world.machine.files();
    const outputs = files.filter(
      (file) => !/\/(?:catalog\.yaml|report\.(?:json|html)|\.airgap-charts\.(?:journal|images\.json\.gz))$/.test(file),
    );
    const done = [...sourced.report.charts, ...images.report.charts].filter(({ status }) => status === 'pushed');
    expect(new Set(outputs.map((file) => file.split('/')[2]))).toEqual(new Set(done.map(({ chart }) => chart)));
    expect(await world.machine.files(world.machine.temporary)).toEqual([]);
  });

  describe('of sources', () => {
    it('end the run with 1, and every chart without a fault is proven and pushed', () => {
      expect(sourced.code).toBe(1);
      const rows = PASSING_SOURCES.map((name) => sourced.row(name));
      expect(rows.map(({ status, proof }) => [status, proof.state])).toEqual(rows.map(() => ['pushed', 'proven']));
      const declared = PASSING_SOURCES.length + Object.keys(FAILING_SOURCES).length;
      expect(sourced.report.totals.addons).toMatchObject({ declared, done: PASSING_SOURCES.length });
      expect(summaryOf(sourced.stderr)).toContain('NOT ALL DONE (exit code 1)');
    });

    it.each(Object.entries(FAILING_SOURCES))('fail %s alone, with its reason and what to do', (name, expected) => {
      expectFailing(sourced, name, expected);
    });

    it('keep from the target every chart that is not done', () => {
      const there = listsNamed(tags.filter((tag) => /^s\/[^/]+$/.test(tag)));
      expect(there).toEqual(PASSING_SOURCES.flatMap((name) => [`s/${name}:1.0.0`, `s/${name}:list`]).sort());
    });

    it('that throttle are waited for as long as they ask, and this is said', () => {
      const [first = 0, second = 0, third = 0] = faults.throttledHeads;
      // timers may fire a little early
      expect(Math.min(second - first, third - second)).toBeGreaterThan(980);
      // layers are asked for side by side, and the first two are refused
      expect(Math.max(...faults.throttledLayers) - Math.min(...faults.throttledLayers)).toBeGreaterThan(980);
      expect(sourced.image(imageOf('throttled')).status).toBe('copied');
      const said = sourced.stderr
        .split('\n')
        .filter((line) => /throttled\.example/.test(line) || line.includes(faults.throttledHost));
      expect(said.filter((line) => /wait/i.test(line))).not.toEqual([]);
    });

    it('that answer 5xx or break off in the middle of a layer are asked again, until all is there', async () => {
      expect([faults.shaken(), faults.cut()]).toEqual([5, 2]);
      for (const name of ['shaky', 'cut']) {
        const { status, digest } = sourced.image(imageOf(name));
        expect([status, digest]).toEqual(['copied', buildImage(imageOf(name)).root.digest]);
        expect(await rawDigest(world.behind, `s/team/${name}`, '1')).toBe(digest);
      }
    });

    it('that send other content than they promise reach no tag', () => {
      expect(tags.filter((tag) => /^s\/team\/(?:liar|changer|corrupt):/.test(tag))).toEqual([]);
      expect(world.target.writes().filter(({ path }) => /\/s\/team\/(?:liar|changer)\//.test(path))).toEqual([]);
    });

    it('cost no other image of a chart that cannot be done, but what other charts use is there', () => {
      expect(sourced.image(imageOf('half')).status).toBe('not-needed');
      expect(world.target.writes().filter(({ path }) => path.includes('team/half'))).toEqual([]);
      expect(faults.half.requests().filter(({ method }) => method !== 'HEAD')).toEqual([]);
      expect(sourced.image(GOOD).status).toBe('copied');
    });
  });

  describe('of the target', () => {
    it('end the run with 1; what it loses once is done at last', () => {
      expect([images.code, charts.code]).toEqual([1, 1]);
      const ends = PASSING_AT_TARGET.map((name) => [images.image(imageOf(name)).status, images.row(name).status]);
      expect(ends).toEqual(PASSING_AT_TARGET.map(() => ['copied', 'pushed']));
    });

    it.each(Object.entries(FAILING_IMAGES))('fail %s alone, with its reason and what to do', (name, expected) => {
      expectFailing(images, name, expected);
    });

    it.each(Object.entries(FAILING_PUSHES))('fail the push of %s alone, with its images there', (name, expected) => {
      expectFailing(charts, name, expected);
      expect(charts.image(imageOf(name)).status).toBe('copied');
    });

    it('leave no tag of a chart or image that is not done', () => {
      const copied = [...PASSING_AT_TARGET, ...Object.keys(FAILING_PUSHES)].map((name) => `t/team/${name}:1`);
      const pushed = PASSING_AT_TARGET.flatMap((name) => [`t/${name}:1.0.0`, `t/${name}:list`]);
      expect(listsNamed(tags.filter((tag) => tag.startsWith('t/')))).toEqual([...copied, ...pushed].sort());
    });

    it('are made good by a second run, which writes only what was missing', async () => {
      world.target.reset();
      const again = await world.mirror(imaged);
      expect([again.code, again.report.totals.addons.failed]).toEqual([0, 0]);
      const present = again.report.charts.filter(({ status }) => status === 'present').map(({ release }) => release);
      expect(present).toEqual(PASSING_AT_TARGET);
      const touched = world.target
        .writes()
        .filter(({ path }) => /^\/v2\/t\/(?:team\/)?(?:fine|losing|hollow)\//.test(path));
      expect(touched).toEqual([]);
      expect(await danglingReferences(world.behind, world.target.host)).toEqual([]);
    });
  });
});
