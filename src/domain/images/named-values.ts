import { isPlainList, isPlainMap, type Plain } from './plain.ts';

/** One entry of a list of names and values: `{name: AGENT_IMAGE, value: "org/agent:1"}`. */
export interface NamedValue {
  readonly index: number;
  readonly name: string;
  readonly value: string;
}

/** The entries of a list that have a name and a text as value: variables, parameters, settings. */
export function namedValues(entries: readonly Plain[]): readonly NamedValue[] {
  return entries.flatMap((entry, index): readonly NamedValue[] =>
    isPlainMap(entry) && typeof entry.name === 'string' && typeof entry.value === 'string'
      ? [{ index, name: entry.name, value: entry.value }]
      : [],
  );
}

/** One argument: the flag that it has, or that stands before it, and its value. */
export interface Argument {
  readonly index: number;
  readonly flag: string;
  readonly value: string;
}

/** Reads `--flag=value`, `--flag value` and words without a flag. */
export function readArguments(items: readonly Plain[]): readonly Argument[] {
  return items.flatMap((item, index): readonly Argument[] => {
    if (typeof item !== 'string') return [];
    const joined = /^(-{1,2}[A-Za-z0-9._-]+)=(.+)$/s.exec(item);
    const before = items[index - 1];
    const flag = joined?.[1] ?? (typeof before === 'string' && /^-[^=]+$/.test(before) ? before : '');
    return [{ index, flag, value: joined?.[2] ?? item }];
  });
}

/** Whether a list holds arguments: by its name, or in a custom resource by a name that ends so, as `extraArgs`. */
export function holdsArguments(name: string, custom: boolean): boolean {
  return name === 'args' || name === 'command' || (custom && /(?:Args|Arguments|Command|_args)$/.test(name));
}

/** Whether a value of a custom resource is a list of names and values throughout. */
export function isNamedList(value: Plain): value is readonly Plain[] {
  return isPlainList(value) && value.length > 0 && namedValues(value).length === value.length;
}
