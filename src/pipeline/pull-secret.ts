import { type ArchiveTree, textAt, withFile } from '../domain/chart/archive-tree.ts';
import { effectiveValues } from '../domain/chart/effective-values.ts';
import { EMPTY_MAP, firstDifference, nodeAt, type ValuePath } from '../domain/chart/values-tree.ts';
import { createDocumentMemo } from '../domain/images/document-memo.ts';
import { readRendered } from '../domain/images/rendered-documents.ts';
import { digestOf } from '../domain/manifest.ts';
import { emitYaml } from '../domain/overlay/emit-yaml.ts';
import { setNodes } from '../domain/overlay/set-nodes.ts';
import { serviceAccountWay } from '../domain/pull-secret/account-way.ts';
import { listForms, type PullSecretPlan, planPullSecret } from '../domain/pull-secret/plan-pull-secret.ts';
import { pullSites } from '../domain/pull-secret/pull-sites.ts';
import { judgePullSecret } from '../domain/pull-secret/served.ts';
import { overlayOf } from '../domain/trace/overlay-tree.ts';
import { type ChartItem, chartName, livingReleases } from './chart-item.ts';
import { originalTexts } from './original-texts.ts';
import type { ReleaseItem } from './release-item.ts';
import { render, renderingDigest } from './render.ts';
import type { SecretFinding } from './results/kept-proof.ts';
import type { Run } from './run.ts';
import { writeFile } from './workspace-file.ts';

/** A plan, and whether it would be the same another time. */
interface Traced {
  readonly plan: PullSecretPlan;
  readonly lasting: boolean;
}

async function tracePlan(
  item: ChartItem,
  release: ReleaseItem,
  name: string,
  folder: string,
  run: Run,
): Promise<Traced> {
  const { pulled } = item;
  const { extraction } = release;
  if (pulled === undefined || extraction === undefined) throw new RangeError(`${chartName(item)} was not rendered`);
  const { settings, values } = extraction;
  // pods are read where images are not, so this memo is not that of the chart
  const memo = createDocumentMemo();
  let probes = 0;
  let lasting = true;
  const { once } = await originalTexts(pulled, release, extraction, undefined, run);
  const input = {
    tree: pulled.tree,
    chart: pulled.chart,
    values,
    documents: readRendered(once, memo),
    namespace: settings.namespace,
    secret: name,
  };
  const plan = await planPullSecret(input, async (overlay) => {
    probes += 1;
    const more = [await writeFile(`pull-secret/${folder}/probe-${probes}.yaml`, overlay, run.ports)];
    const result = await render({ release, settings, archive: pulled.probe, more }, run);
    if (result.kind === 'rendered') return { kind: 'rendered', documents: readRendered(result.text, memo) };
    lasting &&= result.lasting;
    return result;
  });
  return { plan, lasting };
}

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
  const rendering = { release, settings: extraction.settings, archive: pulled.archive, more: [] };
  const key = digestOf(JSON.stringify([renderingDigest(rendering), wish.name]));
  const known = item.results.secretPlans.get(key);
  if (known !== undefined) {
    const { settings } = known;
    const overlay = settings.length === 0 ? EMPTY_MAP : overlayOf(extraction.values, settings);
    release.pullSecret = { plan: { ...known, overlay }, verdict: undefined, accountWay: known.accountWay };
    return;
  }
  const { plan, lasting } = await tracePlan(item, release, wish.name, folder, run);
  const { overlay: _, ...kept } = plan;
  if (lasting) item.results.secretPlans.keep(key, kept);
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

/** Judges a render that is to name the secret in every pod spec; undefined where no secret was asked for. */
export function judgeSecret(
  item: ChartItem,
  { pullSecret, extraction }: ReleaseItem,
  output: string,
  run: Run,
): SecretFinding | undefined {
  const { pulled } = item;
  const wish = run.options.pullSecret;
  if (wish === undefined || pullSecret === undefined || pulled === undefined || extraction === undefined)
    return undefined;
  const { namespace } = extraction.settings;
  const documents = readRendered(output);
  const forms = listForms(pulled.tree, pulled.chart, documents);
  const verdict = judgePullSecret(documents, namespace, forms, wish.name);
  const { accounts } = pullSites(documents, namespace, forms);
  return { verdict, accountWay: serviceAccountWay(verdict.unserved, accounts, wish.name) };
}

/** Settles what was found of a release's pull secret. */
export function settleSecret(release: ReleaseItem, found: SecretFinding | undefined): void {
  if (found !== undefined && release.pullSecret !== undefined) release.pullSecret = { ...release.pullSecret, ...found };
}
