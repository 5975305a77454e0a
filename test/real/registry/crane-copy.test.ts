import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, expect, test } from 'vitest';
import type { CopyJob } from '../../../src/ports.ts';
import { startConnectProxy } from '../../support/connect-proxy.ts';
import { type CountingProxy, startCountingProxy } from '../../support/counting-proxy.ts';
import { createAuthority } from '../../support/http-certificates.ts';
import { hostWith, NEVER, type TestNetworkOptions } from '../../support/http-network.ts';
import { copyJob, filesBelow, startRelayWorld } from '../../support/http-relay-world.ts';
import { HTPASSWD, startCraneRegistry, startDistribution, startDockerRegistry } from '../../support/registries.ts';
import { basicAuthorization, digestIn, pushImage } from '../../support/synthetic-images.ts';
import { describeWith, requireTool } from '../../support/tools.ts';

const cleanups: (() => Promise<unknown>)[] = [];

afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

async function counted(start: () => Promise<{ url: string; stop(): Promise<void> }>): Promise<CountingProxy> {
  const server = await start();
  cleanups.push(server.stop);
  const proxy = await startCountingProxy(server.url);
  cleanups.push(proxy.stop);
  return proxy;
}

async function worldWith(options: TestNetworkOptions = {}) {
  const world = await startRelayWorld(options);
  cleanups.push(world.close);
  const copier = world.crane(requireTool('crane'));
  const copy = async (job: CopyJob, signal = NEVER): Promise<number> => {
    let bytes = 0;
    await copier.copy(
      job,
      (count) => {
        bytes += count;
      },
      signal,
    );
    return bytes;
  };
  return { ...world, copy };
}

function temporaryFile(content: string): string {
  const directory = mkdtempSync(join(tmpdir(), 'crane-copy-'));
  cleanups.push(async () => rmSync(directory, { recursive: true }));
  writeFileSync(join(directory, 'file'), content);
  return join(directory, 'file');
}

function gets(proxy: CountingProxy, part: string): string[] {
  return proxy.requests().flatMap(({ method, path }) => (method === 'GET' && path.includes(part) ? [path] : []));
}

