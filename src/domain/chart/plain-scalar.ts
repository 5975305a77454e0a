// How helm's YAML reader (go-yaml 2, resolve.go) reads a scalar without quotes and tag. It is neither YAML 1.1 nor 1.2: `0o17`
// and `0B11` are numbers, `1:30` and dates are strings, and underscores do not count.

/** What a plain scalar is to helm. */
export type PlainKind = 'null' | 'boolean' | 'integer' | 'float' | 'string';

const NULL = /^(?:~|null|Null|NULL|)$/;
const TRUE = /^(?:[yY]|yes|Yes|YES|true|True|TRUE|on|On|ON)$/;
const FALSE = /^(?:[nN]|no|No|NO|false|False|FALSE|off|Off|OFF)$/;
const SPECIAL_FLOAT = /^(?:[-+]?\.(?:inf|Inf|INF)|\.(?:nan|NaN|NAN))$/;
const FLOAT = /^[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?$/;
const INTEGER = /^([-+]?)(0[xX][0-9a-fA-F]+|0[bB][01]+|0[oO][0-7]+|0[0-7]*|[1-9][0-9]*)$/;
const HIGHEST = 2n ** 63n - 1n;
const HIGHEST_UNSIGNED = 2n ** 64n - 1n;

function integerOf(text: string): bigint | undefined {
  const match = INTEGER.exec(text);
  const [, sign, digits] = match ?? [];
  if (sign === undefined || digits === undefined) return undefined;
  const value = BigInt(digits.replace(/^0(?=[0-7])/, '0o').toLowerCase());
  if (sign === '-') return value <= HIGHEST + 1n ? -value : undefined;
  return value <= (sign === '+' ? HIGHEST : HIGHEST_UNSIGNED) ? value : undefined;
}

function floatOf(text: string): number | undefined {
  const value = FLOAT.test(text) ? Number(text) : Number.NaN;
  return Number.isFinite(value) ? value : undefined;
}

/** The number in a plain scalar, or undefined where helm reads a string. */
function numberOf(text: string): bigint | number | undefined {
  if (!/^[-+.0-9]/.test(text)) return undefined;
  // what begins with a point is read by Go's own rules, which want digits on both sides of an underscore
  if (text.startsWith('.') && /(?<![0-9])_|_(?![0-9])/.test(text)) return undefined;
  const bare = text.replaceAll('_', '');
  return integerOf(bare) ?? floatOf(bare);
}

/** What helm reads a plain scalar as. */
export function kindOfPlain(text: string): PlainKind {
  if (NULL.test(text)) return 'null';
  if (TRUE.test(text) || FALSE.test(text)) return 'boolean';
  if (SPECIAL_FLOAT.test(text)) return 'float';
  const number = numberOf(text);
  if (number === undefined) return 'string';
  return typeof number === 'bigint' ? 'integer' : 'float';
}

/** Go's `FormatFloat(value, 'g', -1, 32)`: the shortest digits that name the same 32-bit number. */
function float32Text(value: number): string {
  const single = Math.fround(value);
  if (!Number.isFinite(single)) return single < 0 ? '-.inf' : '.inf';
  const precisions = [0, 1, 2, 3, 4, 5, 6, 7, 8];
  const shortest = precisions
    .map((digits) => single.toExponential(digits))
    .find((text) => Math.fround(Number(text)) === single);
  const [mantissa = '', power = '0'] = (shortest ?? single.toExponential(9)).split('e');
  const exponent = Number(power);
  if (exponent >= -4 && exponent < 6) return String(Number(`${mantissa}e${power}`));
  return `${mantissa}e${exponent < 0 ? '-' : '+'}${String(Math.abs(exponent)).padStart(2, '0')}`;
}

/** The name that a plain scalar gives as a map key: `y` is `true`, `1.10` is `1.1`, `0644` is `420`. */
export function keyOfPlain(text: string): string {
  switch (kindOfPlain(text)) {
    case 'null':
      return 'null';
    case 'boolean':
      return String(TRUE.test(text));
    case 'integer':
      return String(integerOf(text.replaceAll('_', '')));
    case 'float': {
      if (/nan/i.test(text)) return '.nan';
      if (/inf/i.test(text)) return text.startsWith('-') ? '-.inf' : '.inf';
      return float32Text(Number(text.replaceAll('_', '')));
    }
    case 'string':
      return text;
  }
}
