import { describe, expect, it } from 'vitest';
import { allowedRegistry } from '../../../../src/domain/check/allowed.ts';
import { readTexts } from '../../../../src/domain/check/manifest-texts.ts';
import { referenceName } from '../../../../src/domain/check/references.ts';
import { digestOf } from '../../../../src/domain/manifest.ts';
import { type Platform, parsePlatform } from '../../../../src/domain/platform.ts';
import { identifierOf, type Reference } from '../../../../src/domain/reference.ts';
import { type ErrorCode, MirrorError } from '../../../../src/errors.ts';
import { judge } from '../../../../src/pipeline/check/judge.ts';
import type { Registry } from '../../../../src/ports/registry.ts';

const INDEX = 'application/vnd.oci.image.index.v1+json';
const IMAGE = 'application/vnd.oci.image.manifest.v1+json';
const CONFIG = 'application/vnd.oci.image.config.v1+json';

function platformOf(text: string): Platform {
  const platform = parsePlatform(text);
  if (platform === undefined) throw new Error(`${text} is no platform`);
  return platform;
}

function failure(code: ErrorCode): MirrorError {
  return new MirrorError(`failed with ${code}`, { code, origin: 'destination' });
}

/** A registry in memory. `asked` has every request in its order, `fault` ends the head of some. */
class FakeRegistry implements Registry {
  readonly asked: string[] = [];
  readonly #manifests = new Map<string, { readonly bytes: Buffer; readonly mediaType: string }>();
  readonly #blobs = new Map<string, Buffer>();
  fault: (name: string) => MirrorError | undefined = () => undefined;
  most = 0;
  #underway = 0;

  #put(repository: string, tag: string | undefined, mediaType: string, content: object): string {
    const bytes = Buffer.from(JSON.stringify(content));
    const digest = digestOf(bytes);
    for (const name of [digest, ...(tag === undefined ? [] : [tag])])
      this.#manifests.set(`${repository} ${name}`, { bytes, mediaType });
    return digest;
  }

  image(repository: string, tag: string | undefined, config: object | undefined, mediaType = CONFIG): string {
    const bytes = Buffer.from(JSON.stringify(config ?? {}));
    const digest = digestOf(bytes);
    this.#blobs.set(digest, bytes);
    const content = { schemaVersion: 2, config: { mediaType, digest, size: bytes.length }, layers: [], by: repository };
    return this.#put(repository, tag, IMAGE, content);
  }

  index(repository: string, tag: string, children: readonly { digest: string; platform?: object }[]): string {
    const manifests = children.map((child) => ({ mediaType: IMAGE, size: 1, ...child }));
    return this.#put(repository, tag, INDEX, { schemaVersion: 2, manifests });
  }

  lose(repository: string, name: string): void {
    this.#manifests.delete(`${repository} ${name}`);
  }

  async #found(method: string, reference: Reference) {
    const name = `${reference.repository} ${identifierOf(reference)}`;
    this.asked.push(`${method} ${name}`);
    this.#underway += 1;
    this.most = Math.max(this.most, this.#underway);
    await new Promise((resolve) => setImmediate(resolve));
    this.#underway -= 1;
    const fault = this.fault(name);
    if (fault !== undefined) throw fault;
    const found = this.#manifests.get(name);
    return found === undefined ? undefined : { ...found, digest: digestOf(found.bytes) };
  }

  head: Registry['head'] = async (reference) => {
    if (reference.repository.startsWith('closed/')) return { kind: 'denied', detail: '403' };
    const found = await this.#found('HEAD', reference);
    if (found === undefined) return { kind: 'absent' };
    return { kind: 'found', digest: found.digest, mediaType: found.mediaType, size: found.bytes.length };
  };

  manifest: Registry['manifest'] = async (reference) => {
    const found = await this.#found('GET', reference);
    return found === undefined ? { kind: 'absent' } : { kind: 'found', ...found };
  };

  blob: Registry['blob'] = async (_, digest) => {
    const found = this.#blobs.get(digest);
    if (found === undefined) throw failure('REGISTRY_ANSWER_INVALID');
    return found;
  };

  tags = (): never => {
    throw new Error('no check lists tags');
  };
  referrers = this.tags;
}

/** A pod with a container for each image. */
function podOf(...images: readonly string[]): string {
  const containers = images.map((image, index) => ({ name: `c${index}`, image }));
  return JSON.stringify({ apiVersion: 'v1', kind: 'Pod', metadata: { name: 'a' }, spec: { containers } });
}

/** `reference verdict` for every reference, and the codes of what failed. */
async function judged(
  registry: Registry,
  images: readonly string[],
  platforms: readonly string[] = [],
  concurrency = 4,
) {
  const texts = [{ file: 'a.json', text: podOf(...images) }];
  const content = { ...readTexts(texts), texts, subject: { kind: 'manifests', source: 'a' } as const, notes: [] };
  const allowed = ['r.example', 's.example'].map(allowedRegistry);
  const { signal } = new AbortController();
  const run = { registry, allowed, platforms: platforms.map(platformOf), concurrency, signal };
  const { references, failures } = await judge(content, run);
  return {
    rows: references.map(({ reference, verdict }) => `${referenceName(reference)} ${verdict.kind}`),
    verdicts: references.map(({ verdict }) => verdict),
    codes: failures.map(({ code }) => code),
  };
}

