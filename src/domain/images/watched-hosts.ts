import type { SeenHosts } from './reference-text.ts';

/**
 * A set of hosts that keeps the questions it was asked. What was found with its help is found again with any set that
 * answers them alike. Whoever lists the hosts has asked for all of them.
 */
export class WatchedHosts implements ReadonlySet<string> {
  readonly #hosts: SeenHosts;
  readonly #asked = new Set<string>();
  #isListed = false;

  constructor(hosts: SeenHosts) {
    this.#hosts = hosts;
  }

  /** Whether another set of hosts would have given the same answers. */
  wouldAnswerAs(other: SeenHosts): boolean {
    const hosts = this.#hosts;
    if (hosts === other) return true;
    const isSame = hosts.size === other.size && [...hosts].every((host) => other.has(host));
    if (isSame || this.#isListed) return isSame;
    for (const host of this.#asked) if (hosts.has(host) !== other.has(host)) return false;
    return true;
  }

  has(host: string): boolean {
    this.#asked.add(host);
    return this.#hosts.has(host);
  }

  #all(): SeenHosts {
    this.#isListed = true;
    return this.#hosts;
  }

  get size(): number {
    return this.#all().size;
  }

  forEach(call: (value: string, key: string, set: ReadonlySet<string>) => void): void {
    for (const host of this.#all()) call(host, host, this);
  }

  entries(): SetIterator<[string, string]> {
    return this.#all().entries();
  }

  keys(): SetIterator<string> {
    return this.#all().keys();
  }

  values(): SetIterator<string> {
    return this.#all().values();
  }

  [Symbol.iterator](): SetIterator<string> {
    return this.#all().values();
  }
}
