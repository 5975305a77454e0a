import type { ImageUse } from '../../domain/images/image-use.ts';
import type { KeptPinPlan } from '../../domain/pins/plan-pins.ts';
import type { PullSecretPlan } from '../../domain/pull-secret/plan-pull-secret.ts';
import { type Dated, type Entry, Results } from './kept-entries.ts';
import type { KeptProof } from './kept-proof.ts';
import type { Reading } from './reading.ts';

/** A reading whose references are numbers: most renders of a chart show the same. */
type Stored = Exclude<Reading, { kind: 'read' }> | StoredRead;

interface StoredRead extends Omit<Extract<Reading, { kind: 'read' }>, 'uses' | 'documented'> {
  readonly uses: readonly number[];
  readonly documented: readonly { readonly use: number; readonly why: string }[];
}

/** A plan without the lists of values that it repeats: these are at hand. */
export type KeptSecretPlan = Omit<PullSecretPlan, 'overlay'>;

/** The results of one chart as they are written. */
interface Written {
  readonly uses: readonly ImageUse[];
  readonly readings: readonly Entry<Stored>[];
  readonly proofs: readonly Entry<KeptProof>[];
  readonly secretPlans: readonly Entry<KeptSecretPlan>[];
  readonly pinPlans: readonly Entry<KeptPinPlan>[];
}

/** The most that is written of one chart, in bytes before it is packed; some 50 000 renders of a usual one. */
const LIMIT_BYTES = 16 * 1024 * 1024;

/** Turns maps into objects that are marked, so that they survive JSON. */
function replacer(_: string, value: unknown): unknown {
  return value instanceof Map ? { '#map': [...value] } : value;
}

function reviver(_: string, value: unknown): unknown {
  if (typeof value !== 'object' || value === null || !('#map' in value) || !Array.isArray(value['#map'])) return value;
  return new Map(value['#map']);
}

const NOTHING: Written = { uses: [], readings: [], proofs: [], secretPlans: [], pinPlans: [] };

/** How much longer a text gets by this, with the comma. */
function sizeOf(part: unknown): number {
  return Buffer.byteLength(JSON.stringify(part, replacer)) + 1;
}

function usesIn(stored: Stored): readonly number[] {
  return stored.kind === 'read' ? [...stored.uses, ...stored.documented.map(({ use }) => use)] : [];
}

/**
 * What is known of one chart under one helm and one set of our rules: readings of its renders, proofs, plans for pull
 * secrets and for pins. Each is found by the digest of everything it depends on, so nothing in it can be out of date. It holds no
 * rendered text.
 */
export class ChartResults {
  readonly proofs: Results<KeptProof>;
  readonly secretPlans: Results<KeptSecretPlan>;
  readonly pinPlans: Results<KeptPinPlan>;
  /** The texts of renders that are not read yet, by the key of the reading: undefined for one that came to nothing. */
  readonly underway = new Map<string, Promise<string | undefined>>();
  readonly #readings: Results<Stored>;
  readonly #uses: ImageUse[];
  readonly #numbers: Map<string, number>;
  readonly #today: number;
  readonly #limit: number;
  #isChanged = false;

  /** `text` is what `written` gave; undefined for none. `today` counts days from 1970. `limit` is in bytes. */
  constructor(text: string | undefined, today: number, limit: number = LIMIT_BYTES) {
    this.#today = today;
    this.#limit = limit;
    const { uses, readings, proofs, secretPlans, pinPlans }: Written =
      text === undefined ? NOTHING : JSON.parse(text, reviver);
    const changed = (): void => {
      this.#isChanged = true;
    };
    this.#uses = [...uses];
    this.#numbers = new Map(uses.map((use, index) => [JSON.stringify(use), index]));
    this.#readings = new Results(readings, today, changed);
    this.proofs = new Results(proofs, today, changed);
    this.secretPlans = new Results(secretPlans, today, changed);
    this.pinPlans = new Results(pinPlans, today, changed);
  }

  /** Whether there is something to write. */
  get isChanged(): boolean {
    return this.#isChanged;
  }

  /** A reading; its uses are new objects each time, since uses are told apart by identity. */
  reading(key: string): Reading | undefined {
    const stored = this.#readings.get(key);
    return stored === undefined ? undefined : this.#shown(stored);
  }

  /** Whether a reading was made in this run. */
  isOwnReading(key: string): boolean {
    return this.#readings.isOwn(key);
  }

  keepReading(key: string, reading: Reading): void {
    this.#readings.keep(key, this.#numbered(reading));
  }

