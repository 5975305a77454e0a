/** A quoted text in an expression of a template. `index` is where it begins in its line, behind the quote. */
export interface QuotedText {
  readonly kind: 'text';
  readonly text: string;
  readonly index: number;
}

/** A name, a path (`.Values.image`), a variable or a number. */
interface Word {
  readonly kind: 'word';
  readonly text: string;
}

/** A function with what it is given: what a pipe hands on is its last argument. */
export interface Call {
  readonly kind: 'call';
  readonly name: string;
  readonly args: readonly Expression[];
}

/** A part of an action. */
export type Expression = QuotedText | Word | Call;

/** What an action says, and the variable that gets it, where one does. */
export interface Action {
  readonly variable: string | undefined;
  readonly said: Expression | undefined;
}

type Token =
  | QuotedText
  | (Word & { readonly index: number })
  | { readonly kind: '(' | ')' | '|' | ',' | '='; readonly index: number };

// https://pkg.go.dev/text/template#hdr-Actions; a quoted text may hold braces, and so other templates
const TOKEN =
  /\s+|(?<end>-?\}\})|\/\*[\s\S]*?\*\/|"(?<double>(?:\\.|[^"\\])*)"|`(?<raw>[^`]*)`|'(?:\\.|[^'\\])*'|(?<sign>[()|,]|:?=)|(?<word>[^\s()|,"'`}]+)|(?<other>[\s\S])/gy;

/** The tokens from an index up to the end of an action or of the line, and where they end. */
function tokensFrom(line: string, from: number): { readonly tokens: readonly Token[]; readonly end: number } {
  const tokens: Token[] = [];
  TOKEN.lastIndex = from;
  for (let match = TOKEN.exec(line); match !== null; match = TOKEN.exec(line)) {
    const { end, double, raw, sign, word, other } = match.groups ?? {};
    const { index } = match;
    if (end !== undefined) return { tokens, end: index + end.length };
    const quoted = double ?? raw;
    if (quoted !== undefined) tokens.push({ kind: 'text', text: quoted, index: index + 1 });
    else if (sign === ':=' || sign === '=') tokens.push({ kind: '=', index });
    else if (sign === '(' || sign === ')' || sign === '|' || sign === ',') tokens.push({ kind: sign, index });
    else if (word !== undefined) tokens.push({ kind: 'word', text: word, index });
    // a quote that does not end here: the rest of the line is not read
    else if (other !== undefined) return { tokens, end: line.length };
  }
  return { tokens, end: line.length };
}

/** A field of what stands before it: `(.Values.image).registry`. */
function fieldOf(value: Expression, field: string): Expression {
  return value.kind === 'word' ? { kind: 'word', text: `${value.text}${field}` } : value;
}

function commandOf(operands: readonly Expression[], handedOn: Expression | undefined): Expression | undefined {
  const [first, ...rest] = operands;
  const args = handedOn === undefined ? rest : [...rest, handedOn];
  if (first === undefined) return handedOn;
  if (first.kind === 'word' && (args.length > 0 || /^[A-Za-z]\w*$/.test(first.text)))
    return { kind: 'call', name: first.text, args };
  return first;
}

/** Reads a pipeline, up to the parenthesis that ends it; one too many ends the whole. */
function pipelineOf(
  tokens: readonly Token[],
  from: number,
): { readonly said: Expression | undefined; readonly end: number } {
  let handedOn: Expression | undefined;
  let operands: Expression[] = [];
  let at = from;
  for (; at < tokens.length; at += 1) {
    const token = tokens[at];
    if (token === undefined || token.kind === ')') break;
    if (token.kind === '|') {
      handedOn = commandOf(operands, handedOn);
      operands = [];
    } else if (token.kind === '(') {
      const inner = pipelineOf(tokens, at + 1);
      at = inner.end;
      if (inner.said !== undefined) operands.push(inner.said);
    } else if (token.kind === 'text') operands.push(token);
    else if (token.kind === 'word') {
      const last = tokens[at - 1];
      const isField = last?.kind === ')' && last.index + 1 === token.index && token.text.startsWith('.');
      const before = isField ? operands.pop() : undefined;
      operands.push(before === undefined ? token : fieldOf(before, token.text));
    }
  }
  return { said: commandOf(operands, handedOn), end: at };
}

const KEYWORD = /^(?:-|if|else|with|range|return)$/;

function actionOf(tokens: readonly Token[]): Action {
  const start = tokens.findIndex((token) => token.kind !== 'word' || !KEYWORD.test(token.text));
  const equals = tokens.findIndex(({ kind }) => kind === '=');
  const first = tokens[Math.max(0, start)];
  const variable = equals >= 0 && first?.kind === 'word' && first.text.startsWith('$') ? first.text : undefined;
  const from = variable === undefined ? Math.max(0, start) : equals + 1;
  return { variable, said: pipelineOf(tokens, from).said };
}

/** The actions of a line of a template. What is left of one that began in an earlier line is none. */
export function actionsIn(line: string): readonly Action[] {
  const actions: Action[] = [];
  for (let open = line.indexOf('{{'); open >= 0; ) {
    const { tokens, end } = tokensFrom(line, open + 2);
    actions.push(actionOf(tokens));
    open = line.indexOf('{{', Math.max(end, open + 2));
  }
  return actions;
}

/** The calls in an expression, outer ones first. */
export function callsIn(said: Expression | undefined): readonly Call[] {
  return said?.kind === 'call' ? [said, ...said.args.flatMap(callsIn)] : [];
}

/** The values, not the keys, that a line gives to `dict` as quoted texts; the action may have begun before the line. */
export function dictValues(line: string): readonly QuotedText[] {
  if (!/\bdict\s/.test(line)) return [];
  const isOpen = !line.includes('{{');
  const said = isOpen ? [pipelineOf(tokensFrom(line, line.search(/\bdict\s/)).tokens, 0).said] : [];
  const calls = [...said, ...actionsIn(line).map((action) => action.said)].flatMap(callsIn);
  return calls
    .filter(({ name }) => name === 'dict')
    .flatMap(({ args }) =>
      args.filter((_, index) => index % 2 === 1).flatMap((arg) => (arg.kind === 'text' ? [arg] : [])),
    );
}
