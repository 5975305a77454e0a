import { createHash } from 'node:crypto';
import { counted } from '../../domain/report/counted.ts';
import { isAtTarget, isGoodChart } from '../../domain/report/good-ends.ts';
import type { Report } from '../../domain/report/report.ts';
import { formatSize } from '../../domain/report/size.ts';
import { needsAttention } from '../attention.ts';
import { changeLines, comparisonRemark, isUnchanged, minuteOf, nothingChanged } from '../changes-lines.ts';
import { rendersNoImage } from '../chart-doubts.ts';
import { verdictOf } from '../verdict.ts';
import { chartTable } from './chart-table.ts';
import { type Html, html, NO_HTML, ownText } from './html.ts';
import { imageTable } from './image-table.ts';
import { SCRIPT } from './script.ts';
import { sizePictures } from './sizes.ts';
import { STYLE } from './style.ts';
import { table } from './tables.ts';
import { type Mood, word } from './words.ts';

function hashed(text: string): string {
  return `'sha256-${createHash('sha256').update(text).digest('base64')}'`;
}

function total(name: string, value: string, more: string): Html {
  return html`<div><dt>${name}</dt><dd>${value}<small>${more}</small></dd></div>
`;
}

function durationOf({ startedAt, finishedAt }: Report): string {
  const seconds = Math.max(0, Math.round((Date.parse(finishedAt) - Date.parse(startedAt)) / 1000));
  return seconds < 120 ? `${seconds} s` : `${Math.floor(seconds / 60)} min ${seconds % 60} s`;
}

function totals(report: Report, open: number): Html {
  const { charts, images, artifacts, totals: sums, scanOnly } = report;
  const proven = charts.filter((row) => row.proof.state === 'proven' && !rendersNoImage(row)).length;
  const there = images.filter(({ status }) => isAtTarget(status)).length;
  const planned = images.filter(({ status }) => status === 'to-copy').length;
  const counts = Object.entries(sums.images).map(([status, count]) => `${count} ${status}`);
  const chartTotal = total(
    'Charts',
    `${charts.filter(isGoodChart).length} of ${charts.length} done`,
    `${proven} proven`,
  );
  return html`<dl class="totals">${charts.length === 0 ? NO_HTML : chartTotal}
${total('Images', scanOnly ? `${planned} of ${images.length} to copy` : `${there} of ${images.length} at the target`, counts.join(', '))}
${artifacts.rows.length === 0 ? NO_HTML : total('Artifacts', String(artifacts.rows.length), 'signatures and what else belongs to images')}
${total('Copied', formatSize(sums.bytesCopied), `in ${durationOf(report)}`)}
${total('To look at', String(open), open === 0 ? 'nothing' : 'listed below')}</dl>
`;
}

function attention(report: Report): Html {
  const rows = needsAttention(report);
  if (rows.length === 0) return NO_HTML;
  const cells = rows.map(({ kind, name, status, isDoubt, code, message, next }) => {
    const mood = isDoubt ? 'doubt' : 'bad';
    return html`<tr><th scope="row"><code>${name}</code><br><span class="soft">${kind}</span></th>
<td data-name="Status">${word(status, mood)}</td><td data-name="Why"><strong>${code}</strong> ${message}</td><td data-name="Next">${next}</td></tr>
`;
  });
  const columns = [{ name: 'What' }, { name: 'Status' }, { name: 'Why' }, { name: 'What to do next' }];
  return html`<section id="attention-part" aria-labelledby="attention-head"><h2 id="attention-head">To look at</h2>
${table('attention', counted(rows.length, 'thing', 'things'), columns, cells)}</section>
`;
}

function changes(report: Report): Html {
  if (report.changes === null) return NO_HTML;
  const title = html`<section id="changes-part" aria-labelledby="changes-head"><h2 id="changes-head">Since ${minuteOf(report.changes.previous.finishedAt)}</h2>`;
  if (isUnchanged(report.changes))
    return html`${title}<p>${nothingChanged(report.changes, report)}</p></section>
`;
  const remark = comparisonRemark(report.changes, report);
  const lines = changeLines(report.changes).map(
    ({
      word: what,
      text,
      isBad,
    }) => html`<li>${word(what, isBad ? 'bad' : 'doubt')} <span class="code">${text}</span></li>
`,
  );
  const said =
    remark === undefined ? NO_HTML : html`<p class="soft">The earlier run is not quite like this one: ${remark}.</p>`;
  const list = lines.length === 0 ? html`<p>No chart and no image differs.</p>` : html`<ul>${lines}</ul>`;
  return html`${title}${said}${list}</section>
`;
}

function notes({ notes: own }: Report): Html {
  if (own.length === 0) return NO_HTML;
  return html`<section aria-labelledby="notes-head"><h2 id="notes-head">Notes</h2><ul>${own.map((note) => html`<li>${note}</li>`)}</ul></section>
`;
}

function navigation(report: Report, open: number): Html {
  const parts: readonly (readonly [id: string, name: string, isThere: boolean])[] = [
    ['attention-part', 'To look at', open > 0],
    ['changes-part', 'Changes', report.changes !== null],
    ['charts-part', 'Charts', report.charts.length > 0],
    ['images-part', 'Images', true],
    ['sizes-part', 'Sizes', report.images.length > 0],
  ];
  const links = parts
    .filter(([, , isThere]) => isThere)
    .map(([id, name]) => html`<li><a href="#${id}">${name}</a></li>`);
  return html`<nav aria-label="Parts of this page"><ul>${links}</ul></nav>
`;
}

function moodOf(report: Report): Mood {
  if (report.exitCode !== 0) return 'bad';
  return needsAttention(report).length > 0 ? 'doubt' : 'good';
}

function header(report: Report): Html {
  const { target, startedAt, engine, tools, scanOnly, plan } = report;
  const programs = [
    engine === 'crane' ? `crane ${tools.crane ?? ''}` : 'engine native',
    ...(tools.helm === null ? [] : [`helm ${tools.helm}`]),
  ];
  const held = plan === null ? NO_HTML : html`<p class="soft">Held to the plan <code>${plan.digest}</code></p>`;
  return html`<header><button class="theme needs-script" type="button" aria-label="Switch between light and dark" hidden>Dark</button>
<h1>${scanOnly ? 'Scan for' : 'Mirrored to'} <span class="code">${target}</span></h1>
<p class="soft">${minuteOf(startedAt)}, ${durationOf(report)}; ${programs.join(', ')}</p>${held}
<p><span class="verdict ${moodOf(report)}">${verdictOf(report)}</span></p></header>
`;
}

/**
 * A run as one page that needs nothing else: no network, no files beside it. What somebody has to look at comes first. Everything
 * is readable without JavaScript; nothing but the style and script of the page itself may run in it.
 */
export function reportPage(report: Report): string {
  const open = needsAttention(report).length;
  const policy = `default-src 'none'; style-src ${hashed(STYLE)}; script-src ${hashed(SCRIPT)}; base-uri 'none'; form-action 'none'`;
  const page = html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>airgap-charts: ${verdictOf(report)} (${report.target})</title>
<style>${ownText(STYLE)}</style>
</head>
<body>
<a class="skip" href="#main">Skip to the content</a>
${header(report)}<main id="main" tabindex="-1">
${navigation(report, open)}${totals(report, open)}${attention(report)}${changes(report)}${chartTable(report)}${imageTable(report)}${sizePictures(report)}${notes(report)}</main>
<footer><p>Written by airgap-charts from report.json, which holds all of this for programs.</p></footer>
<script>${ownText(SCRIPT)}</script>
</body>
</html>
`;
  return page.html;
}
