import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, expect, it } from 'vitest';
import { buildImage } from '../../src/demo/synthetic-image.ts';
import type { CountingProxy } from '../support/counting-proxy.ts';
import { createMachine, type Machine, type RunningCli } from '../support/e2e-machine.ts';
import { rawDigest } from '../support/e2e-registry.ts';
import { allTags, listsNamed, summaryOf } from '../support/fault-checks.ts';
import { leftovers, programsOf, slowToEnd, untilNoProgram } from '../support/fault-processes.ts';
import { imageOf, ownLayer } from '../support/fault-source-cases.ts';
import { chartOf, type FaultWorld, startFaultWorld } from '../support/fault-world.ts';
import { describeWith } from '../support/tools.ts';

const DONE = imageOf('done');
const HELD = imageOf('held');
const ENTRIES = [{ chart: 'done' }, { chart: 'held' }];

// nested loops keep helm busy for much longer than the test waits
const ENDLESS = '{{- range until 30000 }}{{ range until 30000 }}{{ end }}{{ end }}\n';

/** A request that is not answered until the test says so. */
interface Hold {
  readonly reached: Promise<void>;
  release(): void;
}

const holds = new Set<Hold>();

function hold(proxy: CountingProxy, method: string, path: RegExp): Hold {
  let open = () => {};
  const until = new Promise<void>((resolve) => {
    open = resolve;
  });
  // a status, so that nothing goes on to the registry when whoever asked is gone
  const fault = proxy.addFault({ method, path, until, status: 503 });
  const made: Hold = {
    reached: fault.firstHit,
    release() {
      holds.delete(made);
      fault.remove();
      open();
    },
  };
  holds.add(made);
  return made;
}

async function inTime<T>(work: Promise<T>, limit: number): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`it took longer than ${limit} ms`)), limit);
  });
  return Promise.race([work, late]).finally(() => clearTimeout(timer));
}

/** Waits for something that a run brings about; rejects when the run ends without it. */
async function broughtAbout(cli: RunningCli, what: Promise<void>): Promise<void> {
  const ended = cli.ended.then(({ stderr }) => Promise.reject(new Error(`it ended too soon:\n${stderr}`)));
  await Promise.race([what, ended]);
}

