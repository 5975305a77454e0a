import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { buildImage } from '../../src/demo/synthetic-image.ts';

import { EcrFault } from '../support/ecr-faults.ts';
import { danglingImages } from '../support/ecr-run-complete.ts';
import { type EcrOutcome, type EcrRuns, startEcrRuns } from '../support/ecr-run-world.ts';
import { describeWith } from '../support/tools.ts';

const CHARTS = {
  busy: ['busy/a:1.0', 'busy/b:1.0', 'busy/c:1.0', 'busy/index:1.0'],
  known: ['team/known:1.0'],
  fresh: ['team/fresh:1.0'],
  unread: ['team/unread:1.0'],
  unseen: ['team/unseen:1.0'],
  unput: ['team/unput:1.0'],
  unchart: ['team/unchart:1.0'],
  raced: ['team/raced:1.0'],
  taken: ['team/taken:1.0'],
  shared: ['team/shared:1.0'],
  shelved: ['team/shelved:1.0'],
  retired: ['team/retired:1.0'],
  limited: ['team/limited:1.0'],
  echoed: ['team/echoed:1.0'],
} as const;

/** What waits for backoffs takes a minute, and longer on a machine that is busy with other tests. */
const PATIENCE = 240_000;

const pause = (milliseconds: number) => new Promise<void>((resolve) => setTimeout(resolve, milliseconds));

