import type { ImageIdentifier } from '@aws-sdk/client-ecr';
import type { SyntheticImage } from '../../src/demo/synthetic-image.ts';
import { errorOf, outcome, putInput, smallImage } from './ecr-control-api.ts';
import type { CaseWorld, ControlCase } from './ecr-control-cases.ts';

const ACCOUNT = '123456789012';

/** Makes the repository of a case with one image for each tag; returns the images. */
async function filled(
  world: CaseWorld,
  tags: readonly string[],
  settings: Partial<Parameters<CaseWorld['ecr']['createRepository']>[0]> = {},
): Promise<readonly SyntheticImage[]> {
  const { ecr, name } = world;
  await ecr.createRepository({ ...settings, repositoryName: name });
  const images = tags.map((tag) => smallImage(`image ${tag}`));
  for (const [index, image] of images.entries()) {
    world.layers(name, image);
    await ecr.putImage(putInput(name, image, tags[index] ?? ''));
  }
  return images;
}

function digests(names: readonly string[]): readonly string[] {
  return names.map((name) => smallImage(`image ${name}`).root.digest);
}

const [ONE = '', TWO = ''] = digests(['1', '2']);

/** `digest tag` of ids, sorted. */
function ids(list: readonly ImageIdentifier[] = []): readonly string[] {
  return list.map(({ imageDigest, imageTag }) => `${imageDigest} ${imageTag}`).sort();
}

