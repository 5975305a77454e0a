import type { ReportedChart } from '../../src/domain/report/report.ts';
import type { HardCase } from './hard-case.ts';

/** A case with what its run said of it; `edits` as in the case. */
export interface MeasuredCase {
  readonly one: HardCase;
  readonly row: ReportedChart;
  readonly edits: readonly string[];
}

const HEADS = ['Case', 'What is hard', 'References', 'Values edited', 'Lines patched', 'Proven', 'By values alone'];

function line(cells: readonly string[]): string {
  return `| ${cells.join(' | ')} |`;
}

function listed(edits: readonly string[]): string {
  return edits.length === 0 ? '–' : edits.map((edit) => `\`${edit}\``).join(', ');
}

function rowOf({ one, row, edits }: MeasuredCase): string {
  const values = edits.filter((edit) => edit.includes(' '));
  const lines = edits.filter((edit) => !edit.includes(' '));
  const states = [row.proof.state, row.consumer.state].map((state) => (state === 'proven' ? 'yes' : 'no'));
  return line([one.name, one.what, String(row.proof.references), listed(values), listed(lines), ...states]);
}

/** The tables of docs/hard-cases.md, in Markdown: one for each group, all of it measured. */
export function hardCaseTable(
  groups: readonly { readonly group: string; readonly cases: readonly MeasuredCase[] }[],
): string {
  const tables = groups.map(({ group, cases }) =>
    [`## ${group}`, '', line(HEADS), `|${'---|'.repeat(HEADS.length)}`, ...cases.map(rowOf)].join('\n'),
  );
  return tables.join('\n\n');
}
