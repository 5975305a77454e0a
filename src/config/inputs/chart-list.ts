import { tagToVersion } from '../../domain/version/tags.ts';
import { flagProblem, problemAt, shown } from '../problems.ts';
import { chartAddress } from './chart-address.ts';
import { Findings, type Subject } from './findings.ts';
import { addWanted, type WantedChart } from './wanted-chart.ts';

const FORMS =
  'write "REPOSITORY CHART VERSION", such as "https://kedacore.github.io/charts keda 2.17.1", or "oci://HOST/PATH/CHART:VERSION"';

type Named = Pick<WantedChart, 'chart' | 'version'> & { readonly repository: string };

/** `oci://host/path/chart:version`, or with `@version`. */
function fromOci(word: string): Named | undefined {
  const address = chartAddress(word);
  const match = /^([^:@]+)(?:[:@](.+))?$/.exec(address?.chart ?? '');
  if (address === undefined || match?.[1] === undefined) return undefined;
  const version = match[2] === undefined ? undefined : tagToVersion(match[2]);
  return { repository: address.repository, chart: match[1], version };
}

function namedBy(words: readonly string[]): Named | undefined {
  const [first = '', second, third, ...more] = words;
  if (more.length > 0) return undefined;
  if (second === undefined) return first.startsWith('oci://') ? fromOci(first) : undefined;
  if (third !== undefined) return { repository: first, chart: second, version: third };
  const at = second.lastIndexOf('@');
  if (at <= 0) return { repository: first, chart: second, version: undefined };
  return { repository: first, chart: second.slice(0, at), version: second.slice(at + 1) };
}

/**
 * Reads a list of charts, one a line: repository, chart and version, or one address in a registry. Empty lines and what
 * stands behind a `#` are passed over. A line that says something else is a problem: the list is written for us.
 */
export function readChartList(findings: Findings, text: string, file: string): void {
  const lines = text.replace(/^\uFEFF/, '').split(/\r\n|\n|\r/);
  let count = 0;
  for (const [index, line] of lines.entries()) {
    const [said = ''] = line.split(/(?:^|\s)#/, 1);
    const words = said
      .trim()
      .split(/\s+/)
      .filter((word) => word !== '');
    if (words.length === 0) continue;
    count += 1;
    const place = { file, line: index + 1, column: line.search(/\S/) + 1, key: undefined };
    const named = namedBy(words);
    if (named === undefined) {
      findings.complain(place, { what: `${shown(said.trim())} names no chart`, instead: FORMS });
      continue;
    }
    const { repository, chart, version } = named;
    const subject: Subject = { label: chart, place: { ...place, key: chart } };
    const own = new Findings();
    const from = { kind: 'repository', text: repository } as const;
    addWanted(own, { subject, chart, from, version, release: undefined, namespace: undefined, layers: [] });
    findings.addons.push(...own.addons);
    for (const { reason } of own.unmirrorable)
      findings.problems.push(problemAt(place, { what: reason, instead: FORMS }));
  }
  if (count === 0) findings.problems.push(flagProblem('--list', { what: `${file} names no chart`, instead: FORMS }));
}
