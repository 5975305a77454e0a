import { type ArchiveTree, textAt, withFile } from '../domain/chart/archive-tree.ts';
import { effectiveValues } from '../domain/chart/effective-values.ts';
import { firstDifference, nodeAt, type ValuePath } from '../domain/chart/values-tree.ts';
import { createDocumentMemo } from '../domain/images/document-memo.ts';
import { readRendered } from '../domain/images/rendered-documents.ts';
import { emitYaml } from '../domain/overlay/emit-yaml.ts';
import { setNodes } from '../domain/overlay/set-nodes.ts';
import { serviceAccountWay } from '../domain/pull-secret/account-way.ts';
import { listForms, planPullSecret } from '../domain/pull-secret/plan-pull-secret.ts';
import { pullSites } from '../domain/pull-secret/pull-sites.ts';
import { judgePullSecret } from '../domain/pull-secret/served.ts';
import { type ChartItem, chartName, livingReleases } from './chart-item.ts';
import type { ReleaseItem } from './release-item.ts';
import { renderAs } from './render.ts';
import type { Run } from './run.ts';

/** Finds the values by which a release hands the pull secret to its pods, where one was asked for. */
export async function planReleaseSecret(
  item: ChartItem,
  release: ReleaseItem,
  folder: string,
  run: Run,
): Promise<void> {
  const { pulled } = item;
  const { extraction } = release;
  const wish = run.options.pullSecret;
  if (wish === undefined) return;
  if (pulled === undefined || extraction === undefined) throw new RangeError(`${chartName(item)} was not rendered`);
  const { settings, values, output } = extraction;
  // pods are read where images are not, so this memo is not that of the chart
  const memo = createDocumentMemo();
  let probes = 0;
  const input = {
    tree: pulled.tree,
    chart: pulled.chart,
    values,
    documents: readRendered(output, memo),
    namespace: settings.namespace,
    secret: wish.name,
  };
  const plan = await planPullSecret(input, async (overlay) => {
    probes += 1;
    const file = await run.ports.workspace.write(`pull-secret/${folder}/probe-${probes}.yaml`, overlay);
    const result = await renderAs(release, settings, pulled.probePath, [file], run);
    return result.kind === 'failed' ? result : { kind: 'rendered', documents: readRendered(result.text, memo) };
  });
  release.pullSecret = { plan, verdict: undefined, accountWay: plan.accountWay };
}

/** The values that hand the secret to pods, as a document; undefined where none is needed or asked for. */
export function secretOverlay({ pullSecret }: ReleaseItem): string | undefined {
  if (pullSecret === undefined || pullSecret.plan.settings.length === 0) return undefined;
  return emitYaml(pullSecret.plan.overlay);
}

/**
 * What the relocated chart still needs so that its pods name the secret: nothing where the chart has it in its own values,
 * unless those of the release replace them.
 */
export function ownSecretOverlay(item: ChartItem, release: ReleaseItem, run: Run): string | undefined {
  const { pulled } = item;
  const { extraction, pullSecret } = release;
  if (run.options.pullSecret?.inChart !== true || pulled === undefined || extraction === undefined) return undefined;
  const defaults = effectiveValues(pulled.tree, pulled.chart, []);
  const isReplaced = (path: ValuePath): boolean => {
    const [own, given] = [nodeAt(defaults, path), nodeAt(extraction.values, path)];
    if (own === undefined || given === undefined) return own !== given;
    return firstDifference(own, given) !== undefined;
  };
  return pullSecret?.plan.settings.some(({ path }) => isReplaced(path)) === true ? secretOverlay(release) : undefined;
}

/**
 * The chart with the secret in its own values, where that was asked for. Values of a release are not the chart's: where its
 * lists come from there, they still win.
 *
 * @throws MirrorError RELOCATION_FAILED when a key cannot be set.
 */
export function withSecretInChart(tree: ArchiveTree, item: ChartItem, run: Run): ArchiveTree {
  if (run.options.pullSecret?.inChart !== true) return tree;
  const settings = livingReleases(item).flatMap(({ pullSecret }) => pullSecret?.plan.settings ?? []);
  const once = [...new Map(settings.map((setting) => [JSON.stringify(setting.path), setting])).values()];
  if (once.length === 0) return tree;
  const text = textAt(tree, ['values.yaml']) ?? '';
  return withFile(tree, ['values.yaml'], Buffer.from(setNodes(text, once, 'values.yaml')));
}

/** Judges a render that is to name the secret in every pod spec. */
export function judgeSecret(item: ChartItem, release: ReleaseItem, output: string, run: Run): void {
  const { pulled } = item;
  const { pullSecret, extraction } = release;
  const wish = run.options.pullSecret;
  if (wish === undefined || pullSecret === undefined || pulled === undefined || extraction === undefined) return;
  const { namespace } = extraction.settings;
  const documents = readRendered(output);
  const forms = listForms(pulled.tree, pulled.chart, documents);
  const verdict = judgePullSecret(documents, namespace, forms, wish.name);
  const { accounts } = pullSites(documents, namespace, forms);
  const accountWay = serviceAccountWay(verdict.unserved, accounts, wish.name);
  release.pullSecret = { ...pullSecret, verdict, accountWay };
}
