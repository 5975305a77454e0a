type Json = string | number | boolean | null | readonly Json[] | JsonObject;

interface JsonObject {
  readonly [key: string]: Json;
}

// AWS writes an account in a policy as the ARN of its root, whatever was written
const ACCOUNT_ROOT = /^arn:aws[a-z-]*:iam::([0-9]{12}):root$/;

function isList(value: Json): value is readonly Json[] {
  return Array.isArray(value);
}

function isObject(value: Json): value is JsonObject {
  return typeof value === 'object' && value !== null && !isList(value);
}

/** Lists of texts are sets in both kinds of policy, and one text is a list of one. */
function textSet(texts: readonly string[]): Json {
  return [...new Set(texts.map((text) => ACCOUNT_ROOT.exec(text)?.[1] ?? text))].sort();
}

function priorityOf(rule: Json): number {
  return isObject(rule) ? Number(rule.rulePriority ?? 0) : 0;
}

function normalizedList(values: readonly Json[], key: string): Json {
  if (values.every((value) => typeof value === 'string')) return textSet(values);
  // the rules of a lifecycle policy stand in the order of their priorities, wherever they were written
  const ordered = key === 'rules' ? values.toSorted((a, b) => priorityOf(a) - priorityOf(b)) : values;
  return ordered.map((value) => normalized(value, ''));
}

function normalized(value: Json, key: string): Json {
  if (isList(value)) return normalizedList(value, key);
  if (!isObject(value)) return textSet([String(value)]);
  const fields = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
  const record = Object.fromEntries(fields.map(([name, field]) => [name, normalized(field, name)]));
  return key === 'Statement' ? [record] : record;
}

function parsed(text: string): Json | undefined {
  try {
    // a checked boundary: what JSON.parse gives is JSON
    return JSON.parse(text) as Json;
  } catch {
    return undefined;
  }
}

/**
 * Whether two policies say the same: compared as JSON values, without regard for what AWS may write otherwise than it was
 * given (the order of keys and of texts in a list, one text or statement for a list of one, an account for its root, the
 * order of lifecycle rules). Texts that are no JSON are the same only when they are equal.
 */
export function samePolicy(a: string, b: string): boolean {
  if (a === b) return true;
  const [left, right] = [parsed(a), parsed(b)];
  if (left === undefined || right === undefined) return false;
  return JSON.stringify(normalized(left, '')) === JSON.stringify(normalized(right, ''));
}
