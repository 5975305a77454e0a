interface Underway<T> {
  readonly result: Promise<T>;
  readonly controller: AbortController;
  waiting: number;
}

/** Does a piece of work once for all who want it at the same time. */
export type Join<T> = (key: string, signal: AbortSignal, work: (signal: AbortSignal) => Promise<T>) => Promise<T>;

/**
 * A table of work underway, by key. Whoever aborts stops waiting with the reason of his signal; the work itself is aborted
 * when nobody waits for it any more.
 */
export function joinRequests<T>(): Join<T> {
  const table = new Map<string, Underway<T>>();

  function begin(key: string, work: (signal: AbortSignal) => Promise<T>): Underway<T> {
    const controller = new AbortController();
    const begun: Underway<T> = { result: work(controller.signal), controller, waiting: 0 };
    table.set(key, begun);
    return begun;
  }

  return async (key, signal, work) => {
    signal.throwIfAborted();
    const underway = table.get(key) ?? begin(key, work);
    const gone = Promise.withResolvers<never>();
    const leave = () => gone.reject(signal.reason);
    signal.addEventListener('abort', leave, { once: true });
    underway.waiting += 1;
    try {
      return await Promise.race([underway.result, gone.promise]);
    } finally {
      signal.removeEventListener('abort', leave);
      underway.waiting -= 1;
      if (underway.waiting === 0) {
        if (table.get(key) === underway) table.delete(key);
        underway.controller.abort();
      }
    }
  };
}
