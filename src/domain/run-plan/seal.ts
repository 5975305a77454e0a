import { digestOf } from '../manifest.ts';
import type { Digest } from '../reference.ts';
import type { Plan, PlanContent } from './plan.ts';

function sorted(_: string, value: unknown): unknown {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
  return Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)));
}

/** The digest of a value's JSON with its keys in order: spaces and the order of keys mean nothing. */
export function jsonDigest(value: object): Digest {
  return digestOf(JSON.stringify(value, sorted));
}

/** A plan with its digest. */
export function sealed(content: PlanContent): Plan {
  return { ...content, digest: jsonDigest(content) };
}

/** The digest that a plan has to have by what it says. */
export function digestOfPlan({ digest: _, ...content }: Plan): Digest {
  return jsonDigest(content);
}

/** The digest of the whole plan that a plan or shard belongs to. */
export function wholeDigest({ digest, shard }: Pick<Plan, 'digest' | 'shard'>): Digest {
  return shard?.plan ?? digest;
}
