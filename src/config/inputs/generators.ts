import { listed, shown } from '../problems.ts';
import { filledTree } from './fill-tree.ts';
import type { Subject } from './findings.ts';
import { gitParameters } from './git-generator.ts';
import type { InputContext } from './input-context.ts';
import { isSelected, joinedSets, mergedSets, type ParameterSet, parametersOf } from './parameter-sets.ts';
import { goFill, type Parameters, plainFill } from './template-text.ts';
import { itemsAt, mapAt, type Tree, type TreeMap, textsAt, valueAt } from './tree.ts';
import { yamlElements } from './yaml-elements.ts';

/** An ApplicationSet whose generators are read. */
export interface SetContext {
  readonly context: InputContext;
  readonly subject: Subject;
  readonly isGo: boolean;
}

const OPEN: ParameterSet = { values: {}, open: true };

function fillWith(set: SetContext, parameters: Parameters): ReturnType<typeof goFill> {
  return set.isGo ? goFill(parameters) : plainFill(parameters);
}

// `values` of a generator are further parameters, in which those of the generator may be named
function withValues(set: SetContext, generator: TreeMap, parameters: Parameters): ParameterSet {
  const values = mapAt(generator, 'values');
  if (values === undefined) return { values: parameters, open: false };
  const own = parametersOf(filledTree(values, fillWith(set, parameters)), set.isGo);
  const named = set.isGo
    ? { values: own }
    : Object.fromEntries(Object.entries(own).map(([key, value]) => [`values.${key}`, value]));
  return joinedSets({ values: parameters, open: false }, { values: named, open: false });
}

function listSets(set: SetContext, generator: TreeMap): readonly ParameterSet[] {
  const written = valueAt(generator, 'elementsYaml');
  const more = written === undefined ? [] : yamlElements(set.context, set.subject, written);
  return [...itemsAt(generator, 'elements'), ...more].map((item) => ({
    values: parametersOf(item, set.isGo),
    open: false,
  }));
}

async function matrixSets(set: SetContext, generator: TreeMap): Promise<readonly ParameterSet[]> {
  let sets: readonly ParameterSet[] = [{ values: {}, open: false }];
  for (const inner of itemsAt(generator, 'generators')) {
    const next: ParameterSet[] = [];
    for (const one of sets) {
      const tree = filledTree(inner, fillWith(set, one.values));
      for (const other of await generatorSets(set, tree)) next.push(joinedSets(one, other));
    }
    sets = next;
  }
  return sets;
}

async function mergeSets(set: SetContext, generator: TreeMap): Promise<readonly ParameterSet[]> {
  const keys = textsAt(generator, 'mergeKeys').map(({ text }) => text);
  const lists: (readonly ParameterSet[])[] = [];
  for (const inner of itemsAt(generator, 'generators')) lists.push(await generatorSets(set, inner));
  const [base = [], ...others] = lists;
  return mergedSets(base, others, keys);
}

async function kindSets(set: SetContext, kind: string, generator: TreeMap): Promise<readonly ParameterSet[]> {
  const { subject, context } = set;
  if (mapAt(generator, 'template') !== undefined) {
    context.findings.leaveOut(
      subject,
      valueAt(generator, 'template')?.at,
      `the template of its ${kind} generator is not applied`,
    );
  }
  switch (kind) {
    case 'list':
      return listSets(set, generator);
    case 'git': {
      const found = await gitParameters({ ...set, generator });
      return found === undefined ? [] : found.map((parameters) => withValues(set, generator, parameters));
    }
    case 'matrix':
      return matrixSets(set, generator);
    case 'merge':
      return mergeSets(set, generator);
    default: {
      const place = { ...generator.at, key: subject.place.key };
      context.findings.leaveOut(
        { ...subject, place },
        undefined,
        `its generator ${kind} is not read: only the cluster knows what it gives`,
      );
      return [withValues(set, generator, OPEN.values)].map((one) => ({ ...one, open: true }));
    }
  }
}

/**
 * The sets of parameters of one generator. One that only a running cluster can answer is told, and stands for a single set
 * whose parameters are not known.
 */
export async function generatorSets(set: SetContext, generator: Tree): Promise<readonly ParameterSet[]> {
  const { subject, context } = set;
  const fields = generator.kind === 'map' ? [...generator.fields] : [];
  const kinds = fields.filter(([key, { value }]) => key !== 'selector' && value.kind === 'map');
  const [first] = kinds;
  if (first === undefined || first[1].value.kind !== 'map') {
    const names = listed(fields.map(([key]) => shown(key)));
    // nothing comes of it, so that this is no detail of what is there
    context.findings.refuse(
      { ...subject, place: { ...generator.at, key: subject.place.key } },
      `a generator is not read: ${names === '' ? 'it is empty' : names}`,
    );
    return [];
  }
  const sets = await kindSets(set, first[0], first[1].value);
  const selector = mapAt(generator, 'selector');
  if (selector === undefined) return sets;
  if (sets.some((one) => !one.open && isSelected(one, selector) === undefined)) {
    context.findings.leaveOut(subject, selector.at, 'the selector of a generator is not applied');
    return sets;
  }
  return sets.filter((one) => one.open || isSelected(one, selector) === true);
}
