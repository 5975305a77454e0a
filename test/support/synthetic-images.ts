import { createRegistryClient, type RegistryAccess, type RegistryClient } from '../../src/demo/registry-client.ts';
import { buildImage, type ImageShape, type SyntheticImage } from '../../src/demo/synthetic-image.ts';
import type { Digest } from '../../src/domain/reference.ts';

/** The shape of an image, and the name that decides its content; without one, `repository:tag` does. */
export type ImageOptions = Partial<ImageShape> & { readonly name?: string };

/** What was pushed. `children` are those of an index, without attestations. `bytes` counts each blob once. */
export interface PushedImage {
  readonly digest: Digest;
  readonly mediaType: string;
  readonly children: readonly { readonly platform: string; readonly digest: Digest }[];
  readonly attestations: readonly Digest[];
  readonly blobs: readonly Digest[];
  readonly bytes: number;
}

/** A registry's address, with what is needed to get in. */
export type RegistryTarget = string | RegistryAccess;

function describeImage(image: SyntheticImage): PushedImage {
  return {
    digest: image.root.digest,
    mediaType: image.root.mediaType,
    children: image.children.flatMap(({ platform, digest }) => (platform === undefined ? [] : [{ platform, digest }])),
    attestations: image.children.filter((child) => child.platform === undefined).map((child) => child.digest),
    blobs: image.blobs.map((blob) => blob.digest),
    bytes: image.blobs.reduce((total, blob) => total + blob.bytes.length, 0),
  };
}

async function withClient<T>(target: RegistryTarget, use: (client: RegistryClient) => Promise<T>): Promise<T> {
  const client = createRegistryClient(typeof target === 'string' ? { base: target } : target);
  try {
    return await use(client);
  } finally {
    client.close();
  }
}

/** Pushes a synthetic image to `base/repository:tag`; two platforms in an OCI index unless `options` say otherwise. */
export function pushImage(
  target: RegistryTarget,
  repository: string,
  tag: string,
  options: ImageOptions = {},
): Promise<PushedImage> {
  const { name = `${repository}:${tag}`, ...shape } = options;
  return withClient(target, async (client) => {
    const image = buildImage(name, shape);
    await client.push(repository, tag, image);
    return describeImage(image);
  });
}

/** Pushes a synthetic image that no tag names. */
export function pushByDigestOnly(
  target: RegistryTarget,
  repository: string,
  name: string,
  shape: Partial<ImageShape> = {},
): Promise<PushedImage> {
  return withClient(target, async (client) => {
    const image = buildImage(name, shape);
    await client.push(repository, undefined, image);
    return describeImage(image);
  });
}

/** The digest of a tag or digest in a registry, or undefined. */
export function digestIn(target: RegistryTarget, repository: string, identifier: string): Promise<string | undefined> {
  return withClient(target, (client) => client.digestOf(repository, identifier));
}

/** Basic authorization for a registry that asks for a login. */
export function basicAuthorization(user: string, password: string): string {
  return `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`;
}
