import type { ECR } from '@aws-sdk/client-ecr';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { buildImage, type Piece } from '../../src/demo/synthetic-image.ts';
import { digestOf } from '../../src/domain/manifest.ts';
import { contentsOf, type EcrContents } from '../support/ecr-contents.ts';
import { ecrClient, errorOf, outcome, putInput, smallImage } from '../support/ecr-control-api.ts';
import { type EcrLoopback, startEcrLoopback } from '../support/ecr-loopback.ts';

const repositoryName = 'a/b';
let world: EcrLoopback;
let contents: EcrContents;
let ecr: ECR;

beforeAll(async () => {
  world = await startEcrLoopback();
  contents = contentsOf(world.ecr);
  ecr = ecrClient(world.url, world.ecr.principal);
});
beforeEach(() => {
  world.ecr.store.registry('ecr', world.ecr.account, world.ecr.region).repositories.clear();
  contents.create(repositoryName);
});
afterEach(() => {
  expect(world.ecr.defects()).toEqual([]);
});
afterAll(async () => {
  ecr.destroy();
  await world.stop();
});

function addBlobs(blobs: readonly Piece[]): void {
  for (const { digest, bytes } of blobs) contents.repository(repositoryName).blobs.set(digest, bytes);
}

/** An artifact about another manifest, with an empty config (image-spec, "Guidance for an Empty Descriptor"). */
function artifact(subject: string, artifactType: string): Piece {
  const empty = Buffer.from('{}');
  const descriptor = { mediaType: 'application/vnd.oci.empty.v1+json', digest: digestOf(empty), size: empty.length };
  contents.repository(repositoryName).blobs.set(digestOf(empty), empty);
  const mediaType = 'application/vnd.oci.image.manifest.v1+json';
  const about = { mediaType, digest: subject, size: 1 };
  const manifest = {
    schemaVersion: 2,
    mediaType,
    artifactType,
    config: descriptor,
    layers: [descriptor],
    subject: about,
  };
  const bytes = Buffer.from(JSON.stringify(manifest));
  return { mediaType, bytes, digest: digestOf(bytes) };
}

function put(piece: Piece, imageTag?: string) {
  return ecr.putImage({ repositoryName, imageManifest: piece.bytes.toString('utf8'), imageTag });
}

describe('pushing', () => {
  it('needs layers, config and children to be there', async () => {
    const index = buildImage('index');
    expect(await errorOf(put(index.root, '1'))).toBe('ReferencedImagesNotFoundException');
    const [child] = index.children;
    if (child === undefined) throw new Error('an index has children');
    expect((await outcome(put(child))).message).toMatch(
      /^Layers with digests '\[sha256:.*\]' required for pushing image/,
    );
    addBlobs(index.blobs);
    for (const one of index.children) expect(await errorOf(put(one))).toBe('none');
    expect(await errorOf(put(index.root, '1'))).toBe('none');
  });

  it('refuses an immutable tag with the same content too', async () => {
    contents.repository(repositoryName).mutability = { kind: 'IMMUTABLE', filters: [] };
    const image = smallImage('one');
    addBlobs(image.blobs);
    await ecr.putImage(putInput(repositoryName, image, '1'));
    const again = await outcome(ecr.putImage(putInput(repositoryName, image, '1')));
    expect(again.error).toBe('ImageTagAlreadyExistsException');
    expect(await errorOf(ecr.putImage(putInput(repositoryName, image, '2')))).toBe('none');
  });

  it('refuses a digest that is not that of the manifest, broken manifests, and more than 4 MiB', async () => {
    const image = smallImage('one');
    addBlobs(image.blobs);
    const input = putInput(repositoryName, image, '1');
    const wrong = { ...input, imageDigest: smallImage('two').root.digest };
    expect(await errorOf(ecr.putImage(wrong))).toBe('ImageDigestDoesNotMatchException');
    const text = image.root.bytes.toString('utf8');
    const typeless = text.replace('"mediaType":"application/vnd.oci.image.manifest.v1+json",', '');
    const parametric = text.replace('tar+gzip"', 'tar+gzip;version=1"');
    const large = text.replace(
      '"schemaVersion"',
      `"annotations":{"x":"${'x'.repeat(4 * 1024 * 1024)}"},"schemaVersion"`,
    );
    for (const imageManifest of ['{', typeless, parametric, large]) {
      const { imageDigest: _, ...rest } = { ...input, imageManifest };
      expect(await errorOf(ecr.putImage(rest))).toBe('InvalidParameterException');
    }
    const imageManifestMediaType = 'application/vnd.oci.image.manifest.v1+json';
    const { imageDigest: _, ...typed } = { ...input, imageManifest: typeless, imageManifestMediaType };
    expect(await errorOf(ecr.putImage(typed))).toBe('none');
  });
});

