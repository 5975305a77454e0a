import { describe, expect, test } from 'vitest';
import { AnswerTooLarge } from '../../../../src/adapters/bodies.ts';
import { ConnectionFailure } from '../../../../src/adapters/connection-failure.ts';
import { answerOr, apiError, cannotAsk, isWithoutIdentity } from '../../../../src/adapters/ecr/api-errors.ts';
import { SdkConnectionFailure } from '../../../../src/adapters/ecr/sdk-requests.ts';
import { MirrorError } from '../../../../src/errors.ts';
import { NEVER } from '../../../support/http-network.ts';

const REQUEST = { registry: 'ecr.example', doing: 'create repository a/b', right: 'ecr:CreateRepository' };

function aws(name: string, message: string, httpStatusCode = 400): Error {
  return Object.assign(new Error(message), { name, $metadata: { httpStatusCode } });
}

function mapped(error: unknown): MirrorError {
  return apiError(error, REQUEST, NEVER, 'look at the settings');
}

describe('what the SDK throws', () => {
  test.each([
    ['AccessDeniedException', 400, 'REPOSITORY_FAILED', 'give the AWS identity the right ecr:CreateRepository'],
    ['InvalidParameterException', 400, 'REPOSITORY_FAILED', 'look at the settings'],
    ['ThrottlingException', 400, 'RATE_LIMITED', expect.stringContaining('run again later')],
    ['Anything', 429, 'RATE_LIMITED', expect.stringContaining('run again later')],
    ['ServerException', 500, 'REGISTRY_UNREACHABLE', expect.stringContaining('run again')],
    ['ExpiredTokenException', 400, 'CREDENTIALS_UNREADABLE', expect.stringContaining('log in to AWS again')],
    ['UnrecognizedClientException', 400, 'CREDENTIALS_UNREADABLE', expect.stringContaining('--profile')],
    ['CredentialsProviderError', 0, 'CREDENTIALS_UNREADABLE', expect.stringContaining('--profile')],
    ['SyntaxError', 200, 'REGISTRY_ANSWER_INVALID', expect.stringContaining('gateway')],
  ])('%s with %i is %s', (name, status, code, hint) => {
    expect(mapped(aws(name, 'it says why', status))).toMatchObject({ code, hint, origin: 'destination' });
  });

  test('the message is one line, without a full stop, and tells what was asked for', () => {
    expect(mapped(aws('KmsException', 'The key\n  is disabled.')).message).toBe(
      'ecr.example failed to create repository a/b: KmsException: The key is disabled',
    );
  });

  test('a request that AWS repeats in its answer is left out: its headers hold the session token', () => {
    const told =
      "It does not match.\n\nThe Canonical String for this request should have been\n'POST\nx-amz-security-token:abc'";
    const { message } = mapped(aws('SignatureDoesNotMatch', told, 403));
    expect(message).toBe('ecr.example failed to create repository a/b: SignatureDoesNotMatch: It does not match');
  });

  test('a failed connection keeps its hint and names the host of the API', () => {
    const failure = new ConnectionFailure('the connection was refused', {
      ...{ host: 'api.ecr.example', transient: true },
      hint: 'check the proxy',
    });
    expect(mapped(new SdkConnectionFailure(failure))).toMatchObject({
      code: 'REGISTRY_UNREACHABLE',
      message: 'ecr.example failed to create repository a/b: api.ecr.example: the connection was refused',
      hint: 'check the proxy',
    });
  });

  test('an answer that does not end is invalid', () => {
    expect(mapped(new AnswerTooLarge('x', 10))).toMatchObject({ code: 'REGISTRY_ANSWER_INVALID' });
  });

  test('an error of our own stays as it is', () => {
    const own = new MirrorError('x', { code: 'INPUT_INVALID', origin: 'input' });
    expect(mapped(own)).toBe(own);
  });

  test('an interrupted run is no failure of AWS', () => {
    const controller = new AbortController();
    controller.abort();
    expect(() => apiError(aws('ServerException', 'x'), REQUEST, controller.signal, '')).toThrow(
      expect.objectContaining({ name: 'AbortError' }),
    );
  });
});

describe('who cannot ask', () => {
  test('has no right, or no identity', () => {
    expect(cannotAsk(aws('AccessDeniedException', 'no'))).toBe(true);
    expect(cannotAsk(aws('CredentialsProviderError', 'Could not load credentials from any providers'))).toBe(true);
    expect(cannotAsk(aws('ThrottlingException', 'no'))).toBe(false);
  });

  test('credentials that are of no use are no missing identity', () => {
    expect(isWithoutIdentity(aws('CredentialsProviderError', 'The SSO session has expired'))).toBe(false);
  });

  test('a question gives its own words where there is nothing, undefined where it may not be asked', async () => {
    const asking = (error: Error) => answerOr('none', 'NotFoundException', async () => Promise.reject(error));
    expect(await answerOr('none', 'NotFoundException', async () => 'some')).toBe('some');
    expect(await asking(aws('NotFoundException', 'x'))).toBe('none');
    expect(await asking(aws('AccessDeniedException', 'x'))).toBeUndefined();
    await expect(asking(aws('ServerException', 'x'))).rejects.toMatchObject({ name: 'ServerException' });
  });
});
