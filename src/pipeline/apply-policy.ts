import type { Violation } from '../domain/policy/image-policy.ts';
import { sizeViolation, violationOf } from '../domain/policy/image-policy.ts';
import { MirrorError } from '../errors.ts';
import type { ImageItem } from './image-item.ts';
import type { Run } from './run.ts';

function refused({ rule, what }: Violation): MirrorError {
  return new MirrorError(`${what} (${rule})`, {
    code: 'POLICY_REFUSED',
    origin: 'input',
    hint: 'use another image, or change the policy in the configuration',
  });
}

/**
 * Whether the policy lets an image come in, by its name.
 *
 * @throws MirrorError POLICY_REFUSED, naming the rule, where it does not.
 */
export function applyPolicy({ source }: ImageItem, { options: { policy } }: Run): void {
  const violation = policy === undefined ? undefined : violationOf(source, policy);
  if (violation !== undefined) throw refused(violation);
}

/**
 * The same by its size in bytes, which is known once its manifests were read.
 *
 * @throws MirrorError POLICY_REFUSED, naming the rule, where it does not.
 */
export function applySizePolicy({ source }: ImageItem, bytes: number, { options: { policy } }: Run): void {
  const violation = policy === undefined ? undefined : sizeViolation(source, bytes, policy);
  if (violation !== undefined) throw refused(violation);
}
