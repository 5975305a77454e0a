import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, expect, it } from 'vitest';
import type { RunningServer } from '../../src/demo/registry-process.ts';
import { type Answer, type Difference, type DifferingProxy, startDifferingProxy } from '../support/differing-proxy.ts';
import { deployment } from '../support/e2e-charts.ts';
import { mirrorFlags } from '../support/e2e-machine.ts';
import { rawDigest } from '../support/e2e-registry.ts';
import { STABLE, startWorld, type World } from '../support/e2e-world.ts';
import { startDistribution } from '../support/registries.ts';
import { pushImage } from '../support/synthetic-images.ts';
import { describeWith } from '../support/tools.ts';

const IMAGES = ['quay.io/team/app:1', 'ghcr.io/other/tool:2'];

function problem(code: string, message: string): string {
  return JSON.stringify({ errors: [{ code, message }] });
}

const DENIED: Answer = { status: 403, body: problem('DENIED', 'requested access to the resource is denied') };
const IDENTITY = 'an-identity-token';
const ACCESS = 'an-access-token';

/** What a registry wants that takes the token of an identity, as ACR does: docs.docker.com/reference/api/registry/auth. */
async function identityAnswer(
  { method, path, headers: { authorization = '', host = '' } }: Parameters<NonNullable<Difference['answer']>>[0],
  body: () => Promise<string>,
): Promise<Answer | undefined> {
  if (method === 'POST' && path.startsWith('/oauth2/token')) {
    const form = new URLSearchParams(await body());
    const isRight = form.get('grant_type') === 'refresh_token' && form.get('refresh_token') === IDENTITY;
    return isRight
      ? { status: 200, body: JSON.stringify({ access_token: ACCESS, expires_in: 300 }) }
      : { status: 401, body: problem('UNAUTHORIZED', 'no such identity') };
  }
  if (authorization === `Bearer ${ACCESS}`) return undefined;
  const challenge = `Bearer realm="http://${host}/oauth2/token",service="${host}"`;
  return { status: 401, headers: { 'www-authenticate': challenge }, body: problem('UNAUTHORIZED', 'log in') };
}

interface Row extends Difference {
  readonly name: string;
  readonly identity?: boolean;
  /** What keeps a run from all that differs: without these flags it is refused. */
  readonly flags?: readonly string[];
}

const TOO_DEEP: Answer = { status: 400, body: problem('NAME_INVALID', 'repositories have an owner and a name') };

/** The ways in which registries differ, one each: what the whole run has to get through. */
const ROWS: readonly Row[] = [
  {
    name: 'answers 403 for manifests that are not there, as Artifactory does in some setups',
    instead: ({ path }, status) => (status === 404 && path.includes('/manifests/') ? DENIED : undefined),
  },
  {
    name: 'answers 403 for layers that are not there',
    instead: ({ path, method }, status) =>
      status === 404 && path.includes('/blobs/') && method === 'HEAD' ? DENIED : undefined,
  },
  {
    name: 'has no list of referrers: 404',
    answer: ({ path }) => (path.includes('/referrers/') ? { status: 404, body: '404 page not found' } : undefined),
  },
  {
    name: 'takes the list of referrers for a malformed request: 400',
    answer: ({ path }) =>
      path.includes('/referrers/') ? { status: 400, body: problem('UNSUPPORTED', 'no such operation') } : undefined,
  },
  {
    name: 'mounts nothing',
    path: ({ path, method }) => (method === 'POST' ? path.replace(/\?mount=.*/, '') : path),
  },
  {
    name: 'refuses a mount that names no other repository, and all others',
    answer: ({ path, method }) =>
      method === 'POST' && path.includes('mount=')
        ? { status: 405, body: problem('UNSUPPORTED', 'no mounts') }
        : undefined,
  },
  {
    name: 'takes the token of an identity',
    identity: true,
    answer: identityAnswer,
  },
  {
    name: 'answers 429 to the first of everything, with a delay in its text, as GHCR does',
    answer: ({ before }) =>
      before === 0
        ? { status: 429, body: problem('TOOMANYREQUESTS', 'retry-after: 880.092µs, allowed: 44000/minute') }
        : undefined,
  },
  {
    name: 'answers 429 to the first of everything, with Retry-After',
    answer: ({ before, method }) =>
      before === 0 && method !== 'HEAD'
        ? { status: 429, headers: { 'retry-after': '0' }, body: 'Too Many Requests' }
        : undefined,
  },
  {
    name: 'takes only one level below an owner, as Docker Hub does',
    flags: ['--image-path', 'flat'],
    answer: ({ path }) =>
      /^\/v2\/(?:[^/]+\/){2,}[^/]+\/(?:manifests|blobs|tags|referrers)\//.test(path) ? TOO_DEEP : undefined,
  },
];

