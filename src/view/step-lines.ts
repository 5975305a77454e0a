import { type MirrorError, oneLine } from '../errors.ts';
import type { Step } from '../pipeline/progress.ts';

/** Hears what happens in a run, item by item. */
export interface StepLines {
  readonly stepBegins: (step: Step, count: number) => void;
  /** An item that is at work tells how far it is; whoever hears it decides how often that is worth a line. */
  readonly itemSays: (step: Step, label: string, text: string) => void;
  /** A long step tells how far it is, now and then. */
  readonly stepSays: (step: Step, text: string) => void;
  readonly itemDone: (step: Step, label: string, text: string) => void;
  readonly itemFailed: (step: Step, label: string, error: MirrorError) => void;
  readonly stepEnds: (step: Step, done: number, failed: number) => void;
}

/** What failed, and why. A message that begins with the item names it already. */
export function failureText(label: string, error: MirrorError): string {
  const message = oneLine(error.message);
  return message.startsWith(`${label} `) ? message : `${label}: ${message}`;
}

/** Plain lines for logs: a line per step, a line per item that moved something, a line per failure. */
export function plainLines(write: (line: string) => void): StepLines {
  return {
    stepBegins: (step, count) => {
      if (count > 0) write(`${step.title}${count > 1 ? `: ${count}` : ''}`);
    },
    itemSays: () => undefined,
    stepSays: (_, text) => write(`  ${text}`),
    itemDone: (_, label, text) => {
      if (text !== '') write(`  ${label} ${text}`);
    },
    itemFailed: (_, label, error) => write(`  failed: ${failureText(label, error)} [${error.code}]`),
    stepEnds: (_, done, failed) => {
      if (failed > 0) write(`  ${done} done, ${failed} failed`);
    },
  };
}

/** For a drawn view, which shows all this itself. */
export const NO_LINES: StepLines = {
  stepBegins: () => undefined,
  itemSays: () => undefined,
  stepSays: () => undefined,
  itemDone: () => undefined,
  itemFailed: () => undefined,
  stepEnds: () => undefined,
};

/** Tells all of them. */
export function allLines(parts: readonly StepLines[]): StepLines {
  return {
    stepBegins: (...heard) => {
      for (const part of parts) part.stepBegins(...heard);
    },
    itemSays: (...heard) => {
      for (const part of parts) part.itemSays(...heard);
    },
    stepSays: (...heard) => {
      for (const part of parts) part.stepSays(...heard);
    },
    itemDone: (...heard) => {
      for (const part of parts) part.itemDone(...heard);
    },
    itemFailed: (...heard) => {
      for (const part of parts) part.itemFailed(...heard);
    },
    stepEnds: (...heard) => {
      for (const part of parts) part.stepEnds(...heard);
    },
  };
}
