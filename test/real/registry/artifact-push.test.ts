import { afterEach, expect, test } from 'vitest';
import { createArtifactPusher } from '../../../src/adapters/artifact-push.ts';
import { createDestinationPace } from '../../../src/adapters/destination-pace.ts';
import { digestOf } from '../../../src/domain/manifest.ts';
import { type ImageRecord, readRecord } from '../../../src/domain/records/record.ts';
import { RECORD_TYPE, recordArtifact, recordLayer, recordTag } from '../../../src/domain/records/record-artifact.ts';
import { contentsOf } from '../../support/ecr-contents.ts';
import { startEcrLoopback } from '../../support/ecr-loopback.ts';
import { fastClock, NEVER, networkWith, type TestNetworkOptions } from '../../support/http-network.ts';
import { startCraneRegistry, startDistribution, startDockerRegistry } from '../../support/registries.ts';
import { pushImage } from '../../support/synthetic-images.ts';
import { describeWith } from '../../support/tools.ts';

const REPOSITORY = 'm/charts/web';
const cleanups: (() => Promise<unknown>)[] = [];

afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

function connected(options: TestNetworkOptions = {}) {
  const network = networkWith(options);
  cleanups.push(network.close);
  const { access, settings, registry } = network;
  return {
    registry,
    pusher: createArtifactPusher({
      access,
      settings,
      pace: createDestinationPace(settings, fastClock()),
      clock: fastClock(),
    }),
  };
}

function recordOf(chart: ReturnType<typeof digestOf>): ImageRecord {
  const image = { repository: 'm/org/app', tag: '1', digest: undefined, how: 'rendered' as const };
  return { chart: 'web', chartVersion: '1.0.0', chartDigest: chart, images: [image] };
}

const KINDS = [
  ['crane', 'crane registry serve', startCraneRegistry],
  ['registry', 'Distribution 3', () => startDistribution()],
  ['docker-registry', 'Distribution 2.8', () => startDockerRegistry()],
] as const;

for (const [tool, name, start] of KINDS) {
  describeWith([tool], `records at ${name}`, () => {
    test('there are no referrers; under a tag a record is read as it was written', async () => {
      const server = await start();
      cleanups.push(server.stop);
      const { registry, pusher } = connected();
      const { digest: chart } = await pushImage(server.url, REPOSITORY, '1.0.0', { platforms: [] });
      const place = {
        registry: server.host,
        repository: REPOSITORY,
        tag: recordTag(recordOf(chart)),
        digest: undefined,
      };
      expect(await registry.referrers({ ...place, digest: chart }, RECORD_TYPE, 'destination', NEVER)).toEqual({
        kind: 'unsupported',
      });
      for (const _ of ['once', 'again']) {
        expect(await pusher.push(place, recordArtifact(recordOf(chart), undefined), NEVER)).toEqual({ kind: 'pushed' });
      }
      const manifest = await registry.manifest(place, 'destination', NEVER);
      if (manifest.kind !== 'found') throw new Error(`the record is ${manifest.kind}`);
      const layer = recordLayer(manifest.bytes, manifest.mediaType);
      if (layer === undefined) throw new Error('it holds no record');
      const bytes = await registry.blob(place, layer.digest, 1000, 'destination', NEVER);
      expect(readRecord(bytes)).toEqual({ kind: 'record', record: recordOf(chart) });
    });
  });
}

describeWith([], 'records at Amazon ECR', () => {
  test('refer to their chart, also in a repository of immutable tags', async () => {
    const loopback = await startEcrLoopback();
    cleanups.push(loopback.stop);
    const contents = contentsOf(loopback.ecr);
    contents.create(REPOSITORY, { mutability: { kind: 'IMMUTABLE', filters: [] } });
    const chart = contents.add(REPOSITORY, '1.0.0', { platforms: [] });
    const password = loopback.ecr.tokens.issue('ecr', loopback.ecr.principal, loopback.ecr.region).password;
    const { registry, pusher } = connected({
      tokenSource: async () => ({ username: 'AWS', password, origin: 'a token' }),
    });
    const digest = digestOf(chart.bytes);
    const place = { registry: loopback.host, repository: REPOSITORY, tag: undefined, digest: undefined };
    const subject = { mediaType: chart.parts.mediaType, digest, size: chart.bytes.length };
    const artifact = recordArtifact(recordOf(digest), subject);
    const list = () => registry.referrers({ ...place, digest }, RECORD_TYPE, 'destination', NEVER);
    expect(await list()).toMatchObject({ kind: 'found', digests: [] });
    expect(await pusher.push(place, artifact, NEVER)).toEqual({ kind: 'pushed' });
    expect(await list()).toMatchObject({ kind: 'found', digests: [artifact.digest] });
    expect(contents.image(REPOSITORY, artifact.digest).tags.size).toBe(0);
    expect(loopback.ecr.defects()).toEqual([]);
  });
});