describeWith(['helm', 'crane', 'openssl'], 'a run into ECR that is disturbed', () => {
  let world: EcrRuns;

  beforeAll(async () => {
    world = await startEcrRuns();
    await world.image('busy/index:1.0', { platforms: ['linux/amd64', 'linux/arm64'] });
    for (const [name, images] of Object.entries(CHARTS)) await world.chart(name, ...images);
  });

  afterEach(() => {
    world.ecr.access.reset();
    world.ecr.throttle(undefined);
    world.ecr.log.reset();
  });

  afterAll(() => world?.stop());

  const clear = () => world.ecr.store.registry('ecr', world.ecr.account, world.ecr.region).repositories.clear();
  const outcomes = () => new Set(world.ecr.log.calls().map(({ outcome }) => outcome));

  describe('ends with all that an undisturbed one brings', () => {
    const run = { charts: ['busy'], path: 'p' };
    let whole: readonly string[];
    let removeHook = () => {};

    beforeAll(async () => {
      const { code, stderr } = await world.mirror(run);
      expect(code, stderr).toBe(0);
      whole = world.contents.list();
      // four images, one of them with two children, the chart, its list of images; four tags and the chart's
      expect(whole).toHaveLength(4 + 2 + 1 + 1 + 4 + 1);
    });

    beforeEach(() => {
      clear();
      world.ecr.log.reset();
    });

    afterEach(() => {
      removeHook();
      world.ecr.tokens.setLife(12 * 60 * 60 * 1000);
    });

    function expectWhole({ code, rows, stderr }: EcrOutcome): void {
      expect([code, rows], stderr).toEqual([0, ['busy pushed']]);
      expect(world.contents.list()).toEqual(whole);
    }

    it('where tokens live shorter than the run: they are renewed before they expire', async () => {
      world.ecr.tokens.setLife(6000);
      const before = world.ecr.tokens.issued();
      removeHook = world.ecr.log.before('PutImage', () => pause(1200));
      expectWhole(await world.mirror({ ...run, flags: ['--concurrency', '1'] }));
      expect(world.ecr.tokens.issued() - before).toBeGreaterThan(1);
      expect(world.ecr.log.refusedLogins()).not.toContain('expired');
    });

    it('where the registry takes no token any more, in the middle of the images and before the chart', async () => {
      const expired = new Set<string>();
      const before = world.ecr.tokens.issued();
      removeHook = world.ecr.log.before('CompleteLayerUpload', ({ repository = '' }) => {
        if (!['p/busy/b', 'p/busy'].includes(repository) || expired.has(repository)) return;
        expired.add(repository);
        world.ecr.tokens.expireAll();
      });
      expectWhole(await world.mirror(run));
      expect([...expired].sort()).toEqual(['p/busy', 'p/busy/b']);
      expect(world.ecr.log.refusedLogins()).toContain('expired');
      expect(world.ecr.tokens.issued() - before).toBeGreaterThan(2);
    });

    it.each([1, 2, 3])('where one call of twenty is throttled: seed %i', async (seed) => {
      world.ecr.throttle({ kind: 'share', share: 0.05, seed });
      expectWhole(await world.mirror(run));
      expect(outcomes()).toContain('ThrottlingException');
    });

    it(
      'where every call that ends an upload is throttled once, and the first of every other kind in each repository',
      async () => {
        const seen = new Set<string>();
        const actions = ['CreateRepository', 'BatchGetImage', 'BatchCheckLayerAvailability', 'InitiateLayerUpload'];
        const removals = [...actions, 'UploadLayerPart', 'CompleteLayerUpload', 'PutImage', 'ListImageReferrers'].map(
          (action) =>
            world.ecr.log.before(action, ({ repository, detail }) => {
              const isEnd = action === 'CompleteLayerUpload' || action === 'PutImage';
              const key = `${action} ${repository} ${isEnd ? detail : ''}`;
              if (seen.has(key)) return;
              seen.add(key);
              throw new EcrFault('ThrottlingException', 'Rate exceeded');
            }),
        );
        removeHook = () => {
          for (const remove of removals) remove();
        };
        expectWhole(await world.mirror(run));
        expect(seen.size).toBeGreaterThan(5 * 7);
      },
      PATIENCE,
    );

    it('when it goes on after an interrupt, and no chart is there before', async () => {
      let reached = () => {};
      const middle = new Promise<void>((resolve) => {
        reached = resolve;
      });
      removeHook = world.ecr.log.before('PutImage', async ({ repository }) => {
        if (repository !== 'p/busy/c') return;
        reached();
        await pause(3000);
      });
      const { cwd, argv } = await world.prepare(run);
      const cli = world.machine.start(argv, { cwd, env: { ...world.env() } });
      await Promise.race([middle, cli.ended]);
      cli.interrupt();
      const first = await world.conclude(cwd, await cli.ended);
      expect([first.code, first.report.interrupted]).toEqual([130, true]);
      expect(first.rows).toEqual(['busy unfinished INTERRUPTED']);
      expect(first.image('busy/c:1.0').status).toBe('unfinished');
      expect(await danglingImages(world.ecr)).toEqual([]);
      expect(world.contents.list().filter((name) => name.startsWith('p/busy:'))).toEqual([]);
      for (const text of [first.stderr, first.stdout]) expect(text).not.toMatch(/eyJwYXlsb2Fk|QVdTOmV5/);

      removeHook();
      expectWhole(await world.mirror(run));
    });
  });

  it('by rights and quotas that are missing in single repositories does the rest, and says of each what is missing', async () => {
    const denied = { action: 'BatchGetImage' };
    world.contents.add('deny/team/unread', '1.0');
    world.ecr.access.deny({ ...denied, repository: 'deny/team/unread' });
    world.ecr.access.deny({ ...denied, repository: 'deny/team/unseen' });
    world.ecr.access.deny({ action: 'DescribeRepositories', repository: 'deny/team/known' });
    world.ecr.access.deny({ action: 'PutImage', repository: 'deny/team/unput' });
    world.ecr.access.deny({ action: 'PutImage', repository: 'deny/unchart' });
    const removeHook = world.ecr.log.before('CreateRepository', ({ repository }) => {
      if (repository !== 'deny/team/limited') return;
      throw new EcrFault('LimitExceededException', 'The number of repositories would exceed the limit.');
    });
    const charts = ['known', 'unread', 'unseen', 'unput', 'unchart', 'limited'];
    const { code, rows, chart, image, repository, stderr } = await world.mirror({ charts, path: 'deny' });
    removeHook();
    expect([code, rows], stderr).toEqual([
      1,
      [
        'known pushed',
        'unread refused IMAGE_DESTINATION_DENIED',
        'unseen refused IMAGE_DESTINATION_DENIED',
        'unput refused IMAGE_DESTINATION_DENIED',
        'unchart failed CHART_PUSH_FAILED',
        'limited failed REPOSITORY_FAILED',
      ],
    ]);
    for (const name of ['unread', 'unput', 'unchart']) {
      const right = name === 'unread' ? 'ecr:BatchGetImage' : 'ecr:PutImage';
      expect(chart(name).error?.message, name).toMatch(new RegExp(`not authorized to perform: ${right} on`));
    }
    expect(repository('deny/team/unread').status).toBe('present');
    expect(repository('deny/team/known')).toMatchObject({
      status: 'created',
      detail: expect.stringContaining('ecr:DescribeRepositories'),
    });
    expect(chart('limited').error).toMatchObject({
      message: expect.stringContaining('The number of repositories would exceed the limit'),
      hint: expect.stringContaining('higher quota'),
    });
    expect(image('team/unchart:1.0').status).toBe('copied');
    const written = world.ecr.log.writes().map(({ repository }) => repository);
    expect(written).not.toContain('deny/team/unread');
    const list = world.contents.list();
    expect(list.filter((name) => /^deny\/un[a-z]+[:@]/.test(name))).toEqual([]);
    expect(list.filter((name) => name.startsWith('deny/team/unput'))).toEqual([]);
  });

  describe('by the lack of a right to look at repositories', () => {
    const run = { charts: ['known', 'fresh'] };
    beforeEach(() => {
      world.ecr.access.deny({ action: 'DescribeRepositories' });
    });

    it('uses those that exist, and creates the others', async () => {
      world.contents.create('blind/known', { mutability: { kind: 'IMMUTABLE', filters: [] } });
      world.contents.create('blind/team/known', { mutability: { kind: 'IMMUTABLE', filters: [] } });
      const { code, rows, repositories, report, stderr } = await world.mirror({ ...run, path: 'blind' });
      expect([code, rows], stderr).toEqual([0, ['known pushed', 'fresh pushed']]);
      expect(repositories).toEqual([
        ...['blind/fresh created', 'blind/known existed', 'blind/team/fresh created', 'blind/team/known existed'],
      ]);
      expect(report.ecr?.repositories[1]?.detail).toMatch(/ecr:DescribeRepositories/);

      world.ecr.log.reset();
      const again = await world.mirror({ ...run, path: 'blind' });
      expect([again.code, again.rows], again.stderr).toEqual([0, ['known present', 'fresh present']]);
      expect(world.ecr.log.writes()).toEqual([]);
    });

    it('and none to create them, uses those that exist, and tells which are missing', async () => {
      for (const name of ['known', 'team/known', 'fresh']) world.contents.create(`bound/${name}`);
      world.ecr.access.deny({ action: 'CreateRepository' });
      const outcome = await world.mirror({ ...run, path: 'bound' });
      const { code, rows, chart, repositories, repository, stderr } = outcome;
      expect([code, rows[0]], stderr).toEqual([1, 'known pushed']);
      expect(repositories).toEqual(
        ['fresh', 'known', 'team/fresh', 'team/known'].map((name) => `bound/${name} unknown`),
      );
      expect(repository('bound/team/fresh').detail).toMatch(/ecr:CreateRepository/);
      expect(chart('fresh').error?.message).toMatch(/bound\/team\/fresh' does not exist/);
      expect(chart('fresh').error?.hint).toMatch(/create the repository/);
      expect(world.contents.list().filter((name) => /^bound\/.*fresh/.test(name))).toEqual([]);
    });
  });

  it('by others who create repositories meanwhile, or archived tags, refuses what is taken and does the rest', async () => {
    const names = new Set(['meet/team/raced', 'meet/team/taken', 'meet/team/shared']);
    let isLost = false;
    const removeHook = world.ecr.log.before('CreateRepository', ({ repository }) => {
      if (repository === 'meet/team/echoed' && !isLost) {
        // it is created, and the answer is lost
        isLost = true;
        world.contents.create(repository, { tags: { 'chart-syncer': 'true' } });
        throw new EcrFault('ServerException', 'try again');
      }
      if (names.size === 0) return;
      for (const name of names) world.contents.create(name);
      names.clear();
      world.contents.add('meet/team/taken', '1.0', { platforms: [] });
      world.contents.put('meet/team/shared', '1.0', buildImage('team/shared:1.0', { platforms: [], ownLayers: 1 }));
    });
    for (const [name, tag] of [
      ['meet/team/shelved', '1.0'],
      ['meet/retired', '1.0.0'],
    ] as const) {
      world.contents.add(name, tag);
      world.contents.archive(name, tag);
    }
    const charts = ['raced', 'taken', 'shared', 'shelved', 'retired', 'echoed'];
    const { code, rows, repository, image, chart, stderr } = await world.mirror({ charts, path: 'meet' });
    removeHook();
    expect([code, rows], stderr).toEqual([
      1,
      [
        'raced pushed',
        'taken refused IMAGE_TAG_TAKEN',
        'shared pushed',
        'shelved refused IMAGE_TAG_TAKEN',
        'retired refused CHART_TAG_TAKEN',
        'echoed pushed',
      ],
    ]);
    for (const name of ['raced', 'taken', 'shared']) expect(repository(`meet/team/${name}`).status).toBe('existed');
    expect(repository('meet/team/echoed').status).toBe('created');
    expect([image('team/raced:1.0').status, image('team/shared:1.0').status]).toEqual(['copied', 'present']);
    for (const name of ['shelved', 'retired']) expect(chart(name).error?.message).toMatch(/ is archived/);
    const written = world.ecr.log.writes().flatMap(({ plane, repository: name }) => (plane === 'data' ? [name] : []));
    for (const name of ['team/taken', 'taken', 'team/shared', 'team/shelved', 'shelved', 'retired']) {
      expect(written).not.toContain(`meet/${name}`);
    }
  });

  describe('for good', () => {
    it(
      'by throttling of every call to the API ends with that reason, in time',
      async () => {
        world.ecr.throttle({ kind: 'share', share: 1, seed: 1 });
        const start = performance.now();
        const { code, rows, stderr } = await world.mirror({ charts: ['known'], path: 'never' });
        expect([code, rows], stderr).toEqual([1, ['known failed RATE_LIMITED']]);
        expect(performance.now() - start).toBeLessThan(180_000);
        expect(world.contents.names().filter((name) => name.startsWith('never'))).toEqual([]);
      },
      PATIENCE,
    );

    it('by throttling of every upload ends with that reason, in time', async () => {
      world.ecr.throttle({ kind: 'share', share: 1, seed: 1, actions: ['PutImage'] });
      const start = performance.now();
      const { code, rows, stderr } = await world.mirror({ charts: ['known'], path: 'never' });
      expect([code, rows], stderr).toEqual([1, ['known failed RATE_LIMITED']]);
      expect(performance.now() - start).toBeLessThan(180_000);
      expect(world.contents.list().filter((name) => name.startsWith('never'))).toEqual([]);
    });

    it('by an API that cannot be reached ends with that reason, in time', async () => {
      const env = { ...world.env(), AWS_ENDPOINT_URL_ECR: 'https://127.0.0.1:9' };
      const start = performance.now();
      const { code, rows, chart, stderr } = await world.mirror({ charts: ['known'], path: 'nowhere', env });
      expect([code, rows], stderr).toEqual([1, ['known failed REGISTRY_UNREACHABLE']]);
      expect(chart('known').error?.message).toMatch(/127\.0\.0\.1/);
      expect(performance.now() - start).toBeLessThan(180_000);
      expect(world.ecr.log.calls()).toEqual([]);
    });
  });
});
