import PQueue from 'p-queue';

/** A bounded number of places. */
export interface Queue {
  /** Resolves when there is a place; call the result when it is free again. Rejects with the signal's reason. */
  enter(signal: AbortSignal): Promise<() => void>;
  /** How many wait for a place. */
  readonly waiting: number;
  /** From now on so many places. Who has one keeps it. */
  resize(places: number): void;
}

/** A queue with so many places at once. */
export function createQueue(places: number): Queue {
  const queue = new PQueue({ concurrency: places });
  return {
    enter: (signal) =>
      new Promise((resolve, reject) => {
        const held = () => new Promise<void>((release) => resolve(release));
        // a task whose signal aborts while it runs rejects too, long after `resolve`: then this reject changes nothing
        queue.add(held, { signal }).catch(reject);
      }),
    get waiting() {
      return queue.size;
    },
    resize(more) {
      if (queue.concurrency !== more) queue.concurrency = more;
    },
  };
}
