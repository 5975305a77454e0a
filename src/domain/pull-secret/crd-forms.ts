/** The form of list items that a custom resource's definition asks for; undefined where it does not say, or says both. */
export type ListForm = 'objects' | 'strings';

const FIELD = /^( *)(?:- )?["']?(?:imagePullSecrets|pullSecrets)["']?: *$/;

function indentOf(line: string): number {
  return /^ */.exec(line)?.[0].length ?? 0;
}

/** The type that the items of a field have in a schema: `field:`, below it `items:`, and below that `type:`. */
function itemType(lines: readonly string[], start: number): string | undefined {
  const indent = indentOf(lines[start] ?? '');
  let items: number | undefined;
  for (const line of lines.slice(start + 1)) {
    if (line.trim() === '') continue;
    const at = indentOf(line);
    if (at <= indent) return undefined;
    if (items !== undefined && at <= items) items = undefined;
    if (items === undefined && /^ *items: *$/.test(line)) items = at;
    else if (items !== undefined && at === items + 2) {
      const type = /^ *type: *["']?(\w+)/.exec(line)?.[1];
      if (type !== undefined) return type;
    }
  }
  return undefined;
}

function kindOf(crd: string): string | undefined {
  const names = crd.search(/^ *names: *$/m);
  return names < 0 ? undefined : /^ +kind: *["']?(\w+)/m.exec(crd.slice(names))?.[1];
}

/**
 * The form of pull secrets in custom resources by kind, read from the text of their definitions: a list of `{name}`
 * mostly, but some operators want a list of names.
 */
export function crdForms(texts: readonly string[]): ReadonlyMap<string, ListForm> {
  const types = new Map<string, Set<string>>();
  for (const text of texts) {
    for (const crd of text.split(/^---(?: .*)?$/m)) {
      const kind = /ullSecrets/.test(crd) ? kindOf(crd) : undefined;
      if (kind === undefined) continue;
      const lines = crd.split('\n');
      const found = types.get(kind) ?? new Set();
      types.set(kind, found);
      for (const [index, line] of lines.entries()) {
        const type = FIELD.test(line) ? itemType(lines, index) : undefined;
        if (type !== undefined) found.add(type);
      }
    }
  }
  return new Map(
    [...types].flatMap(([kind, [type, ...more]]): readonly (readonly [string, ListForm])[] => {
      if (more.length > 0 || (type !== 'object' && type !== 'string')) return [];
      return [[kind, type === 'object' ? 'objects' : 'strings']];
    }),
  );
}
