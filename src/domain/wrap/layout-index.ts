import { type Digest, parseDigest } from '../reference.ts';
import { MADE_FROM, REF_NAME } from './wrap-plan.ts';

/** One manifest that an `index.json` names. */
export interface IndexEntry {
  readonly digest: Digest;
  readonly mediaType: string;
  readonly size: number;
  /** The name that it is known by; undefined where none is given. */
  readonly name: string | undefined;
  /** For an index that was made anew: the digest of the one that it was made from. */
  readonly madeFrom: Digest | undefined;
}

function record(value: unknown): Readonly<Record<string, unknown>> | undefined {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
    ? Object.fromEntries(Object.entries(value))
    : undefined;
}

function entryOf(value: unknown): IndexEntry | undefined {
  const fields = record(value);
  const digest = typeof fields?.digest === 'string' ? parseDigest(fields.digest) : undefined;
  const { mediaType, size } = fields ?? {};
  if (digest === undefined || typeof mediaType !== 'string' || typeof size !== 'number') return undefined;
  const annotations = record(fields?.annotations) ?? {};
  const [name, from] = [annotations[REF_NAME], annotations[MADE_FROM]];
  return {
    ...{ digest, mediaType, size },
    name: typeof name === 'string' ? name : undefined,
    madeFrom: typeof from === 'string' ? parseDigest(from) : undefined,
  };
}

/** The manifests that the `index.json` of an OCI image layout names; undefined when it is none. */
export function readLayoutIndex(text: string): readonly IndexEntry[] | undefined {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return undefined;
  }
  const manifests = record(value)?.manifests;
  if (!Array.isArray(manifests)) return undefined;
  const entries = manifests.map(entryOf);
  return entries.every((entry) => entry !== undefined) ? entries : undefined;
}