describeWith(['helm', 'crane', 'registry'], 'an interrupted run', () => {
  let world: FaultWorld;
  let other: Machine;
  let doneSource: CountingProxy;
  let heldSource: CountingProxy;
  let waitingSource: CountingProxy;

  const holdLayer = () => hold(heldSource, 'GET', new RegExp(ownLayer(HELD).digest));
  const saysCopied = (path: string) =>
    `${DONE} → ${world.target.host}/${path}/team/done:1 ${buildImage(DONE).root.digest}`;

  async function nothingIsLeft(): Promise<void> {
    expect(await programsOf(world.machine)).toEqual([]);
    expect(await leftovers(world.machine)).toEqual([]);
  }

  beforeAll(async () => {
    world = await startFaultWorld();
    other = await createMachine();
    for (const name of ['done', 'held', 'waiting']) {
      await world.addImage(imageOf(name));
      await world.publish(name, chartOf(imageOf(name)));
    }
    await world.publish('endless', { templates: { 'slow.yaml': ENDLESS } });
    doneSource = await world.proxySource('done.example.test');
    heldSource = await world.proxySource('held.example.test');
    waitingSource = await world.proxySource('waiting.example.test');
  });

  afterAll(async () => {
    await Promise.all([world?.stop(), other?.remove()]);
  });

  // a test that failed must not hold up the next one
  afterEach(() => {
    for (const held of holds) held.release();
  });

  it.each([
    ['SIGINT', 'native', 0],
    ['SIGINT', 'crane', 1],
    ['SIGTERM', 'crane', 1],
  ] as const)(
    'in the middle of a copy by %s with %s tells what was done, leaves nothing behind, and is completed by the next run',
    async (signal, engine, programs) => {
      const path = `${signal}-${engine}`.toLowerCase();
      const flags = ['--engine', engine];
      const layer = holdLayer();
      const { cli, finished } = await world.start({ path, entries: ENTRIES, flags });
      await Promise.all([cli.says(saysCopied(path)), broughtAbout(cli, layer.reached)]);
      expect((await programsOf(world.machine)).filter((line) => /crane copy /.test(line))).toHaveLength(programs);
      cli.interrupt(signal);
      await cli.says('interrupted');
      const outcome = await inTime(finished(), 10_000);
      layer.release();

      expect(outcome.code).toBe(130);
      expect([outcome.report.interrupted, outcome.report.exitCode]).toEqual([true, 130]);
      expect([outcome.image(DONE).status, outcome.image(DONE).error]).toEqual(['copied', null]);
      expect([outcome.image(HELD).status, outcome.image(HELD).error?.code]).toEqual(['unfinished', 'INTERRUPTED']);
      expect(outcome.report.charts.map(({ status, error }) => [status, error?.code])).toEqual([
        ['unfinished', 'INTERRUPTED'],
        ['unfinished', 'INTERRUPTED'],
      ]);
      expect(outcome.report.totals).toMatchObject({
        addons: { done: 0, failed: 2 },
        images: { copied: 1, unfinished: 1 },
      });
      expect(summaryOf(outcome.stderr)).toMatch(/^UNFINISHED +held 1\.0\.0/m);
      expect(summaryOf(outcome.stderr)).toMatch(/^UNFINISHED +held\.example\.test\/team\/held:1/m);
      expect(summaryOf(outcome.stderr)).toMatch(/^INTERRUPTED: .*run again/m);
      await nothingIsLeft();
      expect((await allTags(world.behind)).filter((tag) => tag.startsWith(`${path}/`))).toEqual([
        `${path}/team/done:1`,
      ]);
      expect((await world.machine.files()).filter((file) => file.startsWith(`${outcome.directory}/`))).toEqual([
        `${outcome.directory}/.airgap-charts.images.json.gz`,
        `${outcome.directory}/.airgap-charts.journal`,
        `${outcome.directory}/catalog.yaml`,
        `${outcome.directory}/report.html`,
        `${outcome.directory}/report.json`,
      ]);

      world.target.reset();
      doneSource.reset();
      const again = await world.mirror({ path, entries: ENTRIES, flags });
      expect(again.code).toBe(0);
      expect([again.image(DONE).status, again.image(HELD).status]).toEqual(['present', 'copied']);
      expect(again.report.charts.map(({ status }) => status)).toEqual(['pushed', 'pushed']);
      expect(await rawDigest(world.behind, `${path}/team/held`, '1')).toBe(buildImage(HELD).root.digest);
      expect(world.target.writes().filter(({ path: asked }) => asked.includes('/team/done/'))).toEqual([]);
      // beside what belongs to the image, which may have come since, nothing is read at its source
      const read = doneSource
        .requests()
        .filter(({ method, path }) => method !== 'HEAD' && !/tags\/list|referrers/.test(path));
      expect(read).toEqual([]);
    },
  );

  it('ends at once at the second signal, even when a program does not want to end', async () => {
    const layer = holdLayer();
    const env = { PATH: await slowToEnd(other) };
    const { cli } = await world.start({
      path: 'twice',
      entries: ENTRIES,
      flags: ['--engine', 'crane'],
      env,
      machine: other,
    });
    await Promise.all([cli.says(saysCopied('twice')), broughtAbout(cli, layer.reached)]);
    cli.interrupt();
    await cli.says('interrupted');
    await new Promise((resolve) => setTimeout(resolve, 300));
    expect((await programsOf(other)).filter((line) => /crane copy /.test(line))).not.toEqual([]);
    cli.interrupt();
    expect((await inTime(cli.ended, 3_000)).code).toBe(130);
    layer.release();
    await untilNoProgram(other);
    expect(await leftovers(other)).toEqual([]);
    expect(await rawDigest(world.behind, 'twice/team/held', '1')).toBeUndefined();
    expect(await rawDigest(world.behind, 'twice/done', '1.0.0')).toBeUndefined();
  });

  it('in the middle of a push leaves no tag of that chart, and reports the one that is there as pushed', async () => {
    const push = hold(world.target, 'PUT', /^\/v2\/push\/held\/manifests\//);
    const { cli, finished } = await world.start({ path: 'push', entries: ENTRIES });
    await broughtAbout(cli, push.reached);
    // the look after the push has been answered, and what follows it needs no network
    const looked = () =>
      world.target
        .requests()
        .filter(
          ({ method, path, status }) => `${method} ${path} ${status}` === 'GET /v2/push/done/manifests/1.0.0 200',
        );
    await expect.poll(looked, { timeout: 10_000 }).toHaveLength(1);
    await new Promise((resolve) => setTimeout(resolve, 300));
    cli.interrupt();
    const outcome = await inTime(finished(), 10_000);
    push.release();
    expect(outcome.code).toBe(130);
    expect([outcome.row('done').status, outcome.row('held').status]).toEqual(['pushed', 'unfinished']);
    expect(outcome.row('held').error?.code).toBe('INTERRUPTED');
    expect(outcome.report.totals).toMatchObject({ addons: { done: 1, failed: 1 }, images: { copied: 2 } });
    const outputs = await world.machine.files(join(world.machine.work, outcome.directory));
    expect(outputs).toContain('helm-charts/done/done-1.0.0.tgz');
    expect(outputs.filter((file) => file.includes('held'))).toEqual([]);
    await nothingIsLeft();
    const there = (await allTags(world.behind)).filter((tag) => /^push\/[^/]+$/.test(tag));
    expect(listsNamed(there)).toEqual(['push/done:1.0.0', 'push/done:list']);
  });

  it('does not sit out a wait that a source has asked for', async () => {
    const asked = { status: 429, headers: { 'retry-after': '50' } };
    const wait = waitingSource.addFault({ path: /manifests/, ...asked });
    const { cli, finished } = await world.start({ path: 'wait', entries: [{ chart: 'waiting' }] });
    await broughtAbout(cli, wait.firstHit);
    cli.interrupt();
    const outcome = await inTime(finished(), 10_000);
    expect(outcome.code).toBe(130);
    expect([outcome.row('waiting').status, outcome.image(imageOf('waiting')).status]).toEqual([
      'unfinished',
      'unfinished',
    ]);
    expect(world.target.writes().filter(({ path }) => path.startsWith('/v2/wait/'))).toEqual([]);
    await nothingIsLeft();
  });

  it('ends a render that goes on and on', async () => {
    const { cli, finished } = await world.start({ path: 'render', entries: [{ chart: 'endless' }] });
    await cli.says('Render and extract images');
    const programs = () => programsOf(world.machine);
    await expect.poll(programs, { timeout: 10_000 }).toContainEqual(expect.stringMatching(/helm template /));
    cli.interrupt();
    const outcome = await inTime(finished(), 10_000);
    expect([outcome.code, outcome.row('endless').status]).toEqual([130, 'unfinished']);
    await nothingIsLeft();
  });
});
