import { describe, expect, it } from 'vitest';
import { knowing, readManifestFile, toManifestFile } from '../../../src/adapters/known-manifests.ts';
import { createSourceUse } from '../../../src/adapters/source-use.ts';
import { digestOf } from '../../../src/domain/manifest.ts';
import type { NetworkSettings } from '../../../src/domain/network.ts';
import type { Reference } from '../../../src/domain/reference.ts';
import type { FetchedManifest } from '../../../src/ports/registry.ts';
import { settingsWith } from '../../support/http-network.ts';
import { portsOf } from '../pipeline/runs.ts';

const NGINX: Reference = { registry: 'docker.io', repository: 'library/nginx', tag: '1', digest: undefined };

function manifestOf(text: string): FetchedManifest {
  const bytes = Buffer.from(text);
  return { kind: 'found', bytes, digest: digestOf(bytes), mediaType: 'application/json' };
}

describe('what sources are asked', () => {
  it('is known by registry, each manifest once; the target does not count', () => {
    const use = createSourceUse(settingsWith());
    use.fetched(NGINX, 'source', digestOf('a'));
    use.fetched(NGINX, 'source', digestOf('a'));
    use.fetched(NGINX, 'source', digestOf('b'));
    use.fetched(NGINX, 'destination', digestOf('c'));
    expect([...use.reads()].map(([registry, digests]) => [registry, digests.size])).toEqual([['docker.io', 2]]);
    expect([use.hasRead('docker.io', digestOf('a')), use.hasRead('docker.io', digestOf('c'))]).toEqual([true, false]);
  });

  it('tells the quota that the host of a registry named last, with its window', () => {
    const use = createSourceUse(settingsWith());
    expect(use.quotaOf('docker.io')).toBeNull();
    const hub = 'registry-1.docker.io';
    use.heard(hub, { 'ratelimit-limit': '100;w=21600', 'ratelimit-remaining': '80;w=21600' });
    use.heard(hub, { 'ratelimit-limit': '100;w=21600', 'ratelimit-remaining': ['76;w=21600'] });
    use.heard(hub, {});
    use.heard('quay.io', { 'ratelimit-remaining': 'many' });
    expect(use.quotaOf('docker.io')).toEqual({ limit: 100, remaining: 76, seconds: 21_600 });
    expect(use.quotaOf('quay.io')).toBeNull();
    use.heard('ghcr.io', { 'ratelimit-remaining': '5' });
    expect(use.quotaOf('ghcr.io')).toEqual({ limit: null, remaining: 5, seconds: null });
  });

  it('takes a higher number soon after for an answer that was overtaken, and later for a new window', () => {
    let now = 0;
    const use = createSourceUse(settingsWith(), () => now);
    const told = (): readonly (number | undefined)[] =>
      [3, 9, 4].map((remaining) => {
        use.heard('ghcr.io', { 'ratelimit-remaining': `${remaining}` });
        return use.quotaOf('ghcr.io')?.remaining;
      });
    expect(told()).toEqual([3, 3, 3]);
    now = 60_000;
    expect(told()).toEqual([3, 3, 3]);
    now = 120_000;
    use.heard('ghcr.io', { 'ratelimit-remaining': '9' });
    expect(use.quotaOf('ghcr.io')?.remaining).toBe(9);
  });

  it('is asked of a mirror where one stands for the registry', () => {
    const mirrors: NetworkSettings['mirrors'] = [{ from: 'docker.io', to: 'cache.example.com/hub' }];
    const use = createSourceUse(settingsWith({ mirrors }));
    use.heard('cache.example.com', { 'ratelimit-remaining': '5' });
    expect(use.quotaOf('docker.io')?.remaining).toBe(5);
  });
});

describe('manifests beside a plan', () => {
  const signal = new AbortController().signal;
  const one = manifestOf('{"schemaVersion":2}');

  it('come back as they were; what is damaged, or no text, does not', () => {
    const binary = { ...one, bytes: Buffer.from([0xff]), digest: digestOf(Buffer.from([0xff])) };
    const file = toManifestFile([one, binary]);
    expect(Object.keys(file.manifests)).toEqual([one.digest]);
    const text = JSON.stringify(file);
    expect(readManifestFile(text)?.get(one.digest)).toEqual(one);
    expect(readManifestFile(text.replace('schemaVersion', 'schemaversion'))?.size).toBe(0);
    expect(readManifestFile('[]')).toBeUndefined();
    expect(readManifestFile('{')).toBeUndefined();
  });

  it('stand in for sources, by digest only, and never for the target', async () => {
    const asked: string[] = [];
    const { registry } = portsOf({});
    const known = knowing(new Map([[one.digest, one]]), {
      ...registry,
      manifest: async (reference, side) => {
        asked.push(`${side} ${reference.digest ?? reference.tag}`);
        return { kind: 'absent' };
      },
    });
    expect(await known.manifest({ ...NGINX, digest: one.digest }, 'source', signal)).toEqual(one);
    await known.manifest(NGINX, 'source', signal);
    await known.manifest({ ...NGINX, digest: one.digest }, 'destination', signal);
    expect(asked).toEqual(['source 1', `destination ${one.digest}`]);
  });
});
