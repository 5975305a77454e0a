// Shares nothing with the finder, on purpose: see sweep.ts.
import type { DecodedText } from './base64-text.ts';

// YAML 1.2.2, section 7.3.1, and JSON, RFC 8259, section 7: a text in double quotes, with escapes
const QUOTED = /"((?:[^"\\]|\\.)*)"/g;
// a line end in it, behind which something stands
const LINE_END = /(?<!\\)(?:\\\\)*\\n./;
const ESCAPE = /\\(?:u([0-9a-f]{4})|(.))/gi;
// how deep quoted texts inside quoted texts are followed
const DEPTH = 3;

function unescaped(text: string): string {
  return text.replace(ESCAPE, (_, code: string | undefined, sign = '') => {
    if (code !== undefined) return String.fromCharCode(Number.parseInt(code, 16));
    return sign === 'n' ? '\n' : sign === 't' || sign === 'r' ? ' ' : sign;
  });
}

/** Texts of several lines that stand in quotes on one line, as they are read, and such texts inside of these. */
export function quotedTexts(lines: readonly string[], depth = DEPTH): readonly DecodedText[] {
  return lines.flatMap((own, line) => {
    if (!own.includes('\\n') || depth === 0) return [];
    const texts = [...own.matchAll(QUOTED)].map(([, text = '']) => text).filter((text) => LINE_END.test(text));
    return texts.map(unescaped).flatMap((text) => {
      const inner = quotedTexts(text.split('\n'), depth - 1);
      return [{ line, text }, ...inner.map((one) => ({ line, text: one.text }))];
    });
  });
}
