/** A result with the days on which it was made and last asked for, counted from 1970. */
export interface Dated<T> {
  readonly made: number;
  used: number;
  readonly value: T;
}

/** A result with the digest of all that it depends on. */
export type Entry<T> = readonly [string, Dated<T>];

/** After this many days a result is made anew, whatever it is made from. */
export const MAX_DAYS = 30;

/** Results of one kind, by the digest of all that they depend on. */
export class Results<T> {
  readonly #entries: Map<string, Dated<T>>;
  readonly #today: number;
  readonly #changed: () => void;
  readonly #own = new Set<string>();

  constructor(entries: readonly Entry<T>[], today: number, changed: () => void) {
    this.#entries = new Map(entries.filter(([, { made }]) => made <= today && today - made < MAX_DAYS));
    this.#today = today;
    this.#changed = changed;
  }

  get(key: string): T | undefined {
    const entry = this.#entries.get(key);
    if (entry === undefined) return undefined;
    if (entry.used !== this.#today) this.#changed();
    entry.used = this.#today;
    return entry.value;
  }

  keep(key: string, value: T): void {
    this.#own.add(key);
    this.#entries.set(key, { made: this.#today, used: this.#today, value });
    this.#changed();
  }

  /** Takes in what another run has kept meanwhile: of two results for one key the newer. */
  adopt(entries: readonly Entry<T>[]): void {
    for (const [key, other] of entries) {
      const own = this.#entries.get(key);
      const newer = own === undefined || own.made < other.made ? other : own;
      this.#entries.set(key, { ...newer, used: Math.max(own?.used ?? 0, other.used) });
    }
  }

  /** Whether a result was made in this run. */
  isOwn(key: string): boolean {
    return this.#own.has(key);
  }

  get written(): readonly Entry<T>[] {
    return [...this.#entries];
  }
}
