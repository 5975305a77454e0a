import type { ExplicitCredentials } from '../adapters/credentials.ts';
import type { MirrorFlags } from '../cli/program.ts';
import { flagProblem, type Problem } from '../config/problems.ts';
import type { Surroundings } from './surroundings.ts';

/** A secret with the flag or variable it came from. */
interface Given {
  readonly value: string;
  readonly from: string;
}

type LoginFlags = Pick<
  MirrorFlags,
  'dockerhubUsername' | 'dockerhubToken' | 'publicEcrPassword' | 'privateEcrPassword'
>;

/** An empty variable is none: so a secret that is not set reaches a job in many CI systems. */
function given(flag: string, value: string | undefined, variable: string, env: Surroundings['env']): Given | undefined {
  if (value !== undefined && value !== '') return { value, from: flag };
  const fallback = env[variable];
  return fallback === undefined || fallback === '' ? undefined : { value: fallback, from: variable };
}

function halfLogin(has: Given, lacks: string): Problem {
  return flagProblem(has.from, {
    what: 'it is half a login for Docker Hub',
    instead: `give ${lacks} too, or neither`,
  });
}

/** The logins that flags and their environment variables give, each variable standing in for its flag; and half logins. */
export function explicitCredentials(
  flags: LoginFlags,
  env: Surroundings['env'],
): { readonly explicit: ExplicitCredentials; readonly problems: readonly Problem[] } {
  const username = given('--dockerhub-username', flags.dockerhubUsername, 'DOCKERHUB_USERNAME', env);
  const token = given('--dockerhub-token', flags.dockerhubToken, 'DOCKERHUB_TOKEN', env);
  const publicEcr = given('--public-ecr-password', flags.publicEcrPassword, 'ECR_PUBLIC_PASSWORD', env);
  const privateEcr = given('--private-ecr-password', flags.privateEcrPassword, 'ECR_PRIVATE_PASSWORD', env);
  const problems = [
    ...(token !== undefined && username === undefined
      ? [halfLogin(token, '--dockerhub-username or DOCKERHUB_USERNAME')]
      : []),
    ...(username !== undefined && token === undefined
      ? [halfLogin(username, '--dockerhub-token or DOCKERHUB_TOKEN')]
      : []),
  ];
  const hub =
    username === undefined || token === undefined
      ? undefined
      : { username: username.value, password: token.value, origin: token.from };
  const ecr = (password: Given | undefined) =>
    password === undefined ? undefined : { username: 'AWS', password: password.value, origin: password.from };
  return { explicit: { dockerHub: hub, publicEcr: ecr(publicEcr), privateEcr: ecr(privateEcr) }, problems };
}
