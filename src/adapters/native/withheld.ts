import { MirrorError } from '../../errors.ts';

const WITHHELD: ReadonlySet<string> = new Set([
  'IMAGE_COPY_FAILED',
  'IMAGE_DESTINATION_DENIED',
  'REGISTRY_UNREACHABLE',
  'REGISTRY_ANSWER_INVALID',
  'RATE_LIMITED',
]);

/** Whether the target keeps what it has to itself, or does not have it any more: then the source still does. */
function isWithheld(error: unknown): boolean {
  return error instanceof MirrorError && WITHHELD.has(error.code) && error.origin === 'destination';
}

/** So many blobs in a row that a target does not hand out mean that it hands out none. */
const MOST = 3;

/** Which targets take blobs and do not hand them out: they are not asked for each one, with all that is tried for it. */
export interface Withheld {
  /** Whether a target is asked for blobs that it has. */
  isAsked(registry: string): boolean;
  /** Whether an error means that the source has to be asked in its place; it counts. */
  notes(registry: string, error: unknown): boolean;
  /** It has handed one out. */
  gave(registry: string): void;
}

/** All targets are asked in the beginning. */
export function createWithheld(): Withheld {
  const counts = new Map<string, number>();
  return {
    isAsked: (registry) => (counts.get(registry) ?? 0) < MOST,
    notes(registry, error) {
      if (!isWithheld(error)) return false;
      counts.set(registry, (counts.get(registry) ?? 0) + 1);
      return true;
    },
    gave(registry) {
      counts.delete(registry);
    },
  };
}
