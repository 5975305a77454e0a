/** What templates may name: maps, lists and scalars. */
export type Parameters = Readonly<Record<string, unknown>>;

/** A text with its templates filled in as far as they could be. `open` says why one is still there. */
export interface FilledText {
  readonly text: string;
  readonly open: string | undefined;
}

/** Fills in the templates of a text. */
export type Fill = (text: string) => FilledText;

const MISSING = Symbol('missing');
type Value = unknown;

/** A template or a part of it that is not one of the few forms that are understood. */
class NotUnderstood extends Error {}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function child(value: Value, key: unknown): Value {
  if (isRecord(value) && typeof key === 'string') return Object.hasOwn(value, key) ? value[key] : MISSING;
  if (Array.isArray(value) && typeof key === 'number') return key < value.length ? value[key] : MISSING;
  return MISSING;
}

function textOfValue(value: Value, expression: string): string {
  if (value === MISSING) throw new NotUnderstood(`there is no ${expression.trim()}`);
  if (typeof value === 'string') return value;
  if (typeof value === 'number' || typeof value === 'bigint' || typeof value === 'boolean') return String(value);
  throw new NotUnderstood(`${expression.trim()} is no text`);
}

type Token =
  | { readonly kind: 'word' | 'path' | 'pipe'; readonly text: string }
  | { readonly kind: 'literal'; readonly value: string | number };

const TOKEN = /\s*(?:("(?:\\.|[^"\\])*")|`([^`]*)`|(-?\d+)(?![\w.])|(\|)|(\$?\.[\w.-]*)|([A-Za-z]\w*))/y;

function tokensOf(expression: string): readonly Token[] {
  const tokens: Token[] = [];
  TOKEN.lastIndex = 0;
  const end = expression.trimEnd().length;
  while (TOKEN.lastIndex < end) {
    const match = TOKEN.exec(expression);
    if (match === null) throw new NotUnderstood(`{{${expression}}} is more than is filled in`);
    const [, double, raw, number, pipe, path, word] = match;
    if (double !== undefined) tokens.push({ kind: 'literal', value: unquoted(double, expression) });
    else if (raw !== undefined) tokens.push({ kind: 'literal', value: raw });
    else if (number !== undefined) tokens.push({ kind: 'literal', value: Number(number) });
    else if (pipe !== undefined) tokens.push({ kind: 'pipe', text: '|' });
    else if (path !== undefined) tokens.push({ kind: 'path', text: path });
    else tokens.push({ kind: 'word', text: word ?? '' });
  }
  return tokens;
}

function unquoted(text: string, expression: string): string {
  try {
    return String(JSON.parse(text));
  } catch {
    throw new NotUnderstood(`{{${expression}}} is more than is filled in`);
  }
}

function pathValue(path: string, parameters: Parameters): Value {
  const keys = path
    .replace(/^\$/, '')
    .split('.')
    .filter((key) => key !== '');
  let value: Value = parameters;
  for (const key of keys) value = child(value, key);
  return value;
}

/** Functions of Go templates that are understood: what each makes of its arguments, the piped one last. */
interface TextFunction {
  readonly count: number;
  readonly run: (first: string, second: string, third: string) => string;
}

const FUNCTIONS: ReadonlyMap<string, TextFunction> = new Map<string, TextFunction>([
  ['lower', { count: 1, run: (text) => text.toLowerCase() }],
  ['upper', { count: 1, run: (text) => text.toUpperCase() }],
  ['trim', { count: 1, run: (text) => text.trim() }],
  ['quote', { count: 1, run: (text) => JSON.stringify(text) }],
  ['trimPrefix', { count: 2, run: (part, text) => (text.startsWith(part) ? text.slice(part.length) : text) }],
  [
    'trimSuffix',
    { count: 2, run: (part, text) => (part !== '' && text.endsWith(part) ? text.slice(0, -part.length) : text) },
  ],
  ['replace', { count: 3, run: (from, to, text) => text.replaceAll(from, to) }],
]);

/** Data as JSON in the words of Go's encoding/json, which sorts keys and escapes what HTML would take for its own. */
function goJson(value: Value, expression: string): string {
  if (value === MISSING) throw new NotUnderstood(`there is no ${expression.trim()}`);
  const sorted = (_key: string, inner: unknown): unknown =>
    isRecord(inner) ? Object.fromEntries(Object.entries(inner).sort(([a], [b]) => (a < b ? -1 : 1))) : inner;
  const text = JSON.stringify(value ?? null, (key, inner) =>
    sorted(key, typeof inner === 'bigint' ? Number(inner) : inner),
  );
  return text.replace(/[<>&\u2028\u2029]/g, (one) => `\\u${one.charCodeAt(0).toString(16).padStart(4, '0')}`);
}

