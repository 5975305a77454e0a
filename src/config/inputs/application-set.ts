import { readApplication } from './argo-application.ts';
import { filledTree } from './fill-tree.ts';
import type { Subject } from './findings.ts';
import { generatorSets, type SetContext } from './generators.ts';
import type { InputContext } from './input-context.ts';
import type { ManifestObject } from './manifests.ts';
import type { ParameterSet } from './parameter-sets.ts';
import { goFill, plainFill } from './template-text.ts';
import { isTrue, itemsAt, mapAt, type TreeMap, textAt, valueAt } from './tree.ts';

async function readMade(set: SetContext, template: TreeMap, parameters: ParameterSet): Promise<void> {
  const { context, subject, isGo } = set;
  const fill = isGo ? goFill(parameters.values) : plainFill(parameters.values);
  const made = filledTree(template, fill);
  const spec = mapAt(made, 'spec');
  const name = textAt(made, 'metadata', 'name');
  if (spec === undefined) return;
  const isNamed = name !== undefined && !name.includes('{{');
  const place = { ...subject.place, key: isNamed ? name : subject.place.key };
  const own: Subject = { label: isNamed ? `${subject.label}, application ${name}` : subject.label, place };
  await readApplication(context, { subject: own, name, spec, openReason: (text) => fill(text).open });
}

/**
 * Reads an ApplicationSet: the applications that its list, git, matrix and merge generators make. What only the cluster
 * knows stays open: releases whose chart and version need it are told, others are read without it.
 */
export async function readApplicationSet(context: InputContext, object: ManifestObject): Promise<void> {
  const { tree, place, name } = object;
  const subject: Subject = { label: `ApplicationSet ${name}`, place };
  const template = mapAt(tree, 'spec', 'template');
  if (template === undefined) {
    context.findings.refuse(subject, 'it has no template');
    return;
  }
  const patch = valueAt(tree, 'spec', 'templatePatch');
  if (patch !== undefined) context.findings.leaveOut(subject, patch.at, 'its templatePatch is not applied');
  const set: SetContext = { context, subject, isGo: isTrue(tree, 'spec', 'goTemplate') };
  const before = context.findings.unmirrorable.length;
  let made = 0;
  for (const generator of itemsAt(tree, 'spec', 'generators')) {
    for (const parameters of await generatorSets(set, generator)) {
      made += 1;
      await readMade(set, template, parameters);
    }
  }
  if (made === 0 && context.findings.unmirrorable.length === before)
    context.findings.note(
      `${place.file}:${place.line}: ${subject.label} makes no application, its generators give nothing`,
    );
}
