import type { Lookup, Side } from '../ports/registry.ts';
import type { Authorized } from './registry-auth.ts';
import { describeAnswer } from './registry-errors.ts';
import type { Reply } from './requests.ts';

/** Why something is not read: it is not there, or it is refused. */
export type Missing = Exclude<Lookup, { kind: 'found' }>;

/** A refusal in words. Hub and GHCR answer 401 or 403 for what is private and for what does not exist alike. */
export function deniedDetail(status: number, said: string, access: string, side: Side): string {
  const ambiguous = side === 'source' ? 'it does not exist, is private, or the login has no right to it; ' : '';
  return `${ambiguous}answer ${describeAnswer(status, said)}; ${access}`;
}

/** Absent and denied as answers of their own; undefined when there is a proper answer to read. */
export function missing(result: Authorized<Reply>, side: Side): Missing | undefined {
  if (result.kind === 'refused') return { kind: 'denied', detail: result.detail };
  const { status, text } = result.answer;
  if (status === 404) return { kind: 'absent' };
  if (status === 401 || status === 403) {
    return { kind: 'denied', detail: deniedDetail(status, text ?? '', result.access, side) };
  }
  return undefined;
}