  /** Takes in what another run of the same chart has kept meanwhile, as its `written` gave it. */
  adopt(text: string): void {
    // that run may have begun after midnight
    const other = new ChartResults(text, this.#today + 1);
    const readings = other.#readings.written.map(([key, dated]): Entry<Stored> => {
      return [key, { ...dated, value: this.#numbered(other.#shown(dated.value)) }];
    });
    this.#readings.adopt(readings);
    this.proofs.adopt(other.proofs.written);
    this.secretPlans.adopt(other.secretPlans.written);
    this.pinPlans.adopt(other.pinPlans.written);
  }

  /** Everything as text, for the next run; where it is too long, without what was used least recently. */
  get written(): string {
    const whole = this.#textOf(() => true);
    if (Buffer.byteLength(whole) <= this.#limit) return whole;
    const latest = this.#latest();
    return this.#textOf(([, dated]) => latest.has(dated));
  }

  /**
   * The readings alone, for another machine: the same readings make the same text, whenever and in whatever order they were
   * made. They count from the day on which the last of them was made.
   */
  get writtenReadings(): string {
    const day = Math.max(0, ...this.#readings.written.map(([, { made }]) => made));
    const other = new ChartResults(undefined, day);
    for (const [key, { value }] of this.#readings.written.toSorted(([a], [b]) => (a < b ? -1 : 1)))
      other.keepReading(key, this.#shown(value));
    return other.written;
  }

  /** The results that were used last, as many as may be written. Of one day, proofs come first, since they cost the most. */
  #latest(): ReadonlySet<Dated<unknown>> {
    const readings = this.#readings.written.map((entry) => ({ entry, uses: usesIn(entry[1].value) }));
    const others = [this.proofs.written, this.secretPlans.written, this.pinPlans.written].flat();
    const all = [...others.map((entry) => ({ entry, uses: [] })), ...readings];
    const seen = new Set<number>();
    const kept = new Set<Dated<unknown>>();
    let left = this.#limit - sizeOf(NOTHING);
    for (const { entry, uses } of all.toSorted((a, b) => b.entry[1].used - a.entry[1].used)) {
      const fresh = [...new Set(uses)].filter((number) => !seen.has(number));
      const parts = [entry, ...fresh.map((number) => this.#useAt(number))];
      const size = parts.reduce((sum, part) => sum + sizeOf(part), 0);
      if (size > left) continue;
      left -= size;
      kept.add(entry[1]);
      for (const number of fresh) seen.add(number);
    }
    return kept;
  }

  #textOf(isKept: (entry: Entry<unknown>) => boolean): string {
    const kept = this.#readings.written.filter(isKept);
    // in their order: so none gets a longer number than it had
    const used = [...new Set(kept.flatMap(([, { value }]) => usesIn(value)))].sort((a, b) => a - b);
    const places = new Map(used.map((number, place) => [number, place]));
    const placeOf = (number: number): number => places.get(number) ?? number;
    const readings = kept.map(([key, dated]): Entry<Stored> => {
      const { value } = dated;
      if (value.kind !== 'read') return [key, dated];
      const documented = value.documented.map(({ use, why }) => ({ use: placeOf(use), why }));
      return [key, { ...dated, value: { ...value, uses: value.uses.map(placeOf), documented } }];
    });
    const written: Written = {
      uses: used.map((number) => this.#useAt(number)),
      readings,
      proofs: this.proofs.written.filter(isKept),
      secretPlans: this.secretPlans.written.filter(isKept),
      pinPlans: this.pinPlans.written.filter(isKept),
    };
    return JSON.stringify(written, replacer);
  }

  #shown(stored: Stored): Reading {
    if (stored.kind !== 'read') return stored;
    const uses = stored.uses.map((number) => this.#useAt(number));
    const documented = stored.documented.map(({ use, why }) => ({ use: this.#useAt(use), why }));
    return { ...stored, uses, documented };
  }

  #numbered(reading: Reading): Stored {
    if (reading.kind !== 'read') return reading;
    const uses = reading.uses.map((use) => this.#numberOf(use));
    const documented = reading.documented.map(({ use, why }) => ({ use: this.#numberOf(use), why }));
    return { ...reading, uses, documented };
  }

  #useAt(number: number): ImageUse {
    const use = this.#uses[number];
    if (use === undefined) throw new RangeError(`kept results name use ${number} of ${this.#uses.length}`);
    return { ...use };
  }

  #numberOf(use: ImageUse): number {
    const text = JSON.stringify(use);
    const known = this.#numbers.get(text);
    if (known !== undefined) return known;
    this.#uses.push(use);
    this.#numbers.set(text, this.#uses.length - 1);
    return this.#uses.length - 1;
  }
}
