const UNITS: Readonly<Record<string, number>> = {
  b: 1,
  kb: 1e3,
  mb: 1e6,
  gb: 1e9,
  tb: 1e12,
  kib: 2 ** 10,
  mib: 2 ** 20,
  gib: 2 ** 30,
  tib: 2 ** 40,
};

/** A size such as `4GiB`, `650MB` or `1000000`, in bytes; undefined when the text is none. */
export function parseByteSize(text: string): number | undefined {
  const [, number, unit = 'b'] = /^([0-9]+(?:\.[0-9]+)?) ?([kmgt]?i?b)?$/i.exec(text.trim()) ?? [];
  const factor = UNITS[unit.toLowerCase()];
  if (number === undefined || factor === undefined) return undefined;
  const bytes = Math.floor(Number(number) * factor);
  return Number.isSafeInteger(bytes) ? bytes : undefined;
}
