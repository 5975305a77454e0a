import { ecrRegistry } from '../domain/ecr/registry.ts';
import type { NetworkSettings } from '../domain/network.ts';
import type { Method } from './http.ts';
import type { Clock } from './http-retry.ts';

/** Spreads writes over time, so that a registry that counts them by the second seldom has to refuse one. */
export interface DestinationPace {
  /** Resolves when this write may go. Rejects with the signal's reason when it is aborted. */
  turn(registry: string, method: Method, target: string | URL, signal: AbortSignal): Promise<void>;
}

// docs.aws.amazon.com/AmazonECR/latest/userguide/service-quotas.html and /public/public-service-quotas.html: what an account
// may ask of a region in a second when nobody has raised it
const PRIVATE_QUOTAS = { PutImage: 10, InitiateLayerUpload: 100, CompleteLayerUpload: 100 } as const;
const PUBLIC_QUOTAS = { PutImage: 10, InitiateLayerUpload: 10, CompleteLayerUpload: 10 } as const;
/** The share of a quota that is used: repeated requests and other users of the account need some, too. */
const SHARE = 0.8;

type Counted = keyof typeof PRIVATE_QUOTAS;

/** As which action ECR counts a request of the distribution API; undefined for those that it allows by the thousand. */
function countedAction(method: Method, target: string | URL): Counted | undefined {
  if (method === 'POST') return 'InitiateLayerUpload';
  if (method !== 'PUT') return undefined;
  return typeof target === 'string' ? 'PutImage' : 'CompleteLayerUpload';
}

/** A pace for a run. Writes of one kind to one registry of Amazon ECR stand in one line; other registries are not paced. */
export function createDestinationPace(settings: NetworkSettings, clock: Clock): DestinationPace {
  const next = new Map<string, number>();
  return {
    async turn(registry, method, target, signal) {
      const action = countedAction(method, target);
      const kind = action === undefined ? undefined : ecrRegistry(registry, settings)?.kind;
      if (action === undefined || kind === undefined) return;
      const quotas = kind === 'private' ? PRIVATE_QUOTAS : PUBLIC_QUOTAS;
      const line = `${registry} ${action}`;
      const now = clock.now();
      const at = Math.max(now, next.get(line) ?? 0);
      next.set(line, at + 1000 / (quotas[action] * SHARE));
      if (at > now) await clock.sleep(at - now, signal);
    },
  };
}
