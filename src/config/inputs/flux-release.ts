import { createHash } from 'node:crypto';
import { shown } from '../problems.ts';
import type { Subject } from './findings.ts';
import { type FluxObjects, fluxChart } from './flux-sources.ts';
import { valuesFileLayers } from './flux-values-files.ts';
import { type InputContext, inlineLayer, valuesTree } from './input-context.ts';
import type { ManifestObject } from './manifests.ts';
import { isTrue, itemsAt, mapAt, type Tree, type TreeMap, textAt, valueAt } from './tree.ts';
import { mergedMaps, setSteps, setValue, withValueAt } from './tree-merge.ts';
import { addWanted } from './wanted-chart.ts';

/**
 * The name of the release: `releaseName`, or the object's name with `targetNamespace-` in front. One of more than 53 characters
 * is cut to 40 and a part of its SHA-256, as fluxcd helm-controller does (`release.ShortenName`).
 */
function releaseName(release: ManifestObject): string {
  const given = textAt(release.tree, 'spec', 'releaseName');
  const target = textAt(release.tree, 'spec', 'targetNamespace');
  const name = given ?? (target === undefined ? release.name : `${target}-${release.name}`);
  if (name.length <= 53 || name.includes('${')) return name;
  return `${name.slice(0, 40)}-${createHash('sha256').update(name).digest('hex').slice(0, 12)}`;
}

class FluxValues {
  readonly context: InputContext;
  readonly objects: FluxObjects;
  readonly release: ManifestObject;
  readonly subject: Subject;

  constructor(context: InputContext, objects: FluxObjects, release: ManifestObject, subject: Subject) {
    this.context = context;
    this.objects = objects;
    this.release = release;
    this.subject = subject;
  }

  #leaveOut(item: Tree, reason: string): undefined {
    this.context.findings.leaveOut(this.subject, item.at, reason);
    return undefined;
  }

  /** The text of a key of a ConfigMap; undefined, and told, where it cannot be read. */
  #referenced(item: Tree): string | undefined {
    const kind = textAt(item, 'kind') ?? '';
    const name = textAt(item, 'name') ?? '';
    const key = textAt(item, 'valuesKey') ?? 'values.yaml';
    const what = `the values of ${kind} ${shown(name)}`;
    if (kind !== 'ConfigMap') return this.#leaveOut(item, `${what} are not read: it is not for us to read`);
    const found = this.objects.find({ kind, name, namespace: this.release.namespace });
    if (found === undefined || found === 'several') {
      return this.#leaveOut(item, `${what} are not read: it is not among the manifests`);
    }
    const text = valueAt(found.tree, 'data', key);
    if (text?.kind !== 'scalar' || typeof text.value !== 'string') {
      return this.#leaveOut(item, `${what} are not read: it has no key ${shown(key)}`);
    }
    return text.value;
  }

  /** Values with those of one `valuesFrom` on top. */
  #from(under: TreeMap | undefined, item: Tree): TreeMap | undefined {
    const text = this.#referenced(item);
    if (text === undefined) return under;
    const path = textAt(item, 'targetPath');
    if (path !== undefined) {
      const steps = setSteps(path);
      if (steps !== undefined) return withValueAt(under, steps, setValue(item.at, text, false));
      this.#leaveOut(item, `the path ${shown(path)} is not understood`);
      return under;
    }
    const values = valuesTree(text, item.at);
    if (values.kind === 'wrong') {
      this.#leaveOut(
        item,
        `the values of ConfigMap ${shown(textAt(item, 'name') ?? '')} are not read (${values.reason})`,
      );
      return under;
    }
    return mergedMaps([...(under === undefined ? [] : [under]), ...(values.tree === undefined ? [] : [values.tree])]);
  }

  /** `valuesFrom`, in order, and `values` on top. */
  merged(): TreeMap | undefined {
    let values: TreeMap | undefined;
    for (const item of itemsAt(this.release.tree, 'spec', 'valuesFrom')) values = this.#from(values, item);
    const own = mapAt(this.release.tree, 'spec', 'values');
    return mergedMaps([...(values === undefined ? [] : [values]), ...(own === undefined ? [] : [own])]);
  }
}

/** Reads a HelmRelease with its chart's source and its values. Post renderers and patches for Kustomize are not applied, and told. */
export async function readHelmRelease(
  context: InputContext,
  objects: FluxObjects,
  release: ManifestObject,
): Promise<void> {
  const { namespace, name, tree } = release;
  const label = `HelmRelease ${namespace === undefined ? name : `${namespace}/${name}`}`;
  const key = namespace === undefined ? name : `${namespace}/${name}`;
  const subject: Subject = { label, place: { ...release.place, key } };
  const { findings } = context;
  if (objects.isPatch(release)) {
    findings.leaveOut(subject, undefined, 'this is a patch of a release, which is not applied');
    return;
  }
  const chart = await fluxChart(context, objects, release);
  if (chart.kind === 'wrong') {
    findings.refuse(subject, chart.reason);
    return;
  }
  const renderers = valueAt(tree, 'spec', 'postRenderers');
  if (renderers !== undefined) findings.leaveOut(subject, renderers.at, 'its postRenderers are not applied');
  const files = await valuesFileLayers(context, subject, chart.valuesFiles);
  if (isTrue(tree, 'spec', 'suspend')) findings.note(`${label} is suspended, it is mirrored all the same`);
  const values = new FluxValues(context, objects, release, subject).merged();
  addWanted(findings, {
    subject,
    chart: chart.chart,
    from: chart.from,
    version: chart.version,
    release: releaseName(release),
    namespace: textAt(tree, 'spec', 'targetNamespace') ?? namespace,
    layers: [...files, ...inlineLayer(subject, values)],
  });
}
