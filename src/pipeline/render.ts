import type { ValuesLayer } from '../domain/addon.ts';
import { remoteSchema } from '../domain/chart/chart-files.ts';
import { chooseKubeVersion } from '../domain/chart/kube-version.ts';
import { digestOf } from '../domain/manifest.ts';
import type { Digest } from '../domain/reference.ts';
import { MirrorError } from '../errors.ts';
import type { RenderResult } from '../ports/helm.ts';
import { type ChartItem, chartName } from './chart-item.ts';
import type { ReleaseItem, RenderSettings } from './release-item.ts';
import type { PulledChart } from './resolved-chart.ts';
import type { Run } from './run.ts';
import { type WorkspaceFile, writeFile } from './workspace-file.ts';

/** Why a release does not render, with the values to set: `whose` is the release, or a profile of it. */
export function renderFailure(item: ChartItem, whose: string, reason: string): MirrorError {
  const key = /\.Values\.([A-Za-z0-9_.]+)|at '\/([A-Za-z0-9_/]+)'/.exec(reason);
  const path = key?.[1] ?? key?.[2]?.replaceAll('/', '.');
  const what = path === undefined ? 'the values it asks for' : path;
  const values = `set ${what} under overrides.${item.source.chart} in chart-overrides.yaml, or in the values of the release`;
  const hint = /requires kubeVersion/.test(reason)
    ? 'name a version that the chart allows with --kube-version, or as kubeVersion of the catalog entry'
    : values;
  return new MirrorError(`${chartName(item)} does not render for ${whose}: ${reason}`, {
    code: 'RENDER_FAILED',
    origin: 'source',
    hint,
  });
}

/** Writes values files for helm, in the workspace below `folder`, in order. */
export async function writeLayers(
  folder: string,
  layers: readonly Pick<ValuesLayer, 'text'>[],
  { ports }: Pick<Run, 'ports'>,
): Promise<readonly WorkspaceFile[]> {
  const files: WorkspaceFile[] = [];
  for (const [position, { text }] of layers.entries()) {
    files.push(await writeFile(`${folder}/values-${position}.yaml`, text, ports));
  }
  return files;
}

/** How a release is rendered, with what is to be said of it. */
interface FirstSettings {
  readonly settings: RenderSettings;
  readonly notes: readonly string[];
}

/** What is said of a chart whose values were not checked. */
export function withoutSchemaNote(why: string): string {
  return `rendered without schema check: ${why}`;
}

/** How helm is called for a release; its values are written. */
export async function firstSettings(
  { tree, chart }: PulledChart,
  { addon }: ReleaseItem,
  index: number,
  run: Run,
): Promise<FirstSettings> {
  const valuesFiles = await writeLayers(`releases/${index}`, addon.layers, run);
  const choice = chooseKubeVersion(addon.kubeVersion ?? run.options.kubeVersion, chart.metadata.kubeVersion);
  const remote = remoteSchema(tree, chart);
  const schemaSkipped = remote === undefined ? undefined : `${remote} refers to another document`;
  return {
    settings: { namespace: addon.namespace ?? addon.release, kubeVersion: choice.version, valuesFiles, schemaSkipped },
    notes: [
      ...(choice.note === undefined ? [] : [choice.note]),
      ...(schemaSkipped === undefined ? [] : [withoutSchemaNote(schemaSkipped)]),
    ],
  };
}

// (a relative $ref below a $id)
const REMOTE_SCHEMA = /(?:failing|failed to|cannot|unable to) (?:load|loading|compile|read)[^"]*"https?:\/\//i;

/** Whether helm says that a schema leads to the network, in a way that its text does not show. */
export function needsNetwork(reason: string): boolean {
  return REMOTE_SCHEMA.test(reason);
}

/** The settings without schema check, where helm's reason says that the schema needs the network; else undefined. */
export function withoutSchema({ settings }: FirstSettings, reason: string): FirstSettings | undefined {
  if (settings.schemaSkipped !== undefined || !needsNetwork(reason)) return undefined;
  const schemaSkipped = 'its schema refers to a document on the network';
  return { settings: { ...settings, schemaSkipped }, notes: [withoutSchemaNote(schemaSkipped)] };
}

/** One render: an archive as a release installs it, with further values files on top. */
export interface Rendering {
  readonly release: ReleaseItem;
  readonly settings: RenderSettings;
  readonly archive: WorkspaceFile;
  readonly more: readonly WorkspaceFile[];
}

/** Everything that the text of a render depends on beside helm itself, as one digest. */
export function renderingDigest({ release: { addon }, settings, archive, more }: Rendering): Digest {
  const { namespace, kubeVersion, valuesFiles, schemaSkipped } = settings;
  const values = [...valuesFiles, ...more].map(({ digest }) => digest);
  const called = [addon.release, namespace, kubeVersion, addon.apiVersions, schemaSkipped !== undefined];
  return digestOf(JSON.stringify([archive.digest, values, ...called]));
}

/** Renders. */
export function render({ release, settings, archive, more }: Rendering, run: Run): Promise<RenderResult> {
  const request = {
    archive: archive.path,
    release: release.addon.release,
    namespace: settings.namespace,
    kubeVersion: settings.kubeVersion,
    apiVersions: release.addon.apiVersions,
    valuesFiles: [...settings.valuesFiles, ...more].map(({ path }) => path),
    skipSchema: settings.schemaSkipped !== undefined,
  };
  return run.ports.helm.render(request, run.signal);
}
