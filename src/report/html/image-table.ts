import { counted } from '../../domain/report/counted.ts';
import { isGoodImage } from '../../domain/report/good-ends.ts';
import type { Report, ReportedImage } from '../../domain/report/report.ts';
import { formatSize } from '../../domain/report/size.ts';
import { type Html, html, NO_HTML } from './html.ts';
import { registryOf } from './sizes.ts';
import { filters, table, unfolding } from './tables.ts';
import { imageMood, word } from './words.ts';

function usage({ usedBy, listed }: ReportedImage): Html {
  const charts = usedBy.map(({ chart, release, places }) => {
    const name = chart === release ? chart : `${chart} (${release})`;
    return html`${name}${unfolding(
      counted(places.length, 'place', 'places'),
      places.map((place) => html`<code>${place}</code>`),
    )}`;
  });
  const lines = listed.map(({ file, line }) => html`<code>${file}:${line}</code>`);
  return html`${[...charts, ...lines].map((one) => html`<div>${one}</div>`)}`;
}

function why({ error, reason, evidence }: ReportedImage): Html {
  const kind =
    evidence === 'rendered' || evidence === 'listed' ? NO_HTML : html` <span class="soft">${evidence}</span>`;
  if (error === null) return reason === null ? kind : html`${kind}<p>${reason}</p>`;
  const next = error.hint === null ? NO_HTML : html`<br>→ ${error.hint}`;
  return html`${kind}<p><strong>${error.code}</strong> ${error.message}${next}</p>`;
}

function imageRow(row: ReportedImage): Html {
  const { source, destination, digest, status, bytes, platforms, usedBy } = row;
  const charts = [...new Set(usedBy.map(({ chart }) => chart))].join(' ');
  const under = digest === null ? NO_HTML : html`<br><code class="soft">${digest}</code>`;
  const size = bytes === null ? html`<span class="soft">not read</span>` : html`${formatSize(bytes)}`;
  return html`<tr data-status="${status}" data-registry="${registryOf(source)}" data-chart="${charts}">
<th scope="row"><code>${source}</code><br><code class="soft">→ ${destination}</code>${under}</th>
<td data-name="Status">${word(status, imageMood(row))}${why(row)}</td>
<td data-name="Size" class="number" data-sort="${bytes ?? -1}">${size}</td>
<td data-name="Platforms">${platforms.map((one) => (one === '/' ? 'not told' : one)).join(', ')}</td>
<td data-name="Used by">${usage(row)}</td></tr>
`;
}

/** Every image with where it is used, those that did not end well first. */
export function imageTable({ images }: Report): Html {
  const isFine = (row: ReportedImage): boolean => isGoodImage(row.status) && row.status !== 'unconfirmed';
  const rows = [...images.filter((row) => !isFine(row)), ...images.filter(isFine)];
  const columns = [
    { name: 'Image', isSortable: true },
    { name: 'Status', isSortable: true },
    { name: 'Size', isNumber: true, isSortable: true },
    { name: 'Platforms' },
    { name: 'Used by', isSortable: true },
  ];
  const distinct = (values: readonly string[]): readonly string[] => [...new Set(values)].sort();
  const choices = [
    { name: 'status', label: 'Status', values: distinct(rows.map(({ status }) => status)) },
    { name: 'registry', label: 'Registry', values: distinct(rows.map(({ source }) => registryOf(source))) },
    { name: 'chart', label: 'Chart', values: distinct(rows.flatMap(({ usedBy }) => usedBy.map(({ chart }) => chart))) },
  ];
  return html`<section id="images-part" aria-labelledby="images-head"><h2 id="images-head">Images</h2>
${filters('images', choices)}${table('images', counted(rows.length, 'image', 'images'), columns, rows.map(imageRow))}</section>
`;
}
