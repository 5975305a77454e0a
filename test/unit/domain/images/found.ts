import { parsePlain } from '../../../../src/domain/images/parse-plain.ts';
import { isPlainMap, type Plain } from '../../../../src/domain/images/plain.ts';
import type { FoundReference, SeenHosts } from '../../../../src/domain/images/reference-text.ts';
import { walkData } from '../../../../src/domain/images/walk-data.ts';
import { walkObject } from '../../../../src/domain/images/walk-object.ts';

const NONE: SeenHosts = new Set();

function plain(yaml: string): Readonly<Record<string, Plain>> {
  const parsed = parsePlain(yaml);
  if ('reason' in parsed || !isPlainMap(parsed.value)) throw new Error(`no map: ${yaml}`);
  return parsed.value;
}

/** What is found in an object of a custom resource. */
export function foundInObject(yaml: string): readonly FoundReference[] {
  const found: FoundReference[] = [];
  walkObject(plain(yaml), '', true, NONE, (one) => found.push(one));
  return found;
}

/** What is found in a ConfigMap. */
export function foundInConfigMap(data: Readonly<Record<string, string>>): readonly FoundReference[] {
  const found: FoundReference[] = [];
  walkData({ data }, 'config map', NONE, (one) => found.push(one));
  return found;
}

/** `role certainty: text`, which is all that a judgement says but for its reason. */
export function judged(found: readonly FoundReference[]): readonly string[] {
  return found.map(({ role, certainty, text }) => `${role} ${certainty}: ${text}`);
}
