import { EcrFault, invalidParameter } from './ecr-faults.ts';
import { isPlain } from './ecr-manifest.ts';

/** The input of a call: JSON, read field by field. A field of the wrong form is refused as the API does. */
export interface Fields {
  /** @throws EcrFault InvalidParameterException when it is missing. */
  text(name: string): string;
  optionalText(name: string): string | undefined;
  flag(name: string): boolean;
  /** Undefined when it is missing. */
  texts(name: string): readonly string[] | undefined;
  /** An object in it; an empty one when it is missing. */
  object(name: string): Fields;
  /** Undefined when it is missing. */
  objects(name: string): readonly Fields[] | undefined;
  number(name: string): number | undefined;
  has(name: string): boolean;
}

/** The answer to JSON that is not what the model says. */
function malformed(name: string): EcrFault {
  return new EcrFault('SerializationException', `'${name}' is not of the expected type`);
}

/** Reads an object of JSON. */
export function fieldsOf(value: Readonly<Record<string, unknown>>): Fields {
  function optional<T>(name: string, read: (one: unknown) => T | undefined): T | undefined {
    const one = value[name];
    if (one === undefined || one === null) return undefined;
    const found = read(one);
    if (found === undefined) throw malformed(name);
    return found;
  }
  const optionalText = (name: string) => optional(name, (one) => (typeof one === 'string' ? one : undefined));
  const objects = (name: string) =>
    optional(name, (one) => (Array.isArray(one) && one.every(isPlain) ? one.map((item) => fieldsOf(item)) : undefined));
  return {
    optionalText,
    objects,
    text(name) {
      const found = optionalText(name);
      if (found === undefined) throw invalidParameter(name, 'must not be null');
      return found;
    },
    flag: (name) => optional(name, (one) => (typeof one === 'boolean' ? one : undefined)) ?? false,
    texts: (name) =>
      optional(name, (one) => (Array.isArray(one) && one.every((item) => typeof item === 'string') ? one : undefined)),
    object: (name) => optional(name, (one) => (isPlain(one) ? fieldsOf(one) : undefined)) ?? fieldsOf({}),
    number: (name) => optional(name, (one) => (typeof one === 'number' ? one : undefined)),
    has: (name) => value[name] !== undefined && value[name] !== null,
  };
}

/** Refuses a batch that is empty or longer than the model says. */
export function checkBatch(name: string, length: number, longest = 100): void {
  if (length < 1) throw invalidParameter(name, 'Member must have length greater than or equal to 1');
  if (length > longest) throw invalidParameter(name, `Member must have length less than or equal to ${longest}`);
}

/** One page of a list. */
export interface Page<T> {
  readonly items: readonly T[];
  readonly next: { readonly nextToken?: string };
}

/**
 * Cuts a page out of a list, in the order of its keys. A token names the last key, so that changes in between neither skip
 * nor repeat. Limits are those of the model; a call that names its items may not page (client-ecr, `DescribeImagesRequest`).
 *
 * @throws EcrFault InvalidParameterException.
 */
export function pageOf<T>(
  unsorted: readonly T[],
  keyOf: (item: T) => string,
  input: Fields,
  { most = 1000, usual = 100 } = {},
): Page<T> {
  const size = input.number('maxResults') ?? usual;
  if (!Number.isInteger(size) || size < 1 || size > most) {
    throw invalidParameter('maxResults', `Member must be between 1 and ${most}`);
  }
  const token = input.optionalText('nextToken');
  const after = token === undefined ? undefined : Buffer.from(token, 'base64url').toString('utf8');
  if (after !== undefined && !after.startsWith('after ')) throw invalidParameter('nextToken', 'Invalid token');
  const sorted = [...unsorted].sort((a, b) => (keyOf(a) < keyOf(b) ? -1 : 1));
  const rest = after === undefined ? sorted : sorted.filter((item) => `after ${keyOf(item)}` > after);
  const items = rest.slice(0, size);
  const last = items.at(-1);
  if (rest.length <= size || last === undefined) return { items, next: {} };
  return { items, next: { nextToken: Buffer.from(`after ${keyOf(last)}`).toString('base64url') } };
}

/** @throws EcrFault InvalidParameterException when a call names its items and pages at once. */
export function checkNoPaging(input: Fields): void {
  for (const name of ['maxResults', 'nextToken']) {
    if (input.has(name)) throw invalidParameter(name, 'it cannot be used with a list of items');
  }
}