describeWith(['crane', 'registry'], 'crane copy through the relay', () => {
  test('a whole index arrives with its digest; every manifest is asked for once; bytes are counted', async () => {
    const [source, target] = [await counted(startCraneRegistry), await counted(startDistribution)];
    const image = await pushImage(source.url, 'team/app', '1', { attestations: true });
    const { copy, network } = await worldWith();
    source.reset();
    const reference = { registry: source.host, repository: 'team/app', tag: '1', digest: undefined };
    await network.registry.manifest(reference, 'source', NEVER);
    const bytes = await copy(copyJob([source.host, 'team/app', image.digest], [target.host, 'm/team/app', '1']));
    expect(await digestIn(target.url, 'm/team/app', '1')).toBe(image.digest);
    for (const child of [...image.children.map(({ digest }) => digest), ...image.attestations]) {
      expect(await digestIn(target.url, 'm/team/app', child)).toBe(child);
    }
    expect(bytes).toBe(image.bytes);
    const manifests = gets(source, '/manifests/');
    expect(new Set(manifests).size).toBe(manifests.length);
    expect(manifests).toHaveLength(1 + image.children.length + image.attestations.length);
  });

  test('a second copy writes nothing and fetches no layer', async () => {
    const [source, target] = [await counted(startCraneRegistry), await counted(startDistribution)];
    const image = await pushImage(source.url, 'app', '1');
    const { copy } = await worldWith();
    const job = copyJob([source.host, 'app', image.digest], [target.host, 'app', '1']);
    await copy(job);
    target.reset();
    expect(await copy(job)).toBe(0);
    expect(target.writes()).toEqual([]);
  });

  test('layers that the target already holds are mounted from where they are', async () => {
    const [source, target] = [await counted(startCraneRegistry), await counted(startDistribution)];
    const [one, two] = [await pushImage(source.url, 'one', '1'), await pushImage(source.url, 'two', '1')];
    const { copy } = await worldWith();
    await copy(copyJob([source.host, 'one', one.digest], [target.host, 'm/one', '1']));
    target.reset();
    const bytes = await copy(copyJob([source.host, 'two', two.digest], [target.host, 'm/two', '1']));
    const mounts = target.writes().filter(({ path }) => path.includes('mount='));
    expect(mounts.length).toBeGreaterThan(0);
    expect(mounts.every(({ path, status }) => path.includes('from=m%2Fone') && status === 201)).toBe(true);
    expect(bytes).toBeLessThan(two.bytes);
    expect(target.writes().filter(({ path }) => path.includes('from=') && !path.includes('m%2F'))).toEqual([]);
  });

  test('a mount that the target refuses is done without', async () => {
    const [source, target] = [await counted(startCraneRegistry), await counted(startDistribution)];
    const [one, two] = [await pushImage(source.url, 'one', '1'), await pushImage(source.url, 'two', '1')];
    const { copy } = await worldWith();
    await copy(copyJob([source.host, 'one', one.digest], [target.host, 'm/one', '1']));
    const fault = target.addFault({ method: 'POST', path: /mount=/, status: 403 });
    await copy(copyJob([source.host, 'two', two.digest], [target.host, 'm/two', '1']));
    expect(fault.hits()).toBeGreaterThan(0);
    expect(await digestIn(target.url, 'm/two', '1')).toBe(two.digest);
  });

  test('docker manifest lists, single images, sixteen copies at once, all to one host', async () => {
    const both = await counted(startDistribution);
    const { copy } = await worldWith({ settings: { hosts: new Map([[both.host, hostWith({ concurrency: 2 })]]) } });
    const images = await Promise.all(
      Array.from({ length: 16 }, (_, at) =>
        pushImage(both.url, `from/app-${at}`, '1', {
          format: at % 2 === 0 ? 'docker' : 'oci',
          platforms: at % 3 === 0 ? [] : ['linux/amd64', 'linux/arm64'],
          layerBytes: 300_000,
        }),
      ),
    );
    await Promise.all(
      images.map(({ digest }, at) =>
        copy(copyJob([both.host, `from/app-${at}`, digest], [both.host, `to/app-${at}`, 'x'])),
      ),
    );
    for (const [at, { digest }] of images.entries()) expect(await digestIn(both.url, `to/app-${at}`, 'x')).toBe(digest);
  });

  test('crane sees 127.0.0.1 and the password of the relay, nothing else', async () => {
    const [source, target] = [
      await counted(startCraneRegistry),
      await counted(() => startDistribution({ htpasswd: HTPASSWD.line })),
    ];
    const image = await pushImage(source.url, 'app', '1');
    const login = { username: HTPASSWD.user, password: HTPASSWD.password, origin: 'the test' };
    const world = await worldWith({
      env: { HTTPS_PROXY: 'http://proxy.example:1', SECRET: 'in-the-environment' },
      tokenSource: async (host) => (host === target.host ? login : undefined),
    });
    await world.copy(copyJob([source.host, 'app', image.digest], [target.host, 'app', '1']));
    const access = { base: target.url, authorization: basicAuthorization(HTPASSWD.user, HTPASSWD.password) };
    expect(await digestIn(access, 'app', '1')).toBe(image.digest);
    const everything = JSON.stringify([world.started, filesBelow(world.directory)]);
    for (const secret of [HTPASSWD.password, 'proxy.example', 'in-the-environment', target.host, source.host]) {
      expect(everything).not.toContain(secret);
    }
    expect(JSON.stringify(world.started)).not.toContain(world.relay.password);
    const home = join(world.directory, 'crane');
    expect(statSync(home).mode & 0o777).toBe(0o700);
    expect(filesBelow(home).map(({ path, mode }) => [path, mode])).toEqual([[join(home, 'config.json'), 0o600]]);
  });

  test('with TLS, a private CA and a proxy, under an invented name, and through a source mirror', async () => {
    const authority = createAuthority();
    const server = await startDistribution({ tls: authority.issue('registry.invented.example') });
    cleanups.push(server.stop);
    const proxy = await startConnectProxy({ routes: { 'registry.invented.example:443': server.host } });
    cleanups.push(proxy.stop);
    const source = await counted(startCraneRegistry);
    const image = await pushImage(source.url, 'cache/team/app', '1');
    const world = await worldWith({
      settings: { mirrors: [{ from: 'quay.invented.example', to: `${source.host}/cache` }] },
      env: { HTTPS_PROXY: proxy.url, SSL_CERT_FILE: temporaryFile(authority.cert) },
    });
    const target = 'registry.invented.example';
    await world.copy(copyJob(['quay.invented.example', 'team/app', image.digest], [target, 'team/app', '1']));
    const found = await world.network.registry.head(
      { registry: target, repository: 'team/app', tag: '1', digest: undefined },
      'destination',
      NEVER,
    );
    expect(found).toMatchObject({ kind: 'found', digest: image.digest });
    expect(proxy.tunnels().every(({ allowed }) => allowed)).toBe(true);
  });
});