describe('reading', () => {
  it('takes 1 to 100 ids in a batch', async () => {
    const ids = (length: number) => Array.from({ length }, (_, index) => ({ imageTag: `t${index}` }));
    for (const [length, error] of [
      [0, 'InvalidParameterException'],
      [100, 'none'],
      [101, 'InvalidParameterException'],
    ] as const) {
      expect(await errorOf(ecr.batchGetImage({ repositoryName, imageIds: ids(length) }))).toBe(error);
      expect(await errorOf(ecr.batchDeleteImage({ repositoryName, imageIds: ids(length) }))).toBe(error);
    }
    expect(await errorOf(ecr.describeImages({ repositoryName, imageIds: ids(101) }))).toBe('InvalidParameterException');
  });

  it('tells a tag that belongs to another digest from one that is missing', async () => {
    contents.add(repositoryName, '1');
    const other = contents.add(repositoryName, '2');
    const imageIds = [{ imageTag: '1', imageDigest: other.digest }, { imageTag: 'x'.repeat(301) }];
    const { failures } = await ecr.batchGetImage({ repositoryName, imageIds });
    expect(failures?.map(({ failureCode }) => failureCode)).toEqual(['ImageTagDoesNotMatchDigest', 'InvalidImageTag']);
  });

  it('hands out only the media types that were asked for', async () => {
    const root = contents.add(repositoryName, '1');
    const get = (acceptedMediaTypes?: string[]) =>
      ecr.batchGetImage({ repositoryName, imageIds: [{ imageTag: '1' }], acceptedMediaTypes });
    expect((await get()).images).toHaveLength(1);
    expect((await get([root.parts.mediaType])).images).toHaveLength(1);
    expect((await get(['application/vnd.oci.image.manifest.v1+json'])).failures).toHaveLength(1);
  });

  it('describes an index by its biggest child, in pages of 100', async () => {
    const root = contents.add(repositoryName, '1', { layerBytes: 5000 });
    const [child] = root.parts.children;
    const [index, single] = await Promise.all(
      [root.digest, child].map((imageDigest) => ecr.describeImages({ repositoryName, imageIds: [{ imageDigest }] })),
    );
    expect(index?.imageDetails?.[0]?.imageSizeInBytes).toBeGreaterThan(5000);
    expect(index?.imageDetails?.[0]?.imageSizeInBytes).toBe(single?.imageDetails?.[0]?.imageSizeInBytes);
    expect(single?.imageDetails?.[0]?.artifactMediaType).toBe('application/vnd.oci.image.config.v1+json');
    for (let n = 0; n < 50; n += 1) contents.add(repositoryName, `x${n}`);
    const first = await ecr.describeImages({ repositoryName });
    const rest = await ecr.describeImages({ repositoryName, nextToken: first.nextToken });
    expect([first.imageDetails?.length, rest.imageDetails?.length, rest.nextToken]).toEqual([100, 53, undefined]);
  });
});

describe('filters', () => {
  it('are those of the model', async () => {
    const refused = [
      { repositoryName, filter: { tagStatus: 'SOME' as 'ANY' } },
      { repositoryName, filter: { imageStatus: 'GONE' as 'ANY' } },
    ].map((input) => errorOf(ecr.describeImages(input)));
    expect(await Promise.all(refused)).toEqual(['InvalidParameterException', 'InvalidParameterException']);
  });
});