/** Registries that are full: what they answer, and what of it has to be told. */
const FULL: readonly (Difference & {
  readonly name: string;
  readonly words: string;
  readonly end: readonly string[];
})[] = [
  {
    name: 'has no room for a layer by 412, as Harbor answers,',
    words: 'will exceed the configured upper limit',
    end: ['failed', 'IMAGE_COPY_FAILED'],
    answer: ({ path, method }) =>
      method === 'PUT' && path.includes('/blobs/uploads/')
        ? {
            status: 412,
            body: problem(
              'DENIED',
              'adding 1.0 MiB of storage resource will exceed the configured upper limit of 1.0 MiB',
            ),
          }
        : undefined,
  },
  {
    name: 'begins no upload by 403, as others do,',
    words: 'storage quota exceeded',
    end: ['refused', 'IMAGE_DESTINATION_DENIED'],
    answer: ({ path, method }) =>
      method === 'POST' && path.includes('/blobs/uploads/')
        ? { status: 403, body: problem('DENIED', 'storage quota exceeded') }
        : undefined,
  },
];

/** What registries answer whose tags cannot be replaced. */
const IMMUTABLE: readonly Answer[] = [
  { status: 412, body: problem('PRECONDITION', "Failed to process request due to 'app:1' configured as immutable.") },
  { status: 409, body: problem('TAG_INVALID', 'the tag is immutable') },
];

