import { SWITCHED_ON, type ValueNode, type ValuePath } from '../chart/values-tree.ts';
import { type SecretShape, secretNode } from './secret-shape.ts';

/** One key, tried in one form with a name of its own. */
export interface SecretTrial {
  readonly id: number;
  readonly path: ValuePath;
  readonly present: ValueNode | undefined;
  readonly shape: SecretShape;
  /** The forms to be tried when this one is wrong. */
  readonly others: readonly SecretShape[];
  /** A boolean beside the key that has to be turned on for it. */
  readonly gate: ValuePath | undefined;
}

/** A value to be set. */
export interface Setting {
  readonly path: ValuePath;
  readonly node: ValueNode;
}

/** The name that stands for a trial's key in a render. */
export function markerOf({ id }: Pick<SecretTrial, 'id'>): string {
  return `zqs${id}z`;
}

/** The ids of the markers in a text, each once. */
export function markersIn(text: string): ReadonlySet<number> {
  return new Set([...text.matchAll(/zqs(\d+)z/g)].map((match) => Number(match[1])));
}

/** What a key takes to name this secret. */
export function settingsOf(trial: Omit<SecretTrial, 'id'>, secret: string): readonly Setting[] {
  const own = { path: trial.path, node: secretNode(trial.shape, trial.present, secret) };
  return trial.gate === undefined ? [own] : [own, { path: trial.gate, node: SWITCHED_ON }];
}

/** The trial in its next form; undefined when all were tried. */
export function nextForm(trial: SecretTrial): SecretTrial | undefined {
  const [shape, ...others] = trial.others;
  return shape === undefined ? undefined : { ...trial, shape, others };
}

/** Whether it takes one name only and has another one. */
export function isReplacing({ shape, present }: SecretTrial): boolean {
  return shape === 'text' && present?.kind === 'string' && present.value !== '';
}
