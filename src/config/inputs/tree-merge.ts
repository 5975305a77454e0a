import type { Place } from '../../domain/addon.ts';
import type { Tree, TreeField, TreeMap, TreeScalar } from './tree.ts';

/** Values on top of others as helm puts values files together: maps are joined, everything else is replaced; null stays. */
export function mergedTrees(under: Tree, over: Tree): Tree {
  if (under.kind !== 'map' || over.kind !== 'map') return over;
  const fields = new Map<string, TreeField>(under.fields);
  for (const [key, field] of over.fields) {
    const before = fields.get(key);
    fields.set(key, before === undefined ? field : { ...field, value: mergedTrees(before.value, field.value) });
  }
  return { ...over, fields };
}

/** Maps put together, the later ones on top; undefined where there are none. */
export function mergedMaps(maps: readonly TreeMap[]): TreeMap | undefined {
  const [first, ...rest] = maps;
  let merged: Tree | undefined = first;
  for (const map of rest) merged = merged === undefined ? map : mergedTrees(merged, map);
  return merged?.kind === 'map' ? merged : undefined;
}

const YAML_WORD = /^(?:y|n|yes|no|on|off|true|false|null|~)$/i;

/** A key as it may stand in YAML of either version. */
function keyText(key: string): string {
  return /^[A-Za-z_][\w./-]*$/.test(key) && !YAML_WORD.test(key) ? key : JSON.stringify(key);
}

/** A map of one pair. */
export function mapOf(at: Place, key: string, value: Tree): TreeMap {
  return { kind: 'map', at, fields: new Map([[key, { written: keyText(key), value }]]) };
}

/** A text as a scalar that YAML reads as text. */
export function textScalar(at: Place, text: string): TreeScalar {
  return { kind: 'scalar', at, value: text, written: JSON.stringify(text) };
}

/** One step of a path of helm's `--set`: a key, or an index in a list. */
type Step = string | number;

/** The steps of a `--set` name such as `a.b[0].c`, in which `\.` is a dot of a key; undefined for one that is not understood. */
export function setSteps(name: string): readonly Step[] | undefined {
  const steps: Step[] = [];
  const pattern = /((?:\\.|[^\\.[\]])+)|\[(\d{1,5})\]|\./gy;
  let expectKey = true;
  while (pattern.lastIndex < name.length) {
    const match = pattern.exec(name);
    if (match === null) return undefined;
    const [whole, key, index] = match;
    if (key !== undefined && expectKey) steps.push(key.replace(/\\(.)/g, '$1'));
    else if (index !== undefined && !expectKey) steps.push(Number(index));
    else if (whole !== '.' || expectKey) return undefined;
    expectKey = whole === '.';
  }
  return steps.length > 0 && !expectKey ? steps : undefined;
}

function placed(under: Tree | undefined, steps: readonly Step[], value: Tree): Tree {
  const [step, ...rest] = steps;
  if (step === undefined) return value;
  if (typeof step === 'string') {
    const fields = new Map(under?.kind === 'map' ? under.fields : []);
    const before = fields.get(step);
    const written = before?.written ?? keyText(step);
    fields.set(step, { written, value: placed(before?.value, rest, value) });
    return { kind: 'map', at: value.at, fields };
  }
  const items = [...(under?.kind === 'list' ? under.items : [])];
  const empty: Tree = { kind: 'scalar', at: value.at, value: null, written: 'null' };
  while (items.length <= step) items.push(empty);
  items[step] = placed(items[step], rest, value);
  return { kind: 'list', at: value.at, items };
}

/** A map with a value put at a path, as helm's `--set` does: missing maps are made, lists made longer with null. */
export function withValueAt(under: TreeMap | undefined, steps: readonly Step[], value: Tree): TreeMap | undefined {
  const tree = placed(under, steps, value);
  return tree.kind === 'map' ? tree : undefined;
}

// helm's typedVal (pkg/strvals): true, false, null, 0 and whole numbers without a leading zero; everything else is text
function typedScalar(at: Place, text: string): TreeScalar {
  const isWord = text === 'true' || text === 'false' || text === 'null';
  if (!isWord && !/^(?:0|-?[1-9]\d{0,17})$/.test(text)) return textScalar(at, text);
  return { kind: 'scalar', at, value: JSON.parse(text), written: text };
}

/** The value of a `--set` as helm reads it: `{a,b}` is a list, and with `asText` nothing is a number or boolean. */
export function setValue(at: Place, text: string, asText: boolean): Tree {
  const one = (part: string): TreeScalar => (asText ? textScalar(at, part) : typedScalar(at, part));
  if (!/^\{.*\}$/s.test(text)) return one(text.replace(/\\,/g, ','));
  const inside = text.slice(1, -1);
  const parts = inside === '' ? [] : inside.split(/(?<!\\),/).map((part) => part.replace(/\\,/g, ','));
  return { kind: 'list', at, items: parts.map(one) };
}
