import { oneLine } from '../errors.ts';
import type { StepLines } from './step-lines.ts';

/** One thing that happens in a run, as schemas/event.schema.json describes it. */
export type RunEvent =
  | { readonly event: 'step-began'; readonly step: string; readonly items: number }
  | { readonly event: 'item-progress'; readonly step: string; readonly item: string; readonly text: string }
  | { readonly event: 'item-done'; readonly step: string; readonly item: string; readonly text: string }
  | {
      readonly event: 'item-failed';
      readonly step: string;
      readonly item: string;
      readonly code: string;
      readonly message: string;
      readonly hint: string | null;
    }
  | { readonly event: 'step-ended'; readonly step: string; readonly done: number; readonly failed: number };

/** An item tells of its progress at most so often. */
const PAUSE_MS = 5_000;

/** Tells of every step and item as events. `now` is in milliseconds. */
export function eventLines(tell: (event: RunEvent) => void, now: () => number): StepLines {
  const told = new Map<string, number>();
  return {
    stepBegins: ({ title }, items) => tell({ event: 'step-began', step: title, items }),
    itemSays: ({ title }, item, text) => {
      const name = `${title}\n${item}`;
      const moment = now();
      if (moment - (told.get(name) ?? moment - PAUSE_MS) < PAUSE_MS) return;
      told.set(name, moment);
      tell({ event: 'item-progress', step: title, item, text });
    },
    stepSays: () => undefined,
    itemDone: ({ title }, item, text) => {
      told.delete(`${title}\n${item}`);
      tell({ event: 'item-done', step: title, item, text });
    },
    itemFailed: ({ title }, item, { code, message, hint }) =>
      tell({ event: 'item-failed', step: title, item, code, message: oneLine(message), hint: hint ?? null }),
    stepEnds: ({ title }, done, failed) => tell({ event: 'step-ended', step: title, done, failed }),
  };
}
