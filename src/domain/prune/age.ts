const HOURS: Readonly<Record<string, number>> = { h: 1, d: 24, w: 7 * 24 };

/** Reads `36h`, `30d` or `2w` as milliseconds. Undefined for anything else, such as a number without its unit. */
export function parseAge(text: string): number | undefined {
  const [, digits = '', unit = ''] = /^([1-9][0-9]{0,4})([hdw])$/.exec(text.trim()) ?? [];
  const hours = HOURS[unit];
  return hours === undefined ? undefined : Number(digits) * hours * 60 * 60 * 1000;
}
