import { styleText } from 'node:util';
import type { OutdatedReport, ReportedVersion } from '../domain/outdated/outdated.ts';
import { counted } from '../domain/report/counted.ts';

function nameOf({ chart, release }: ReportedVersion): string {
  return chart === release ? chart : `${chart} (${release})`;
}

function lines(row: ReportedVersion, paint: (text: string) => string): readonly string[] {
  if (row.state === 'unknown') {
    const { error } = row;
    return [`${paint('UNKNOWN'.padEnd(15))} ${nameOf(row)}: ${error === null ? '' : `${error.code} ${error.message}`}`];
  }
  if (row.state !== 'outdated') return [];
  const { added = [], removed = [] } = row.images ?? {};
  const same = added.length + removed.length === 0 ? ', the same images' : '';
  return [
    `${paint('outdated'.padEnd(15))} ${nameOf(row)} ${row.current ?? ''} → ${row.newest ?? ''}${same}`,
    ...removed.map((image) => `                  - ${image}`),
    ...added.map((image) => `                  + ${image}`),
  ];
}

/** Newer versions with the images that they add and remove, then the counts. `color` only for terminals. */
export function outdatedTable({ releases }: OutdatedReport, color: boolean): string {
  const paint = (text: string): string => (color ? styleText('yellow', text, { validateStream: false }) : text);
  const count = (state: ReportedVersion['state']): number => releases.filter((row) => row.state === state).length;
  const local = count('local') === 0 ? '' : `, ${count('local')} of local charts`;
  const unknown = count('unknown') === 0 ? '' : `, ${count('unknown')} NOT known`;
  const total = `${count('outdated')} of ${counted(releases.length, 'release', 'releases')} outdated${local}${unknown}`;
  return `${[...releases.flatMap((row) => lines(row, paint)), total].join('\n')}\n`;
}
