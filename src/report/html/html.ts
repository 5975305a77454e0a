/** Text that is HTML already. */
export interface Html {
  readonly html: string;
}

type Part = string | number | Html | readonly Html[];

/** Text as HTML text, also inside of attributes in double quotes. */
export function escapeHtml(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')
    .replaceAll("'", '&#39;');
}

function isList(part: Part): part is readonly Html[] {
  return Array.isArray(part);
}

function textOf(part: Part): string {
  if (typeof part === 'string') return escapeHtml(part);
  if (typeof part === 'number') return String(part);
  return isList(part) ? part.map((one) => one.html).join('') : part.html;
}

/** A template whose values are escaped, unless they are HTML already. */
export function html(literals: TemplateStringsArray, ...parts: readonly Part[]): Html {
  return { html: literals.map((literal, index) => literal + textOf(parts[index] ?? '')).join('') };
}

/** Nothing. */
export const NO_HTML: Html = { html: '' };

/** Constant text of ours, as it is. */
export function ownText(text: string): Html {
  return { html: text };
}
