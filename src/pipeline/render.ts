import type { ValuesLayer } from '../domain/addon.ts';
import { remoteSchema } from '../domain/chart/chart-files.ts';
import { chooseKubeVersion } from '../domain/chart/kube-version.ts';
import { MirrorError } from '../errors.ts';
import type { RenderResult } from '../ports.ts';
import { type ChartItem, chartName } from './chart-item.ts';
import type { ReleaseItem, RenderSettings } from './release-item.ts';
import type { PulledChart } from './resolved-chart.ts';
import type { Run } from './run.ts';

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

/** Writes values files for helm, in the workspace below `folder`; their paths, in order. */
export async function writeLayers(
  folder: string,
  layers: readonly Pick<ValuesLayer, 'text'>[],
  run: Run,
): Promise<readonly string[]> {
  const files: string[] = [];
  for (const [position, { text }] of layers.entries()) {
    files.push(await run.ports.workspace.write(`${folder}/values-${position}.yaml`, text));
  }
  return files;
}

async function settingsOf(pulled: PulledChart, release: ReleaseItem, index: number, run: Run): Promise<RenderSettings> {
  const { addon } = release;
  const valuesFiles = await writeLayers(`releases/${index}`, addon.layers, run);
  const choice = chooseKubeVersion(addon.kubeVersion ?? run.options.kubeVersion, pulled.chart.metadata.kubeVersion);
  if (choice.note !== undefined) release.notes.push(choice.note);
  const remote = remoteSchema(pulled.tree, pulled.chart);
  const schemaSkipped = remote === undefined ? undefined : `${remote} refers to another document`;
  if (schemaSkipped !== undefined) release.notes.push(`rendered without schema check: ${schemaSkipped}`);
  return { namespace: addon.namespace ?? addon.release, kubeVersion: choice.version, valuesFiles, schemaSkipped };
}

/** Renders an archive as a release does, with further values files on top. */
export async function renderAs(
  release: ReleaseItem,
  settings: RenderSettings,
  archive: string,
  more: readonly string[],
  run: Run,
): ReturnType<Run['ports']['helm']['render']> {
  const request = {
    archive,
    release: release.addon.release,
    namespace: settings.namespace,
    kubeVersion: settings.kubeVersion,
    apiVersions: release.addon.apiVersions,
    valuesFiles: [...settings.valuesFiles, ...more],
    skipSchema: settings.schemaSkipped !== undefined,
  };
  return run.ports.helm.render(request, run.signal);
}

// what helm says when a schema leads to the network in a way that its text does not show (a relative $ref below a $id)
const REMOTE_SCHEMA = /(?:failing|failed to|cannot|unable to) (?:load|loading|compile|read)[^"]*"https?:\/\//i;

/**
 * The first render of a release, with the settings for all further ones. Where the schema turns out to need the network, it
 * is rendered once more without schema check.
 */
export async function renderFirst(
  pulled: PulledChart,
  release: ReleaseItem,
  index: number,
  run: Run,
): Promise<{ readonly result: RenderResult; readonly settings: RenderSettings }> {
  const settings = await settingsOf(pulled, release, index, run);
  const result = await renderAs(release, settings, pulled.archivePath, [], run);
  const remote = result.kind === 'failed' && settings.schemaSkipped === undefined && REMOTE_SCHEMA.test(result.reason);
  if (!remote) return { result, settings };
  const schemaSkipped = 'its schema refers to a document on the network';
  release.notes.push(`rendered without schema check: ${schemaSkipped}`);
  const without = { ...settings, schemaSkipped };
  return { result: await renderAs(release, without, pulled.archivePath, [], run), settings: without };
}
