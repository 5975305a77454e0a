import { counted } from '../../domain/report/counted.ts';
import { isGoodChart } from '../../domain/report/good-ends.ts';
import type { Report, ReportedChart } from '../../domain/report/report.ts';
import { rendersNoImage } from '../chart-doubts.ts';
import { type Html, html, NO_HTML } from './html.ts';
import { filters, table, unfolding } from './tables.ts';
import { chartMood, word } from './words.ts';

function proof(row: ReportedChart): Html {
  const { state, references, schemaChecked, earlier, reason, command, residue } = row.proof;
  if (state === 'not-run') return html`<span class="soft">not run</span>`;
  const how = command === null ? NO_HTML : unfolding('How to repeat it', [html`<code>${command}</code>`]);
  if (state === 'not-proven') {
    const found = residue.map(
      ({ place, expected, found: is }) =>
        html`<code>${place}</code>: expected <code>${expected ?? 'nothing'}</code>, found <code>${is ?? 'nothing'}</code>`,
    );
    return html`${word('not proven', 'bad')} ${reason ?? ''}${unfolding(counted(found.length, 'place', 'places'), found)}${how}`;
  }
  const remarks = [earlier ? ' by an earlier run' : '', schemaChecked ? '' : ', schema not checked'].join('');
  if (rendersNoImage(row)) return html`${word('no images', 'doubt')} with these values${remarks}${how}`;
  return html`${word('proven', 'good')} ${counted(references, 'reference', 'references')}${remarks}${how}`;
}

function details(row: ReportedChart): Html {
  const hidden = row.hiddenImages.map(
    ({ image, when, moved, mirrored }) =>
      html`<code>${image}</code>: ${when.join(', ')}; ${moved === 'no' ? 'not moved' : `moved (${moved})`}, ${mirrored ? 'mirrored' : 'not mirrored'}`,
  );
  const edits = row.edits.map(
    ({ file, key, line, before, after }) =>
      html`<code>${file}${key === null ? `:${line ?? ''}` : ` ${key}`}</code>: <code>${before ?? 'nothing'}</code> → <code>${after}</code>`,
  );
  const left = row.leftAsIs.map(({ image, why }) => html`<code>${image}</code>: ${why}`);
  return html`${unfolding(
    counted(row.images.length, 'image', 'images'),
    row.images.map((image) => html`<code>${image}</code>`),
  )}${unfolding(counted(hidden.length, 'further image behind other values', 'further images behind other values'), hidden)}${unfolding(
    counted(edits.length, 'change', 'changes'),
    edits,
  )}${unfolding(`${left.length} left as they are`, left)}${unfolding(
    counted(row.notes.length, 'note', 'notes'),
    row.notes.map((note) => html`${note}`),
  )}`;
}

function errorText({ error }: ReportedChart): Html {
  if (error === null) return NO_HTML;
  const next = error.hint === null ? NO_HTML : html`<br>→ ${error.hint}`;
  return html`<p><strong>${error.code}</strong> ${error.message}${next}</p>`;
}

function chartRow(row: ReportedChart): Html {
  const name = row.release === row.chart ? row.chart : `${row.chart} (${row.release})`;
  const place = row.destination === null ? NO_HTML : html`<br><code class="soft">${row.destination}</code>`;
  return html`<tr data-status="${row.status}">
<th scope="row"><strong>${name}</strong>${place}</th>
<td data-name="Version">${row.version ?? row.requested}</td>
<td data-name="Status">${word(row.status, chartMood(row))}${errorText(row)}</td>
<td data-name="Proof">${proof(row)}</td>
<td data-name="More">${details(row)}</td></tr>
`;
}

/** Every release of every chart, those that did not end well first. */
export function chartTable({ charts }: Report): Html {
  if (charts.length === 0) return NO_HTML;
  const rows = [...charts.filter((row) => !isGoodChart(row)), ...charts.filter(isGoodChart)];
  const columns = [
    { name: 'Chart', isSortable: true },
    { name: 'Version', isSortable: true },
    { name: 'Status', isSortable: true },
    { name: 'Proof' },
    { name: 'More' },
  ];
  const statuses = [...new Set(rows.map(({ status }) => status))].sort();
  return html`<section id="charts-part" aria-labelledby="charts-head"><h2 id="charts-head">Charts</h2>
${filters('charts', [{ name: 'status', label: 'Status', values: statuses }])}${table('charts', counted(rows.length, 'release of a chart', 'releases of charts'), columns, rows.map(chartRow))}</section>
`;
}
