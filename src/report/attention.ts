import { isGoodChart, isGoodImage } from '../domain/report/good-ends.ts';
import type { Report, ReportedChart } from '../domain/report/report.ts';
import type { ReportedError } from '../domain/report/reported-error.ts';
import { chartDoubts } from './chart-doubts.ts';

/** Something that somebody has to look at. */
export interface Attention {
  readonly kind: 'chart' | 'image' | 'artifact' | 'repository' | 'entry' | 'plan';
  readonly name: string;
  readonly status: string;
  /** What did not fail, and may yet not be what was wanted. */
  readonly isDoubt: boolean;
  /** Empty where no error is known. */
  readonly code: string;
  readonly message: string;
  /** What to do next; empty where nobody says. */
  readonly next: string;
}

function said(error: ReportedError | null, otherwise = ''): Pick<Attention, 'code' | 'message' | 'next'> {
  if (error === null) return { code: '', message: otherwise, next: '' };
  return { code: error.code, message: error.message, next: error.hint ?? '' };
}

function chartName({ chart, release, version, requested }: ReportedChart): string {
  return `${chart} ${version ?? requested}${release === chart ? '' : ` (${release})`}`;
}

function charts({ charts: rows }: Report): readonly Attention[] {
  return rows
    .filter((row) => !isGoodChart(row))
    .map((row) => {
      const { status, error, proof } = row;
      const isUnproven = proof.state === 'not-proven';
      const residue = isUnproven ? (proof.reason ?? 'its references are not proven') : '';
      return { kind: 'chart', name: chartName(row), status, isDoubt: false, ...said(error, residue) };
    });
}

function doubts({ charts: rows }: Report): readonly Attention[] {
  return rows.flatMap((row) =>
    chartDoubts(row).map((doubt) => ({ kind: 'chart', name: chartName(row), isDoubt: true, code: '', ...doubt })),
  );
}

function images({ images: rows }: Report): readonly Attention[] {
  return rows
    .filter(({ status }) => !isGoodImage(status) || status === 'unconfirmed')
    .map(({ source, status, error, reason }) => ({
      kind: 'image',
      name: source,
      status,
      isDoubt: status === 'unconfirmed',
      ...said(error, reason ?? ''),
    }));
}

function artifacts({ artifacts: { rows, notLookedFor } }: Report): readonly Attention[] {
  return [
    ...rows
      .filter(({ status }) => status === 'failed' || status === 'unfinished' || status === 'unconfirmed')
      .map(({ reference, status, error, reason }) => ({
        kind: 'artifact' as const,
        name: reference,
        status,
        isDoubt: status === 'unconfirmed',
        ...said(error, reason ?? ''),
      })),
    ...notLookedFor.map(({ registry, repository, what, reason, error }) => ({
      kind: 'artifact' as const,
      name: `${registry}/${repository}`,
      status: `${what} not told`,
      isDoubt: error === null,
      ...said(error, reason),
    })),
  ];
}

function repositories({ ecr }: Report): readonly Attention[] {
  return (ecr?.repositories ?? [])
    .filter(({ status }) => status === 'failed')
    .map(({ name, status, error }) => ({ kind: 'repository', name, status, isDoubt: false, ...said(error) }));
}

function entries({ unmirrorable }: Report): readonly Attention[] {
  return unmirrorable.map(({ key, place, reason }) => ({
    kind: 'entry',
    name: `${key} (${place.file}:${place.line})`,
    status: 'not mirrored',
    isDoubt: true,
    ...said(null, reason),
  }));
}

function plan({ plan: held }: Report): readonly Attention[] {
  const rows = (texts: readonly string[], status: string): readonly Attention[] =>
    texts.map((name) => ({ kind: 'plan', name, status, isDoubt: false, code: '', message: '', next: '' }));
  return held === null ? [] : [...rows(held.moved, 'moved'), ...rows(held.missing, 'not there')];
}

/** All that did not end as it should, in the order in which it is best looked at; what is only doubtful comes last. */
export function needsAttention(report: Report): readonly Attention[] {
  const all = [plan, charts, images, artifacts, repositories, entries, doubts].flatMap((part) => part(report));
  return [...all.filter(({ isDoubt }) => !isDoubt), ...all.filter(({ isDoubt }) => isDoubt)];
}
