import { type Html, html, NO_HTML } from './html.ts';

/** A column of a table: sortable ones get a button. */
export interface Column {
  readonly name: string;
  readonly isNumber?: boolean;
  readonly isSortable?: boolean;
}

/**
 * A table in a frame of its own, which it fits: long words break, and on narrow screens it becomes a list of cards. What is wider all
 * the same scrolls there.
 */
export function table(id: string, caption: string, columns: readonly Column[], rows: readonly Html[]): Html {
  const heads = columns.map(({ name, isNumber = false, isSortable = false }) => {
    const text = isSortable ? html`<button type="button">${name}</button>` : html`${name}`;
    return html`<th scope="col"${isNumber ? html` class="number"` : NO_HTML}>${text}</th>`;
  });
  return html`<div class="scroll" tabindex="0" role="region" aria-label="${caption}">
<table id="${id}" class="stacked"><caption>${caption}</caption>
<thead><tr>${heads}</tr></thead>
<tbody>${rows}</tbody></table></div>
`;
}

/** Search and choices for a table. `choices` are named by an attribute of its rows. */
export function filters(
  id: string,
  choices: readonly { readonly name: string; readonly label: string; readonly values: readonly string[] }[],
): Html {
  const selects = choices
    .filter(({ values }) => values.length > 1)
    .map(({ name, label, values }) => {
      const options = values.map((value) => html`<option>${value}</option>`);
      return html`<div><label for="${id}-${name}">${label}</label>
<select id="${id}-${name}" name="${name}"><option value="">all</option>${options}</select></div>`;
    });
  return html`<div class="tools needs-script" data-table="${id}" role="search" aria-label="Search ${id}" hidden>
<div><label for="${id}-search">Search</label><input id="${id}-search" type="search" autocomplete="off"></div>${selects}
<div>Shown: <output for="${id}-search" aria-live="polite"></output></div></div>
`;
}

/** A list behind a line that opens it; nothing for an empty list. */
export function unfolding(summary: string, items: readonly Html[]): Html {
  if (items.length === 0) return NO_HTML;
  const rows = items.map((item) => html`<li>${item}</li>`);
  return html`<details><summary>${summary}</summary><ul>${rows}</ul></details>`;
}
