import type { Addon } from '../addon.ts';
import { parseReference } from '../reference.ts';
import type { Report } from '../report/report.ts';

/** The hosts that a run would ask as sources. */
export interface SourceHosts {
  /** Registries, each with a repository that is read there. */
  readonly registries: ReadonlyMap<string, string>;
  /** Chart repositories over HTTP: the addresses of their indexes. */
  readonly repositories: readonly URL[];
}

/** What the entries of a catalog and an earlier report tell of sources. */
export function sourceHosts(addons: readonly Addon[], report: Pick<Report, 'images'> | undefined): SourceHosts {
  const registries = new Map<string, string>();
  const repositories = new Map<string, URL>();
  for (const { source } of addons) {
    if (source.kind === 'oci') registries.set(source.registry, source.repository);
    if (source.kind === 'http') {
      const index = `${source.repository.replace(/\/$/, '')}/index.yaml`;
      if (URL.canParse(index)) repositories.set(index, new URL(index));
    }
  }
  for (const { source } of report?.images ?? []) {
    const reference = parseReference(source);
    if (reference !== undefined && !registries.has(reference.registry))
      registries.set(reference.registry, reference.repository);
  }
  return { registries, repositories: [...repositories.values()] };
}
