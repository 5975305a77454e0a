import { isGoodChart, isGoodImage } from '../../domain/report/good-ends.ts';
import type { ReportedChart, ReportedImage } from '../../domain/report/report.ts';
import { type Html, html } from './html.ts';

/** How a status is to be taken: colour is never the only sign, the word stands there too. */
export type Mood = 'good' | 'bad' | 'doubt';

/** A word on a ground of its mood. */
export function word(text: string, mood: Mood): Html {
  return html`<span class="word ${mood}">${text}</span>`;
}

/** The mood of a chart's end. */
export function chartMood(row: Pick<ReportedChart, 'status' | 'error'>): Mood {
  return isGoodChart(row) ? 'good' : 'bad';
}

/** The mood of an image's end. */
export function imageMood({ status }: Pick<ReportedImage, 'status'>): Mood {
  if (!isGoodImage(status)) return 'bad';
  return status === 'unconfirmed' || status === 'not-needed' || status === 'present-unverified' ? 'doubt' : 'good';
}
