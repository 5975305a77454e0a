import { describe, expect, it } from 'vitest';
import { explicitCredentials } from '../../../src/commands/explicit-credentials.ts';
import { formatProblem } from '../../../src/config/problems.ts';

type Flags = Parameters<typeof explicitCredentials>[0];
type Environment = Parameters<typeof explicitCredentials>[1];

/** The login for Docker Hub as `user:password from origin`, and the problems. */
function hubOf(
  flags: Flags,
  env: Environment,
): { readonly hub: string | undefined; readonly problems: readonly string[] } {
  const { explicit, problems } = explicitCredentials(flags, env);
  const login = explicit.dockerHub;
  const hub = login === undefined ? undefined : `${login.username}:${login.password} from ${login.origin}`;
  return { hub, problems: problems.map(formatProblem) };
}

describe('the login for Docker Hub', () => {
  it.each<[string, Flags, Environment, string | undefined]>([
    ['both flags', { dockerhubUsername: 'u', dockerhubToken: 't' }, {}, 'u:t from --dockerhub-token'],
    ['both variables', {}, { DOCKERHUB_USERNAME: 'u', DOCKERHUB_TOKEN: 't' }, 'u:t from DOCKERHUB_TOKEN'],
    ['the user of a variable', { dockerhubToken: 't' }, { DOCKERHUB_USERNAME: 'u' }, 'u:t from --dockerhub-token'],
    ['the token of a variable', { dockerhubUsername: 'u' }, { DOCKERHUB_TOKEN: 't' }, 'u:t from DOCKERHUB_TOKEN'],
    [
      'flags before variables',
      { dockerhubUsername: 'u', dockerhubToken: 't' },
      { DOCKERHUB_USERNAME: 'v', DOCKERHUB_TOKEN: 's' },
      'u:t from --dockerhub-token',
    ],
    [
      'an empty flag is none',
      { dockerhubUsername: '', dockerhubToken: 't' },
      { DOCKERHUB_USERNAME: 'u' },
      'u:t from --dockerhub-token',
    ],
    ['nothing', {}, {}, undefined],
    ['empty variables', {}, { DOCKERHUB_USERNAME: '', DOCKERHUB_TOKEN: '' }, undefined],
  ])('takes %s', (_, flags, env, hub) => {
    expect(hubOf(flags, env)).toEqual({ hub, problems: [] });
  });

  it.each<[string, Flags, Environment, RegExp]>([
    [
      'a token flag',
      { dockerhubToken: 's3cret' },
      {},
      /^--dockerhub-token: .*half a login.*--dockerhub-username or DOCKERHUB_USERNAME/,
    ],
    ['a token variable', {}, { DOCKERHUB_TOKEN: 's3cret' }, /^DOCKERHUB_TOKEN: .*half a login.*DOCKERHUB_USERNAME/],
    [
      'a user flag',
      { dockerhubUsername: 'u' },
      {},
      /^--dockerhub-username: .*half a login.*--dockerhub-token or DOCKERHUB_TOKEN/,
    ],
    ['a user variable', {}, { DOCKERHUB_USERNAME: 'u' }, /^DOCKERHUB_USERNAME: .*half a login.*DOCKERHUB_TOKEN/],
    ['an empty user', {}, { DOCKERHUB_USERNAME: '', DOCKERHUB_TOKEN: 's3cret' }, /^DOCKERHUB_TOKEN: .*half a login/],
    [
      'an empty token flag',
      { dockerhubUsername: 'u', dockerhubToken: '' },
      {},
      /^--dockerhub-username: .*half a login/,
    ],
  ])('refuses %s alone, and does not show it', (_, flags, env, message) => {
    const { hub, problems } = hubOf(flags, env);
    expect([hub, problems.length]).toEqual([undefined, 1]);
    expect(problems[0]).toMatch(message);
    expect(problems[0]).not.toContain('s3cret');
  });
});

describe('passwords for ECR', () => {
  it('are for the user AWS, from flag or variable, each for its own kind', () => {
    const flags = { publicEcrPassword: 'p' };
    const { explicit, problems } = explicitCredentials(flags, { ECR_PUBLIC_PASSWORD: 'q', ECR_PRIVATE_PASSWORD: 'r' });
    expect(problems).toEqual([]);
    expect(explicit.publicEcr).toEqual({ username: 'AWS', password: 'p', origin: '--public-ecr-password' });
    expect(explicit.privateEcr).toEqual({ username: 'AWS', password: 'r', origin: 'ECR_PRIVATE_PASSWORD' });
  });

  it('that are empty are none', () => {
    const { explicit } = explicitCredentials({ privateEcrPassword: '' }, { ECR_PUBLIC_PASSWORD: '' });
    expect([explicit.publicEcr, explicit.privateEcr, explicit.dockerHub]).toEqual([undefined, undefined, undefined]);
  });
});
