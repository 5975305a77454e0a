import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, expect, test } from 'vitest';
import { buildImage } from '../../../src/demo/synthetic-image.ts';
import { type Digest, parseReference, type Reference } from '../../../src/domain/reference.ts';
import { createAuthority } from '../../support/http-certificates.ts';
import { hostWith, NEVER, networkWith, type TestNetworkOptions } from '../../support/http-network.ts';
import { HTPASSWD, startCraneRegistry, startDistribution, startDockerRegistry } from '../../support/registries.ts';
import { basicAuthorization, pushImage } from '../../support/synthetic-images.ts';
import { describeWith } from '../../support/tools.ts';

const cleanups: (() => unknown)[] = [];

afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

function registryWith(options: TestNetworkOptions = {}) {
  const network = networkWith(options);
  cleanups.push(network.close);
  return network.registry;
}

async function started<T extends { stop(): Promise<void> }>(start: Promise<T>): Promise<T> {
  const server = await start;
  cleanups.push(server.stop);
  return server;
}

function reference(text: string): Reference {
  const parsed = parseReference(text);
  if (parsed === undefined) throw new Error(`${text} is no reference`);
  return parsed;
}

const ABSENT = `sha256:${'0'.repeat(64)}`;

const KINDS = [
  ['crane', 'crane registry serve', startCraneRegistry],
  ['registry', 'Distribution 3', () => startDistribution()],
  ['docker-registry', 'Distribution 2.8', () => startDockerRegistry()],
] as const;

for (const [tool, name, start] of KINDS) {
  describeWith([tool], `reading from ${name}`, () => {
    test('indexes and images, by tag and digest; what is not there is absent', async () => {
      const server = await started(start());
      const index = await pushImage(server.url, 'team/app', '1');
      const single = await pushImage(server.url, 'team/single', '1', { platforms: [], format: 'docker' });
      const registry = registryWith();
      const head = (text: string) => registry.head(reference(`${server.host}/${text}`), 'source', NEVER);
      expect(await head('team/app:1')).toMatchObject({
        kind: 'found',
        digest: index.digest,
        mediaType: index.mediaType,
      });
      expect(await head(`team/app@${index.digest}`)).toMatchObject({ kind: 'found', digest: index.digest });
      expect(await head('team/single:1')).toMatchObject({ kind: 'found', digest: single.digest });
      expect(await head('team/app:2')).toEqual({ kind: 'absent' });
      expect(await head('nobody/nothing:1')).toEqual({ kind: 'absent' });
      expect(await head(`team/app@${ABSENT}`)).toEqual({ kind: 'absent' });
      const found = await registry.manifest(reference(`${server.host}/team/app:1`), 'source', NEVER);
      const expected = buildImage('team/app:1').root.bytes;
      expect(found.kind === 'found' && Buffer.from(found.bytes).equals(expected)).toBe(true);
    });

    test('tags, also more than a page of them', async () => {
      const server = await started(start());
      const image = buildImage('app', { platforms: [], ownLayers: 0 });
      await pushImage(server.url, 'app', 't0', { name: 'app', platforms: [], ownLayers: 0 });
      const names = Array.from({ length: 1050 }, (_, at) => `t${at}`);
      for (let at = 0; at < names.length; at += 50) {
        await Promise.all(
          names.slice(at, at + 50).map((tag) =>
            fetch(`${server.url}/v2/app/manifests/${tag}`, {
              method: 'PUT',
              headers: { 'content-type': image.root.mediaType },
              body: new Uint8Array(image.root.bytes),
            }),
          ),
        );
      }
      const registry = registryWith();
      const tags = await registry.tags(server.host, 'app', 'source', NEVER);
      expect(tags.kind === 'found' && [...tags.tags].sort()).toEqual([...names].sort());
      expect(await registry.tags(server.host, 'nobody', 'source', NEVER)).toEqual({ kind: 'absent' });
    });

    test('blobs', async () => {
      const server = await started(start());
      const { blobs } = await pushImage(server.url, 'app', '1');
      const registry = registryWith();
      for (const digest of blobs) {
        const bytes = await registry.blob(reference(`${server.host}/app:1`), digest, 100_000, 'source', NEVER);
        expect(bytes.length).toBeGreaterThan(0);
      }
      const missing = registry.blob(reference(`${server.host}/app:1`), ABSENT as Digest, 100_000, 'source', NEVER);
      await expect(missing).rejects.toMatchObject({ code: 'REGISTRY_ANSWER_INVALID' });
    });
  });
}

describeWith(['registry'], 'Distribution with a login and TLS', () => {
  async function secured() {
    const authority = createAuthority();
    const directory = mkdtempSync(join(tmpdir(), 'reads-'));
    cleanups.push(() => rmSync(directory, { recursive: true }));
    const server = await started(startDistribution({ htpasswd: HTPASSWD.line, tls: authority.issue('127.0.0.1') }));
    const authorization = basicAuthorization(HTPASSWD.user, HTPASSWD.password);
    const image = await pushImage({ base: server.url, authorization, ca: authority.cert }, 'app', '1');
    const caFile = join(directory, 'ca.pem');
    writeFileSync(caFile, authority.cert);
    const login = (auth: unknown) => {
      writeFileSync(join(directory, 'config.json'), JSON.stringify({ auths: { [server.host]: auth } }));
      return { HOME: '/nonexistent', DOCKER_CONFIG: directory };
    };
    const hosts = new Map([[server.host, hostWith({ plainHttp: false, caFile })]]);
    const app = reference(`${server.host}/app:1`);
    return { server, image, login, hosts, app, directory };
  }

  test('the login of the docker config is used', async () => {
    const { image, login, hosts, app } = await secured();
    const auth = Buffer.from(`${HTPASSWD.user}:${HTPASSWD.password}`).toString('base64');
    const registry = registryWith({ settings: { hosts }, env: login({ auth }) });
    expect(await registry.head(app, 'destination', NEVER)).toMatchObject({ kind: 'found', digest: image.digest });
  });

  test('a login that is wrong is denied and named by its file, without the password', async () => {
    const { login, hosts, app, directory } = await secured();
    const registry = registryWith({ settings: { hosts }, env: login({ username: 'mirror', password: 'wrong-one' }) });
    const answer = await registry.head(app, 'destination', NEVER);
    expect(answer).toEqual({
      kind: 'denied',
      detail: expect.stringContaining(`credentials from ${join(directory, 'config.json')} were sent`),
    });
    expect(JSON.stringify(answer)).not.toContain('wrong-one');
  });

  test('without a login it is denied and said where was looked', async () => {
    const { login, hosts, app, directory, server } = await secured();
    const registry = registryWith({ settings: { hosts }, env: { ...login({}) } });
    expect(await registry.head(app, 'destination', NEVER)).toEqual({
      kind: 'denied',
      detail: `answer 401; no credentials were sent, none for ${server.host} were found in ${join(directory, 'config.json')}`,
    });
  });
});