describeWith(['helm', 'registry'], 'a target that', () => {
  let world: World;
  let behind: RunningServer;
  let proxy: DifferingProxy | undefined;

  beforeAll(async () => {
    world = await startWorld();
    behind = await startDistribution();
    const containers = IMAGES.map((_, index) => `- { name: c${index}, image: "{{ .Values.image${index} }}" }`);
    const values = IMAGES.map((image, index) => `image${index}: ${image}\n`).join('');
    await world.publish('app', { values, templates: { 'd.yaml': deployment(containers.join('\n')) } });
    await world.sources.addImages(IMAGES);
    // the base of both is one layer, which asks for a mount
    for (const image of IMAGES) {
      const [repository = '', tag = ''] = image.split(':');
      await pushImage(world.sources.registry.url, repository, tag, { name: image });
    }
  });

  afterEach(() => proxy?.stop());

  afterAll(async () => {
    await world?.stop();
    await behind?.stop();
  });

  async function mirror(directory: string, row: Row, host: string, flags = row.flags ?? []) {
    const env = row.identity === true ? { DOCKER_CONFIG: join(world.machine.work, directory) } : {};
    await world.machine.write(
      join(directory, 'config.json'),
      JSON.stringify({ auths: { [host]: { identitytoken: IDENTITY } } }),
    );
    const addons = [{ repository: STABLE, chart: 'app', version: '1.0.0' }];
    await world.machine.write(join(directory, 'catalog.yaml'), JSON.stringify({ addons }));
    const target = ['--target-registry', `${host}/${directory}`, '--plain-http'];
    const argv = ['mirror', '--catalog', 'catalog.yaml', ...target, ...flags, ...mirrorFlags(world.sources.mirrors())];
    const result = await world.machine.run(argv, { cwd: directory, env });
    return { ...result, report: await world.machine.report(directory) };
  }

  it.each(ROWS.map((row, index) => ({ ...row, index })))(
    '$name is mirrored to, and asked again next night',
    async (row) => {
      proxy = await startDifferingProxy(behind.url, row);
      const directory = `row-${row.index}`;
      if (row.flags !== undefined) expect((await mirror(directory, row, proxy.host, [])).code).toBe(1);
      if (row.flags !== undefined) expect(proxy.differed()).toBeGreaterThan(0);
      proxy.reset();
      const first = await mirror(directory, row, proxy.host);
      expect(first.code, first.stderr).toBe(0);
      expect(proxy.differed() > 0).toBe(row.flags === undefined);
      expect(first.report.charts.map(({ status, proof }) => [status, proof.state])).toEqual([['pushed', 'proven']]);
      expect(first.report.images.map(({ status }) => status)).toEqual(['copied', 'copied']);
      for (const { destination, digest } of first.report.images) {
        const [, path = '', tag = ''] = /^[^/]*\/(.*):([^:]*)$/.exec(destination) ?? [];
        expect(await rawDigest(behind.url, path, tag)).toBe(digest);
      }

      proxy.reset();
      const again = await mirror(directory, row, proxy.host);
      expect(again.code, again.stderr).toBe(0);
      expect(again.report.charts.map(({ status }) => status)).toEqual(['present']);
      expect(proxy.writes()).toEqual([]);
    },
  );

  it('answers 403 for everything of a repository is not written to: what cannot be read is never replaced', async () => {
    proxy = await startDifferingProxy(behind.url, {
      answer: ({ path, method }) => (path !== '/v2/' && method !== 'POST' && method !== 'PUT' ? DENIED : undefined),
    });
    const { code, report } = await mirror('closed', { name: 'closed' }, proxy.host);
    expect(code).toBe(1);
    expect(report.charts.map(({ error }) => error?.code)).toEqual(['CHART_PUSH_FAILED']);
    expect(report.images.map(({ status }) => status)).toEqual(['not-needed', 'not-needed']);
    expect(proxy.writes()).toEqual([]);
  });

  it.each(FULL)(
    '$name fails what does not fit in its own words, and is gone on with when there is room',
    async (row) => {
      const { name, words, end } = row;
      const directory = `full-${FULL.indexOf(row)}`;
      proxy = await startDifferingProxy(behind.url, row);
      const full = await mirror(directory, { name }, proxy.host);
      expect(full.code).toBe(1);
      expect(full.report.images.map(({ status, error }) => [status, error?.code])).toEqual([end, end]);
      for (const { error } of full.report.images) expect(error?.message).toContain(words);
      expect(full.report.charts.map(({ status, error }) => [status, error?.code])).toEqual([end]);
      for (const { destination } of [...full.report.images, ...full.report.charts]) {
        const [, path = '', tag = ''] = /^(?:oci:\/\/)?[^/]*\/(.*):([^:]*)$/.exec(destination ?? '') ?? [];
        expect(await rawDigest(behind.url, path, tag)).toBeUndefined();
      }
      await proxy.stop();
      proxy = await startDifferingProxy(behind.url, {});
      const room = await mirror(directory, { name }, proxy.host);
      expect(room.code, room.stderr).toBe(0);
      expect(room.report.images.map(({ status }) => status)).toEqual(['copied', 'copied']);
    },
  );

  it.each(IMMUTABLE)('refuses to replace a tag by $status keeps what it has, and is asked once', async (answer) => {
    const directory = `immutable-${answer.status}`;
    const held = new Set<string>();
    proxy = await startDifferingProxy(behind.url, {
      answer: ({ path, method }) => {
        if (method !== 'PUT' || !path.includes('/manifests/')) return undefined;
        if (held.has(path)) return answer;
        held.add(path);
        return undefined;
      },
    });
    const first = await mirror(directory, { name: 'immutable' }, proxy.host);
    expect(first.code, first.stderr).toBe(0);
    await pushImage(world.sources.registry.url, 'quay.io/team/app', '1', { name: `moved ${answer.status}` });
    const image = ({ report }: typeof first) => report.images.find(({ source }) => source === 'quay.io/team/app:1');
    const taken = await mirror(directory, { name: 'immutable' }, proxy.host);
    expect([taken.code, image(taken)?.error?.code]).toEqual([1, 'IMAGE_TAG_TAKEN']);
    proxy.reset();
    const forced = await mirror(directory, { name: 'immutable' }, proxy.host, ['--overwrite-existing']);
    await pushImage(world.sources.registry.url, 'quay.io/team/app', '1', { name: 'quay.io/team/app:1' });
    expect([forced.code, image(forced)?.error?.code]).toEqual([1, 'IMAGE_TAG_TAKEN']);
    expect(image(forced)?.error?.message).toContain('immutable');
    expect(proxy.differed()).toBe(1);
    const kept = image(first);
    expect(await rawDigest(behind.url, `${directory}/team/app`, '1')).toBe(kept?.digest);
  });
});
