/** Lines about the run as a whole, such as waits. Whoever draws the run takes them over while it does. */
export interface Notices {
  readonly say: (line: string) => void;
  /** From now on `listener` gets the lines; undefined gives them back. */
  readonly listen: (listener: ((line: string) => void) | undefined) => void;
}

/** Notices that go to `usual` while nobody listens. */
export function createNotices(usual: (line: string) => void): Notices {
  let current = usual;
  return {
    say: (line) => current(line),
    listen: (listener) => {
      current = listener ?? usual;
    },
  };
}
