import { join } from 'node:path';
import type { Place, ValuesLayer } from '../../domain/addon.ts';
import { listed, shown } from '../problems.ts';
import type { Checkout } from './checkouts.ts';
import type { Subject } from './findings.ts';
import { fileLayer, type InputContext } from './input-context.ts';
import { allowedPath } from './kustomize-values.ts';
import { isTrue, type Tree, textAt, textsAt, valueAt } from './tree.ts';

/** The values files that the source of a chart in Flux names, in order. */
export interface FluxValuesFiles {
  readonly named: readonly { readonly text: string; readonly at: Place }[];
  readonly ignoreMissing: boolean;
  /** The checkout that they are in, with the directory of the chart; undefined where they are in a published chart. */
  readonly within: { readonly checkout: Checkout; readonly chart: string } | undefined;
}

/** No values files, for sources that cannot name any. */
export const NO_VALUES_FILES: FluxValuesFiles = { named: [], ignoreMissing: false, within: undefined };

/** The values files of a `chart.spec` or a HelmChart: `valuesFile`, which older versions have, before `valuesFiles`. */
export function valuesFilesOf(spec: Tree, within: FluxValuesFiles['within']): FluxValuesFiles {
  const one = textAt(spec, 'valuesFile');
  const first = one === undefined ? [] : [{ text: one, at: valueAt(spec, 'valuesFile')?.at ?? spec.at }];
  return {
    named: [...first, ...textsAt(spec, 'valuesFiles')],
    ignoreMissing: isTrue(spec, 'ignoreMissingValuesFiles'),
    within,
  };
}

function tellPublished({ findings }: InputContext, subject: Subject, { named }: FluxValuesFiles): void {
  const others = named.filter(({ text }) => text !== 'values.yaml');
  if (others.length === 0) return;
  const names = listed(others.map(({ text }) => shown(text)));
  findings.leaveOut(subject, undefined, `the values files ${names} are in the chart, they are not read`);
}

/**
 * The values files of a chart as layers; those that cannot be read are told. Of a chart in Git they are read from the root of the
 * checkout, and the chart's own `values.yaml` counts only where it is named (fluxcd source-controller, `localChartBuilder`): that it
 * counts here all the same is told, too.
 */
export async function valuesFileLayers(
  context: InputContext,
  subject: Subject,
  files: FluxValuesFiles,
): Promise<readonly ValuesLayer[]> {
  const { named, within, ignoreMissing } = files;
  if (within === undefined) {
    tellPublished(context, subject, files);
    return [];
  }
  const { findings } = context;
  const layers: ValuesLayer[] = [];
  const own = join(within.chart, 'values.yaml');
  let isOwnNamed = false;
  for (const { text, at } of named) {
    const { directory } = within.checkout;
    const found = await allowedPath(context, { directory, root: directory }, text.replace(/^\/+/, ''));
    if (found.kind === 'wrong') {
      findings.leaveOut(subject, at, `the values file ${shown(text)} is not read: ${found.reason}`);
      continue;
    }
    const { path } = found;
    if (path === own) isOwnNamed = true;
    if (ignoreMissing && (await context.files.kindOf(path)) === 'absent') continue;
    const layer = await fileLayer(context, subject, at, path);
    if (layer !== undefined) layers.push(layer);
  }
  if (layers.length > 0 && !isOwnNamed && (await context.files.kindOf(own)) === 'file') {
    const reason = 'its values files take the place of the values.yaml of the chart, which counts here below them';
    findings.leaveOut(subject, undefined, reason);
  }
  return layers;
}
