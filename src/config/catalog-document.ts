import { Document } from 'yaml';
import type { Addon, Catalog, Place } from '../domain/addon.ts';
import { formatPlatform } from '../domain/platform.ts';
import { DOCKER_HUB, formatReference } from '../domain/reference.ts';
import { oneLine } from '../errors.ts';

/** A catalog that came from a values file. */
export type ValuesCatalog = Catalog & { readonly mode: 'values' };

function repositoryOf(addon: Addon): string {
  const { source } = addon;
  switch (source.kind) {
    case 'http':
      return source.repository;
    case 'local':
      return source.path;
    case 'oci': {
      const own = [addon.ociNamespace, source.chart].filter((part) => part !== '').join('/');
      const path = source.repository.slice(0, -own.length).replace(/\/$/, '');
      // docker.io answers no registry requests; this is the host that helm needs there
      const host = source.registry === DOCKER_HUB ? 'registry-1.docker.io' : source.registry;
      return `oci://${path === '' ? host : `${host}/${path}`}`;
    }
  }
}

function entryOf(addon: Addon): Readonly<Record<string, unknown>> {
  return {
    chart: addon.chart,
    repository: repositoryOf(addon),
    oci_namespace: addon.ociNamespace,
    ...(addon.version.kind === 'version' ? { version: addon.version.text } : {}),
    release: addon.release,
    ...(addon.namespace === undefined ? {} : { namespace: addon.namespace }),
    ...(addon.kubeVersion === undefined ? {} : { kubeVersion: addon.kubeVersion }),
    ...(addon.apiVersions.length === 0 ? {} : { apiVersions: addon.apiVersions }),
    ...(addon.platforms.length === 0 ? {} : { platforms: addon.platforms.map(formatPlatform) }),
    ...(addon.images.length === 0 ? {} : { images: addon.images.map(({ reference }) => formatReference(reference)) }),
  };
}

function byPlace(a: Place | undefined, b: Place | undefined): number {
  return (a?.line ?? 0) - (b?.line ?? 0) || (a?.column ?? 0) - (b?.column ?? 0);
}

/**
 * The catalog that asks for the same addons as a values file did. What cannot be mirrored stands at its end, as
 * comments with line and reason. Values of chart overrides are left out: they apply to a catalog as well.
 */
export function catalogDocument(catalog: ValuesCatalog, valuesFile: string): string {
  const document = new Document({ addons: catalog.addons.map(entryOf) });
  const body = document.toString({ lineWidth: 0, defaultStringType: 'QUOTE_DOUBLE', defaultKeyType: 'PLAIN' });
  const header = `# Written by airgap-charts catalog generate from ${oneLine(valuesFile)}.\n`;
  const skipped = [...catalog.unmirrorable]
    .sort((a, b) => byPlace(a.place, b.place))
    .map(({ key, place, reason }) => `#   ${oneLine(`${place.key ?? key} (line ${place.line}): ${reason}`)}\n`);
  return `${header}${body}${skipped.length === 0 ? '' : `# Not mirrored:\n${skipped.join('')}`}`;
}