describe('a check', () => {
  it('asks for every reference inside once, and for none outside', async () => {
    const registry = new FakeRegistry();
    registry.image('a', '1', {});
    const { rows } = await judged(registry, [
      'r.example/a:1',
      'r.example/a:1',
      'r.example/b',
      'nginx:1',
      'r.example/closed/c:1',
    ]);
    expect(rows).toEqual([
      'r.example/a:1 ok',
      'r.example/b absent',
      'docker.io/library/nginx:1 outside',
      'r.example/closed/c:1 denied',
    ]);
    expect(registry.asked).toEqual(['HEAD a 1', 'HEAD b latest']);
  });

  it('asks for an artifact as its programs do: under the tag that they add, or as any other', async () => {
    for (const tags of [['2'], ['latest'], []]) {
      const registry = new FakeRegistry();
      for (const tag of tags) registry.image('mirror/trivy-db', tag, {});
      const { rows } = await judged(registry, ['r.example/mirror/trivy-db']);
      expect(rows).toEqual([`r.example/mirror/trivy-db ${tags.length === 0 ? 'absent' : 'ok'}`]);
      expect(registry.asked[0]).toBe('HEAD mirror/trivy-db 2');
    }
  });

  it('goes by the digest where there is a tag, too', async () => {
    const registry = new FakeRegistry();
    const digest = registry.image('a', '1', {});
    const gone = digestOf('something else');
    const { rows } = await judged(registry, [`r.example/a:2@${digest}`, `r.example/a:1@${gone}`]);
    expect(rows).toEqual([`r.example/a:2@${digest} ok`, `r.example/a:1@${gone} absent`]);
  });

  it('asks so many at once and no more', async () => {
    const registry = new FakeRegistry();
    await judged(
      registry,
      Array.from({ length: 9 }, (_, index) => `r.example/a:${index}`),
      [],
      3,
    );
    expect(registry.most).toBe(3);
  });
});

describe('platforms', () => {
  const amd64 = { os: 'linux', architecture: 'amd64' };
  const arm64 = { os: 'linux', architecture: 'arm64' };
  const WANTED = ['linux/amd64', 'linux/arm64'];

  function fill(registry: FakeRegistry): { readonly arm: string } {
    const arm = registry.image('a', undefined, arm64);
    const children = [
      { digest: registry.image('a', undefined, amd64), platform: amd64 },
      { digest: arm, platform: arm64 },
    ];
    registry.index('a', '1', children);
    registry.index(
      'a',
      'bare',
      children.map(({ digest }) => ({ digest })),
    );
    registry.image('single', '1', amd64);
    registry.image('artifact', '1', { any: 'thing' }, 'application/vnd.example.config+json');
    return { arm };
  }

  it('are those of the index, of its children, or of the config', async () => {
    const registry = new FakeRegistry();
    fill(registry);
    const images = ['r.example/a:1', 'r.example/a:bare', 'r.example/single:1'];
    const { rows, verdicts } = await judged(registry, images, WANTED);
    expect(rows).toEqual(['r.example/a:1 ok', 'r.example/a:bare ok', 'r.example/single:1 platform-missing']);
    expect(verdicts[2]).toMatchObject({ missing: [arm64], platforms: [amd64] });
  });

  it('are none of artifacts', async () => {
    const registry = new FakeRegistry();
    fill(registry);
    expect((await judged(registry, ['r.example/artifact:1'], WANTED)).rows).toEqual(['r.example/artifact:1 ok']);
  });

  it('are missing when the index has them and the registry has not', async () => {
    const registry = new FakeRegistry();
    registry.lose('a', fill(registry).arm);
    const { verdicts } = await judged(registry, ['r.example/a:1'], WANTED);
    expect(verdicts).toMatchObject([{ kind: 'platform-missing', missing: [arm64], platforms: [amd64] }]);
    expect((await judged(registry, ['r.example/a:1'], ['linux/amd64'])).rows).toEqual(['r.example/a:1 ok']);
  });

  it('are not asked for when none are wanted', async () => {
    const registry = new FakeRegistry();
    fill(registry);
    await judged(registry, ['r.example/a:1']);
    expect(registry.asked).toEqual(['HEAD a 1']);
  });
});

describe('a registry that cannot be asked', () => {
  it.each(['REGISTRY_UNREACHABLE', 'RATE_LIMITED'] as const)(
    'is asked for no more after %s, others are',
    async (code) => {
      const registry = new FakeRegistry();
      registry.image('there', '1', {});
      registry.fault = (name) => (name.startsWith('there') ? undefined : failure(code));
      const images = [
        ...Array.from({ length: 5 }, (_, index) => `r.example/a:${index}`),
        's.example/there:1',
        'nginx:1',
      ];
      const { rows, codes } = await judged(registry, images, [], 1);
      expect(rows.slice(0, 5)).toEqual(images.slice(0, 5).map((image) => `${image} unknown`));
      expect(rows.slice(5)).toEqual(['s.example/there:1 ok', 'docker.io/library/nginx:1 outside']);
      expect(codes).toEqual([code]);
      expect(registry.asked.filter((one) => one.startsWith('HEAD a'))).toHaveLength(1);
    },
  );

  it('goes on after an answer that no registry should give', async () => {
    const registry = new FakeRegistry();
    registry.image('a', '2', {});
    registry.fault = (name) => (name === 'a 1' ? failure('REGISTRY_ANSWER_INVALID') : undefined);
    const { rows, codes } = await judged(registry, ['r.example/a:1', 'r.example/a:2'], [], 1);
    expect(rows).toEqual(['r.example/a:1 unknown', 'r.example/a:2 ok']);
    expect(codes).toEqual(['REGISTRY_ANSWER_INVALID']);
  });

  it('ends the check when credentials cannot be read', async () => {
    const registry = new FakeRegistry();
    registry.fault = () => failure('CREDENTIALS_UNREADABLE');
    await expect(judged(registry, ['r.example/a:1'])).rejects.toMatchObject({ code: 'CREDENTIALS_UNREADABLE' });
  });
});
