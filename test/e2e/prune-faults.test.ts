import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { buildImage } from '../../src/demo/synthetic-image.ts';
import { EcrFault } from '../support/ecr-faults.ts';
import { type EcrPruneWorld, startEcrPruneWorld } from '../support/ecr-prune-world.ts';

let world: EcrPruneWorld;

beforeEach(async () => {
  world = await startEcrPruneWorld();
  await world.chart('m/web', '1.0.0', { images: ['m/app:1', 'm/base:1'] });
  await world.chart('m/web', '2.0.0', { images: ['m/app:2', 'm/base:1'] });
  for (const image of ['m/app:1', 'm/app:2', 'm/base:1', 'm/base:0', 'm/lone:1']) {
    const [name = '', tag = ''] = image.split(':');
    world.image(name, tag);
  }
});

afterEach(async () => {
  expect(world.loopback.ecr.defects()).toEqual([]);
  await world.stop();
});

/** The tags that are left. */
function tags(): readonly string[] {
  return world.contents.list().filter((name) => !name.includes('@'));
}

const ALL = ['m/app:1', 'm/app:2', 'm/base:0', 'm/base:1', 'm/lone:1', 'm/web:1.0.0', 'm/web:2.0.0'];
const NEEDED = ['m/app:2', 'm/base:1', 'm/web:2.0.0'];
const YES = ['--keep-charts', '1', '--yes'];

