import { EcrFault } from './ecr-faults.ts';
import type { EcrService } from './ecr-hosts.ts';

/** How calls are held back: by a rate per second and action, or as a share of all calls. */
export type EcrThrottling =
  /** Without rates of a test's own, they are the default quotas of each service. */
  | { readonly kind: 'rates'; readonly perSecond?: Readonly<Record<string, number>> }
  | {
      readonly kind: 'share';
      /** Between 0 and 1. */
      readonly share: number;
      /** Decides which calls are hit. */
      readonly seed: number;
      /** Left out: all. */
      readonly actions?: readonly string[];
    };

/** The default quotas of one account and region (userguide/service-quotas.html; facts.md 1.4). */
const PRIVATE_RATES: Readonly<Record<string, number>> = {
  PutImage: 10,
  InitiateLayerUpload: 100,
  CompleteLayerUpload: 100,
  UploadLayerPart: 500,
  BatchCheckLayerAvailability: 1000,
  BatchGetImage: 2000,
  GetDownloadUrlForLayer: 3000,
  GetAuthorizationToken: 500,
};

/** Those of ECR Public (public/public-service-quotas.html; facts.md 1.11). */
const PUBLIC_RATES: Readonly<Record<string, number>> = {
  PutImage: 10,
  InitiateLayerUpload: 10,
  CompleteLayerUpload: 10,
  UploadLayerPart: 260,
  BatchCheckLayerAvailability: 200,
};

/** Holds calls back, or lets them through. */
export interface EcrThrottle {
  /** Undefined lets everything through. */
  set(throttling: EcrThrottling | undefined): void;
  /** @throws EcrFault ThrottlingException. `place` is the account and region that the quota is of. */
  check(service: EcrService, place: string, action: string): void;
}

/** A small generator of even numbers between 0 and 1 (mulberry32). */
function chance(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

type Check = (service: EcrService, place: string, action: string) => boolean;

function byShare(throttling: Extract<EcrThrottling, { kind: 'share' }>): Check {
  const random = chance(throttling.seed);
  return (_service, _place, action) => {
    if (throttling.actions !== undefined && !throttling.actions.includes(action)) return false;
    return random() < throttling.share;
  };
}

/** A bucket holds the calls of one second, so a burst of that many passes. */
function byRate(own: Readonly<Record<string, number>> | undefined, now: () => number): Check {
  const buckets = new Map<string, { left: number; at: number }>();
  return (service, place, action) => {
    const rate = (own ?? (service === 'ecr' ? PRIVATE_RATES : PUBLIC_RATES))[action];
    if (rate === undefined) return false;
    const key = `${service} ${place} ${action}`;
    const bucket = buckets.get(key) ?? { left: rate, at: now() };
    const left = Math.min(rate, bucket.left + ((now() - bucket.at) * rate) / 1000);
    buckets.set(key, { left: left >= 1 ? left - 1 : left, at: now() });
    return left < 1;
  };
}

/** Makes a throttle that is off. */
export function createEcrThrottle(now: () => number = () => performance.now()): EcrThrottle {
  let isHeldBack: Check = () => false;
  return {
    set(throttling) {
      if (throttling === undefined) isHeldBack = () => false;
      else if (throttling.kind === 'share') isHeldBack = byShare(throttling);
      else isHeldBack = byRate(throttling.perSecond, now);
    },
    check(service, place, action) {
      // the text is that of userguide/common-errors-docker.html
      if (isHeldBack(service, place, action)) throw new EcrFault('ThrottlingException', 'Rate exceeded');
    },
  };
}
