import type { ArchiveTree } from '../domain/chart/archive-tree.ts';
import { remoteSchema, textsBelow } from '../domain/chart/chart-files.ts';
import type { ChartTree } from '../domain/chart/chart-tree.ts';
import { effectiveValues } from '../domain/chart/effective-values.ts';
import { chooseKubeVersion } from '../domain/chart/kube-version.ts';
import { readCrdText } from '../domain/images/crd-text.ts';
import { findImages } from '../domain/images/find.ts';
import type { ImageUse } from '../domain/images/image-use.ts';
import { readRendered } from '../domain/images/rendered-documents.ts';
import { unreadableImages } from '../domain/images/unreadable-images.ts';
import { splitTarget } from '../domain/plan/destination.ts';
import { MirrorError } from '../errors.ts';
import type { RenderResult } from '../ports.ts';
import { type ChartItem, chartName, type PulledChart, type ReleaseItem, type RenderSettings, type Run } from './run.ts';

/** A chart's files and what they mean. */
export interface UnpackedChart {
  readonly tree: ArchiveTree;
  readonly chart: ChartTree;
}

/** The target's host: references to it are found by the same rules as the originals. */
export function targetHosts(run: Run): readonly string[] {
  return [splitTarget(run.options.naming.registry).host];
}

/** References in the files of `crds/`, which helm installs as they are. Their templates are the files themselves. */
export function crdFileUses(tree: ArchiveTree, chart: ChartTree, known: readonly string[]): readonly ImageUse[] {
  return textsBelow(tree, chart, 'crds/').flatMap(({ shown, text }) => {
    const name = /^ {2}name: *["']?([^\s"']+)/m.exec(text)?.[1] ?? '';
    return readCrdText(text, new Set(known)).map(({ found, path }): ImageUse => {
      const { text: written, reference, role } = found;
      return {
        text: written,
        reference,
        role,
        place: 'crd default',
        template: shown,
        kind: 'CustomResourceDefinition',
        name,
        path,
      };
    });
  });
}

/** The text of `crds/` as helm would print it, for the sweep. */
export function crdFileText(tree: ArchiveTree, chart: ChartTree): string {
  return textsBelow(tree, chart, 'crds/')
    .map(({ shown, text }) => `---\n# Source: ${shown}\n${text.replace(/\n?$/, '\n')}`)
    .join('');
}

/** All references of rendered output and of the chart's `crds/`. */
export function usesOf(
  name: string,
  output: string,
  { tree, chart }: UnpackedChart,
  known: readonly string[],
): readonly ImageUse[] {
  const { uses, unreadable } = findImages(readRendered(output), known);
  const [bad] = unreadable;
  if (bad !== undefined) {
    throw new MirrorError(
      `${name}: the output of ${bad.template} (line ${bad.line} of the render) is not readable YAML: ${bad.reason}`,
      {
        code: 'IMAGES_UNREADABLE',
        origin: 'source',
        hint: 'render the chart with helm template and look at this document; values may have to be quoted',
      },
    );
  }
  return [...uses, ...crdFileUses(tree, chart, known)];
}

function renderFailure(item: ChartItem, release: ReleaseItem, reason: string): MirrorError {
  const key = /\.Values\.([A-Za-z0-9_.]+)|at '\/([A-Za-z0-9_/]+)'/.exec(reason);
  const path = key?.[1] ?? key?.[2]?.replaceAll('/', '.');
  const what = path === undefined ? 'the values it asks for' : path;
  const values = `set ${what} under overrides.${item.source.chart} in chart-overrides.yaml, or in the values of the release`;
  const hint = /requires kubeVersion/.test(reason)
    ? 'name a version that the chart allows with --kube-version, or as kubeVersion of the catalog entry'
    : values;
  return new MirrorError(`${chartName(item)} does not render for release ${release.addon.release}: ${reason}`, {
    code: 'RENDER_FAILED',
    origin: 'source',
    hint,
  });
}

async function settingsOf(pulled: PulledChart, release: ReleaseItem, index: number, run: Run): Promise<RenderSettings> {
  const { addon } = release;
  const { workspace } = run.ports;
  const valuesFiles: string[] = [];
  for (const [position, layer] of addon.layers.entries()) {
    valuesFiles.push(await workspace.write(`releases/${index}/values-${position}.yaml`, layer.text));
  }
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

/** The first render of a release. Where the schema turns out to need the network, once more without schema check. */
async function renderFirst(
  pulled: PulledChart,
  release: ReleaseItem,
  settings: RenderSettings,
  run: Run,
): Promise<{ readonly result: RenderResult; readonly settings: RenderSettings }> {
  const result = await renderAs(release, settings, pulled.archivePath, [], run);
  const remote = result.kind === 'failed' && settings.schemaSkipped === undefined && REMOTE_SCHEMA.test(result.reason);
  if (!remote) return { result, settings };
  const schemaSkipped = 'its schema refers to a document on the network';
  release.notes.push(`rendered without schema check: ${schemaSkipped}`);
  const without = { ...settings, schemaSkipped };
  return { result: await renderAs(release, without, pulled.archivePath, [], run), settings: without };
}

/** A container's image that is no reference ends the release: nobody could pull it, and leaving it out would look finished. */
function checkReadable(item: ChartItem, output: string): void {
  const [bad, ...more] = unreadableImages(readRendered(output));
  if (bad === undefined) return;
  const others = more.length === 0 ? '' : ` (and ${more.length} more)`;
  throw new MirrorError(
    `${chartName(item)}: the image of ${bad.place} in ${bad.template} is ${JSON.stringify(bad.text)}, which is no reference${others}`,
    {
      code: 'IMAGES_UNREADABLE',
      origin: 'source',
      hint: `set this image under overrides.${item.source.chart} in chart-overrides.yaml, or in the values of the release`,
    },
  );
}

/** Renders a release of a chart as it is and finds its images. */
export async function extract(item: ChartItem, release: ReleaseItem, index: number, run: Run): Promise<void> {
  const { pulled } = item;
  if (pulled === undefined) throw new RangeError(`${chartName(item)} was not pulled`);
  const { result, settings } = await renderFirst(pulled, release, await settingsOf(pulled, release, index, run), run);
  if (result.kind === 'failed') throw renderFailure(item, release, result.reason);
  checkReadable(item, result.text);
  const uses = usesOf(chartName(item), result.text, pulled, targetHosts(run));
  const values = effectiveValues(pulled.tree, pulled.chart, release.addon.layers);
  release.extraction = { settings, values, uses, output: result.text };
  if (uses.length === 0 && pulled.declared.length > 0)
    release.notes.push('the chart renders no image, though its Chart.yaml declares some');
  else if (uses.length === 0) release.notes.push('the chart renders no image with these values');
}
