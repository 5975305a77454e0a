import type { Addon, ChartSource, Place, ValuesLayer } from '../domain/addon.ts';
import type { BundleContents, BundledChart, BundledLayer, BundledRelease } from '../domain/bundle/bundle-contents.ts';
import { parsePlatform } from '../domain/platform.ts';
import { isRepositoryName, parseReference } from '../domain/reference.ts';
import { parseVersion } from '../domain/version/version.ts';
import { schemaFaults } from './documents.ts';
import { isChartName, isNamespace, isReleaseName } from './names.ts';

/** What a bundle says of itself; or what is wrong with it. */
export type BundleReading =
  | { readonly kind: 'contents'; readonly contents: BundleContents }
  | { readonly kind: 'unreadable'; readonly reasons: readonly string[] };

/** Texts that become names of files, arguments and paths are held to what a catalog may say. */
function wrongNames({ charts, omitted }: BundleContents): readonly string[] {
  const check = (isRight: boolean, what: string, text: string): readonly string[] =>
    isRight ? [] : [`${JSON.stringify(text)} is no ${what}`];
  const places = omitted.flatMap(({ repository }) => check(isRepositoryName(repository), 'repository', repository));
  const inCharts = charts.flatMap(({ name, releases }) => [
    ...check(isChartName(name) && !name.includes('/'), 'name of a chart', name),
    ...releases.flatMap(({ release, namespace, ociNamespace, kubeVersion, apiVersions, platforms, profiles }) => [
      ...check(isReleaseName(release), 'name of a release', release),
      ...check(namespace === null || isNamespace(namespace), 'namespace', namespace ?? ''),
      ...check(ociNamespace === '' || isRepositoryName(ociNamespace), 'path of charts', ociNamespace),
      ...check(kubeVersion === null || parseVersion(kubeVersion) !== undefined, 'version', kubeVersion ?? ''),
      ...apiVersions.flatMap((text) => check(/^[A-Za-z0-9][A-Za-z0-9./-]*$/.test(text), 'API version', text)),
      ...platforms.flatMap((text) => check(parsePlatform(text) !== undefined, 'platform', text)),
      ...profiles.flatMap((profile) => check(isReleaseName(profile.name), 'name of a profile', profile.name)),
    ]),
  ]);
  return [...places, ...inCharts];
}

function unread(reference: string): readonly string[] {
  return parseReference(reference) === undefined ? [`${JSON.stringify(reference)} is no reference`] : [];
}

/** Reads the list of contents of a bundle, by its schema. */
export function readBundleContents(text: string): BundleReading {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return { kind: 'unreadable', reasons: ['it is no JSON'] };
  }
  const faults = schemaFaults(value, 'bundle');
  if (faults.length > 0) return { kind: 'unreadable', reasons: faults };
  // a checked boundary: the schema has just been met
  const contents = value as BundleContents;
  const references = [
    ...contents.carried.flatMap(({ reference, of }) => [reference, ...(of === null ? [] : [of])]),
    ...contents.charts.flatMap(({ releases }) =>
      releases.flatMap(({ images }) => images.map(({ reference }) => reference)),
    ),
  ];
  const reasons = [...wrongNames(contents), ...references.flatMap(unread)];
  return reasons.length === 0 ? { kind: 'contents', contents } : { kind: 'unreadable', reasons };
}

function layersOf(layers: readonly BundledLayer[]): readonly ValuesLayer[] {
  return layers.map(({ origin, name, text }) => ({ origin, name, text }));
}

function releaseOf(release: BundledRelease, source: ChartSource, file: string): Addon {
  const place: Place = { file, line: 1, column: 1, key: undefined };
  return {
    release: release.release,
    chart: source.chart,
    source,
    ociNamespace: release.ociNamespace,
    version: { kind: 'newest', asked: 'no version given' },
    namespace: release.namespace ?? undefined,
    layers: layersOf(release.layers),
    profiles: release.profiles.map(({ name, layers }) => ({ name, layers: layersOf(layers), place })),
    kubeVersion: release.kubeVersion ?? undefined,
    apiVersions: release.apiVersions,
    platforms: release.platforms.flatMap((text) => parsePlatform(text) ?? []),
    images: release.images.flatMap(({ reference: text, reason }) => {
      const reference = parseReference(text);
      return reference === undefined ? [] : [{ reference, reason: reason ?? undefined, place }];
    }),
    excluded: release.excluded.map(({ pattern, reason }) => ({ pattern, reason, place })),
    places: [place],
  };
}

/** The entries of the catalog that charts of a bundle were made from. `sourceOf` says where a run finds a chart of it. */
export function bundledAddons(
  charts: readonly BundledChart[],
  sourceOf: (chart: BundledChart) => ChartSource,
  file: string,
): readonly Addon[] {
  return charts.flatMap((chart) => chart.releases.map((release) => releaseOf(release, sourceOf(chart), file)));
}
