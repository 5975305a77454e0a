import type { ChartSource } from '../domain/addon.ts';
import { chartViolation } from '../domain/policy/chart-policy.ts';
import { sizeViolation, type Violation, violationOf } from '../domain/policy/image-policy.ts';
import type { Policy } from '../domain/policy/policy.ts';
import type { Reference } from '../domain/reference.ts';
import { MirrorError } from '../errors.ts';

const IMAGE_HINT = 'use another image, or change the policy in the configuration';
const CHART_HINT = 'take the chart from a source that is allowed, or change the policy in the configuration';

function refuse(violation: Violation | undefined, hint: string): void {
  if (violation === undefined) return;
  const { rule, what } = violation;
  throw new MirrorError(`${what} (${rule})`, { code: 'POLICY_REFUSED', origin: 'input', hint });
}

/**
 * Whether the policy lets an image come in, by its name.
 *
 * @throws MirrorError POLICY_REFUSED, naming the rule, where it does not.
 */
export function applyPolicy(source: Reference, policy: Policy | undefined): void {
  if (policy !== undefined) refuse(violationOf(source, policy), IMAGE_HINT);
}

/**
 * The same by its size in bytes, which is known once its manifests were read.
 *
 * @throws MirrorError POLICY_REFUSED, naming the rule, where it does not.
 */
export function applySizePolicy(source: Reference, bytes: number, policy: Policy | undefined): void {
  if (policy !== undefined) refuse(sizeViolation(source, bytes, policy), IMAGE_HINT);
}

/**
 * Whether the policy lets a chart come in, by the source that is named for it. `subject` is the chart in words.
 *
 * @throws MirrorError POLICY_REFUSED, naming the rule, where it does not.
 */
export function applyChartPolicy(source: ChartSource, subject: string, policy: Policy | undefined): void {
  if (policy !== undefined) refuse(chartViolation(source, subject, policy), CHART_HINT);
}