/** The cases on images. */
export const IMAGE_CASES: readonly ControlCase[] = [
  {
    rule: 'images are read by tag and by digest, and missing ones are failures',
    source: 'client-ecr, BatchGetImageResponse; facts.md 1.4',
    async observe(world) {
      const [image] = await filled(world, ['1']);
      const imageIds = [{ imageTag: '1' }, { imageDigest: image?.root.digest }, { imageTag: 'missing' }];
      const found = await world.ecr.batchGetImage({ repositoryName: world.name, imageIds });
      const manifests = found.images?.map(({ imageManifest, imageManifestMediaType }) => [
        imageManifest === image?.root.bytes.toString('utf8'),
        imageManifestMediaType,
      ]);
      return [manifests, found.failures];
    },
    expected: () => [
      Array.from({ length: 2 }, () => [true, 'application/vnd.oci.image.manifest.v1+json']),
      [
        {
          imageId: { imageTag: 'missing' },
          failureCode: 'ImageNotFound',
          failureReason: 'Requested image not found',
        },
      ],
    ],
  },
  {
    rule: 'the same image under the same tag is refused by PutImage',
    source: 'client-ecr, ImageAlreadyExistsException',
    async observe(world) {
      const [image] = await filled(world, ['1']);
      return image === undefined ? undefined : outcome(world.ecr.putImage(putInput(world.name, image, '1')));
    },
    expected: (name) => ({
      error: 'ImageAlreadyExistsException',
      message: `Image with digest '${ONE}' and tag '1' already exists in the repository with name '${name}' in registry with id '${ACCOUNT}'`,
    }),
  },
  {
    rule: 'an image has as many tags as it is given',
    source: 'client-ecr, PutImageRequest.imageTag',
    async observe(world) {
      const [image] = await filled(world, ['1']);
      if (image !== undefined) await world.ecr.putImage(putInput(world.name, image, 'latest'));
      const { imageDetails } = await world.ecr.describeImages({ repositoryName: world.name });
      return imageDetails?.map(({ imageDigest, imageTags }) => [imageDigest, [...(imageTags ?? [])].sort()]);
    },
    expected: () => [[ONE, ['1', 'latest']]],
  },
  {
    rule: 'an image whose last tag was moved away stays, without tags',
    source: 'userguide/image-tag-mutability.html; userguide/lifecycle_policy_parameters.html (untagged)',
    async observe(world) {
      await filled(world, ['1']);
      const other = smallImage('image 2');
      world.layers(world.name, other);
      await world.ecr.putImage(putInput(world.name, other, '1'));
      return ids((await world.ecr.listImages({ repositoryName: world.name })).imageIds);
    },
    expected: () => [`${ONE} undefined`, `${TWO} 1`].sort(),
    moto: { expected: () => [`${TWO} 1`], because: 'moto deletes the image as if its last tag had been deleted' },
  },
  {
    rule: 'an immutable tag is not given to another image',
    source: 'client-ecr, ImageTagAlreadyExistsException',
    async observe(world) {
      await filled(world, ['1'], { imageTagMutability: 'IMMUTABLE' });
      const other = smallImage('image 2');
      world.layers(world.name, other);
      return errorOf(world.ecr.putImage(putInput(world.name, other, '1')));
    },
    expected: () => 'ImageTagAlreadyExistsException',
    moto: {
      expected: () => 'ImageAlreadyExistsException',
      because: 'the model keeps that one for an image that is there unchanged',
    },
  },
  {
    rule: 'tags that a filter names are immutable in a mutable repository',
    source: 'client-ecr, ImageTagMutabilityExclusionFilter; facts.md 1.5',
    async observe(world) {
      await filled(world, ['release-1', 'dev-1'], {
        imageTagMutability: 'MUTABLE_WITH_EXCLUSION',
        imageTagMutabilityExclusionFilters: [{ filterType: 'WILDCARD', filter: 'release-*' }],
      });
      const other = smallImage('image 2');
      world.layers(world.name, other);
      const put = (tag: string) => errorOf(world.ecr.putImage(putInput(world.name, other, tag)));
      return [await put('release-1'), await put('dev-1')];
    },
    expected: () => ['ImageTagAlreadyExistsException', 'none'],
    moto: {
      expected: () => ['ImageAlreadyExistsException', 'none'],
      because: 'the model keeps that one for an image that is there unchanged',
    },
  },
  {
    rule: 'one missing image fails a description as a whole',
    source: 'client-ecr, ImageNotFoundException',
    async observe(world) {
      await filled(world, ['1']);
      const imageIds = [{ imageTag: '1' }, { imageTag: 'missing' }];
      return outcome(world.ecr.describeImages({ repositoryName: world.name, imageIds }));
    },
    expected: (name) => ({
      error: 'ImageNotFoundException',
      message: `The image with imageId {imageDigest:'null', imageTag:'missing'} does not exist within the repository with name '${name}' in the registry with id '${ACCOUNT}'`,
    }),
  },
  {
    rule: 'images are listed by whether they have tags',
    source: 'client-ecr, ListImagesFilter.tagStatus',
    async observe(world) {
      await filled(world, ['1', '2']);
      const list = async (tagStatus: 'TAGGED' | 'UNTAGGED') =>
        ids((await world.ecr.listImages({ repositoryName: world.name, filter: { tagStatus } })).imageIds);
      return [await list('TAGGED'), await list('UNTAGGED')];
    },
    expected: () => [[`${ONE} 1`, `${TWO} 2`].sort(), []],
  },
  {
    rule: 'deleting a tag leaves the image while it has another one, and deletes it with the last',
    source: 'client-ecr, BatchDeleteImageCommand',
    async observe(world) {
      const [image] = await filled(world, ['1']);
      if (image !== undefined) await world.ecr.putImage(putInput(world.name, image, 'latest'));
      const remove = (imageTag: string) =>
        world.ecr.batchDeleteImage({ repositoryName: world.name, imageIds: [{ imageTag }] });
      const left = async () => ids((await world.ecr.listImages({ repositoryName: world.name })).imageIds);
      const first = await remove('1');
      const between = await left();
      const second = await remove('latest');
      return [ids(first.imageIds), between, ids(second.imageIds), await left()];
    },
    expected: () => [[`${ONE} 1`], [`${ONE} latest`], [`${ONE} latest`], []],
  },
  {
    rule: 'deleting a digest deletes the image with all tags',
    source: 'client-ecr, BatchDeleteImageCommand',
    async observe(world) {
      const [image] = await filled(world, ['1']);
      if (image !== undefined) await world.ecr.putImage(putInput(world.name, image, 'latest'));
      const imageIds = [{ imageDigest: ONE }];
      const { imageIds: deleted } = await world.ecr.batchDeleteImage({ repositoryName: world.name, imageIds });
      return [ids(deleted), (await world.ecr.listImages({ repositoryName: world.name })).imageIds];
    },
    expected: () => [[`${ONE} 1`, `${ONE} latest`], []],
  },
  {
    rule: 'what cannot be deleted is said item by item',
    source: 'client-ecr, ImageFailureCode',
    async observe(world) {
      await filled(world, ['1']);
      const imageIds = [{}, { imageDigest: 'sha256:short' }, { imageTag: 'missing' }, { imageTag: '1' }];
      const { imageIds: deleted, failures } = await world.ecr.batchDeleteImage({
        repositoryName: world.name,
        imageIds,
      });
      return [ids(deleted), failures];
    },
    expected: () => [
      [`${ONE} 1`],
      [
        {
          imageId: {},
          failureCode: 'MissingDigestAndTag',
          failureReason: 'Invalid request parameters: both tag and digest cannot be null',
        },
        {
          imageId: { imageDigest: 'sha256:short' },
          failureCode: 'InvalidImageDigest',
          failureReason:
            "Invalid request parameters: image digest should satisfy the regex '[a-zA-Z0-9-_+.]+:[a-fA-F0-9]+'",
        },
        {
          imageId: { imageTag: 'missing' },
          failureCode: 'ImageNotFound',
          failureReason: 'Requested image not found',
        },
      ],
    ],
  },
  {
    rule: 'a repository with images goes only by force',
    source: 'client-ecr, RepositoryNotEmptyException',
    async observe(world) {
      await filled(world, ['1']);
      const { ecr, name } = world;
      return [
        await errorOf(ecr.deleteRepository({ repositoryName: name })),
        await errorOf(ecr.deleteRepository({ repositoryName: name, force: true })),
        await errorOf(ecr.describeRepositories({ repositoryNames: [name] })),
      ];
    },
    expected: () => ['RepositoryNotEmptyException', 'none', 'RepositoryNotFoundException'],
  },
  {
    rule: 'a layer that is not there is told as unavailable',
    source: 'client-ecr, LayerAvailability',
    async observe(world) {
      await world.ecr.createRepository({ repositoryName: world.name });
      const found = await world.ecr.batchCheckLayerAvailability({ repositoryName: world.name, layerDigests: [ONE] });
      return [found.layers, found.failures?.map(({ failureCode }) => failureCode)];
    },
    expected: () => [[{ layerDigest: ONE, layerAvailability: 'UNAVAILABLE' }], []],
    moto: {
      expected: () => [[], ['MissingLayerDigest']],
      because: 'the model has a state for it, and the code reads as that of a digest that is not given',
    },
  },
];
