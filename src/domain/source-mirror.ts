import type { SourceMirror } from './network.ts';
import { canonicalRegistry } from './reference.ts';

/** Where a repository or URL is reached: `scheme` is undefined where the mirror's `to` names none. `path` has no slash at its ends. */
export interface MirroredAddress {
  readonly scheme: 'http' | 'https' | undefined;
  /** `user:password` of the mirror's own address, percent-encoded as written; undefined for none. */
  readonly userinfo: string | undefined;
  readonly host: string;
  readonly path: string;
}

interface Location {
  readonly scheme: string | undefined;
  readonly userinfo: string | undefined;
  readonly host: string;
  readonly parts: readonly string[];
}

function partsOf(path: string): readonly string[] {
  return path.split('/').filter((part) => part !== '');
}

function locate(text: string): Location {
  const match = /^(?:([a-z][a-z0-9+.-]*):\/\/)?(?:([^/@]*)@)?([^/]*)(.*)$/i.exec(text.trim());
  return {
    scheme: match?.[1]?.toLowerCase(),
    userinfo: match?.[2],
    host: (match?.[3] ?? '').toLowerCase(),
    parts: partsOf(match?.[4] ?? ''),
  };
}

function startsWith(parts: readonly string[], beginning: readonly string[]): boolean {
  return beginning.length <= parts.length && beginning.every((part, index) => parts[index] === part);
}

/** The best of the mirrors that fit: most path components, then one that names a scheme, then the first one. */
function best(
  mirrors: readonly SourceMirror[],
  parts: readonly string[],
  fits: (from: Location) => boolean,
): MirroredAddress | undefined {
  let chosen: { mirror: SourceMirror; from: Location } | undefined;
  for (const mirror of mirrors) {
    const from = locate(mirror.from);
    if (from.host === '' || !fits(from) || !startsWith(parts, from.parts)) continue;
    const more = from.parts.length - (chosen?.from.parts.length ?? -1);
    const sharper = chosen !== undefined && chosen.from.scheme === undefined && from.scheme !== undefined;
    if (more > 0 || (more === 0 && sharper)) chosen = { mirror, from };
  }
  if (chosen === undefined) return undefined;
  const to = locate(chosen.mirror.to);
  const scheme = to.scheme === 'http' || to.scheme === 'https' ? to.scheme : undefined;
  const path = [...to.parts, ...parts.slice(chosen.from.parts.length)].join('/');
  return { scheme, userinfo: to.userinfo, host: to.host, path };
}

/**
 * Where a repository of a registry is reached instead, or undefined when no mirror is meant for it. `path` is the
 * repository's name there. A `from` with `http(s)://` is meant for chart repositories only. Hosts and path components are
 * compared whole, so `quay.io` says nothing of `quay.io.example.org`, and `quay.io/a` nothing of `quay.io/ab`.
 */
export function mirroredRepository(
  mirrors: readonly SourceMirror[],
  registry: string,
  repository: string,
): MirroredAddress | undefined {
  const host = canonicalRegistry(registry);
  return best(mirrors, partsOf(repository), (from) => {
    return (from.scheme === undefined || from.scheme === 'oci') && canonicalRegistry(from.host) === host;
  });
}

/** Where an http(s) URL is reached instead, or undefined; `path` is without query. A `from` with `oci://` is meant for registries only. */
export function mirroredUrl(mirrors: readonly SourceMirror[], url: URL): MirroredAddress | undefined {
  return best(mirrors, partsOf(url.pathname), (from) => {
    if (from.scheme !== undefined && `${from.scheme}:` !== url.protocol) return false;
    const spelled = `${url.protocol}//${from.host}`;
    return URL.canParse(spelled) && new URL(spelled).host === url.host;
  });
}
