import { counted } from '../domain/report/counted.ts';
import type { Report } from '../domain/report/report.ts';
import type { Paint } from './ecr-summary.ts';
import { eachLine } from './fit-parts.ts';
import { NOTHING_TOLD, type Told } from './told.ts';

/** How many images have the signatures that were asked for, with the cost. Refused ones are told with the images. */
export function signaturesTold({ signatures, artifacts }: Report, paint: Paint): Told {
  if (signatures === null) return NOTHING_TOLD;
  const { totals, requests } = signatures;
  const counts = [
    `${totals.verified ?? 0} verified`,
    ...(totals.refused === undefined ? [] : [`${totals.refused} refused`]),
  ];
  const asked = Object.values(requests).reduce((sum, count) => sum + count, 0);
  const line = `signatures: ${counts.join(', ')}; ${counted(asked, 'request', 'requests')}`;
  if (artifacts.choice !== 'none') return { ...NOTHING_TOLD, totals: [line] };
  const left = `${paint('yellow', 'NOT COPIED'.padEnd(15))} signatures, since artifacts are not: nobody can verify the images at the target`;
  return { ...NOTHING_TOLD, doubtful: eachLine([left]), totals: [line] };
}