describeWith(['crane', 'registry'], 'copies that fail', () => {
  async function pair(options: TestNetworkOptions = {}) {
    const [source, target] = [await counted(startCraneRegistry), await counted(startDistribution)];
    const image = await pushImage(source.url, 'app', '1', { layerBytes: 200_000 });
    const world = await worldWith(options);
    source.reset();
    return {
      source,
      target,
      image,
      ...world,
      job: copyJob([source.host, 'app', image.digest], [target.host, 'app', '1']),
    };
  }

  test('the destination refuses: denied, with status, code and what was sent; nothing is tried again', async () => {
    const { target, copy, job, started } = await pair();
    const body = JSON.stringify({ errors: [{ code: 'DENIED', message: 'you may not push here' }] });
    target.addFault({ method: 'POST', path: /uploads/, status: 403, body });
    await expect(copy(job)).rejects.toMatchObject({
      code: 'IMAGE_DESTINATION_DENIED',
      origin: 'destination',
      message: expect.stringMatching(/403 DENIED: you may not push here; no credentials were sent/),
    });
    expect(started).toHaveLength(1);
  });

  test('the destination asks for a login that nobody has', async () => {
    const source = await counted(startCraneRegistry);
    const target = await counted(() => startDistribution({ htpasswd: HTPASSWD.line }));
    const image = await pushImage(source.url, 'app', '1');
    const { copy } = await worldWith();
    await expect(copy(copyJob([source.host, 'app', image.digest], [target.host, 'app', '1']))).rejects.toMatchObject({
      code: 'IMAGE_DESTINATION_DENIED',
      message: expect.stringContaining(`none for ${target.host} were found`),
    });
  });

  test('an immutable tag is a tag that is taken', async () => {
    const { target, copy, job } = await pair();
    const body = JSON.stringify({ errors: [{ code: 'TAG_INVALID', message: 'the tag is immutable' }] });
    target.addFault({ method: 'PUT', path: /manifests\/1/, status: 400, body });
    await expect(copy(job)).rejects.toMatchObject({ code: 'IMAGE_TAG_TAKEN', origin: 'destination' });
  });

  test('a missing repository at the destination says what to do', async () => {
    const { target, copy, job } = await pair();
    target.addFault({ method: 'POST', path: /uploads/, status: 404 });
    await expect(copy(job)).rejects.toMatchObject({
      code: 'IMAGE_COPY_FAILED',
      hint: expect.stringContaining('create the repository'),
    });
  });

  test('a layer that the source has lost', async () => {
    const { source, copy, job, image } = await pair();
    source.addFault({ path: new RegExp(image.blobs[0] ?? ''), status: 404 });
    await expect(copy(job)).rejects.toMatchObject({
      code: 'IMAGE_SOURCE_ABSENT',
      origin: 'source',
      message: expect.stringContaining(image.blobs[0] ?? ''),
    });
  });

  test('a manifest that the source refuses', async () => {
    const { source, copy, job } = await pair();
    source.addFault({ path: /manifests/, status: 403 });
    await expect(copy(job)).rejects.toMatchObject({ code: 'IMAGE_SOURCE_DENIED', origin: 'source' });
  });

  test("Docker Hub's pull limit is said as such, at once", async () => {
    const { source, copy, job, started } = await pair();
    const body = JSON.stringify({
      errors: [{ code: 'TOOMANYREQUESTS', message: 'You have reached your pull rate limit.' }],
    });
    const fault = source.addFault({ path: /manifests/, status: 429, body });
    await expect(copy(job)).rejects.toMatchObject({ code: 'RATE_LIMITED', origin: 'source' });
    expect([fault.hits(), started.length]).toEqual([1, 1]);
  });

  test('short trouble on both sides is lived through', async () => {
    const { source, target, copy, job, image } = await pair();
    source.addFault({ path: /blobs/, status: 503, times: 2 });
    source.addFault({ path: /manifests/, status: 429, times: 1, headers: { 'retry-after': '3' } });
    target.addFault({ method: 'POST', path: /uploads/, status: 429, times: 2, headers: { 'retry-after': '1' } });
    target.addFault({ method: 'PUT', path: /manifests/, status: 502, times: 1 });
    target.addFault({ method: 'HEAD', path: /blobs/, status: 500, times: 1 });
    await copy(job);
    expect(await digestIn(target.url, 'app', '1')).toBe(image.digest);
  });

  test('connections that break in the middle of a layer, on either side, are lived through', async () => {
    const { source, target, copy, job, image } = await pair();
    const cuts = [
      source.addFault({ method: 'GET', path: /blobs/, cutAfterBytes: 50_000, times: 1 }),
      target.addFault({ method: 'PATCH', path: /uploads/, cutAfterBytes: 50_000, times: 1 }),
    ];
    await copy(job);
    expect(cuts.map((cut) => cut.hits())).toEqual([1, 1]);
    expect(await digestIn(target.url, 'app', '1')).toBe(image.digest);
  });

  test('a source that always breaks is named as the side that failed', async () => {
    const { source, copy, job, started } = await pair();
    source.addFault({ method: 'GET', path: /blobs/, cutAfterBytes: 10 });
    await expect(copy(job)).rejects.toMatchObject({
      code: 'IMAGE_COPY_FAILED',
      origin: 'source',
      message: expect.stringContaining('broke off'),
    });
    expect(started).toHaveLength(3);
  });

  test('a destination that always breaks is named as the side that failed', async () => {
    const { target, copy, job, started } = await pair();
    target.addFault({ method: 'PATCH', path: /uploads/, cutAfterBytes: 10 });
    await expect(copy(job)).rejects.toMatchObject({ code: 'REGISTRY_UNREACHABLE', origin: 'destination' });
    expect(started).toHaveLength(3);
  });

  test('a destination that is not there', async () => {
    const { target, copy, job } = await pair();
    await target.stop();
    await expect(copy(job)).rejects.toMatchObject({ code: 'REGISTRY_UNREACHABLE', origin: 'destination' });
  });

  test('a layer that was changed at the source does not arrive', async () => {
    const { source, target, copy, job, image } = await pair();
    const layer = image.blobs.at(-1) ?? '';
    source.addFault({ method: 'GET', path: new RegExp(layer), status: 200, body: 'something else' });
    await expect(copy(job)).rejects.toMatchObject({ code: 'IMAGE_COPY_FAILED' });
    expect(await digestIn(target.url, 'app', '1')).toBeUndefined();
  });

  test('an interrupt ends crane and closes the job', async () => {
    const { source, target, copy, job, relay } = await pair();
    const controller = new AbortController();
    const stuck = source.addFault({ method: 'GET', path: /blobs/, until: new Promise(() => undefined) });
    const copying = copy(job, controller.signal);
    await stuck.firstHit;
    controller.abort();
    await expect(copying).rejects.toMatchObject({ name: 'AbortError' });
    expect(await digestIn(target.url, 'app', '1')).toBeUndefined();
    expect(relay.host).toMatch(/^127\.0\.0\.1:/);
  });

  test('a crane that is not there is a failed tool', async () => {
    const world = await startRelayWorld();
    cleanups.push(world.close);
    const job = copyJob(['a.example', 'a', `sha256:${'0'.repeat(64)}`], ['b.example', 'b', '1']);
    const copying = world.crane(join(world.directory, 'missing')).copy(job, () => undefined, NEVER);
    await expect(copying).rejects.toMatchObject({ code: 'TOOL_FAILED', origin: 'local' });
  });
});

describeWith(['crane', 'docker-registry'], 'crane copy to Distribution 2.8', () => {
  test('a whole index arrives with its digest', async () => {
    const [source, target] = [await counted(startCraneRegistry), await counted(startDockerRegistry)];
    const image = await pushImage(source.url, 'app', '1');
    const { copy } = await worldWith();
    await copy(copyJob([source.host, 'app', image.digest], [target.host, 'app', '1']));
    expect(await digestIn(target.url, 'app', '1')).toBe(image.digest);
  });
});
