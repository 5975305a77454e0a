import type { ValuePath } from '../chart/values-tree.ts';
import type { SecretShape } from './secret-shape.ts';

/** The form in which a template writes what it reads from a path. */
export interface ShapeHint {
  readonly path: ValuePath;
  readonly shape: SecretShape;
}

const VALUE = String.raw`[\w$.]*\.?Values\.([\w.]+)`;
const END = String.raw`\s*(?:\||-?\}\}|\))`;

// `name: {{ .Values.a | quote }}`
const AS_NAME = new RegExp(String.raw`name:\s*["']?\{\{-?\s*(?:tpl\s+|quote\s+)?\(?${VALUE}${END}`, 'g');
// `{{ range .Values.a }}` and `- name: {{ . }}`, or the variable of the range
const AS_NAMES = new RegExp(
  String.raw`range\s+(?:(?:\$\w+\s*,\s*)?\$\w+\s*:=\s*)?\(?${VALUE}\)?\s*-?\}\}\s*-\s*name:\s*["']?\{\{-?\s*(?:tpl\s+|quote\s+)?(?:\.|\$\w+)(?:${END}|\s)`,
  'g',
);

/**
 * Which forms templates ask for, where they read a path by its full name. It says what to try first and decides nothing:
 * a template may write the same key in two ways.
 */
export function shapeHints(texts: readonly string[], prefix: ValuePath): readonly ShapeHint[] {
  const find = (pattern: RegExp, shape: SecretShape): readonly ShapeHint[] =>
    texts.flatMap((text) =>
      [...text.matchAll(pattern)].map(([, found = '']) => {
        const path = found.split('.');
        return { path: path[0] === 'global' ? path : [...prefix, ...path], shape };
      }),
    );
  return [...find(AS_NAMES, 'strings'), ...find(AS_NAME, 'text')];
}
