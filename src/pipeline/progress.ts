/** How a step tells what it does. A terminal draws it, a log prints it; neither is ever asked what happened. */
export interface StepView {
  /** Replaces the text behind the item's name. */
  readonly update: (text: string) => void;
  /** Tells of so many bytes more that have left a source. */
  readonly moved: (bytes: number) => void;
}

/** One item of a step: its name, and the work. */
export interface StepItem {
  readonly label: string;
  readonly work: (view: StepView) => Promise<void>;
}

/** One step of the graph. Items are computed when the step begins, from what the steps before left. */
export interface Step {
  readonly title: string;
  /** Items at once. */
  readonly width: number;
  readonly items: () => readonly StepItem[];
  /** What all items together are going to move; undefined where nobody knows it. */
  readonly bytes?: () => number | undefined;
}

/** Requests at once for steps that mostly wait for registries and repositories. */
export const WAITING = 8;
