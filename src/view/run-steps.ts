import { Listr, type ListrTask } from 'listr2';
import { type MirrorError, oneLine, toMirrorError } from '../errors.ts';
import type { Step, StepItem } from '../pipeline/progress.ts';
import type { Notices } from './notices.ts';
import type { StepLines } from './step-lines.ts';

/** How a run is shown: drawn on a terminal, or as plain lines elsewhere. Both are told of every item. */
export interface RunView {
  readonly drawn: boolean;
  readonly lines: StepLines;
  readonly notices: Notices;
  /** Takes secrets out of what is drawn; lines and notices come scrubbed. */
  readonly scrub: (text: string) => string;
}

interface Tally {
  done: number;
  failed: number;
  readonly total: number;
}

function tallyText(title: string, tally: Tally): string {
  const failed = tally.failed === 0 ? '' : `, ${tally.failed} failed`;
  return `${title} (${tally.done}/${tally.total}${failed})`;
}

/** Does the work of an item, which never throws: the failure that it ended with is given. */
async function doItem(
  step: Step,
  item: StepItem,
  tally: Tally,
  { lines }: RunView,
  told: (text: string) => void,
): Promise<MirrorError | undefined> {
  let last = '';
  try {
    await item.work({
      update(text) {
        last = text;
        lines.itemSays(step, item.label, text);
        told(text);
      },
    });
    tally.done += 1;
    lines.itemDone(step, item.label, last);
    return undefined;
  } catch (thrown) {
    tally.failed += 1;
    const error = toMirrorError(thrown);
    lines.itemFailed(step, item.label, error);
    return error;
  } finally {
    if (tally.done + tally.failed === tally.total) lines.stepEnds(step, tally.done, tally.failed);
  }
}

function itemTask(step: Step, item: StepItem, tally: Tally, view: RunView, retitle: () => void): ListrTask {
  return {
    title: view.scrub(item.label),
    task: async (_, task) => {
      const error = await doItem(step, item, tally, view, (text) => {
        task.title = view.scrub(`${item.label} ${text}`);
      });
      retitle();
      // listr2 draws the message of what is thrown
      if (error !== undefined) throw new Error(view.scrub(oneLine(error.message)));
    },
  };
}

/** A step that is not drawn: thousands of items need no tasks of listr2, which take some kilobytes each. */
async function plainStep(step: Step, view: RunView): Promise<void> {
  const items = step.items();
  const tally: Tally = { done: 0, failed: 0, total: items.length };
  view.lines.stepBegins(step, items.length);
  const queue = items.values();
  const worker = async (): Promise<void> => {
    for (const item of queue) await doItem(step, item, tally, view, () => undefined);
  };
  await Promise.all(Array.from({ length: Math.min(step.width, items.length) }, worker));
}

function stepTask(step: Step, view: RunView): ListrTask {
  return {
    title: step.title,
    task: (_, task) => {
      const items = step.items();
      const tally: Tally = { done: 0, failed: 0, total: items.length };
      view.lines.stepBegins(step, items.length);
      view.notices.listen((line) => {
        task.output = view.scrub(line);
      });
      const retitle = (): void => {
        if (tally.total > 1) task.title = tallyText(step.title, tally);
      };
      const tasks = items.map((item) => itemTask(step, item, tally, view, retitle));
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
