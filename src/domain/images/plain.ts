/** Plain data with every scalar as its own text; a null is an empty string. */
export type Plain = string | readonly Plain[] | { readonly [key: string]: Plain };

/** Whether a value is a map of plain data. */
export function isPlainMap(value: Plain | undefined): value is Readonly<Record<string, Plain>> {
  return typeof value === 'object' && !Array.isArray(value);
}

/** Whether a value is a list of plain data. */
export function isPlainList(value: Plain | undefined): value is readonly Plain[] {
  return Array.isArray(value);
}
