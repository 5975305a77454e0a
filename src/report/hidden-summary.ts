import { counted, countedProfiles } from '../domain/report/counted.ts';
import type { Report, ReportedChart } from '../domain/report/report.ts';
import type { HiddenMove, ReportedHiddenImage } from '../domain/report/reported-hidden.ts';
import type { Paint } from './ecr-summary.ts';
import { type Block, eachLine } from './fit-parts.ts';
import { NOTHING_TOLD, type Told } from './told.ts';

/** How many of a kind are named; the others are counted. */
const NAMED = 5;

/** A hidden image with one release that may come to pull it, and how many others may. */
interface Row {
  readonly hidden: ReportedHiddenImage;
  readonly chart: ReportedChart;
  readonly others: number;
}

const MOVES: readonly HiddenMove[] = ['no', 'by-form', 'proven'];

/** Each image once: of several releases, one that leaves it where it is counts. */
function rowsOf({ charts }: Report): readonly Row[] {
  const rows = new Map<string, Row>();
  for (const chart of charts) {
    for (const hidden of chart.hiddenImages) {
      const known = rows.get(hidden.image);
      const others = known === undefined ? 0 : known.others + 1;
      const isWorse = known === undefined || MOVES.indexOf(hidden.moved) < MOVES.indexOf(known.hidden.moved);
      rows.set(hidden.image, isWorse ? { hidden, chart, others } : { ...known, others });
    }
  }
  return [...rows.values()];
}

function label(word: string, paint: Paint): string {
  return paint('yellow', word.padEnd(15));
}

function hint(text: string): string {
  return `                  → ${text}`;
}

function nameOf({ chart, release }: ReportedChart): string {
  return chart === release ? chart : `${chart} (${release})`;
}

/** `quay.io/team/exporter:2: shop with metrics.enabled=true`: what, where, and by what. */
function textOf({ hidden, chart, others }: Row): string {
  const { image, evidence, when } = hidden;
  const [first = ''] = when;
  const more = when.length > 1 ? ` and ${counted(when.length - 1, 'other', 'others')}` : '';
  const charts = others === 0 ? '' : `; ${counted(others, 'other release', 'other releases')}`;
  return `${image}: ${nameOf(chart)}, ${evidence === 'declared' ? 'named in' : 'with'} ${first}${more}${charts}`;
}

/** The first few of a list, each with its label, then how many there are and where they stand. */
function bounded(word: string, texts: readonly string[], where: string, paint: Paint): readonly string[] {
  const named = texts.length > NAMED + 1 ? texts.slice(0, NAMED) : texts;
  const left = texts.length - named.length;
  const lines = named.map((text) => `${label(word, paint)} ${text}`);
  return left === 0 ? lines : [...lines, `${label(word, paint)} and ${left} more: ${where} in the report`];
}

/** Lines that share what to do about them, which stands below the last one. */
function hinted(lines: readonly string[], next: string): readonly Block[] {
  return eachLine(lines).map((block, index) =>
    index < lines.length - 1 ? block : { ...block, lines: [...block.lines, hint(next)] },
  );
}

function notMoved(rows: readonly Row[], paint: Paint): readonly Block[] {
  const some = rows.filter(({ hidden }) => hidden.moved === 'no');
  if (some.length === 0) return [];
  return hinted(
    bounded('not moved', some.map(textOf), 'hiddenImages', paint),
    'pulled from their public sources, whatever is mirrored: do not set what brings them',
  );
}

/** The reason begins with the image where the source did not have it; elsewhere the image is put before it. */
function notConfirmed(rows: readonly Row[], paint: Paint): readonly string[] {
  const some = rows.filter(({ hidden }) => hidden.confirmation === 'unconfirmed');
  const texts = some.map(({ hidden: { image, reason } }) =>
    reason?.startsWith(`${image} `) === true ? reason : `${image}: ${reason}`,
  );
  return bounded('not confirmed', texts, 'hiddenImages', paint);
}

/** Profiles that are not proven, beside those whose images are told of as not moved. */
function notCovered({ charts }: Report, paint: Paint): readonly string[] {
  const texts = charts.flatMap((chart) => {
    const told = new Set(chart.hiddenImages.filter(({ moved }) => moved === 'no').flatMap(({ when }) => when));
    return chart.profiles
      .filter(({ profile, proof }) => proof.state === 'not-proven' && !told.has(profile))
      .map(({ profile }) => `${chart.chart} (${chart.release}) with ${profile}`);
  });
  return bounded('not covered', texts, 'profiles', paint);
}

function notMirrored(rows: readonly Row[], { images }: Report, paint: Paint): readonly Block[] {
  const some = rows.filter(({ hidden }) => hidden.moved !== 'no' && !hidden.mirrored);
  const planned = new Set(images.map(({ source }) => source));
  const isUnasked = some.some(({ hidden }) => !planned.has(hidden.image));
  const lines = bounded('not mirrored', some.map(textOf), 'hiddenImages', paint);
  const next = 'to have them: --images conditional, or all, or images of the catalog entry';
  return isUnasked ? hinted(lines, next) : eachLine(lines);
}

/** What nobody has seen: behind switches that were not turned, and where the chart does not render. */
function unknown({ charts }: Report): readonly string[] {
  const refused = charts.flatMap(({ refusedProfiles }) => refusedProfiles);
  const releases = charts.filter(({ refusedProfiles }) => refusedProfiles.length > 0).map(nameOf);
  const where = releases.length > NAMED ? counted(releases.length, 'release', 'releases') : releases.join(', ');
  const kinds = countedProfiles(refused.map(({ kind }) => kind));
  return [
    ...(refused.length === 0
      ? []
      : [`not known: what ${kinds} would bring: ${where} did not render with them, see refusedProfiles in the report`]),
    ...(charts.some(({ switches }) => switches === null)
      ? ['not known: images behind switches, since none was turned (--no-switches)']
      : []),
  ];
}

/** What other values may bring: never copied unasked, and here so that nobody finds out later. */
export function hiddenTold(report: Report, paint: Paint): Told {
  const rows = rowsOf(report);
  const count = (moved: HiddenMove): number => rows.filter(({ hidden }) => hidden.moved === moved).length;
  const mirrored = rows.filter(({ hidden }) => hidden.mirrored).length;
  const unconfirmed = rows.filter(({ hidden }) => hidden.confirmation === 'unconfirmed').length;
  const kinds = `moved and proven ${count('proven')}, moved by form ${count('by-form')}, not moved ${count('no')}`;
  const further = counted(rows.length, 'further image', 'further images');
  const total = `with other values: ${further}: ${kinds}; ${mirrored} ${report.scanOnly ? 'to be mirrored' : 'mirrored'}`;
  const doubt = `${counted(unconfirmed, 'further image is', 'further images are')} NOT confirmed at the source: reason in hiddenImages of the report`;
  const doubtful = [
    ...eachLine(notCovered(report, paint)),
    ...notMoved(rows, paint),
    ...eachLine([...notConfirmed(rows, paint), ...(unconfirmed === 0 ? [] : [doubt])]),
    ...notMirrored(rows, report, paint),
    ...eachLine(unknown(report)),
  ];
  return { ...NOTHING_TOLD, doubtful, totals: rows.length === 0 ? [] : [total] };
}