describe('prune', () => {
  it('of a registry without faults leaves what is needed', async () => {
    const { code, stderr } = await world.prune('m', ...YES);
    expect(code, stderr).toBe(0);
    expect(tags()).toEqual(NEEDED);
  });

  it('that may not remove from one repository removes from the others, says so, and ends with 1', async () => {
    const { access } = world.loopback.ecr;
    access.deny({ action: 'BatchDeleteImage', repository: 'm/app' });
    const { code, stderr, report } = await world.prune('m', ...YES);
    expect(code).toBe(1);
    expect(tags()).toEqual(['m/app:1', 'm/app:2', 'm/base:1', 'm/web:2.0.0']);
    expect(stderr).toMatch(
      /NOT REMOVED m\/app@sha256:[0-9a-f]{64} \(1\): .*not authorized to perform: ecr:BatchDeleteImage/,
    );
    expect(report).toMatchObject({ end: 'finished', totals: { manifests: { failed: 1, removed: 4 } } });
    access.reset();
    expect((await world.prune('m', ...YES)).code).toBe(0);
    expect(tags()).toEqual(NEEDED);
  });

  it('that may not remove charts keeps what these need', async () => {
    world.loopback.ecr.access.deny({ action: 'BatchDeleteImage', repository: 'm/web' });
    const { code, report } = await world.prune('m', ...YES);
    expect(code).toBe(1);
    expect(tags()).toEqual(['m/app:1', ...NEEDED.slice(0, 2), 'm/web:1.0.0', 'm/web:2.0.0']);
    expect(report?.totals.manifests).toEqual({ failed: 1, removed: 2, spared: 2 });
  });

  it('that is refused single images says why, and the rest is gone', async () => {
    const { digest, parts } = world.contents.image('m/lone', '1');
    const { log } = world.loopback.ecr;
    // somebody pushes an index of it in the very moment
    log.before('BatchDeleteImage', ({ repository }) => {
      if (repository !== 'm/lone') return;
      const index = { schemaVersion: 2, manifests: [{ mediaType: parts.mediaType, digest, size: 1 }] };
      const bytes = Buffer.from(JSON.stringify(index));
      const root = { ...buildImage('x', {}).root, bytes };
      world.contents.put('m/lone', 'late', { root, children: [], blobs: [] });
    });
    const { code, stderr } = await world.prune('m', ...YES);
    expect(code).toBe(1);
    expect(stderr).toMatch(/NOT REMOVED m\/lone@sha256:[0-9a-f]{64} \(1\): .*[Rr]eferenced/);
    expect(tags()).toEqual(['m/app:2', 'm/base:1', 'm/lone:1', 'm/lone:late', 'm/web:2.0.0']);
  });

  it('of a registry that changes after it was read removes nothing', async () => {
    let lists = 0;
    world.loopback.ecr.log.before('DescribeRepositories', async ({ repositories }) => {
      if (repositories.length > 0) return;
      lists += 1;
      if (lists === 2) await world.chart('far/new', '1.0.0', { images: ['m/lone:1'] });
    });
    const { code, stderr } = await world.prune('m', ...YES);
    expect(code).toBe(1);
    expect(stderr).toContain('NOTHING WAS REMOVED: the registry has changed since it was read');
    expect(tags()).toEqual(['far/new:1.0.0', ...ALL]);
  });

  it('keeps all images while a chart that stays cannot be read, names it, and removes charts all the same', async () => {
    const { digest } = await world.chart('far/broken', '1.0.0', {});
    const { blobs } = world.contents.repository('far/broken');
    for (const name of blobs.keys()) blobs.set(name, Buffer.from('broken'));
    const { code, stderr, report } = await world.prune('m', ...YES);
    expect(code, stderr).toBe(0);
    expect(tags()).toEqual(['far/broken:1.0.0', ...ALL.filter((name) => name !== 'm/web:1.0.0')]);
    expect(stderr).toMatch(/CANNOT BE READ far\/broken:1\.0\.0: /);
    expect(report?.keptCharts.find((chart) => chart.digest === digest)?.needs).toBe('unreadable');
  });

  it('keeps what a chart without a list could name, and nothing else for it', async () => {
    await world.chart('far/old', '1.0.0', { text: 'image: { repository: x/lone }\n' });
    const { code, stderr } = await world.prune('m', ...YES);
    expect(code, stderr).toBe(0);
    expect(tags()).toEqual(['far/old:1.0.0', 'm/app:2', 'm/base:1', 'm/lone:1', 'm/web:2.0.0']);
    expect(stderr).toContain('note: 1 chart without a list of images');
  });

  it('leaves archived images alone, and an archived chart keeps all images', async () => {
    world.contents.archive('m/lone', '1');
    expect((await world.prune('m', ...YES)).code).toBe(0);
    expect(tags()).toEqual(['m/app:2', 'm/base:1', 'm/lone:1', 'm/web:2.0.0']);
    world.image('m/lone', '2');
    // with its list; the list alone would tell what it needs
    const { digest } = world.contents.image('m/web', '2.0.0');
    const { images } = world.contents.repository('m/web');
    for (const image of images.values())
      if ([image.digest, image.parts.subject].includes(digest)) world.contents.archive('m/web', image.digest);
    const { stderr } = await world.prune('m', ...YES);
    expect(tags()).toContain('m/lone:2');
    expect(stderr).toContain('CANNOT BE READ m/web:2.0.0: ');
  });

  it('that may not list a repository removes nothing, and names the right', async () => {
    world.loopback.ecr.access.deny({ action: 'DescribeImages', repository: 'm/base' });
    const { code, stderr, report } = await world.prune('m', ...YES);
    expect(code).toBe(1);
    expect(stderr).toContain('ecr:DescribeImages');
    expect(tags()).toEqual(ALL);
    expect(report).toBeUndefined();
  });

  it('outlasts throttling', async () => {
    const { ecr } = world.loopback;
    ecr.throttle({ kind: 'share', share: 0.05, seed: 3 });
    const { code, stderr } = await world.prune('m', ...YES);
    expect(code, stderr).toBe(0);
    expect(ecr.log.calls().map(({ outcome }) => outcome)).toContain('ThrottlingException');
    expect(tags()).toEqual(NEEDED);
  });

  it('whose credentials expire while it removes stops, says so, and a second run goes on', async () => {
    const stop = world.loopback.ecr.log.before('BatchDeleteImage', ({ repository }) => {
      if (repository === 'm/web') return;
      throw new EcrFault('ExpiredTokenException', 'the security token included in the request is expired');
    });
    const { code, stderr, report } = await world.prune('m', ...YES);
    expect(code, stderr).toBe(1);
    expect(stderr).toMatch(/STOPPED: CREDENTIALS_UNREADABLE: .*ExpiredTokenException.*\n {2}→ log in to AWS again/);
    expect(stderr).not.toContain('NOT REMOVED');
    expect(report).toMatchObject({
      end: 'stopped',
      error: { code: 'CREDENTIALS_UNREADABLE', hint: expect.stringContaining('log in to AWS again') },
      totals: { manifests: { removed: 2, left: 3 } },
    });
    expect(tags()).toEqual(ALL.filter((name) => name !== 'm/web:1.0.0'));
    stop();
    expect((await world.prune('m', ...YES)).code).toBe(0);
    expect(tags()).toEqual(NEEDED);
  });

  it('goes on when somebody deletes a repository while it reads', async () => {
    const { log, store, account, region } = world.loopback.ecr;
    log.before('DescribeImages', ({ repository }) => {
      if (repository === 'm/lone') store.registry('ecr', account, region).repositories.delete(repository);
    });
    const { code, stderr } = await world.prune('m', ...YES);
    expect(code, stderr).toBe(0);
    expect(tags()).toEqual(NEEDED);
  });

  it('keeps what was pushed lately, though the clock of the machine is days ahead', async () => {
    world.contents.setPushedAt(new Date(), 'm/lone');
    const ahead =
      'const Real = Date; const ahead = 3 * 864e5; globalThis.Date = class extends Real { constructor(...given) { if (given.length === 0) super(Real.now() + ahead); else super(...given); } static now() { return Real.now() + ahead; } };';
    const clock = await world.machine.write('ahead.mjs', ahead);
    const env = { ...world.loopback.env, NODE_OPTIONS: `--import ${clock}` };
    const { code, stderr } = await world.machine.run(world.argv('m', YES), { env });
    expect(code, stderr).toBe(0);
    expect(tags()).toEqual([...NEEDED.slice(0, 2), 'm/lone:1', 'm/web:2.0.0']);
    expect((await world.report())?.startedAt.localeCompare(new Date(Date.now() + 864e5).toISOString())).toBe(1);
  });

  it('shows no session token that AWS repeats in an answer', async () => {
    const { log, principal } = world.loopback.ecr;
    const token = principal.sessionToken ?? '';
    expect(token).not.toBe('');
    const repeated = `x-amz-security-token:${token}`;
    const said = 'The signature does not match. The Canonical String for this request should have been';
    const texts = [`${said}\n'POST\n${repeated}\n'`, `another text with ${repeated} in it`];
    for (const text of texts) {
      const stop = log.before('DescribeRepositories', () => {
        throw new EcrFault('InvalidSignatureException', text);
      });
      const { code, stdout, stderr } = await world.prune('m', ...YES, '--verbose');
      stop();
      expect(code).not.toBe(0);
      expect(stderr).toContain('InvalidSignatureException');
      expect(stdout + stderr).not.toContain(token);
    }
    expect(tags()).toEqual(ALL);
  });

  it('that is interrupted says what is done, and a second run goes on', async () => {
    let stop = (): void => undefined;
    world.loopback.ecr.log.before('BatchDeleteImage', async ({ repository }) => {
      if (repository !== 'm/app') return;
      stop();
      await new Promise((resolve) => setTimeout(resolve, 300));
    });
    const running = world.machine.start(world.argv('m', YES), { env: world.loopback.env });
    stop = () => running.interrupt();
    const { code, stderr } = await running.ended;
    expect(code, stderr).toBe(130);
    expect(stderr).toMatch(/\d of 5 manifests removed/);
    expect(stderr).toContain('INTERRUPTED: run again to go on');
    expect(tags()).not.toContain('m/web:1.0.0');
    expect(await world.report()).toMatchObject({ exitCode: 130, end: 'interrupted' });
    expect((await world.prune('m', ...YES)).code).toBe(0);
    expect(tags()).toEqual(NEEDED);
  });

  it('with a catalog that names no chart that is there refuses to remove them all', async () => {
    const entry = { chart: 'wbe', repository: 'https://charts.example.com', version: '1.0.0' };
    await world.machine.write('catalog.yaml', JSON.stringify({ addons: [entry] }));
    for (const yes of [['--yes'], []]) {
      const { code, stderr } = await world.prune('m', '--keep-catalog', 'catalog.yaml', ...yes);
      expect(code).toBe(1);
      expect(stderr).toContain('note: the registry has no chart for wbe 1.0.0, which a catalog names');
      expect(stderr).toContain('NOTHING WAS REMOVED: the rules keep no chart at all');
      expect(tags()).toEqual(ALL);
    }
  });
});

describe('bad input of prune', () => {
  it('another registry ends with 2, and says so', async () => {
    const argv = ['prune', '--target-registry', 'public.ecr.aws/alias', '--keep-charts', '1', '--yes'];
    const { code, stderr } = await world.machine.run(argv, { env: world.loopback.env });
    expect([code, stderr]).toEqual([2, expect.stringContaining('public.ecr.aws is no private registry of Amazon ECR')]);
    expect(world.loopback.ecr.log.calls()).toEqual([]);
  });

  it('no target ends with 2, though there is an AWS identity whose registry could be taken', async () => {
    const { code, stderr } = await world.machine.run(['prune', '--keep-charts', '1'], { env: world.loopback.env });
    expect([code, stderr]).toEqual([2, expect.stringContaining('TARGET_UNKNOWN: there is no target registry')]);
    expect(world.loopback.ecr.log.calls()).toEqual([]);
  });
});
