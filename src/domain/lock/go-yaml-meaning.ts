// What Go's yaml.v3 (v3.0.1, resolve.go and encode.go) takes a plain scalar for. It differs from go-yaml 2, which helm uses:
// dates are times, `0o7` and `0b1` may have a sign inside, and the booleans of YAML 1.1 are texts that are quoted all the same.

const NAMED = /^(?:|~|null|Null|NULL|true|True|TRUE|false|False|FALSE|\.nan|\.NaN|\.NAN|[-+]?(?:\.inf|\.Inf|\.INF))$/;
const OLD_BOOLEAN = /^(?:[yYnN]|yes|Yes|YES|on|On|ON|no|No|NO|off|Off|OFF)$/;
const BASE_60 = /^[-+]?[0-9][0-9_]*(?::[0-5]?[0-9])+(?:\.[0-9_]*)?$/;

const INTEGER = /^([-+]?)(0[xX][0-9a-fA-F]+|0[bB][01]+|0[oO][0-7]+|0[0-7]*|[1-9][0-9]*)$/;
const SIGN_INSIDE = /^(0[bo])([-+])([0-7]+)$/;
const DECIMAL = /^[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?$/;
const POINT_FIRST = /^\.[0-9]+(?:_[0-9]+)*(?:[eE][-+]?[0-9]+(?:_[0-9]+)*)?$/;

const HIGHEST = 2n ** 63n - 1n;
const HIGHEST_UNSIGNED = 2n ** 64n - 1n;

function fits(sign: string, value: bigint): boolean {
  if (sign === '-') return value <= HIGHEST + 1n;
  return value <= (sign === '+' ? HIGHEST : HIGHEST_UNSIGNED);
}

function magnitude(digits: string): bigint | undefined {
  const octal = /^0[0-7]+$/.test(digits) ? `0o${digits.slice(1)}` : digits.toLowerCase();
  return /^0b[^01]|^0b.*[2-7]/.test(octal) ? undefined : BigInt(octal);
}

/** An integer. `0b-1` and `0o+7` are some too: Go reads what follows the prefix with its sign. */
function isInteger(text: string): boolean {
  const [, sign, digits] = INTEGER.exec(text) ?? [];
  if (sign !== undefined && digits !== undefined) return fits(sign, magnitude(digits) ?? HIGHEST_UNSIGNED + 1n);
  const [, prefix, inner, rest] = SIGN_INSIDE.exec(text) ?? [];
  if (prefix === undefined || inner === undefined || rest === undefined) return false;
  const value = magnitude(prefix + rest);
  return value !== undefined && fits(inner, value);
}

function isFloat(text: string): boolean {
  return DECIMAL.test(text) && Number.isFinite(Number(text));
}

/** A number that begins with a point: Go's own rules for underscores hold, one between two digits. */
function isPointFirst(text: string): boolean {
  return POINT_FIRST.test(text) && Number.isFinite(Number(text.replaceAll('_', '')));
}

const TIME_OF_DAY = '([0-9]{1,2}):([0-9]{1,2}):([0-9]{1,2})(?:[.,][0-9]+)?';
const TIMESTAMP = new RegExp(
  `^([0-9]{4})-([0-9]{1,2})-([0-9]{1,2})(?:[Tt]${TIME_OF_DAY}(?:Z|[-+]([0-9]{2}):([0-9]{2}))| +${TIME_OF_DAY})?$`,
);

function daysIn(year: number, month: number): number {
  if (month === 2) return year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0) ? 29 : 28;
  return [4, 6, 9, 11].includes(month) ? 30 : 31;
}

/** A date, or a date and a time, in one of the four forms that yaml.v3 gives to Go's `time.Parse`. */
function isTimestamp(text: string): boolean {
  const match = TIMESTAMP.exec(text);
  if (match === null) return false;
  const [year = 0, month = 0, day = 0, ...times] = match.slice(1).map((part) => Number(part ?? 0));
  if (month < 1 || month > 12 || day < 1 || day > daysIn(year, month)) return false;
  // hours, minutes and seconds of both forms, with the offset from UTC between them
  const limits = [23, 59, 59, 24, 60, 23, 59, 59];
  return times.every((part, index) => part <= (limits[index] ?? 0));
}

/** Whether yaml.v3 would read a plain scalar as something else than this very text. */
function isOtherType(text: string): boolean {
  if (NAMED.test(text)) return true;
  if (text.startsWith('.')) return isPointFirst(text);
  if (!/^[-+0-9]/.test(text)) return false;
  const bare = text.replaceAll('_', '');
  return isTimestamp(text) || isInteger(bare) || isFloat(bare);
}

/**
 * Whether yaml.v3's encoder puts a text into double quotes because without them it would be a null, a boolean, a number or a
 * time, for itself or for a reader of YAML 1.1 (booleans such as `yes`, numbers in base 60). `<<` is none of them.
 */
export function needsGoQuotes(text: string): boolean {
  return isOtherType(text) || OLD_BOOLEAN.test(text) || BASE_60.test(text);
}
