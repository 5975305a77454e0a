import { type Field, type Fields, firstField, isRegistryPath, joinParts, type SplitReference } from './join-fields.ts';
import { USE_RULES } from './use-rules.ts';

const PARTS = /^(?:registry|prefix|repo(?:sitory)?|name|tag|digest|sha(?:256)?|(?:image)?[pP]ull(?:Policy|Secrets?))$/;
const VERSION = /^(?:latest|stable|nightly|v?\d+\.\d[\w.-]*|v\d[\w.-]*)$/;

/** What leads a name: a prefix, or a repository that is a host alone; with a path it may be a name of its own. */
function leadOf(map: Fields): Field | undefined {
  const repository = firstField(map, ['repository', 'repo']);
  if (repository !== undefined)
    return isRegistryPath(repository[1]) && !repository[1].includes('/') ? repository : undefined;
  return firstField(map, ['prefix']);
}

/**
 * `{prefix, name, tag}`: a registry or an owner before a name of one word. Many things have a prefix and a name: so the map is the
 * value of an image field (`inImage`), or has nothing but such fields, and a version.
 */
export function ledReference(map: Fields, inImage: boolean): SplitReference | undefined {
  const lead = leadOf(map);
  const name = firstField(map, ['name']);
  if (lead === undefined || name === undefined || map.image !== undefined || /[/:@]/.test(name[1])) return undefined;
  const tag = firstField(map, ['tag']);
  const digest = firstField(map, ['digest', 'sha', 'sha256']);
  const isVersion = digest !== undefined || (tag !== undefined && VERSION.test(tag[1]));
  const isAlone = isVersion && Object.keys(map).every((key) => PARTS.test(key));
  if (!inImage && !isAlone) return undefined;
  const registry = isRegistryPath(lead[1]) ? undefined : firstField(map, ['registry']);
  const found = joinParts({ registry, names: [lead, name], tag, digest }, map, inImage);
  return inImage || isRegistryPath(lead[1]) || found === undefined ? found : { ...found, ...USE_RULES.byForm };
}
