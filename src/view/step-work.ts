import { type MirrorError, toMirrorError } from '../errors.ts';
import type { Step, StepItem } from '../pipeline/progress.ts';
import { createMeter, type Meter } from './meter.ts';
import type { StepLines } from './step-lines.ts';

/** A step at work: how far it is, and which of its items are being worked on, with what they say. */
export interface StepWork {
  readonly step: Step;
  readonly items: readonly StepItem[];
  readonly meter: Meter;
  readonly active: Map<StepItem, string>;
  done: number;
  failed: number;
}

/** A step as it begins: its items are known now. */
export function beginStep(step: Step): StepWork {
  return { step, items: step.items(), meter: createMeter(), active: new Map(), done: 0, failed: 0 };
}

/** `Copy images (12/40, 1 failed, 312.0 MB of 959.3 MB, 48.1 MB/s)`; the title alone where that says it all. */
export function workText({ step, items, meter, done, failed }: StepWork): string {
  const moved = meter.text(step.bytes?.());
  const parts = [
    ...(items.length > 1 ? [`${done}/${items.length}`] : []),
    ...(failed === 0 || items.length < 2 ? [] : [`${failed} failed`]),
    ...(moved === '' ? [] : [moved]),
  ];
  return parts.length === 0 ? step.title : `${step.title} (${parts.join(', ')})`;
}

/** Does the work of an item, which never throws: the failure that it ended with is given. `changed` hears of all that can be seen. */
export async function doItem(
  item: StepItem,
  work: StepWork,
  lines: StepLines,
  changed: (text: string) => void,
): Promise<MirrorError | undefined> {
  const { step, active, meter } = work;
  active.set(item, '');
  try {
    await item.work({
      update(text) {
        active.set(item, text);
        lines.itemSays(step, item.label, text);
        changed(text);
      },
      moved(bytes) {
        meter.moved(bytes);
        changed(active.get(item) ?? '');
      },
    });
    work.done += 1;
    lines.itemDone(step, item.label, active.get(item) ?? '');
    return undefined;
  } catch (thrown) {
    work.failed += 1;
    const error = toMirrorError(thrown);
    lines.itemFailed(step, item.label, error);
    return error;
  } finally {
    active.delete(item);
    if (work.done + work.failed === work.items.length) lines.stepEnds(step, work.done, work.failed);
  }
}

/** Does all items, as many at once as the step has width. */
export async function doItems({ step, items }: StepWork, one: (item: StepItem) => Promise<unknown>): Promise<void> {
  const queue = items.values();
  const worker = async (): Promise<void> => {
    for (const item of queue) await one(item);
  };
  await Promise.all(Array.from({ length: Math.min(step.width, items.length) }, worker));
}
