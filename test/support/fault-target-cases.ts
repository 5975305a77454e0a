import type { Failing } from './fault-checks.ts';

/** What goes wrong at the target: a method, the path behind `/v2/t/`, and the answer. */
export interface TargetFault {
  /** Every method where there is none. */
  readonly method?: string;
  readonly path: string;
  readonly status: number;
  readonly times?: number;
  readonly body?: string;
}

function problem(code: string, message: string): string {
  return JSON.stringify({ errors: [{ code, message }] });
}

const DENIED = problem('DENIED', 'no push here');
const LOST = problem('BLOB_UPLOAD_UNKNOWN', 'gone');

/**
 * The faults, by the chart that they hit. `losing` is an upload that the target forgets, `hollow`, `sieve` and
 * `vanishing` are things that it only says it has kept; of `hidden` nothing may be read; those with `times` must come through in the end.
 */
export const TARGET_FAULTS: Readonly<Record<string, TargetFault>> = {
  losing: { method: 'PUT', path: 'team/losing/blobs', status: 404, times: 1, body: LOST },
  hollow: { method: 'PUT', path: 'team/hollow/blobs', status: 201, times: 1 },
  unknown: { method: 'POST', path: 'team/unknown/blobs', status: 401 },
  forbidden: { method: 'POST', path: 'team/forbidden/blobs', status: 403, body: DENIED },
  hidden: { path: 'team/hidden/(?:manifests|tags)', status: 403 },
  broken: { method: 'PUT', path: 'team/broken/manifests', status: 500 },
  sieve: { method: 'PUT', path: 'team/sieve/blobs', status: 201 },
  vanishing: { method: 'PUT', path: 'team/vanishing/manifests/1', status: 201 },
  kicked: { method: 'POST', path: 'kicked/blobs', status: 403 },
  jammed: { method: 'PUT', path: 'jammed/manifests', status: 500 },
  unseen: { method: 'PUT', path: 'unseen/manifests', status: 201 },
};

const TARGET = { status: 'failed', origin: 'destination' } as const;
const NO_IMAGE = { ...TARGET, status: 'refused', code: 'IMAGE_DESTINATION_DENIED' } as const;
const NO_COPY = { ...TARGET, code: 'IMAGE_COPY_FAILED', hint: /run again/ };
const NO_CHART = { ...TARGET, code: 'CHART_PUSH_FAILED' };

/** Charts with an image that does not get to the target. */
export const FAILING_IMAGES: Readonly<Record<string, Failing>> = {
  unknown: { ...NO_IMAGE, message: /t\/team\/unknown:1.*401/, hint: /log in/ },
  forbidden: { ...NO_IMAGE, message: /t\/team\/forbidden:1.*403 DENIED: no push here/, hint: /right to push/ },
  hidden: { ...NO_IMAGE, message: /t\/team\/hidden:1.*403/, hint: /credentials/ },
  broken: { ...NO_COPY, message: /t\/team\/broken:1.*500/ },
  sieve: { ...NO_COPY, message: /t\/team\/sieve:1/ },
  vanishing: {
    ...{ ...TARGET, code: 'IMAGE_DIGEST_DIFFERS', hint: /run again/ },
    message: /t\/team\/vanishing:1 is absent after the copy/,
  },
  pair: { ...NO_IMAGE, message: /t\/team\/forbidden:1/, hint: /right to push/ },
};

/** Charts that do not get to the target, though their images do. */
export const FAILING_PUSHES: Readonly<Record<string, Failing>> = {
  kicked: { ...NO_CHART, message: /kicked.*403/, hint: /right to push/ },
  jammed: { ...NO_CHART, message: /jammed.*500/, hint: /run again/ },
  unseen: { ...NO_CHART, message: /unseen/, hint: /registry|run again/ },
};

/** Charts that come through. */
export const PASSING_AT_TARGET = ['fine', 'losing', 'hollow'] as const;
