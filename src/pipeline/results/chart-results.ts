import type { ImageUse } from '../../domain/images/image-use.ts';
import type { KeptPinPlan } from '../../domain/pins/plan-pins.ts';
import type { PullSecretPlan } from '../../domain/pull-secret/plan-pull-secret.ts';
import type { KeptProof } from './kept-proof.ts';
import type { Reading } from './reading.ts';

/** A result with the days on which it was made and last asked for, counted from 1970. */
interface Dated<T> {
  readonly made: number;
  used: number;
  readonly value: T;
}

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
  readonly readings: readonly (readonly [string, Dated<Stored>])[];
  readonly proofs: readonly (readonly [string, Dated<KeptProof>])[];
  readonly secretPlans: readonly (readonly [string, Dated<KeptSecretPlan>])[];
  readonly pinPlans: readonly (readonly [string, Dated<KeptPinPlan>])[];
}

/** After this many days a result is made anew, whatever it is made from. */
export const MAX_DAYS = 30;

/** Results of one kind, by the digest of all that they depend on. */
class Results<T> {
  readonly #entries: Map<string, Dated<T>>;
  readonly #today: number;
  readonly #changed: () => void;
  readonly #own = new Set<string>();

  constructor(entries: readonly (readonly [string, Dated<T>])[], today: number, changed: () => void) {
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

  /** Whether a result was made in this run. */
  isOwn(key: string): boolean {
    return this.#own.has(key);
  }

  get written(): readonly (readonly [string, Dated<T>])[] {
    return [...this.#entries];
  }
}

/** Turns maps into objects that are marked, so that they survive JSON. */
function replacer(_: string, value: unknown): unknown {
  return value instanceof Map ? { '#map': [...value] } : value;
}

function reviver(_: string, value: unknown): unknown {
  if (typeof value !== 'object' || value === null || !('#map' in value) || !Array.isArray(value['#map'])) return value;
  return new Map(value['#map']);
}

const NOTHING: Written = { uses: [], readings: [], proofs: [], secretPlans: [], pinPlans: [] };

/**
 * What is known of one chart under one helm and one set of our rules: readings of its renders, proofs, plans for pull
 * secrets and for pins. Each is found by the digest of everything it depends on, so nothing in it can be out of date. It holds no
 * rendered text.
 */
export class ChartResults {
  readonly proofs: Results<KeptProof>;
  readonly secretPlans: Results<KeptSecretPlan>;
  readonly pinPlans: Results<KeptPinPlan>;
  readonly #readings: Results<Stored>;
  readonly #uses: ImageUse[];
  readonly #numbers: Map<string, number>;
  #isChanged = false;

  /** `text` is what `written` gave; undefined for none. `today` counts days from 1970. */
  constructor(text: string | undefined, today: number) {
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
    if (stored?.kind !== 'read') return stored;
    const uses = stored.uses.map((number) => this.#useAt(number));
    const documented = stored.documented.map(({ use, why }) => ({ use: this.#useAt(use), why }));
    return { ...stored, uses, documented };
  }

  /** Whether a reading was made in this run. */
  isOwnReading(key: string): boolean {
    return this.#readings.isOwn(key);
  }

  keepReading(key: string, reading: Reading): void {
    if (reading.kind !== 'read') {
      this.#readings.keep(key, reading);
      return;
    }
    const uses = reading.uses.map((use) => this.#numberOf(use));
    const documented = reading.documented.map(({ use, why }) => ({ use: this.#numberOf(use), why }));
    this.#readings.keep(key, { ...reading, uses, documented });
  }

  /** Everything as text, for the next run. */
  get written(): string {
    const used = new Map<number, number>();
    const renumbered = (number: number): number => {
      const known = used.get(number) ?? used.size;
      used.set(number, known);
      return known;
    };
    const readings = this.#readings.written.map(([key, dated]): readonly [string, Dated<Stored>] => {
      const { value } = dated;
      if (value.kind !== 'read') return [key, dated];
      const documented = value.documented.map(({ use, why }) => ({ use: renumbered(use), why }));
      return [key, { ...dated, value: { ...value, uses: value.uses.map(renumbered), documented } }];
    });
    const written: Written = {
      uses: [...used.keys()].map((number) => this.#useAt(number)),
      readings,
      proofs: this.proofs.written,
      secretPlans: this.secretPlans.written,
      pinPlans: this.pinPlans.written,
    };
    return JSON.stringify(written, replacer);
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
