// Shares nothing with the finder, on purpose: see sweep.ts.

/** A text that stood in base64. `line` is the index of the line where it began. */
export interface DecodedText {
  readonly line: number;
  readonly text: string;
}

// Four characters that hold three bytes of a reference: five such bytes in a row (see READABLE) have three of one group among
// them. Most words of prose have no such four, and decoding them all would take most of the time.
const GROUP = '[L-OQ-Za-e][C-HS-Xi-nyz0-3][ABEFIJMNQRUVYZcdghklopstwx014589][A-Za-z0-9+/]';
const WORD = new RegExp(`(?<![A-Za-z0-9+/])(?=(?:[A-Za-z0-9+/]{4})*?${GROUP})[A-Za-z0-9+/]{7,}={0,2}`, 'g');
// a quick look for the next one, at the end of a line
const WORD_END = /^[A-Za-z0-9+/]{16}$/;
const ENDS_OPEN = /(?:^|[\s"':|>=])[A-Za-z0-9+/]{16,}\s*$/;
const GOES_ON = /^\s*[A-Za-z0-9+/]+={0,2}["']?\s*$/;
// the shortest thing that could be a reference, such as `a/b:1`
const READABLE = /[a-z0-9./:@_-]{5}/i;
// how deep base64 inside base64 is followed
const DEPTH = 3;

/** Wrapped base64 as one word each, so that no reference is cut by the end of a line. */
function wrapped(lines: readonly string[]): readonly DecodedText[] {
  const blocks: { readonly line: number; text: string }[] = [];
  let open: { readonly line: number; text: string } | undefined;
  for (const [line, text] of lines.entries()) {
    if (open !== undefined && GOES_ON.test(text)) {
      open.text += text.trim();
      if (!blocks.includes(open)) blocks.push(open);
    } else open = undefined;
    if (!WORD_END.test(text.trimEnd().slice(-16)) || !ENDS_OPEN.test(text)) open = undefined;
    else open ??= { line, text: /[A-Za-z0-9+/]+\s*$/.exec(text)?.[0].trim() ?? '' };
  }
  return blocks;
}

// One character a byte, so that binary data (key stores, certificates) does not hide the text in it.
function decode(word: string): string {
  return Buffer.from(word, 'base64').toString('latin1');
}

function kept(known: Map<string, readonly string[]>, key: string, read: () => readonly string[]): readonly string[] {
  const before = known.get(key);
  if (before !== undefined) return before;
  const texts = read();
  known.set(key, texts);
  return texts;
}

/** The text of a word, and what is base64 inside that again; nothing for a word that holds no text. */
function textsOf(word: string, depth: number): readonly string[] {
  const decoded = decode(word);
  if (!READABLE.test(decoded)) return [];
  const inner = depth > 1 ? decodedWithin(decoded.split('\n'), depth - 1, nothingDecoded()) : [];
  return [decoded, ...inner.map(({ text }) => text)];
}

/** What words and lines hold, for those who decode many texts: they have the same ones again and again. */
export interface Decoded {
  readonly byWord: Map<string, readonly string[]>;
  readonly byLine: Map<string, readonly string[]>;
}

export function nothingDecoded(): Decoded {
  return { byWord: new Map(), byLine: new Map() };
}

/** Everything that could be base64 in these lines, decoded, wrapped words joined, and what is base64 inside that again. */
export function decodedTexts(lines: readonly string[], decoded = nothingDecoded()): readonly DecodedText[] {
  return decodedWithin(lines, DEPTH, decoded);
}

function decodedWithin(lines: readonly string[], depth: number, { byWord, byLine }: Decoded): readonly DecodedText[] {
  const inWord = (word: string): readonly string[] => kept(byWord, word, () => textsOf(word, depth));
  const inLine = (text: string): readonly string[] =>
    kept(byLine, text, () => [...text.matchAll(WORD)].flatMap(([word]) => inWord(word)));
  return [
    ...lines.flatMap((text, line) => inLine(text).map((one) => ({ line, text: one }))),
    ...wrapped(lines).flatMap(({ line, text }) => inWord(text).map((one) => ({ line, text: one }))),
  ];
}
