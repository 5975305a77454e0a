import type { PullSite } from './pull-sites.ts';
import { type FoundKey, type SecretProbe, type SecretTraceInput, SecretTracer } from './secret-tracer.ts';
import type { SecretTrial } from './secret-trial.ts';

/** What tracing found: the fewest keys that serve all sites that keys serve, what stays open, and keys that lead elsewhere. */
export interface SecretTrace {
  readonly chosen: readonly FoundKey[];
  readonly unserved: readonly PullSite[];
  readonly elsewhere: readonly { readonly trial: SecretTrial; readonly objects: readonly string[] }[];
  readonly renders: number;
}

/**
 * Finds by measuring which keys hand a pull secret to which pods: every key gets a name of its own, the chart is
 * rendered once, and the names that arrive tell the keys. Forms are tried until one arrives as Kubernetes reads it; what
 * is still open is tried with keys that are less sure. Last, keys that others hide are tried alone where they could
 * stand for several. Lists keep what they have.
 */
export async function traceSecret(input: SecretTraceInput, probe: SecretProbe): Promise<SecretTrace> {
  const { named, gated, beside, invented, podSpecs } = input.keys;
  const tracer = new SecretTracer(input, probe);
  if (!tracer.isDone) {
    await tracer.tier(named);
    tracer.beginWeakTiers();
    for (const keys of [gated, beside, invented]) if (tracer.mayBeNamed) await tracer.tier(keys);
    if (tracer.unserved.length > 0) await tracer.tier(podSpecs);
    await tracer.tryHidden();
  }
  const { chosen, unserved, elsewhere, renders } = tracer;
  return { chosen, unserved, elsewhere, renders };
}
