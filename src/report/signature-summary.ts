import { counted } from '../domain/report/counted.ts';
import type { Report } from '../domain/report/report.ts';
import type { Paint } from './ecr-summary.ts';

/** How many images have the signatures that were asked for, with the cost. Refused ones are told with the images. */
export function signatureLines({ signatures, artifacts }: Report, paint: Paint): readonly string[] {
  if (signatures === null) return [];
  const { totals, requests } = signatures;
  const counts = [
    `${totals.verified ?? 0} verified`,
    ...(totals.refused === undefined ? [] : [`${totals.refused} refused`]),
  ];
  const asked = Object.values(requests).reduce((sum, count) => sum + count, 0);
  const line = `signatures: ${counts.join(', ')}; ${counted(asked, 'request', 'requests')}`;
  if (artifacts.choice !== 'none') return [line];
  const left = `${paint('yellow', 'NOT COPIED'.padEnd(15))} signatures, since artifacts are not: nobody can verify the images at the target`;
  return [left, line];
}
