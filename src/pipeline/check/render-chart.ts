import { remoteSchema, textsBelow } from '../../domain/chart/chart-files.ts';
import { chooseKubeVersion } from '../../domain/chart/kube-version.ts';
import { readTexts } from '../../domain/check/manifest-texts.ts';
import { MirrorError } from '../../errors.ts';
import type { RenderRequest } from '../../ports/helm.ts';
import { unreadableRender } from '../find-uses.ts';
import { needsNetwork, withoutSchemaNote } from '../render.ts';
import type { ChartRequest, CheckedContent, RenderRun } from './check-run.ts';
import { type LoadedChart, loadChart } from './load-chart.ts';

/** What a chart renders, and what was done to render it. */
interface Rendered {
  readonly text: string;
  readonly notes: readonly string[];
}

function renderFailure({ name }: LoadedChart, reason: string): MirrorError {
  const isVersion = /requires kubeVersion/.test(reason);
  return new MirrorError(`${name} does not render: ${reason}`, {
    code: 'RENDER_FAILED',
    origin: 'source',
    hint: isVersion
      ? 'name a version that the chart allows with --kube-version'
      : 'give the values that it is installed with, with -f',
  });
}

/** Renders once; where the schema turns out to need the network, once more without schema check. */
async function render(loaded: LoadedChart, request: RenderRequest, run: RenderRun): Promise<Rendered> {
  const remote = remoteSchema(loaded.tree, loaded.chart);
  const skipped = remote === undefined ? [] : [withoutSchemaNote(`${remote} refers to another document`)];
  const first = await run.ports.helm.render({ ...request, skipSchema: remote !== undefined }, run.signal);
  if (first.kind === 'rendered') return { text: first.text, notes: skipped };
  if (remote !== undefined || !needsNetwork(first.reason)) throw renderFailure(loaded, first.reason);
  const again = await run.ports.helm.render({ ...request, skipSchema: true }, run.signal);
  if (again.kind === 'failed') throw renderFailure(loaded, again.reason);
  return { text: again.text, notes: [withoutSchemaNote('its schema refers to a document on the network')] };
}

function releaseOf(request: ChartRequest, { chart }: LoadedChart): string {
  return request.release ?? chart.metadata.name;
}

/**
 * Fetches a chart and renders it as its consumer installs it, hooks, tests and `crds/` included.
 *
 * @throws MirrorError RENDER_FAILED with helm's reason, IMAGES_UNREADABLE for output that is no YAML, and what loading throws.
 */
export async function renderChart(request: ChartRequest, run: RenderRun): Promise<CheckedContent> {
  const loaded = await loadChart(request, run);
  const { metadata } = loaded.chart;
  const release = releaseOf(request, loaded);
  const choice = request.isKubeVersionAsked
    ? { version: request.kubeVersion, note: undefined }
    : chooseKubeVersion(request.kubeVersion, metadata.kubeVersion);
  const { text, notes } = await render(
    loaded,
    {
      archive: loaded.archivePath,
      release,
      namespace: request.namespace ?? release,
      kubeVersion: choice.version,
      apiVersions: request.apiVersions,
      valuesFiles: loaded.valuesFiles,
      skipSchema: false,
    },
    run,
  );
  const crds = textsBelow(loaded.tree, loaded.chart, 'crds/').map((file) => ({ file: file.shown, text: file.text }));
  const texts = [{ file: '', text }, ...crds];
  const read = readTexts(texts);
  const [bad] = read.unreadable;
  if (bad !== undefined) throw unreadableRender(loaded.name, { ...bad, template: bad.file });
  return {
    ...read,
    subject: { kind: 'chart', source: loaded.source, version: metadata.version, digest: loaded.digest },
    texts,
    notes: [...loaded.notes, ...(choice.note === undefined ? [] : [choice.note]), ...notes],
  };
}
