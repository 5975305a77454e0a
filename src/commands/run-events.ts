import { type LineStream, NO_LINE_STREAM, openLineFile, printedLines } from '../adapters/event-stream.ts';
import type { Report } from '../domain/report/report.ts';
import { type MirrorError, oneLine } from '../errors.ts';
import type { Redactor } from '../redaction.ts';
import { eventLines } from '../view/event-lines.ts';
import { NO_LINES, type StepLines } from '../view/step-lines.ts';
import type { EventsTo } from './run-outputs.ts';
import type { Surroundings } from './surroundings.ts';

/** Tells a program what happens in a run, as schemas/event.schema.json describes it. */
export interface RunEvents {
  readonly lines: StepLines;
  readonly began: (facts: { readonly target: string; readonly scanOnly: boolean }) => void;
  readonly notice: (text: string) => void;
  /** Where every chart and image ended, then the run. The last event of a run that came to its end. */
  readonly ended: (report: Report, exitCode: number) => void;
  /** The last event of a run that has no report. */
  readonly brokeOff: (error: MirrorError) => void;
  /** The first failure to write, if there was one. */
  readonly close: () => MirrorError | undefined;
}

function streamFor(to: EventsTo, around: Surroundings): LineStream {
  switch (to.kind) {
    case 'nowhere':
      return NO_LINE_STREAM;
    case 'stdout':
      return printedLines(around.print);
    case 'file':
      return openLineFile(to.path);
  }
}

/**
 * Opens the stream of a run's events.
 *
 * @throws MirrorError INPUT_INVALID when the file cannot be made.
 */
export function openEvents(to: EventsTo, around: Surroundings, redactor: Redactor): RunEvents {
  const stream = streamFor(to, around);
  const scrub = (_: string, value: unknown): unknown => (typeof value === 'string' ? redactor.scrub(value) : value);
  const tell = (event: object): void =>
    stream.write(JSON.stringify({ at: around.now().toISOString(), ...event }, scrub));
  const rows = ({ charts, images }: Report): void => {
    for (const { chart, release, version, destination, status, error } of charts) {
      tell({ event: 'chart-ended', chart, release, version, destination, status, code: error?.code ?? null });
    }
    for (const { source, destination, digest, status, error } of images) {
      tell({ event: 'image-ended', source, destination, digest, status, code: error?.code ?? null });
    }
  };
  return {
    lines: to.kind === 'nowhere' ? NO_LINES : eventLines(tell, () => around.now().getTime()),
    began: ({ target, scanOnly }) => tell({ event: 'run-began', version: 1, target, scanOnly }),
    notice: (text) => tell({ event: 'notice', text }),
    ended: (report, exitCode) => {
      if (to.kind !== 'nowhere') rows(report);
      tell({ event: 'run-ended', exitCode, interrupted: report.interrupted, totals: report.totals });
    },
    brokeOff: ({ code, message, hint }) =>
      tell({ event: 'run-broke-off', code, message: oneLine(message), hint: hint ?? null }),
    close: stream.close,
  };
}
