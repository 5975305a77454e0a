// Shares nothing with the finder, on purpose: see sweep.ts.

/** A text that stood in base64. `line` is the index of the line where it began. */
export interface DecodedText {
  readonly line: number;
  readonly text: string;
}

const WORD = /(?<![A-Za-z0-9+/])[A-Za-z0-9+/]{7,}={0,2}/g;
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
    if (!ENDS_OPEN.test(text)) open = undefined;
    else open ??= { line, text: /[A-Za-z0-9+/]+\s*$/.exec(text)?.[0].trim() ?? '' };
  }
  return blocks;
}

// One character a byte, so that binary data (key stores, certificates) does not hide the text in it.
function decode(word: string): string {
  return Buffer.from(word, 'base64').toString('latin1');
}

/** Everything that could be base64 in these lines, decoded, wrapped words joined, and what is base64 inside that again. */
export function decodedTexts(lines: readonly string[], depth = DEPTH): readonly DecodedText[] {
  const words = [
    ...lines.flatMap((text, line) => [...text.matchAll(WORD)].map((match) => ({ line, text: match[0] }))),
    ...wrapped(lines),
  ];
  return words.flatMap(({ line, text }) => {
    const decoded = decode(text);
    if (!READABLE.test(decoded)) return [];
    const inner = depth > 1 ? decodedTexts(decoded.split('\n'), depth - 1) : [];
    return [{ line, text: decoded }, ...inner.map((one) => ({ line, text: one.text }))];
  });
}
