// fields that hold a part of a reference, for a program that puts it together; `value` is that of a variable
const PART_FIELD =
  /(?:registry|registries|repository|repositories|repo|host|hub|image|images|prefix|url|mirror|tag|digest|version|value)[a-z_-]*$/i;

/** The key whose value a place of a line is in; undefined in a list or a text. */
function keyBefore(line: string, index: number): string | undefined {
  const before = line.slice(0, index).replace(/[a-z]+:\/\/$/, '');
  return /([A-Za-z0-9_.-]+)["']?\s*[:=]\s*["'[]?[^\s"':=,{]*$/.exec(before)?.[1];
}

const ADDRESS_FIELD = /(?:host|hostname|url|uri|address)$/i;
const IMAGE_VARIABLE = /^\s*(?:- )?["']?name["']?:.*(?:image|repo|registry|hub)/i;
// one that could as well be the name of a host, an object or a program
const SINGLE_WORD = /^["']?[A-Za-z0-9_-]+["']?\s*(?:[,}\]]|$)/;

/** The lines that a relocated render does not have any more, and those around one that it has instead. */
export interface Around {
  readonly gone: readonly string[];
  readonly beside: readonly string[];
}

/** Whether a single word stood there before. */
function wasWord(line: string, index: number, { gone }: Around): boolean {
  const start = line.slice(0, index).replace(/["']$/, '');
  return gone.some((other) => other.startsWith(start) && SINGLE_WORD.test(other.slice(start.length)));
}

const BESIDE_NAME = /^\s*(?:- )?["']?(?:tag|digest|version)["']?:/;
// many objects have a name and a version
const BESIDE_WORD = /^(\s*(?:- )?["']?)(?:tag|digest)["']?:/;

/** Whether a name stands beside a tag; a single word in the same map. */
function isImageName(line: string, tag: RegExp, beside: readonly string[]): boolean {
  const column = /^\s*(?:- )?["']?/.exec(line)?.[0].length;
  return beside.some((other) => {
    const match = tag.exec(other);
    return match !== null && (match[1] === undefined || match[1].length === column);
  });
}

/**
 * Whether a part of a reference may stand at a place of a line: behind a key for such parts (`fields` are further ones), in a list
 * or a text. Where a single word stood before, a host or the value of any variable is something else.
 */
export function isPartPlace(line: string, index: number, around: Around, fields: ReadonlySet<string>): boolean {
  const { beside } = around;
  const key = keyBefore(line, index);
  if (key === undefined) return true;
  if (key === 'name') return isImageName(line, wasWord(line, index, around) ? BESIDE_WORD : BESIDE_NAME, beside);
  if (ADDRESS_FIELD.test(key) && wasWord(line, index, around)) return false;
  if (key === 'value' && wasWord(line, index, around)) return beside.some((other) => IMAGE_VARIABLE.test(other));
  return PART_FIELD.test(key) || fields.has(key);
}
