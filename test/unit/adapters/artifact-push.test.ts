import { afterEach, describe, expect, it } from 'vitest';
import { createArtifactPusher } from '../../../src/adapters/artifact-push.ts';
import type { DestinationPace } from '../../../src/adapters/destination-pace.ts';
import { digestOf } from '../../../src/domain/manifest.ts';
import { recordArtifact } from '../../../src/domain/records/record-artifact.ts';
import { fastClock, NEVER, networkWith } from '../../support/http-network.ts';
import { reply, type SeenRequest, startServer, type TestServer } from '../../support/http-server.ts';

const CHART = digestOf('chart');
const ARTIFACT = recordArtifact({ chart: 'web', chartVersion: '1.0.0', chartDigest: CHART, images: [] }, undefined);
const [CONFIG, LAYER] = ARTIFACT.blobs.map((blob) => digestOf(blob));

const cleanups: (() => Promise<unknown>)[] = [];

afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

type Answer = { readonly status: number; readonly headers?: Record<string, string>; readonly body?: string };

interface Stage {
  readonly server: TestServer;
  readonly turns: string[];
  readonly slept: readonly number[];
  push(tag?: string): ReturnType<ReturnType<typeof createArtifactPusher>['push']>;
}

/** A registry that answers as it should unless `answer` says otherwise, and a pusher. */
async function stage(
  answer: (request: SeenRequest, times: number) => Answer | undefined = () => undefined,
): Promise<Stage> {
  const times = new Map<string, number>();
  const server = await startServer((request, response) => {
    const line = `${request.method} ${request.url}`;
    times.set(line, (times.get(line) ?? 0) + 1);
    const special = answer(request, times.get(line) ?? 1);
    if (special !== undefined) return reply(response, special.status, special.headers, special.body);
    if (request.method === 'HEAD') return reply(response, 404);
    if (request.method === 'POST') return reply(response, 202, { location: '/upload/1?state=x' });
    return reply(response, 201);
  });
  const clock = fastClock();
  const network = networkWith({ clock });
  cleanups.push(server.close, network.close);
  const turns: string[] = [];
  const pace: DestinationPace = {
    async turn(registry, method, target) {
      turns.push(`${registry === server.host} ${method} ${typeof target === 'string' ? target : 'upload'}`);
    },
  };
  const { access, settings } = network;
  const pusher = createArtifactPusher({ access, settings, pace, clock });
  const place = { registry: server.host, repository: 'm/charts/web', digest: undefined };
  return { server, turns, slept: clock.slept, push: (tag) => pusher.push({ ...place, tag }, ARTIFACT, NEVER) };
}

const MANIFESTS = '/v2/m/charts/web/manifests';
const BLOBS = '/v2/m/charts/web/blobs';

describe('pushing a small artifact', () => {
  it('uploads the blobs that are missing, then puts the manifest by its digest', async () => {
    const { server, turns, push } = await stage(({ url, method }) =>
      method === 'HEAD' && url.endsWith(`${CONFIG}`) ? { status: 200 } : undefined,
    );
    expect(await push()).toEqual({ kind: 'pushed' });
    expect(server.lines()).toEqual([
      `HEAD ${BLOBS}/${CONFIG}`,
      `HEAD ${BLOBS}/${LAYER}`,
      `POST ${BLOBS}/uploads/`,
      `PUT /upload/1?state=x&digest=${encodeURIComponent(`${LAYER}`)}`,
      `PUT ${MANIFESTS}/${ARTIFACT.digest}`,
    ]);
    expect(server.seen[3]?.body).toEqual(Buffer.from(ARTIFACT.blobs[1] ?? ''));
    expect(server.seen[4]?.body).toEqual(Buffer.from(ARTIFACT.manifest));
    expect(server.seen[4]?.headers['content-type']).toBe(ARTIFACT.mediaType);
    // each write waits for its turn
    expect(turns.slice(-3)).toEqual([
      'true POST blobs/uploads/',
      'true PUT upload',
      `true PUT manifests/${ARTIFACT.digest}`,
    ]);
  });

  it('puts the manifest under a tag', async () => {
    const { server, push } = await stage();
    await push('sha256-abc.images');
    expect(server.lines().at(-1)).toBe(`PUT ${MANIFESTS}/sha256-abc.images`);
  });

  it('takes an upload that is at its end at once', async () => {
    const { server, push } = await stage(({ method }) => (method === 'POST' ? { status: 201 } : undefined));
    expect(await push()).toEqual({ kind: 'pushed' });
    expect(server.lines().filter((line) => line.startsWith('PUT'))).toHaveLength(1);
  });

  it.each([429, 500, 503])('tries again after %i', async (status) => {
    const { push, slept } = await stage(({ method }, times) =>
      method !== 'HEAD' && times === 1 ? { status } : undefined,
    );
    expect(await push()).toEqual({ kind: 'pushed' });
    expect(slept.length).toBeGreaterThan(0);
  });

  it.each([429, 503, 404])(
    'begins an upload anew after %i, since the registry may have kept its bytes',
    async (status) => {
      const { server, push } = await stage(({ method, url }, times) =>
        method === 'PUT' && url.startsWith('/upload') && times === 1 ? { status } : undefined,
      );
      expect(await push()).toEqual({ kind: 'pushed' });
      const first = server.lines().slice(1, 6);
      expect(first.map((line) => line.split(' ')[0])).toEqual(['POST', 'PUT', 'HEAD', 'POST', 'PUT']);
    },
  );

  it('is given up after six uploads that were throttled', async () => {
    const { server, push } = await stage(({ method, url }) =>
      method === 'PUT' && url.startsWith('/upload') ? { status: 429 } : undefined,
    );
    await expect(push()).rejects.toMatchObject({ code: 'RATE_LIMITED' });
    expect(server.lines().filter((line) => line.startsWith('PUT'))).toHaveLength(6);
  });

  it('an upload that is known no more has ended well when the blob is there', async () => {
    const { push } = await stage(({ method, url }, times) => {
      if (method === 'PUT' && url.startsWith('/upload')) return { status: 404 };
      return method === 'HEAD' && times === 2 ? { status: 200 } : undefined;
    });
    expect(await push()).toEqual({ kind: 'pushed' });
  });

  it.each([400, 405, 415, 422])(
    '%i for the manifest means that the registry takes no such artifact',
    async (status) => {
      const body = JSON.stringify({ errors: [{ code: 'MANIFEST_INVALID', message: 'unknown config' }] });
      const { push } = await stage(({ url }) => (url.startsWith(MANIFESTS) ? { status, body } : undefined));
      expect(await push()).toEqual({ kind: 'refused', detail: `${status} MANIFEST_INVALID: unknown config` });
    },
  );

  it.each([
    ['manifest', 403, MANIFESTS],
    ['manifest', 404, MANIFESTS],
    ['upload', 401, `${BLOBS}/uploads`],
    ['upload', 404, `${BLOBS}/uploads`],
    ['blob', 404, '/upload'],
  ])('of which the %s is answered with %i fails as a push', async (_, status, path) => {
    const { push } = await stage(({ method, url }) =>
      method !== 'HEAD' && url.startsWith(path) ? { status } : undefined,
    );
    await expect(push()).rejects.toMatchObject({ code: 'CHART_PUSH_FAILED', origin: 'destination' });
  });

  it('does not follow an upload to an address that is not to be used', async () => {
    const { push } = await stage(({ method }) =>
      method === 'POST' ? { status: 202, headers: { location: 'http://' } } : undefined,
    );
    await expect(push()).rejects.toMatchObject({ code: 'REGISTRY_ANSWER_INVALID' });
  });
});
