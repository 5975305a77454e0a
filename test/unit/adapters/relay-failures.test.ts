import { describe, expect, test } from 'vitest';
import { ConnectionFailure } from '../../../src/adapters/connection-failure.ts';
import { isTransient, type RelayWork, relayError } from '../../../src/adapters/relay-failures.ts';
import type { RelayFailure } from '../../../src/adapters/relay-jobs.ts';
import { MirrorError } from '../../../src/errors.ts';

const WORK: RelayWork = {
  doing: 'copying a to b',
  tool: 'crane',
  codes: { failed: 'IMAGE_COPY_FAILED', tagTaken: 'IMAGE_TAG_TAKEN', destinationDenied: 'IMAGE_DESTINATION_DENIED' },
};

function failed(changes: Partial<RelayFailure>): RelayFailure {
  return {
    side: 'destination',
    host: 'r.example',
    what: 'PUT x/manifests/1',
    status: 500,
    problem: { code: undefined, message: undefined },
    detail: 'no credentials were sent',
    error: undefined,
    ...changes,
  };
}

function unreachable(transient: boolean | undefined): RelayFailure {
  const details = { host: 'r.example', hint: 'h' };
  const cause = transient === undefined ? undefined : new ConnectionFailure('x', { ...details, transient });
  const error = new MirrorError('m', { code: 'REGISTRY_UNREACHABLE', origin: 'source', cause });
  return failed({ status: undefined, error });
}

describe('codes', () => {
  test.each([
    ['source', 401, undefined, 'IMAGE_SOURCE_DENIED'],
    ['source', 403, undefined, 'IMAGE_SOURCE_DENIED'],
    ['source', 404, undefined, 'IMAGE_SOURCE_ABSENT'],
    ['source', 429, undefined, 'RATE_LIMITED'],
    ['source', 500, undefined, 'IMAGE_COPY_FAILED'],
    ['destination', 401, undefined, 'IMAGE_DESTINATION_DENIED'],
    ['destination', 403, undefined, 'IMAGE_DESTINATION_DENIED'],
    ['destination', 403, 'the tag is immutable', 'IMAGE_TAG_TAKEN'],
    ['destination', 412, 'configured as Immutable', 'IMAGE_TAG_TAKEN'],
    ['destination', 403, 'storage quota exceeded', 'IMAGE_COPY_FAILED'],
    ['destination', 429, 'quota exceeded', 'RATE_LIMITED'],
    ['source', 403, 'quota exceeded', 'IMAGE_SOURCE_DENIED'],
    ['destination', 404, undefined, 'IMAGE_COPY_FAILED'],
    ['destination', 413, undefined, 'IMAGE_COPY_FAILED'],
    ['destination', 429, undefined, 'RATE_LIMITED'],
  ] as const)('%s %i %s is %s', (side, status, message, code) => {
    const failure = failed({ side, status, problem: { code: undefined, message } });
    expect(relayError(failure, WORK, '')).toMatchObject({ code, origin: side, hint: expect.stringMatching(/./) });
  });

  test('the message names the work, the side, the host, the request, the answer and what was sent', () => {
    const failure = failed({ status: 403, problem: { code: 'DENIED', message: 'no\nway' } });
    expect(relayError(failure, WORK, '').message).toBe(
      'copying a to b failed at the destination r.example for PUT x/manifests/1: 403 DENIED: no way; no credentials were sent',
    );
  });

  test.each([
    ['adding 2 MiB of storage resource will exceed the configured upper limit of 1 MiB', true],
    ['Quota has been exceeded on namespace', true],
    ['no space left on device', true],
    ['requested access to the resource is denied', false],
  ])('a destination that says %s is full: %s', (message, isFull) => {
    const { hint = '' } = relayError(failed({ status: 403, problem: { code: 'DENIED', message } }), WORK, '');
    expect(hint.startsWith('make room at the destination')).toBe(isFull);
  });

  test('an error that has a code already is kept', () => {
    const failure = unreachable(true);
    expect(relayError(failure, WORK, '')).toBe(failure.error);
  });

  test('without a failed request, the tool is quoted', () => {
    expect(relayError(undefined, WORK, 'cannot parse x')).toMatchObject({
      code: 'IMAGE_COPY_FAILED',
      origin: 'local',
      message: 'copying a to b failed: crane says cannot parse x',
    });
  });
});

describe('what may pass', () => {
  test.each([408, 429, 500, 502, 503, 504])('%i may', (status) => {
    expect(isTransient(failed({ status }))).toBe(true);
  });

  test.each([400, 401, 403, 404, 413])('%i may not', (status) => {
    expect(isTransient(failed({ status }))).toBe(false);
  });

  test('a lost upload and a broken connection may', () => {
    expect(isTransient(failed({ status: 404, problem: { code: 'BLOB_UPLOAD_UNKNOWN', message: undefined } }))).toBe(
      true,
    );
    expect(isTransient(failed({ status: undefined }))).toBe(true);
    expect(isTransient(unreachable(true))).toBe(true);
    expect(isTransient(unreachable(undefined))).toBe(true);
  });

  test('a bad certificate, a rate limit, and a tool that failed by itself may not', () => {
    expect(isTransient(unreachable(false))).toBe(false);
    const error = new MirrorError('m', { code: 'RATE_LIMITED', origin: 'source' });
    expect(isTransient(failed({ status: undefined, error }))).toBe(false);
    expect(isTransient(undefined)).toBe(false);
  });
});
