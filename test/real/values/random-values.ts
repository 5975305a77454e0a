/** Numbers from 0 to 1 that are the same for the same seed (mulberry32). */
export function createRandom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** One of the choices. */
export function pick<T>(random: () => number, choices: readonly T[]): T {
  const chosen = choices[Math.floor(random() * choices.length)];
  if (chosen === undefined) throw new RangeError('nothing to choose from');
  return chosen;
}

/** A chart made at random: its files, and the layers of a release. */
export interface RandomChart {
  readonly files: Readonly<Record<string, string>>;
  readonly layers: readonly string[];
}

const KEYS = ['a', 'b', 'c', 'd'];
const SPELLED = ['0644', '1e3', '0o17', '1_000', 'yes', 'off', '1.10', '12345678901234567', '2024-01-01', '1:30', '""'];

/** Makes values as YAML text; every second scalar occurs once only, so that mixing is noticed. */
class Writer {
  readonly random: () => number;
  readonly #nulls: boolean;
  #count = 0;

  constructor(seed: number, nulls: boolean) {
    this.random = createRandom(seed);
    this.#nulls = nulls;
  }

  chance(odds: number): boolean {
    return this.random() < odds;
  }

  #scalar(): string {
    this.#count += 1;
    const nothing = this.#nulls ? pick(this.random, ['null', '~', '']) : '""';
    return pick(this.random, [
      `"s${this.#count}"`,
      `w${this.#count}`,
      `${this.#count}`,
      pick(this.random, SPELLED),
      nothing,
    ]);
  }

  /** The lines of a map; empty when it has no entry. */
  map(depth: number, indent: string, keys: readonly string[] = KEYS): string {
    return keys.map((key) => (this.chance(0.35) ? '' : this.#entry(key, depth, indent))).join('');
  }

  #entry(key: string, depth: number, indent: string): string {
    const kind = this.random();
    if (depth > 0 && kind < 0.45) {
      const inner = this.map(depth - 1, `${indent}  `);
      return inner === '' ? `${indent}${key}: {}\n` : `${indent}${key}:\n${inner}`;
    }
    if (kind >= 0.55) return `${indent}${key}: ${this.#scalar()}\n`;
    return `${indent}${key}:\n${indent}  - ${this.#scalar() || 'x'}\n${indent}  - { p: ${this.#scalar() || 'x'}, q: 1 }\n`;
  }

  globals(): string {
    const inner = this.chance(0.5) ? this.map(1, '  ', ['a', 'b', 'ga', 'gb']) : '';
    return inner === '' ? '' : `global:\n${inner}`;
  }

  /** Values for a subchart, below its key. */
  below(key: string): string {
    const inner = this.map(2, '  ');
    return inner === '' ? '' : `${key}:\n${inner}`;
  }
}

function dependency(writer: Writer, name: string): { readonly lines: string; readonly key: string } {
  const alias = writer.chance(0.3) ? `${name}Alias` : undefined;
  const parent = pick(writer.random, ['.', 'b', 'imported.x']);
  const imports = writer.chance(0.3) ? `    import-values: [{ child: a, parent: ${parent} }]\n` : '';
  const entry = (as: string, more: string): string => `  - name: ${name}\n    version: ^1.0.0\n${as}${more}`;
  const again = alias !== undefined && writer.chance(0.5) ? entry(`    alias: ${name}Again\n`, '') : '';
  return {
    lines: entry(alias === undefined ? '' : `    alias: ${alias}\n`, imports) + again,
    key: alias ?? name,
  };
}

function subchartFiles(writer: Writer, name: string): Readonly<Record<string, string>> {
  const own = {
    [`charts/${name}/Chart.yaml`]: `apiVersion: v2\nname: ${name}\nversion: 1.0.0\n`,
    [`charts/${name}/values.yaml`]: writer.globals() + writer.map(2, ''),
  };
  if (!writer.chance(0.4)) return own;
  return {
    ...own,
    [`charts/${name}/charts/deep/Chart.yaml`]: 'apiVersion: v2\nname: deep\nversion: 2.0.0\n',
    [`charts/${name}/charts/deep/values.yaml`]: writer.globals() + writer.map(2, ''),
  };
}

/** A chart with up to two subcharts (aliases, imports, a subchart of a subchart, globals) and up to two layers. */
export function randomChart(seed: number, nulls: boolean): RandomChart {
  const writer = new Writer(seed, nulls);
  const names = ['one', 'two'].filter(() => writer.chance(0.7));
  const dependencies = names.map((name) => dependency(writer, name));
  const section = (): string => dependencies.map(({ key }) => (writer.chance(0.6) ? writer.below(key) : '')).join('');
  const declared = dependencies.length === 0 ? '' : `dependencies:\n${dependencies.map(({ lines }) => lines).join('')}`;
  const files = Object.assign({}, ...names.map((name) => subchartFiles(writer, name))) as Record<string, string>;
  const layers = ['first', 'second'].filter(() => writer.chance(0.5));
  return {
    files: {
      ...files,
      'Chart.yaml': `apiVersion: v2\nname: parent\nversion: 1.0.0\n${declared}`,
      'values.yaml': writer.globals() + writer.map(2, '') + section(),
    },
    layers: layers.map(() => writer.globals() + writer.map(2, '') + section()),
  };
}
