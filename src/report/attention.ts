import { isGoodChart, isGoodImage } from '../domain/report/good-ends.ts';
import type { Report } from '../domain/report/report.ts';
import type { ReportedError } from '../domain/report/reported-error.ts';

/** Something that somebody has to look at. */
export interface Attention {
  readonly kind: 'chart' | 'image' | 'artifact' | 'repository' | 'entry' | 'plan';
  readonly name: string;
  readonly status: string;
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

function charts({ charts: rows }: Report): readonly Attention[] {
  return rows
    .filter((row) => !isGoodChart(row))
    .map((row) => {
      const { chart, release, version, requested, status, error, proof } = row;
      const name = `${chart} ${version ?? requested}${release === chart ? '' : ` (${release})`}`;
      const isUnproven = proof.state === 'not-proven';
      const residue = isUnproven ? (proof.reason ?? 'its references are not proven') : '';
      return { kind: 'chart', name, status, ...said(error, residue) };
    });
}

function images({ images: rows }: Report): readonly Attention[] {
  return rows
    .filter(({ status }) => !isGoodImage(status) || status === 'unconfirmed')
    .map(({ source, status, error, reason }) => ({
      kind: 'image',
      name: source,
      status,
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
        ...said(error, reason ?? ''),
      })),
    ...notLookedFor.map(({ registry, repository, what, reason, error }) => ({
      kind: 'artifact' as const,
      name: `${registry}/${repository}`,
      status: `${what} not told`,
      ...said(error, reason),
    })),
  ];
}

function repositories({ ecr }: Report): readonly Attention[] {
  return (ecr?.repositories ?? [])
    .filter(({ status }) => status === 'failed')
    .map(({ name, status, error }) => ({ kind: 'repository', name, status, ...said(error) }));
}

function entries({ unmirrorable }: Report): readonly Attention[] {
  return unmirrorable.map(({ key, place, reason }) => ({
    kind: 'entry',
    name: `${key} (${place.file}:${place.line})`,
    status: 'not mirrored',
    ...said(null, reason),
  }));
}

function plan({ plan: held }: Report): readonly Attention[] {
  const rows = (texts: readonly string[], status: string): readonly Attention[] =>
    texts.map((name) => ({ kind: 'plan', name, status, code: '', message: '', next: '' }));
  return held === null ? [] : [...rows(held.moved, 'moved'), ...rows(held.missing, 'not there')];
}

/** What is only doubtful comes last. */
function isDoubtful({ kind, status }: Attention): boolean {
  return kind === 'entry' || status === 'unconfirmed';
}

/** All that did not end as it should, in the order in which it is best looked at. */
export function needsAttention(report: Report): readonly Attention[] {
  const all = [plan, charts, images, artifacts, repositories, entries].flatMap((part) => part(report));
  return [...all.filter((one) => !isDoubtful(one)), ...all.filter(isDoubtful)];
}
