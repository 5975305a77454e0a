import { styleText } from 'node:util';
import { type CheckedImage, type CheckReport, hasNoImage, type ImageVerdict } from '../domain/check/report.ts';
import { oneLine } from '../errors.ts';

type Paint = (style: Parameters<typeof styleText>[0], text: string) => string;

const MOST_MENTIONS = 20;

const WORDS: Readonly<Record<ImageVerdict, string>> = {
  unreadable: 'unreadable',
  outside: 'outside',
  absent: 'absent',
  denied: 'denied',
  'platform-missing': 'platform missing',
  unknown: 'not asked',
  ok: 'ok',
};

function counted(count: number, one: string): string {
  return `${count} ${one}${count === 1 ? '' : 's'}`;
}

function table(rows: readonly (readonly string[])[]): readonly string[] {
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  return rows.map((row) =>
    row
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join('  ')
      .trimEnd(),
  );
}

function shownReference({ reference, role, verdict }: CheckedImage): string {
  if (verdict === 'unreadable') return JSON.stringify(reference);
  return role === 'base' ? `${reference} (base)` : reference;
}

function placeOf({ places }: CheckedImage): string {
  const [first, ...more] = places;
  if (first === undefined) return '';
  const { template, kind, name, path } = first;
  const others = more.length === 0 ? '' : `, +${counted(more.length, 'place')}`;
  return `${template} ${kind}/${name} ${path}${others}`;
}

function imageLines({ images }: CheckReport, paint: Paint): readonly string[] {
  if (images.length === 0) return [];
  const rows = images.map((image) => [
    WORDS[image.verdict],
    oneLine(shownReference(image)),
    oneLine(image.detail ?? ''),
    oneLine(placeOf(image)),
  ]);
  const [head = '', ...lines] = table([['VERDICT', 'IMAGE', 'MISSING', 'PLACE'], ...rows]);
  const painted = lines.map((line, index) => {
    const verdict = images[index]?.verdict;
    return verdict === 'ok' ? line : paint(verdict === 'unknown' ? 'yellow' : 'red', line);
  });
  return [head, ...painted, ''];
}

function mentionLines({ mentioned, strict }: CheckReport, paint: Paint): readonly string[] {
  if (mentioned.length === 0) return [];
  const lines = mentioned
    .slice(0, MOST_MENTIONS)
    .map(({ template, line, text }) => `  ${template}, line ${line}: ${oneLine(text)}`);
  const more = mentioned.length - MOST_MENTIONS;
  const head = `mentioned: other registries, where no image was recognised${strict ? ' (--strict: this fails)' : ''}`;
  return [paint('yellow', head), ...lines, ...(more > 0 ? [`  and ${more} more, see --json`] : []), ''];
}

function errorLines({ errors }: CheckReport, paint: Paint): readonly string[] {
  return errors.flatMap(({ code, message, hint }) => [
    `${paint('red', code)}: ${oneLine(message)}`,
    ...(hint === null ? [] : [`  → ${hint}`]),
  ]);
}

function subjectOf({ subject }: CheckReport): string {
  return subject.version === null ? subject.source : `${subject.source} ${subject.version}`;
}

/** What makes the verdict, counted: `1 outside, 2 absent`. */
function reasons(report: CheckReport): string {
  const { totals, mentioned, strict } = report;
  const verdicts = (['unreadable', 'outside', 'absent', 'denied', 'platform-missing'] as const).flatMap((verdict) => {
    const many = totals[verdict];
    return many === undefined ? [] : [`${many} ${WORDS[verdict]}`];
  });
  return [
    ...verdicts,
    ...(totals.unknown === undefined ? [] : [`${totals.unknown} not asked`]),
    ...(strict && mentioned.length > 0 ? [`${counted(mentioned.length, 'mention')} of other registries`] : []),
    ...(strict && hasNoImage(report) ? ['no image at all'] : []),
  ].join(', ');
}

function verdictLine(report: CheckReport, paint: Paint): string {
  const { images, platforms, registries } = report;
  const where = registries.join(' or ');
  const what = subjectOf(report);
  switch (report.verdict) {
    case 'not-fine':
      return `${paint('red', 'NOT FINE')}: ${what}: ${reasons(report)}`;
    case 'undecided':
      return `${paint('red', 'UNDECIDED')}: ${what}: ${reasons(report)}`;
    case 'fine': {
      if (hasNoImage(report)) return `${paint('yellow', 'NO IMAGE')}: ${what} names no image: nothing would be pulled`;
      const count = counted(images.filter(({ role }) => role === 'image').length, 'image');
      const wanted = platforms.length === 0 ? '' : `, for ${platforms.join(' and ')}`;
      return `${paint('green', 'FINE')}: ${what}: ${count}, all in ${where}${wanted}`;
    }
  }
}

/** A check for people: one row for every image, findings first; mentions, notes and errors; the verdict last. */
export function checkText(report: CheckReport, color: boolean): string {
  const paint: Paint = (style, text) => (color ? styleText(style, text, { validateStream: false }) : text);
  const lines = [
    ...imageLines(report, paint),
    ...mentionLines(report, paint),
    ...report.notes.map((note) => `note: ${note}`),
    ...errorLines(report, paint),
    verdictLine(report, paint),
  ];
  return `${lines.join('\n')}\n`;
}
