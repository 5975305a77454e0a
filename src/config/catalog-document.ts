import { relative, resolve } from 'node:path';
import { Document } from 'yaml';
import type { Addon, Catalog, Place, Unmirrorable } from '../domain/addon.ts';
import { formatPlatform } from '../domain/platform.ts';
import { DOCKER_HUB, formatReference } from '../domain/reference.ts';
import { oneLine } from '../errors.ts';

/** A catalog that came from a values file, or from other inputs that are not catalogs. */
export type ValuesCatalog = Catalog & { readonly mode: 'values' };

/** What a catalog of several inputs says beside its entries. */
export interface CatalogOrigins {
  /** The directory that the catalog is written to; paths in it start there. */
  readonly directory: string;
  /** The directory that the names of values files start from. */
  readonly cwd: string;
  /** What entries lack because it could not be read. */
  readonly unread: readonly Unmirrorable[];
}

function pathFrom(directory: string, path: string): string {
  const way = relative(directory, path);
  return way.startsWith('..') ? way : `./${way}`;
}

function repositoryOf(addon: Addon, origins: CatalogOrigins | undefined): string {
  const { source } = addon;
  switch (source.kind) {
    case 'http':
      return source.repository;
    case 'local':
      return origins === undefined ? source.path : pathFrom(origins.directory, source.path);
    case 'oci': {
      const own = [addon.ociNamespace, source.chart].filter((part) => part !== '').join('/');
      const path = source.repository.slice(0, -own.length).replace(/\/$/, '');
      // docker.io answers no registry requests; this is the host that helm needs there
      const host = source.registry === DOCKER_HUB ? 'registry-1.docker.io' : source.registry;
      return `oci://${path === '' ? host : `${host}/${path}`}`;
    }
  }
}

function valuesFilesOf(addon: Addon, origins: CatalogOrigins | undefined): readonly string[] {
  if (origins === undefined) return [];
  const files = addon.layers.filter(({ origin }) => origin === 'values-file');
  return files.map(({ name }) => relative(origins.directory, resolve(origins.cwd, name)));
}

function entryOf(addon: Addon, origins: CatalogOrigins | undefined): Readonly<Record<string, unknown>> {
  const valuesFiles = valuesFilesOf(addon, origins);
  return {
    chart: addon.chart,
    repository: repositoryOf(addon, origins),
    oci_namespace: addon.ociNamespace,
    ...(addon.version.kind === 'version' ? { version: addon.version.text } : {}),
    release: addon.release,
    ...(addon.namespace === undefined ? {} : { namespace: addon.namespace }),
    ...(addon.kubeVersion === undefined ? {} : { kubeVersion: addon.kubeVersion }),
    ...(addon.apiVersions.length === 0 ? {} : { apiVersions: addon.apiVersions }),
    ...(addon.platforms.length === 0 ? {} : { platforms: addon.platforms.map(formatPlatform) }),
    ...(addon.images.length === 0 ? {} : { images: addon.images.map(({ reference }) => formatReference(reference)) }),
    ...(valuesFiles.length === 0 ? {} : { valuesFiles }),
  };
}

function whereOf({ file, line }: Place): string {
  return `${file}:${line}`;
}

const PLACES_SHOWN = 3;

function placesComment(places: readonly Place[]): string {
  const all = [...new Set(places.map(whereOf))];
  const rest = all.length - PLACES_SHOWN;
  const more = rest > 0 ? `, and ${rest} more` : '';
  return `  # ${oneLine(all.slice(0, PLACES_SHOWN).join(', '))}${more}\n`;
}

/** The values of an entry, written further in. */
function valuesText(addon: Addon): string {
  const text = addon.layers.find(({ origin }) => origin === 'inline')?.text;
  if (text === undefined) return '';
  const lines = text.trimEnd().split('\n');
  return `    values:\n${lines.map((line) => (line === '' ? '\n' : `      ${line}\n`)).join('')}`;
}

function entryText(addon: Addon, origins: CatalogOrigins | undefined): string {
  const document = new Document({ addons: [entryOf(addon, origins)] });
  const text = document.toString({ lineWidth: 0, defaultStringType: 'QUOTE_DOUBLE', defaultKeyType: 'PLAIN' });
  const entry = text.slice(text.indexOf('\n') + 1);
  return origins === undefined ? entry : `${placesComment(addon.places)}${entry}${valuesText(addon)}`;
}

function byPlace(a: Place, b: Place): number {
  const file = a.file < b.file ? -1 : Number(a.file > b.file);
  return file || a.line - b.line || a.column - b.column;
}

function comments(title: string, list: readonly Unmirrorable[], origins: CatalogOrigins | undefined): string {
  if (list.length === 0) return '';
  const lines = [...list]
    .sort((a, b) => byPlace(a.place, b.place))
    .map(({ key, place, reason }) => {
      const what = origins === undefined ? `${place.key ?? key} (line ${place.line})` : `${key} (${whereOf(place)})`;
      return `#   ${oneLine(`${what}: ${reason}`)}\n`;
    });
  return `# ${title}:\n${lines.join('')}`;
}

/**
 * The catalog that asks for the same addons as its inputs did. What cannot be mirrored stands at its end, as comments with line
 * and reason, and so does what could not be read of entries. Values of chart overrides are left out: they apply to a catalog as well.
 */
export function catalogDocument(catalog: ValuesCatalog, from: string, origins?: CatalogOrigins): string {
  const header = `# Written by airgap-charts catalog generate from ${oneLine(from)}.\n`;
  const entries = catalog.addons.map((addon) => entryText(addon, origins)).join('');
  const skipped = comments('Not mirrored', catalog.unmirrorable, origins);
  return `${header}addons:\n${entries}${skipped}${comments('Not read', origins?.unread ?? [], origins)}`;
}