describe('archived images', () => {
  it('are found by description, not by pulling, until they are pushed again', async () => {
    const image = smallImage('one');
    const imageId = { imageDigest: contents.put(repositoryName, '1', image).digest };
    const archived = await ecr.updateImageStorageClass({ repositoryName, imageId, targetStorageClass: 'ARCHIVE' });
    expect(archived.imageStatus).toBe('ARCHIVED');
    const { failures } = await ecr.batchGetImage({ repositoryName, imageIds: [{ imageTag: '1' }] });
    expect(failures?.[0]?.failureCode).toBe('ImageInaccessible');
    expect((await ecr.describeImages({ repositoryName })).imageDetails).toEqual([]);
    const listed = await ecr.listImages({ repositoryName, filter: { imageStatus: 'ARCHIVED' } });
    expect(listed.imageIds).toEqual([{ ...imageId, imageTag: '1' }]);
    const named = await ecr.describeImages({ repositoryName, imageIds: [{ imageTag: '1' }] });
    expect(named.imageDetails?.[0]).toMatchObject({ imageStatus: 'ARCHIVED', lastArchivedAt: expect.any(Date) });
    expect(await errorOf(ecr.putImage(putInput(repositoryName, image, '1')))).toBe('none');
    expect((await ecr.describeImages({ repositoryName })).imageDetails?.[0]?.imageStatus).toBe('ACTIVE');
  });

  it('are on their way for a while when they are restored', async () => {
    contents.add(repositoryName, '1', { platforms: [] });
    contents.archive(repositoryName, '1');
    const imageId = { imageTag: '1' };
    const call = await ecr.updateImageStorageClass({ repositoryName, imageId, targetStorageClass: 'STANDARD' });
    expect(call.imageStatus).toBe('ACTIVATING');
    const { failures } = await ecr.batchGetImage({ repositoryName, imageIds: [imageId] });
    expect(failures?.[0]?.failureCode).toBe('ImageInaccessible');
    contents.image(repositoryName, '1').status = 'ACTIVE';
    expect((await ecr.batchGetImage({ repositoryName, imageIds: [imageId] })).images).toHaveLength(1);
  });
});

describe('deleting', () => {
  it('does not touch what an index names, before the index is gone', async () => {
    const root = contents.add(repositoryName, '1');
    const children = root.parts.children.map((imageDigest) => ({ imageDigest }));
    const refused = await ecr.batchDeleteImage({ repositoryName, imageIds: children });
    expect(refused.imageIds).toEqual([]);
    expect(refused.failures?.[0]).toEqual({
      imageId: children[0],
      failureCode: 'ImageReferencedByManifestList',
      failureReason: `Requested image referenced by manifest list: [${root.digest}]`,
    });
    const all = await ecr.batchDeleteImage({ repositoryName, imageIds: [{ imageDigest: root.digest }, ...children] });
    expect([all.imageIds?.length, all.failures, contents.list()]).toEqual([3, [], []]);
  });

  it('does not take the last tag of a child either', async () => {
    const root = contents.add(repositoryName, '1');
    const child = contents.image(repositoryName, root.parts.children[0] ?? '');
    await ecr.putImage({ repositoryName, imageManifest: child.bytes.toString('utf8'), imageTag: 'amd64' });
    const { failures } = await ecr.batchDeleteImage({ repositoryName, imageIds: [{ imageTag: 'amd64' }] });
    expect(failures?.[0]?.failureCode).toBe('ImageReferencedByManifestList');
  });
});

describe('referrers', () => {
  it('may be there before their subject, and are listed by type, at most 50 at once', async () => {
    const subject = contents.add(repositoryName, '1').digest;
    const absent = smallImage('absent').root.digest;
    for (const [about, type] of [
      [subject, 'a/sig'],
      [subject, 'a/sbom'],
      [absent, 'a/sig'],
    ] as const) {
      await put(artifact(about, type));
    }
    const list = async (imageDigest: string, artifactTypes?: string[], maxResults?: number) =>
      outcome(
        ecr.listImageReferrers({ repositoryName, subjectId: { imageDigest }, filter: { artifactTypes }, maxResults }),
      );
    expect((await list(subject)).referrers).toHaveLength(2);
    expect(await list(subject, ['a/sbom'])).toMatchObject({
      referrers: [{ artifactType: 'a/sbom', artifactStatus: 'ACTIVE' }],
    });
    expect((await list(absent)).referrers).toHaveLength(1);
    expect((await list(subject, undefined, 51)).error).toBe('InvalidParameterException');
    const details = (await ecr.describeImages({ repositoryName })).imageDetails ?? [];
    const subjects = details.flatMap(({ subjectManifestDigest = [] }) => subjectManifestDigest);
    expect(subjects.sort()).toEqual([subject, subject, absent].sort());
  });
});
