import { createRandom, pick } from './random-values.ts';

const KEYS = ['a', 'b', '"c.d"', 'e/f', 'g'];
const SPELLED = ['0644', '1e3', '0o17', 'yes', '1.10', '~', '', 'null', '2024-01-01', '.5', '!!str 1'];

interface Anchor {
  readonly name: string;
  readonly map: boolean;
}

/** Writes one values file with everything that YAML allows and charts use. */
class DocumentWriter {
  readonly random: () => number;
  readonly #anchors: Anchor[] = [];
  #count = 0;

  constructor(seed: number) {
    this.random = createRandom(seed);
  }

  #next(): number {
    this.#count += 1;
    return this.#count;
  }

  #anchor(map: boolean): string {
    const name = `k${this.#next()}`;
    this.#anchors.push({ name, map });
    return name;
  }

  #alias(map: boolean): string | undefined {
    const known = this.#anchors.filter((anchor) => anchor.map === map);
    return known.length === 0 ? undefined : `*${pick(this.random, known).name}`;
  }

  #comment(): string {
    return this.random() < 0.15 ? ` # c ${this.#next()}` : '';
  }

  #scalar(indent: string): string {
    const n = this.#next();
    const words = pick(this.random, [`img${n}`, `org/img${n}`, `quay.io/o/i${n}`, `😀é${n}`, `a b${n}`]);
    const kinds = [
      () => JSON.stringify(words) + this.#comment(),
      () => `'${words}'${this.#comment()}`,
      () => `w${n}${this.#comment()}`,
      () => `o/w${n}:1${this.#comment()}`,
      () => pick(this.random, SPELLED) + this.#comment(),
      () => `|\n${indent}  quay.io/x/y:${n}\n${indent}  z ${n}`,
      () => `>\n${indent}  quay.io/x/y:${n}\n${indent}  z ${n}`,
      () => `"quay.io/x/y:${n}\n${indent}  z"`,
      () => `&${this.#anchor(false)} anchored${n}${this.#comment()}`,
      () => this.#alias(false) ?? `w${n}`,
    ];
    return pick(this.random, kinds)();
  }

  #nested(key: string, depth: number, indent: string): string {
    const comment = this.#comment();
    const inner = this.map(depth - 1, `${indent}  `);
    if (!/^ *[^ #\n]/m.test(inner)) return `${indent}${key}: {}\n`;
    // an anchor is known to what follows its map, not inside of it
    const anchor = this.random() < 0.4 ? ` &${this.#anchor(true)}` : '';
    return `${indent}${key}:${anchor}${comment}\n${inner}`;
  }

  #entry(key: string, depth: number, indent: string): string {
    const n = this.#next();
    const kind = this.random();
    if (depth > 0 && kind < 0.3) return this.#nested(key, depth, indent);
    if (kind < 0.38) return `${indent}${key}: ${this.#alias(true) ?? ''}\n`;
    if (kind < 0.5)
      return `${indent}${key}:\n${indent}  - q${n}\n${indent}  - {p: "p${n}", r: ~}\n${indent}  - s: s${n}\n${indent}    t: 1\n`;
    if (kind < 0.56) return `${indent}${key}: {u: u${n}, "v": 'v', w: {x: "x${n}"}}${this.#comment()}\n`;
    return `${indent}${key}: ${this.#scalar(indent)}\n`;
  }

  /** The lines of a block map. */
  map(depth: number, indent: string): string {
    const merging = depth < 3 && this.random() < 0.3 ? pick(this.random, KEYS) : undefined;
    const lines = KEYS.map((key) => {
      const alias = key === merging ? this.#alias(true) : undefined;
      const merge = alias === undefined ? '' : `${indent}<<: ${alias}${this.#comment()}\n`;
      if (this.random() < 0.45) return merge;
      const note = this.random() < 0.15 ? `${indent}# note ${this.#next()}\n` : '';
      return merge + note + this.#entry(key, depth, indent);
    });
    return lines.join('');
  }
}

/** A values file made at random: comments, styles, anchors, merges, sometimes with carriage returns or no last line end. */
export function randomDocument(seed: number): { readonly text: string; readonly random: () => number } {
  const writer = new DocumentWriter(seed);
  const { random } = writer;
  const body = writer.map(3, '');
  const marked = random() < 0.1 ? `---\n${body}` : body;
  const ended = random() < 0.15 ? marked.replace(/\n$/, '') : marked;
  return { text: random() < 0.2 ? ended.replace(/\n/g, '\r\n') : ended, random };
}
