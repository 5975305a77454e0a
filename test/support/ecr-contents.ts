import { buildImage, type ImageShape, type SyntheticImage } from '../../src/demo/synthetic-image.ts';
import type { EcrEmulator } from './ecr-emulator.ts';
import { checkName } from './ecr-grammar.ts';
import type { EcrService } from './ecr-hosts.ts';
import { putImage } from './ecr-images.ts';
import {
  addRepository,
  type RepositoryOptions,
  repositoryIn,
  type StoredImage,
  type StoredRepository,
} from './ecr-store.ts';

/** Which registry of an emulator is meant; the caller's own private one at first. */
export interface RegistryChoice {
  readonly service?: EcrService;
  readonly account?: string;
  readonly region?: string;
}

/** Reads and fills a registry of an emulator from inside: nothing is logged, throttled or refused for lack of rights. */
export interface EcrContents {
  /** Makes a repository as it is to be. */
  create(name: string, options?: RepositoryOptions): StoredRepository;
  /** @throws EcrFault RepositoryNotFoundException. */
  repository(name: string): StoredRepository;
  /** All names, sorted. */
  names(): readonly string[];
  /** Puts an image with blobs and children into a repository, which is made when it is missing. Returns the root. */
  put(name: string, tag: string | undefined, image: SyntheticImage, pushedAt?: Date): StoredImage;
  /** The same with an image that its name (`repository:tag`) decides. */
  add(name: string, tag: string, shape?: Partial<ImageShape>): StoredImage;
  /** By tag or digest. @throws Error when it is missing. */
  image(name: string, tagOrDigest: string): StoredImage;
  /** Everything there is, `repository:tag` and `repository@digest`, sorted. */
  list(): readonly string[];
  /** Archives one image. */
  archive(name: string, tagOrDigest: string): void;
  /** Sets when images were pushed: those of a repository, or all. */
  setPushedAt(date: Date, name?: string): void;
  /** Switches an account setting, such as `BLOB_MOUNTING`. */
  set(setting: string, value: string): void;
}

/** The contents of one registry. */
export function contentsOf(ecr: EcrEmulator, choice: RegistryChoice = {}): EcrContents {
  const { service = 'ecr', account = ecr.account, region = ecr.region } = choice;
  const registry = ecr.store.registry(service, account, region);

  function create(name: string, options: RepositoryOptions = {}): StoredRepository {
    checkName(service, name);
    if (registry.repositories.has(name)) throw new Error(`${name} exists`);
    return addRepository(registry, name, options);
  }

  function image(name: string, tagOrDigest: string): StoredImage {
    const { images, tagged } = repositoryIn(registry, name);
    const found = images.get(tagOrDigest) ?? tagged.get(tagOrDigest);
    if (found === undefined) throw new Error(`there is no ${name}:${tagOrDigest}`);
    return found;
  }

  function put(name: string, tag: string | undefined, built: SyntheticImage, pushedAt = new Date()): StoredImage {
    const repository = registry.repositories.get(name) ?? create(name);
    for (const { digest, bytes } of built.blobs) repository.blobs.set(digest, bytes);
    for (const { bytes, mediaType } of built.children) {
      putImage(repository, { bytes, mediaType, tag: undefined, digest: undefined }, pushedAt);
    }
    const { bytes, mediaType } = built.root;
    return putImage(repository, { bytes, mediaType, tag, digest: undefined }, pushedAt).image;
  }

  return {
    create,
    image,
    put,
    repository: (name) => repositoryIn(registry, name),
    names: () => [...registry.repositories.keys()].sort(),
    add: (name, tag, shape = {}) => put(name, tag, buildImage(`${name}:${tag}`, shape)),
    list() {
      const names = [...registry.repositories.values()].flatMap(({ name, images, tagged }) => [
        ...[...tagged.keys()].map((tag) => `${name}:${tag}`),
        ...[...images.keys()].map((digest) => `${name}@${digest}`),
      ]);
      return names.sort();
    },
    archive(name, tagOrDigest) {
      Object.assign(image(name, tagOrDigest), { status: 'ARCHIVED', archivedAt: new Date() });
    },
    setPushedAt(date, only) {
      for (const { name, images } of registry.repositories.values()) {
        if (only !== undefined && name !== only) continue;
        for (const one of images.values()) one.pushedAt = date;
      }
    },
    set: (setting, value) => {
      registry.settings.set(setting, value);
    },
  };
}
