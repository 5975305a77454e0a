import { type ControlAction, namedRepository, timestamp } from './ecr-control-context.ts';
import { pageOf } from './ecr-fields.ts';
import { PUBLIC_NAMES } from './ecr-hosts.ts';
import { batchDeleteImage, describeImage, selectImages } from './ecr-image-actions.ts';
import { REPOSITORY_POLICY_ACTIONS, TAG_ACTIONS } from './ecr-policy-actions.ts';
import { checkFree, removeRepository, resourceTagsIn, selectRepositories } from './ecr-repository-actions.ts';
import { addRepository, arnOf, type EcrStore, type StoredRepository, uriOf } from './ecr-store.ts';

/** Client-ecr-public, `Repository`: no mutability, no encryption, no scanning. */
function describeRepository({ registry, name, createdAt }: StoredRepository, store: EcrStore) {
  const [alias] = store.aliasesOf(registry.account);
  return {
    repositoryArn: arnOf(registry, name),
    registryId: registry.account,
    repositoryName: name,
    repositoryUri: uriOf(registry, name, alias),
    createdAt: timestamp(createdAt),
  };
}

/** What ECR Public says of an image: neither status nor subject (client-ecr-public, `ImageDetail`). */
function publicDetail(detail: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
  const { imageStatus: _status, subjectManifestDigest: _subject, ...rest } = detail;
  return rest;
}

/** The API of ECR Public (client-ecr-public, `*Command`). It has no BatchGetImage, no ListImages and no policies on images. */
export const PUBLIC_ACTIONS: Readonly<Record<string, ControlAction>> = {
  ...TAG_ACTIONS,
  ...REPOSITORY_POLICY_ACTIONS,
  BatchDeleteImage: batchDeleteImage,
  GetAuthorizationToken({ principal, registry, tokens }) {
    const { password, expiresAt } = tokens.issue('ecr-public', principal, registry.region);
    const authorizationToken = Buffer.from(`AWS:${password}`).toString('base64');
    return { authorizationData: { authorizationToken, expiresAt: timestamp(expiresAt) } };
  },
  DescribeRegistries({ input, principal, store }) {
    const aliases = store.aliasesOf(principal.account).map((name, index) => ({
      name,
      status: 'ACTIVE',
      primaryRegistryAlias: index === 0,
      defaultRegistryAlias: index === 0,
    }));
    const registry = {
      registryId: principal.account,
      registryArn: `arn:aws:ecr-public::${principal.account}:registry/${principal.account}`,
      registryUri: aliases[0] === undefined ? '' : `${PUBLIC_NAMES.registry}/${aliases[0].name}`,
      verified: false,
      aliases,
    };
    const { items, next } = pageOf([registry], ({ registryId }) => registryId, input);
    return { registries: items, ...next };
  },
  DescribeRepositories(context) {
    const { items, next } = selectRepositories(context);
    return { repositories: items.map((repository) => describeRepository(repository, context.store)), ...next };
  },
  CreateRepository(context) {
    const { input, registry, now, store } = context;
    const name = input.text('repositoryName');
    const tags = Object.fromEntries(resourceTagsIn(input));
    checkFree(context, name);
    const data = input.object('catalogData');
    const texts = ['description', 'aboutText', 'usageText'].flatMap((key) => {
      const text = data.optionalText(key);
      return text === undefined ? [] : [[key, text] as const];
    });
    const lists = ['architectures', 'operatingSystems'].flatMap((key) => {
      const list = data.texts(key);
      return list === undefined ? [] : [[key, list] as const];
    });
    const catalogData = Object.fromEntries<unknown>([...texts, ...lists]);
    const repository = addRepository(registry, name, { tags, catalogData }, now);
    return { repository: describeRepository(repository, store), catalogData };
  },
  DeleteRepository: (context) => ({ repository: describeRepository(removeRepository(context), context.store) }),
  DescribeImages(context) {
    const { repository, items, next } = selectImages(context, undefined);
    return { imageDetails: items.map((image) => publicDetail(describeImage(repository, image))), ...next };
  },
  DescribeImageTags(context) {
    const repository = namedRepository(context);
    const { items, next } = pageOf([...repository.tagged], ([tag]) => tag, context.input);
    const imageTagDetails = items.map(([imageTag, image]) => {
      const {
        imageTags: _tags,
        registryId: _id,
        repositoryName: _name,
        ...imageDetail
      } = describeImage(repository, image);
      return { imageTag, createdAt: timestamp(image.pushedAt), imageDetail: publicDetail(imageDetail) };
    });
    return { imageTagDetails, ...next };
  },
};
