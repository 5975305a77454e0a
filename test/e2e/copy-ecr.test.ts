import { afterAll, afterEach, beforeAll, expect, it } from 'vitest';
import { type EcrOutcome, type EcrRuns, IMAGES, startEcrRuns } from '../support/ecr-run-world.ts';
import type { PushedImage } from '../support/synthetic-images.ts';
import { describeWith } from '../support/tools.ts';

const SETTINGS = {
  repositories: [{ match: '*', tags: { team: 'platform' }, tagMutability: 'immutable', scanOnPush: true }],
};

describeWith(['helm', 'crane', 'openssl'], 'a list of images for Amazon ECR', () => {
  let world: EcrRuns;
  let index: PushedImage;
  let app: PushedImage;

  beforeAll(async () => {
    world = await startEcrRuns();
    index = await world.image('team/index:1.0', { platforms: ['linux/amd64', 'linux/arm64'], attestations: true });
    app = await world.image('team/app:1.0');
    await world.image('same/app:1.0', { name: 'team/app:1.0' });
  });

  afterEach(() => {
    world.ecr.access.reset();
    world.ecr.log.reset();
  });

  afterAll(() => world?.stop());

  /** Copies a list, whose lines may name the registry as `TARGET`, to a path of the caller's own registry. */
  async function copy(path: string, lines: readonly string[], ...flags: readonly string[]): Promise<EcrOutcome> {
    const { registry } = world.names;
    await world.machine.write(`${path}/images.txt`, lines.join('\n').replaceAll('TARGET', registry));
    await world.machine.write(`${path}/airgap-charts.yaml`, JSON.stringify(SETTINGS));
    const argv = ['copy', '--images', 'images.txt', '--target-registry', `${registry}/${path}`, ...flags];
    return world.conclude(path, await world.run(argv, { cwd: path }));
  }

  const NAMES = ['own/name', 'PATH/team/app', 'PATH/team/index'];
  const namesOf = (path: string) => NAMES.map((name) => name.replace('PATH', path));
  const LINES = [`${IMAGES}/team/index:1.0`, `${IMAGES}/team/app:1.0`, `${IMAGES}/team/app:1.0 TARGET/own/name:7`];

  it('is told by a scan which repositories it needs, with the rights for that, and makes none', async () => {
    const { code, stderr, repositories, report } = await copy('made', LINES, '--scan-only', '--engine', 'native');
    expect(code, stderr).toBe(0);
    expect(repositories).toEqual(
      namesOf('made')
        .sort()
        .map((name) => `${name} to-create`),
    );
    expect(report.mode).toBe('list');
    expect(JSON.stringify(report.ecr?.policy)).toContain('ecr:CreateRepository');
    expect(world.ecr.log.writes()).toEqual([]);
    expect(world.contents.names()).toEqual([]);
  });

  it('gets its repositories with their settings, may do what the scan has printed, and is present afterwards', async () => {
    const { report: planned } = await copy('made', LINES, '--scan-only', '--engine', 'native');
    if (planned.ecr?.policy === undefined) throw new Error('a scan prints a policy');
    world.ecr.access.restrictTo(planned.ecr.policy);
    const cold = await copy('made', LINES, '--engine', 'crane');
    expect(cold.code, cold.stderr).toBe(0);
    expect(cold.repositories).toEqual(
      namesOf('made')
        .sort()
        .map((name) => `${name} created`),
    );
    expect(world.contents.names()).toEqual(namesOf('made').sort());
    const made = world.contents.repository('made/team/index');
    expect(Object.fromEntries(made.resourceTags)).toEqual({ 'chart-syncer': 'true', team: 'platform' });
    expect([made.mutability.kind, made.scanOnPush]).toEqual(['IMMUTABLE', true]);
    expect(world.contents.image('made/team/index', '1.0').digest).toBe(index.digest);
    expect(world.contents.image('own/name', '7').digest).toBe(app.digest);

    world.ecr.log.reset();
    const warm = await copy('made', LINES, '--engine', 'native');
    expect([warm.code, warm.report.totals.images], warm.stderr).toEqual([0, { present: 3 }]);
    expect(world.ecr.log.writes()).toEqual([]);
  });

  it.each([['native'], ['crane']])(
    'writes an immutable tag once for two sources of one content, by the engine %s',
    async (engine) => {
      const meeting = ['team/app:1.0', 'same/app:1.0'].map((name) => `${IMAGES}/${name} TARGET/met/${engine}:1`);
      const { code, stderr } = await copy(`meet-${engine}`, meeting, '--engine', engine);
      expect(code, stderr).toBe(0);
      expect(world.contents.image(`met/${engine}`, '1').digest).toBe(app.digest);
    },
  );

  it.each([['native'], ['crane']])(
    'has images that share layers copied side by side, by the engine %s: a layer can be read when its image is there',
    async (engine) => {
      // whoever gets a shared layer second finds it in a repository that has no image yet
      const free = world.ecr.log.before('PutImage', () => new Promise((resolve) => setTimeout(resolve, 3000)));
      const path = `shared-${engine}`;
      const outcome = await copy(path, LINES.slice(0, 2), '--engine', engine).finally(free);
      expect(outcome.code, outcome.stderr).toBe(0);
      expect(world.contents.image(`${path}/team/index`, '1.0').digest).toBe(index.digest);
      expect(world.contents.image(`${path}/team/app`, '1.0').digest).toBe(app.digest);
    },
  );

  it('does not replace an immutable tag, with whatever flag', async () => {
    const other = world.contents.add('moved/team/app', '1.0', { platforms: [] });
    const { mutability } = world.contents.repository('moved/team/app');
    Object.assign(mutability, { kind: 'IMMUTABLE' });
    const { code, image } = await copy('moved', [`${IMAGES}/team/app:1.0`], '--overwrite-existing');
    expect([code, image('team/app:1.0').error?.code]).toEqual([1, 'IMAGE_TAG_TAKEN']);
    expect(world.contents.image('moved/team/app', '1.0').digest).toBe(other.digest);
  });
});
