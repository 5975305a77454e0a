import { Listr, type ListrTask } from 'listr2';
import { oneLine, toMirrorError } from '../errors.ts';
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

function itemTask(step: Step, item: StepItem, tally: Tally, view: RunView, retitle: () => void): ListrTask {
  return {
    title: view.scrub(item.label),
    task: async (_, task) => {
      let last = '';
      const update = (text: string): void => {
        last = text;
        view.lines.itemSays(step, item.label, text);
        task.title = view.scrub(`${item.label} ${text}`);
      };
      try {
        await item.work({ update });
        tally.done += 1;
        view.lines.itemDone(step, item.label, last);
      } catch (thrown) {
        tally.failed += 1;
        const error = toMirrorError(thrown);
        view.lines.itemFailed(step, item.label, error);
        // listr2 draws the message of what is thrown
        throw new Error(view.scrub(oneLine(error.message)));
      } finally {
        retitle();
      }
    },
  };
}

function stepTask(step: Step, view: RunView): ListrTask {
  return {
    title: step.title,
    task: (_, task) => {
      const items = step.items();
      const tally: Tally = { done: 0, failed: 0, total: items.length };
      view.lines.stepBegins(step, items.length);
      if (view.drawn) {
        view.notices.listen((line) => {
          task.output = view.scrub(line);
        });
      }
      const retitle = (): void => {
        if (tally.total > 1) task.title = tallyText(step.title, tally);
        if (tally.done + tally.failed === tally.total) view.lines.stepEnds(step, tally.done, tally.failed);
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
  const list = new Listr(
    steps.map((step) => stepTask(step, view)),
    {
      concurrent: false,
      exitOnError: false,
      registerSignalListeners: false,
      collectErrors: false,
      renderer: view.drawn ? 'default' : 'silent',
      rendererOptions: { collapseErrors: false, collapseSubtasks: true, showErrorMessage: true },
    },
  );
  await list.run();
  view.notices.listen(undefined);
}
