/** How a step tells what it does. A terminal draws it, a log prints it; neither is ever asked what happened. */
export interface StepView {
  /** Replaces the text behind the item's name. */
  readonly update: (text: string) => void;
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
}

/** Requests at once for steps that mostly wait for registries and repositories. */
export const WAITING = 8;
