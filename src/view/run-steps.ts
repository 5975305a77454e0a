import { Listr, type ListrTask } from 'listr2';
import { oneLine } from '../errors.ts';
import type { Step, StepItem } from '../pipeline/progress.ts';
import type { Notices } from './notices.ts';
import { failureText, type StepLines } from './step-lines.ts';
import { beginStep, doItem, doItems, type StepWork, workText } from './step-work.ts';

/** How a run is shown: drawn on a terminal, or as plain lines elsewhere. Both are told of every item. */
export interface RunView {
  readonly drawn: boolean;
  readonly lines: StepLines;
  readonly notices: Notices;
  /** Takes secrets out of what is drawn; lines and notices come scrubbed. */
  readonly scrub: (text: string) => string;
}

/** A step with more items is drawn as those at work: a line for each of a thousand images fits no terminal. */
const MOST_TASKS = 12;

/** So many items at work are named; the others are counted. */
const SHOWN = 8;

/** So many failures of a long step stay on the screen; the summary and the report have all. */
const SHOWN_FAILURES = 5;

/** How often a log is told how far a long step is. */
const LOG_MS = 30_000;

function itemTask(item: StepItem, work: StepWork, view: RunView, retitle: () => void): ListrTask {
  return {
    title: view.scrub(item.label),
    task: async (_, task) => {
      const error = await doItem(item, work, view.lines, (text) => {
        task.title = view.scrub(`${item.label} ${text}`);
        retitle();
      });
      retitle();
      // listr2 draws the message of what is thrown
      if (error !== undefined) throw new Error(view.scrub(oneLine(error.message)));
    },
  };
}

/** A step that is not drawn: thousands of items need no tasks of listr2, which take some kilobytes each. */
async function plainStep(step: Step, view: RunView): Promise<void> {
  const work = beginStep(step);
  view.lines.stepBegins(step, work.items.length);
  const timer = setInterval(() => view.lines.stepSays(step, workText(work)), LOG_MS);
  try {
    await doItems(work, (item) => doItem(item, work, view.lines, () => undefined));
  } finally {
    clearInterval(timer);
  }
}

/** What is at work, and why it waits if it does. Where it goes is left out: a line that breaks moves all others. */
function activeLines({ active }: StepWork, notice: string | undefined): readonly string[] {
  const names = [...active].map(([{ label }, text]) => `${label} ${text.replace(/^→ \S+ ?/, '')}`.trimEnd());
  const left = names.length - SHOWN;
  return [
    ...names.slice(0, left > 1 ? SHOWN : names.length),
    ...(left > 1 ? [`and ${left} more`] : []),
    ...(notice === undefined ? [] : [notice]),
  ];
}

type Task = Parameters<ListrTask['task']>[1];

/** A long step: its title tells how far it is, and below it stand the items at work. Its failures stay. */
async function drawLongStep(work: StepWork, task: Task, view: RunView): Promise<void> {
  const failures: string[] = [];
  let notice: string | undefined;
  const draw = (): void => {
    task.title = workText(work);
    task.output = view.scrub(activeLines(work, notice).join('\n'));
  };
  view.notices.listen((line) => {
    notice = line;
    draw();
  });
  await doItems(work, async (item) => {
    const error = await doItem(item, work, view.lines, draw);
    if (error !== undefined) failures.push(view.scrub(failureText(item.label, error)));
    draw();
  });
  task.output = '';
  if (failures.length === 0) return;
  const left = failures.length - SHOWN_FAILURES;
  const more = left > 0 ? [`and ${left} more`] : [];
  throw new Error([...failures.slice(0, SHOWN_FAILURES), ...more].join('\n'));
}

function stepTask(step: Step, view: RunView): ListrTask {
  return {
    title: step.title,
    task: (_, task) => {
      const work = beginStep(step);
      view.lines.stepBegins(step, work.items.length);
      if (work.items.length > MOST_TASKS) return drawLongStep(work, task, view);
      view.notices.listen((line) => {
        task.output = view.scrub(line);
      });
      const retitle = (): void => {
        task.title = workText(work);
      };
      const tasks = work.items.map((item) => itemTask(item, work, view, retitle));
      return task.newListr(tasks, { concurrent: step.width, exitOnError: false });
    },
  };
}

/**
 * Runs the steps in order, the items of a step side by side. A failing item stops nothing; what failed is in the run's
 * own state, never here. An abort lets every item that has not begun fail at once.
 */
export async function runSteps(steps: readonly Step[], view: RunView): Promise<void> {
  if (!view.drawn) {
    for (const step of steps) await plainStep(step, view);
    return;
  }
  const list = new Listr(
    steps.map((step) => stepTask(step, view)),
    {
      concurrent: false,
      exitOnError: false,
      registerSignalListeners: false,
      collectErrors: false,
      renderer: 'default',
      rendererOptions: { collapseErrors: false, collapseSubtasks: true, showErrorMessage: true },
    },
  );
  await list.run();
  view.notices.listen(undefined);
}
