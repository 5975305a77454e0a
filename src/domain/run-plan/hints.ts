/** What to do about rows that are refused or failed: of releases by `releaseKey`, of images by `imageKey`. No part of a plan. */
export interface PlanHints {
  readonly charts: ReadonlyMap<string, string>;
  readonly images: ReadonlyMap<string, string>;
}

/** Where nobody says what to do. */
export const NO_HINTS: PlanHints = { charts: new Map(), images: new Map() };
