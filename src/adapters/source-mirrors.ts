import type { NetworkSettings } from '../domain/network.ts';
import { canonicalRegistry, DOCKER_HUB } from '../domain/reference.ts';
import { mirroredRepository, mirroredUrl } from '../domain/source-mirror.ts';
import type { Side } from '../ports/registry.ts';
import { schemeOf } from './host-settings.ts';

/** A repository where it is really reached. */
export interface RegistryAddress {
  /** The origin of the registry's API, `https://host`; a mirror's user and password are not part of it. */
  readonly base: URL;
  /** The host by which credentials are looked up: Docker Hub is `docker.io`. */
  readonly host: string;
  readonly repository: string;
  /** User and password that a mirror's own address carried. */
  readonly userinfo: { readonly username: string; readonly password: string } | undefined;
}

// docker/docs, docker-hub/usage/pulls: the API of `docker.io` is served here
const HUB_API = 'registry-1.docker.io';

function splitUserinfo(text: string | undefined): RegistryAddress['userinfo'] {
  if (text === undefined || text === '') return undefined;
  const [username = '', ...password] = text.split(':');
  return { username: decodeURIComponent(username), password: decodeURIComponent(password.join(':')) };
}

/** Where a repository is reached: on the source side through the mirrors, on the destination side as it is named. */
export function addressOf(
  settings: NetworkSettings,
  side: Side,
  registry: string,
  repository: string,
): RegistryAddress {
  const mirrored = side === 'source' ? mirroredRepository(settings.mirrors, registry, repository) : undefined;
  const named = canonicalRegistry(mirrored?.host ?? registry);
  const scheme = mirrored?.scheme ?? schemeOf(settings, named);
  return {
    base: new URL(`${scheme}://${named === DOCKER_HUB ? HUB_API : named}`),
    host: named,
    repository: mirrored?.path ?? repository,
    userinfo: splitUserinfo(mirrored?.userinfo),
  };
}

/** Where a URL of a chart repository is reached; the query stays. Without a mirror, it is the URL itself. */
export function addressOfUrl(settings: NetworkSettings, url: URL): URL {
  const mirrored = mirroredUrl(settings.mirrors, url);
  if (mirrored === undefined) return url;
  const scheme = mirrored.scheme ?? schemeOf(settings, mirrored.host);
  const userinfo = mirrored.userinfo === undefined ? '' : `${mirrored.userinfo}@`;
  const slash = url.pathname.endsWith('/') && mirrored.path !== '' ? '/' : '';
  return new URL(`${scheme}://${userinfo}${mirrored.host}/${mirrored.path}${slash}${url.search}`);
}
