/** One way to authenticate that a server offers: RFC 9110, section 11.6.1. Parameter names are lower case. */
export interface Challenge {
  readonly scheme: string;
  readonly parameters: ReadonlyMap<string, string>;
}

const TOKEN = /[!#$%&'*+.^_`|~0-9A-Za-z-]+/y;
const QUOTED = /"((?:[^"\\]|\\.)*)"/y;
const BLANKS = /[ \t]*/y;
const SEPARATORS = /[ \t,]*/y;
const TOKEN68 = /[A-Za-z0-9._~+/-]+=*[ \t]*(?=,|$)/y;

class Reader {
  readonly #text: string;
  #at = 0;

  constructor(text: string) {
    this.#text = text;
  }

  take(pattern: RegExp): RegExpExecArray | undefined {
    pattern.lastIndex = this.#at;
    const match = pattern.exec(this.#text);
    if (match === null) return undefined;
    this.#at = pattern.lastIndex;
    return match;
  }

  /** Takes `name = value`, or nothing at all when the next word is the scheme of another challenge. */
  takeParameter(): readonly [string, string] | undefined {
    const start = this.#at;
    const name = this.take(TOKEN)?.[0];
    this.take(BLANKS);
    if (name === undefined || this.take(/=/y) === undefined) {
      this.#at = start;
      return undefined;
    }
    this.take(BLANKS);
    const quoted = this.take(QUOTED)?.[1];
    const value = quoted === undefined ? this.take(TOKEN)?.[0] : quoted.replace(/\\(.)/g, '$1');
    return [name.toLowerCase(), value ?? ''];
  }
}

function parseField(text: string): readonly Challenge[] {
  const reader = new Reader(text);
  const challenges: Challenge[] = [];
  for (;;) {
    reader.take(SEPARATORS);
    const scheme = reader.take(TOKEN)?.[0];
    if (scheme === undefined) return challenges;
    reader.take(BLANKS);
    const parameters = new Map<string, string>();
    if (reader.take(TOKEN68) === undefined) {
      for (let pair = reader.takeParameter(); pair !== undefined; pair = reader.takeParameter()) {
        parameters.set(pair[0], pair[1]);
        reader.take(SEPARATORS);
      }
    }
    challenges.push({ scheme: scheme.toLowerCase(), parameters });
  }
}

/** All challenges of the WWW-Authenticate fields of an answer, in their order. What is malformed ends its field. */
export function parseChallenges(fields: readonly string[]): readonly Challenge[] {
  return fields.flatMap(parseField);
}
