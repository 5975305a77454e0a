import { expect, it } from 'vitest';
import { parseValues, valuesOf } from '../../../src/domain/chart/values-document.ts';
import type { ValueNode, ValuePath } from '../../../src/domain/chart/values-tree.ts';
import { editedValue, editValues, type LeafEdit } from '../../../src/domain/overlay/edit-values.ts';
import { MirrorError } from '../../../src/errors.ts';
import { describeWith } from '../../support/tools.ts';
import { add, EDIT_CASES, move, put } from '../../unit/domain/overlay/edit-cases.ts';
import { type HelmMajor, type Json, readByHelm } from './helm-reader.ts';
import { randomDocument } from './random-document.ts';

const MAJORS: readonly HelmMajor[] = ['helm4', 'helm3'];
const DOCUMENTS = 250;

interface Edited {
  readonly name: string;
  readonly before: string;
  readonly edits: readonly LeafEdit[];
  readonly after: string;
}

type JsonMap = { readonly [key: string]: Json };

function isMap(value: Json | undefined): value is JsonMap {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function withValue(value: Json | undefined, path: ValuePath, text: string): Json {
  const [step, ...rest] = path;
  if (step === undefined) return text;
  if (Array.isArray(value)) {
    return value.map((item: Json, index) => (index === step ? withValue(item, rest, text) : item));
  }
  const map = isMap(value) ? value : {};
  return { ...map, [step]: withValue(map[step], rest, text) };
}

/** Both texts as helm reads them: the edited one must be the other with the planned values, and nothing else. */
async function check(tool: HelmMajor, all: readonly Edited[]): Promise<void> {
  // helm ends the last line of a values file itself
  const texts = all.flatMap(({ before, after }) => [before, after]).map((text) => text.replace(/(?<!\n)$/, '\n'));
  const read = await readByHelm(tool, texts);
  for (const [index, { name, before, edits, after }] of all.entries()) {
    const [was = null, is] = read.slice(2 * index, 2 * index + 2);
    const wanted = edits.reduce<Json>((value, edit) => withValue(value, edit.path, editedValue(edit)), was);
    expect(is, `${name}\n${before}\n->\n${after}`).toEqual(wanted);
  }
}

function scalars(node: ValueNode, path: ValuePath = []): readonly (readonly [ValuePath, string | undefined])[] {
  switch (node.kind) {
    case 'map':
      return [...node.entries].flatMap(([key, value]) => scalars(value, [...path, key]));
    case 'list':
      return node.items.flatMap((item, index) => scalars(item, [...path, index]));
    case 'string':
      return [[path, node.value]];
    case 'null':
      return [[path, undefined]];
    case 'plain':
      return [];
  }
}

function maps(node: ValueNode, path: ValuePath = []): readonly ValuePath[] {
  if (node.kind === 'list') return node.items.flatMap((item, index) => maps(item, [...path, index]));
  if (node.kind !== 'map') return [];
  return [path, ...[...node.entries].flatMap(([key, value]) => maps(value, [...path, key]))];
}

function randomEdits(text: string, random: () => number): readonly LeafEdit[] {
  const values = valuesOf(parseValues(text, 'random'), (path) => ({ kind: 'layer', layer: 0, path }));
  const changed = scalars(values)
    .filter(() => random() < 0.25)
    .map(([path, value]): LeafEdit => {
      if (value === undefined) return add(path);
      return value.includes('quay.io') ? move(path, value) : put(path, value, 'r.test/x');
    });
  const added = maps(values)
    .filter(() => random() < 0.12)
    .map((path) => add(random() < 0.3 ? [...path, 'registry', 'deep'] : [...path, 'registry']));
  return [...changed, ...added];
}

function randomCases(): { readonly edited: readonly Edited[]; readonly refused: number } {
  let refused = 0;
  const edited = Array.from({ length: DOCUMENTS }, (_, seed): readonly Edited[] => {
    const { text, random } = randomDocument(seed);
    const edits = randomEdits(text, random);
    try {
      return [{ name: `seed ${seed}`, before: text, edits, after: editValues(text, edits, 'random') }];
    } catch (error) {
      if (!(error instanceof MirrorError) || error.code !== 'RELOCATION_FAILED') throw error;
      refused += 1;
      return [];
    }
  });
  return { edited: edited.flat(), refused };
}

describeWith(['helm4', 'helm3'], 'helm reads an edited file as planned', () => {
  it.each(MAJORS)('%s: the cases of the table', async (tool) => {
    const cases = Object.values(EDIT_CASES).flat();
    await check(
      tool,
      cases.map(({ rule, before, edits, after }) => ({ name: rule, before, edits, after })),
    );
  });

  it.each(MAJORS)('%s: files and edits made at random', async (tool) => {
    const { edited, refused } = randomCases();
    // what is refused are keys that a merge would bring elsewhere too
    expect(refused).toBeLessThan(DOCUMENTS / 10);
    await check(tool, edited);
  });
});