function isEmpty(value: Value): boolean {
  return value === MISSING || value === undefined || value === null || value === '' || value === 0 || value === false;
}

function called(name: string, args: readonly Value[], expression: string): Value {
  if (name === 'index' && args.length >= 2) return args.slice(1).reduce<Value>(child, args[0]);
  if (name === 'default' && args.length === 2) return isEmpty(args[1]) ? args[0] : args[1];
  if (name === 'toJson' && args.length === 1) return goJson(args[0], expression);
  const known = FUNCTIONS.get(name);
  if (known === undefined || known.count !== args.length)
    throw new NotUnderstood(`{{${expression}}} is more than is filled in`);
  const [first = '', second = '', third = ''] = args.map((arg) => textOfValue(arg, expression));
  return known.run(first, second, third);
}

function evaluated(expression: string, parameters: Parameters): string {
  let piped: readonly Value[] = [];
  const tokens = tokensOf(expression);
  const stages: Token[][] = [[]];
  for (const token of tokens) {
    if (token.kind === 'pipe') stages.push([]);
    else stages.at(-1)?.push(token);
  }
  for (const stage of stages) {
    const [first, ...rest] = stage;
    const values = rest.map((token): Value => {
      if (token.kind === 'word') throw new NotUnderstood(`{{${expression}}} is more than is filled in`);
      return token.kind === 'literal' ? token.value : pathValue(token.text, parameters);
    });
    if (first?.kind === 'word') piped = [called(first.text, [...values, ...piped], expression)];
    else if (first === undefined || rest.length > 0 || piped.length > 0) {
      throw new NotUnderstood(`{{${expression}}} is more than is filled in`);
    } else piped = [first.kind === 'literal' ? first.value : pathValue(first.text, parameters)];
  }
  return textOfValue(piped[0], expression);
}

/** What an expression gives, or why it is not understood. */
function attempted(fill: () => string): { readonly text: string } | { readonly reason: string } {
  try {
    return { text: fill() };
  } catch (error) {
    if (error instanceof NotUnderstood) return { reason: error.message };
    throw error;
  }
}

const GO_ACTION = /\{\{((?:"(?:\\.|[^"\\])*"|`[^`]*`|(?!\}\})[\s\S])*)\}\}/g;

/**
 * Fills in Go templates, as far as they are references to parameters (`.a.b`, `index .a "b" 0`), literals, and `default`,
 * `quote`, `lower`, `upper`, `trim`, `trimPrefix`, `trimSuffix`, `replace`, `toJson` of them. Everything else stays, with the reason.
 */
export function goFill(parameters: Parameters): Fill {
  return (text) => {
    let open: string | undefined;
    let result = '';
    let at = 0;
    for (const { 0: whole, 1: inside = '', index } of text.matchAll(GO_ACTION)) {
      if (index < at) continue;
      result += text.slice(at, index);
      at = index + whole.length;
      const expression = inside.replace(/^-(?=\s)/, '').replace(/(?<=\s)-$/, '');
      const isComment = /^\s*\/\*[\s\S]*\*\/\s*$/.test(expression);
      const made = isComment ? { text: '' } : attempted(() => evaluated(expression, parameters));
      if ('reason' in made) {
        open ??= made.reason;
        result += whole;
        continue;
      }
      result = `${/^-\s/.test(inside) ? result.trimEnd() : result}${made.text}`;
      if (/\s-$/.test(inside)) at += /^\s*/.exec(text.slice(at))?.[0].length ?? 0;
    }
    return { text: result + text.slice(at), open };
  };
}

/** Fills in `{{name}}` with parameters of that very name, as Argo CD does where `goTemplate` is not set. */
export function plainFill(parameters: Parameters): Fill {
  return (text) => {
    let open: string | undefined;
    const result = text.replace(/\{\{([^{}]*)\}\}/g, (whole, inside: string) => {
      const name = inside.trim();
      const value = Object.hasOwn(parameters, name) ? parameters[name] : MISSING;
      const made = attempted(() => textOfValue(value, `parameter ${name}`));
      if ('text' in made) return made.text;
      open ??= made.reason;
      return whole;
    });
    return { text: result, open };
  };
}
