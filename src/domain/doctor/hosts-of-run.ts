import type { Addon } from '../addon.ts';
import { type Digest, isTag, parseReference } from '../reference.ts';
import type { Report } from '../report/report.ts';

/** What is read of a registry: a manifest of a repository. */
export interface ReadOfHost {
  readonly repository: string;
  /** A tag or a digest. */
  readonly reference: string | Digest;
}

/** The hosts that a run would ask as sources. */
export interface SourceHosts {
  /** Registries, each with something that is read there. */
  readonly registries: ReadonlyMap<string, ReadOfHost>;
  /** Chart repositories over HTTP: the addresses of their indexes. */
  readonly repositories: readonly URL[];
}

function indexOf(repository: string): URL | undefined {
  if (!URL.canParse(repository)) return undefined;
  const url = new URL(repository);
  url.pathname = `${url.pathname.replace(/\/+$/, '')}/index.yaml`;
  return url;
}

/** A version as a tag; a range, or none, is asked for as `latest`, which need not be there. */
function tagOf({ version }: Pick<Addon, 'version'>): string {
  const text = version.kind === 'version' ? version.text.replaceAll('+', '_') : '';
  return isTag(text) ? text : 'latest';
}

/** What the entries of a catalog and an earlier report tell of sources. */
export function sourceHosts(
  addons: readonly Pick<Addon, 'source' | 'version'>[],
  report: Pick<Report, 'images'> | undefined,
): SourceHosts {
  const registries = new Map<string, ReadOfHost>();
  const repositories = new Map<string, URL>();
  // an image of a report was there once, by its name: it tells more than a chart
  for (const { source } of report?.images ?? []) {
    const found = parseReference(source);
    if (found === undefined || registries.has(found.registry)) continue;
    const reference = found.digest ?? found.tag ?? 'latest';
    registries.set(found.registry, { repository: found.repository, reference });
  }
  for (const addon of addons) {
    const { source } = addon;
    if (source.kind === 'oci' && !registries.has(source.registry))
      registries.set(source.registry, { repository: source.repository, reference: tagOf(addon) });
    const index = source.kind === 'http' ? indexOf(source.repository) : undefined;
    if (index !== undefined) repositories.set(index.href, index);
  }
  return { registries, repositories: [...repositories.values()] };
}
