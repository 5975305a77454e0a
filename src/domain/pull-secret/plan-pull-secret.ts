import type { ArchiveTree } from '../chart/archive-tree.ts';
import { textsBelow } from '../chart/chart-files.ts';
import type { ChartTree } from '../chart/chart-tree.ts';
import { EMPTY_MAP, type ValueNode, type ValuePath } from '../chart/values-tree.ts';
import type { RenderedDocument } from '../images/rendered-documents.ts';
import { overlayOf } from '../trace/overlay-tree.ts';
import { type AccountWay, serviceAccountWay } from './account-way.ts';
import { crdForms } from './crd-forms.ts';
import { mineSecretKeys } from './mined-keys.ts';
import { type ListForms, type PullSite, pullSites } from './pull-sites.ts';
import { secretKeys } from './secret-keys.ts';
import type { SecretShape } from './secret-shape.ts';
import type { SecretProbe } from './secret-tracer.ts';
import { isReplacing, type Setting, settingsOf } from './secret-trial.ts';
import { traceSecret } from './trace-secret.ts';

/** A release of a chart as it renders without the secret. */
export interface PullSecretInput {
  readonly tree: ArchiveTree;
  readonly chart: ChartTree;
  /** The effective values of the release. */
  readonly values: ValueNode;
  readonly documents: readonly RenderedDocument[];
  readonly namespace: string;
  readonly secret: string;
}

/** A key that names the secret from now on. */
export interface PullSecretKey {
  readonly path: ValuePath;
  readonly shape: SecretShape;
  /** How many sites it serves. */
  readonly serves: number;
  /** The secret whose name it had, where it takes one name only. */
  readonly replaced: string | undefined;
  /** A boolean that is turned on with it. */
  readonly gate: ValuePath | undefined;
}

/** How a release hands a pull secret to its pods. */
export interface PullSecretPlan {
  /** The fewest keys that serve every site which values can serve. Empty where the release names the secret already. */
  readonly keys: readonly PullSecretKey[];
  /** What is set: the secret behind what a list has already. */
  readonly settings: readonly Setting[];
  /** These settings as a values document to be laid over the release's values. */
  readonly overlay: ValueNode;
  readonly unserved: readonly PullSite[];
  readonly accountWay: AccountWay;
  /** Keys that lead to no pod of the chart, but into arguments or configuration: for pods that a program makes. */
  readonly elsewhere: readonly { readonly path: ValuePath; readonly objects: readonly string[] }[];
  readonly renders: number;
}

/** The forms of pull secrets in the custom resources that a chart defines, in `crds/` or in its templates. */
export function listForms(tree: ArchiveTree, chart: ChartTree, documents: readonly RenderedDocument[]): ListForms {
  const rendered = documents.filter(({ content }) => content.kind === 'crd').map(({ text }) => text);
  return crdForms([...textsBelow(tree, chart, 'crds/').map(({ text }) => text), ...rendered]);
}

/**
 * Finds the values that hand a pull secret to every pod of a release, by rendering it with markers (`traceSecret`), and
 * the way by service accounts for those that no value serves. What it finds is to be proven by `judgePullSecret`.
 */
export async function planPullSecret(input: PullSecretInput, probe: SecretProbe): Promise<PullSecretPlan> {
  const { tree, chart, values, documents, namespace, secret } = input;
  const forms = listForms(tree, chart, documents);
  const keys = secretKeys(values, mineSecretKeys(tree, chart));
  const found = await traceSecret({ values, documents, namespace, forms, keys, secret }, probe);
  const settings = found.chosen.flatMap(({ trial }) => settingsOf(trial, secret));
  const { accounts } = pullSites(documents, namespace, forms);
  return {
    keys: found.chosen.map(({ path, trial, serves }) => {
      const { shape, present, gate } = trial;
      const replaced = isReplacing(trial) && present?.kind === 'string' ? present.value : undefined;
      return { path, shape, serves: serves.size, replaced, gate };
    }),
    settings,
    overlay: settings.length === 0 ? EMPTY_MAP : overlayOf(values, settings),
    unserved: found.unserved,
    accountWay: serviceAccountWay(found.unserved, accounts, secret),
    elsewhere: found.elsewhere.map(({ trial, objects }) => ({ path: trial.path, objects })),
    renders: found.renders,
  };
}
