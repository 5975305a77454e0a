import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, test } from 'vitest';
import { startConnectProxy } from '../../support/connect-proxy.ts';
import { type CopyBench, createCopyBench, type Engine } from '../../support/copy-bench.ts';
import type { CountingProxy } from '../../support/counting-proxy.ts';
import { createAuthority } from '../../support/http-certificates.ts';
import { hostWith, NEVER } from '../../support/http-network.ts';
import { copyJob } from '../../support/http-relay-world.ts';
import { pushArtifact } from '../../support/made-artifacts.ts';
import { startCraneRegistry, startDistribution, startDockerRegistry } from '../../support/registries.ts';
import { digestIn, pushImage } from '../../support/synthetic-images.ts';
import { describeWith, skipReason } from '../../support/tools.ts';

const ENGINES: readonly Engine[] = ['crane', 'native'];

function temporaryFile(content: string, defer: CopyBench['defer']): string {
  const directory = mkdtempSync(join(tmpdir(), 'copy-'));
  defer(async () => rmSync(directory, { recursive: true }));
  writeFileSync(join(directory, 'file'), content);
  return join(directory, 'file');
}

function gets(proxy: CountingProxy, part: string): string[] {
  return proxy.requests().flatMap(({ method, path }) => (method === 'GET' && path.includes(part) ? [path] : []));
}

describeWith(['crane', 'registry'], 'copies', () => {
  describe.each(ENGINES)('with %s', (engine) => {
    const { counted, worldWith, defer, close } = createCopyBench(engine);

    afterEach(close);

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

    test('what nothing but its digest leads to arrives without a tag, and no list of referrers is made', async () => {
      const [source, target] = [await counted(startCraneRegistry), await counted(startDistribution)];
      const { digest: subject, mediaType } = await pushImage(source.url, 'app', '1');
      const about = { layers: ['a'], artifactType: 'a/b', subject: { mediaType, digest: subject, size: 1 } };
      const { digest } = await pushArtifact(source.url, 'app', undefined, about);
      const { copy } = await worldWith();
      const place = { tag: undefined, digest };
      await copy({
        source: { registry: source.host, repository: 'app', ...place },
        destination: { registry: target.host, repository: 'm/app', ...place },
      });
      expect(await digestIn(target.url, 'm/app', digest)).toBe(digest);
      expect(await digestIn(target.url, 'm/app', subject.replace(':', '-'))).toBeUndefined();
      const puts = target.writes().filter(({ method, path }) => method === 'PUT' && path.includes('/manifests/'));
      expect(puts.map(({ path }) => path)).toEqual([`/v2/m/app/manifests/${digest}`]);
    });

    test('layers that the target already holds are mounted from where they are', async () => {
      const [source, target] = [await counted(startCraneRegistry), await counted(startDistribution)];
      const [one, two] = [await pushImage(source.url, 'one', '1'), await pushImage(source.url, 'two', '1')];
      const { copy } = await worldWith();
      await copy(copyJob([source.host, 'one', one.digest], [target.host, 'm/one', '1']));
      target.reset();
      const bytes = await copy(copyJob([source.host, 'two', two.digest], [target.host, 'm/two', '1']));
      // an engine may ask for a mount from the repository itself, to learn whether it has the layer already
      const mounts = target.writes().filter(({ path }) => path.includes('mount=') && !path.includes('from=m%2Ftwo'));
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
      for (const [at, { digest }] of images.entries())
        expect(await digestIn(both.url, `to/app-${at}`, 'x')).toBe(digest);
    });

    test('with TLS, a private CA and a proxy, under an invented name, and through a source mirror', async () => {
      const authority = createAuthority();
      const server = await startDistribution({ tls: authority.issue('registry.invented.example') });
      defer(server.stop);
      const proxy = await startConnectProxy({ routes: { 'registry.invented.example:443': server.host } });
      defer(proxy.stop);
      const source = await counted(startCraneRegistry);
      const image = await pushImage(source.url, 'cache/team/app', '1');
      const world = await worldWith({
        settings: { mirrors: [{ from: 'quay.invented.example', to: `${source.host}/cache` }] },
        env: { HTTPS_PROXY: proxy.url, SSL_CERT_FILE: temporaryFile(authority.cert, defer) },
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

    test.runIf(skipReason(['docker-registry']) === undefined)(
      'to Distribution 2.8: a whole index arrives with its digest',
      async () => {
        const [source, target] = [await counted(startCraneRegistry), await counted(startDockerRegistry)];
        const image = await pushImage(source.url, 'app', '1');
        const { copy } = await worldWith();
        await copy(copyJob([source.host, 'app', image.digest], [target.host, 'app', '1']));
        expect(await digestIn(target.url, 'app', '1')).toBe(image.digest);
      },
    );
  });
});
