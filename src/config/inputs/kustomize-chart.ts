import { join } from 'node:path';
import { shown } from '../problems.ts';
import type { Subject } from './findings.ts';
import { chartIn, type InputContext, nameOf } from './input-context.ts';
import type { Kustomization } from './kustomization.ts';
import { type Allowed, allowedPath, kustomizeLayers, mergeFault } from './kustomize-values.ts';
import { isTrue, type TreeMap, textAt, textsAt } from './tree.ts';
import { addWanted, type WantedChart } from './wanted-chart.ts';

/** An entry that kustomize inflates: of `helmCharts`, or of what is put into that form. */
export interface HelmChartEntry {
  readonly tree: TreeMap;
  /** The file that the entry stands in. */
  readonly file: string;
  /** Where charts on disk are, as it is written; kustomize's own default is `charts`. */
  readonly chartHome: string | undefined;
  /** What counts where the entry has no namespace; several where it is taken in several times. */
  readonly namespaces: readonly string[];
}

type Chart = Pick<WantedChart, 'chart' | 'from' | 'version'>;

type Found =
  | (Chart & { readonly kind: 'chart'; readonly copy?: string })
  | { readonly kind: 'wrong'; readonly reason: string };

const CHART_HOME = 'charts';

async function localChart(context: InputContext, path: string): Promise<Found | undefined> {
  if ((await context.files.kindOf(path)) !== 'directory') return undefined;
  const chart = await chartIn(context, path);
  const what = shown(nameOf(context, path));
  if (chart === undefined) return { kind: 'wrong', reason: `${what} holds no chart` };
  return { kind: 'chart', chart, from: { kind: 'local', path }, version: undefined };
}

/** With a chart of a repository, that of the repository, whose version has to be said; a copy of it on disk is told. */
async function published(context: InputContext, chart: Chart, place: Allowed): Promise<Found> {
  const copy = place.kind === 'path' ? await localChart(context, place.path) : undefined;
  if (chart.version !== undefined) {
    const at = place.kind === 'path' && copy?.kind === 'chart' ? { copy: nameOf(context, place.path) } : {};
    return { kind: 'chart', ...chart, ...at };
  }
  if (copy?.kind === 'chart') return copy;
  return {
    kind: 'wrong',
    reason: 'it names no version: kustomize takes what is newest on that day; write the version',
  };
}

/**
 * The chart of an entry, where kustomize finds it: without a `repo` at chartHome/name; with one and a version it pulls what is not
 * at chartHome/name-version/name (absChartHome, chartExistsLocally and pullCommand in plugin/builtin/helmchartinflationgenerator
 * of kubernetes-sigs/kustomize). Below `oci://` the chart is at repo/name.
 */
async function chartOf(context: InputContext, entry: HelmChartEntry, place: Kustomization): Promise<Found> {
  const { tree, chartHome = CHART_HOME } = entry;
  const name = textAt(tree, 'name');
  const repo = textAt(tree, 'repo');
  const version = textAt(tree, 'version');
  if (name === undefined) return { kind: 'wrong', reason: 'it names no chart' };
  const fault = mergeFault(tree);
  if (fault !== undefined) return { kind: 'wrong', reason: fault };
  const below = repo !== undefined && version !== undefined ? join(`${name}-${version}`, name) : name;
  const home = await allowedPath(context, place, chartHome);
  const path = home.kind === 'path' ? await allowedPath(context, place, join(chartHome, below)) : home;
  if (repo !== undefined) {
    const from = { kind: 'repository', text: repo.replace(/\/+$/, '') } as const;
    return published(context, { chart: name, from, version }, path);
  }
  if (path.kind === 'wrong')
    return {
      kind: 'wrong',
      reason: `it names no repo, and the chart at ${shown(join(chartHome, below))} is not read: ${path.reason}`,
    };
  const reason = `it names no repo, and there is no chart at ${shown(nameOf(context, path.path))}`;
  return (await localChart(context, path.path)) ?? { kind: 'wrong', reason };
}

function tellRest(context: InputContext, subject: Subject, entry: HelmChartEntry, copy: string | undefined): void {
  const { findings } = context;
  const at = `${subject.place.file}:${subject.place.line}: ${subject.label}`;
  const { tree } = entry;
  const skipped = ['skipHooks', 'skipTests'].filter((key) => isTrue(tree, key));
  if (skipped.length > 0)
    findings.note(`${at} has ${skipped.join(' and ')}, the images of these are mirrored all the same`);
  if (copy !== undefined)
    findings.note(`${at} is taken from its repository; kustomize takes the copy in ${copy} as it is there`);
}

/** Reads one entry: a release, or told with the reason why it cannot be one. */
export async function readHelmChart(context: InputContext, entry: HelmChartEntry, place: Kustomization): Promise<void> {
  const { tree, file, namespaces } = entry;
  const { findings } = context;
  const release = textAt(tree, 'releaseName') ?? textAt(tree, 'nameTemplate');
  const namespace = textAt(tree, 'namespace') ?? (namespaces.length === 1 ? namespaces[0] : undefined);
  const key = [namespace, release ?? textAt(tree, 'name')]
    .filter((text) => text !== undefined && !text.includes('{{'))
    .join('/');
  const subject: Subject = { label: `helm chart ${key}`, place: { ...tree.at, file, key } };
  const found = await chartOf(context, entry, place);
  if (found.kind === 'wrong') return findings.refuse(subject, found.reason);
  if (namespace === undefined && namespaces.length > 1)
    findings.leaveOut(
      subject,
      undefined,
      `it is taken in with the namespaces ${namespaces.map(shown).join(', ')}: none is carried, write one`,
    );
  tellRest(context, subject, entry, found.copy);
  const local = found.from.kind === 'local' ? found.from.path : undefined;
  const layers = await kustomizeLayers(context, { subject, tree, directory: place.directory, root: place.root, local });
  addWanted(findings, {
    subject,
    chart: found.chart,
    from: found.from,
    version: found.version,
    release,
    namespace,
    kubeVersion: textAt(tree, 'kubeVersion'),
    apiVersions: textsAt(tree, 'apiVersions').map(({ text }) => text),
    layers,
  });
}
