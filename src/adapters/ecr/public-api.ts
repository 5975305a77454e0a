import type { ECRPUBLIC, Repository } from '@aws-sdk/client-ecr-public';
import type { PublicEcr } from '../../domain/ecr/registry.ts';
import { MirrorError } from '../../errors.ts';
import { apiError, cannotAsk, said } from './api-errors.ts';
import type { EcrClients } from './clients.ts';
import type { RepositoryListing } from './find-repositories.ts';
import type { Doing } from './private-api.ts';

/** The API of the caller's own public registry. */
export interface PublicApi {
  client(): Promise<ECRPUBLIC>;
  /** Sends a request; what the SDK throws becomes a MirrorError. */
  send<T>(what: Doing, signal: AbortSignal, request: (client: ECRPUBLIC) => Promise<T>): Promise<T>;
  /** The error for what a request threw. Throws the signal's reason when it was aborted. */
  failure(error: unknown, what: Doing, signal: AbortSignal): MirrorError;
  listing(signal: AbortSignal): RepositoryListing<Repository>;
  /**
   * Checks that the aliases are the caller's own; returns why it cannot be known, where the identity may not ask. Either
   * answer is asked for once.
   *
   * @throws MirrorError INPUT_INVALID for an alias of somebody else.
   */
  checkAliases(aliases: readonly string[], signal: AbortSignal): Promise<string | undefined>;
}

const PAGE = 1000;

function foreignAlias(host: string, alias: string, own: readonly string[]): MirrorError {
  const known = own.length === 0 ? 'it has none' : `it has ${own.join(', ')}`;
  return new MirrorError(`${host}/${alias} does not belong to the account of the AWS identity: ${known}`, {
    code: 'INPUT_INVALID',
    origin: 'input',
    hint: 'name one of its own aliases in --target-registry, or another identity with --profile',
  });
}

/** The API of ECR Public; nothing is reached before the first request. */
export function createPublicApi(clients: EcrClients, { host }: PublicEcr): PublicApi {
  const client = () => clients.publicApi(host, 'control');
  let own: readonly string[] | undefined;
  let unknown: string | undefined;

  function failure(error: unknown, { doing, right, hint }: Doing, signal: AbortSignal): MirrorError {
    return apiError(error, { registry: host, doing, right }, signal, hint ?? 'look at the repository in ECR Public');
  }

  async function send<T>(what: Doing, signal: AbortSignal, request: (client: ECRPUBLIC) => Promise<T>): Promise<T> {
    try {
      return await request(await client());
    } catch (error) {
      throw failure(error, what, signal);
    }
  }

  async function readAliases(signal: AbortSignal): Promise<readonly string[]> {
    const ecr = await client();
    const aliases: string[] = [];
    let nextToken: string | undefined;
    do {
      const at = nextToken === undefined ? {} : { nextToken };
      const answer = await ecr.describeRegistries({ maxResults: PAGE, ...at }, { abortSignal: signal });
      for (const { aliases: found = [] } of answer.registries ?? [])
        aliases.push(...found.flatMap(({ name }) => name ?? []));
      nextToken = answer.nextToken;
    } while (nextToken !== undefined);
    return aliases;
  }

  async function checkAliases(aliases: readonly string[], signal: AbortSignal): Promise<string | undefined> {
    if (unknown !== undefined) return unknown;
    try {
      own ??= await readAliases(signal);
    } catch (error) {
      if (cannotAsk(error)) {
        unknown = said(error);
        return unknown;
      }
      throw failure(error, { doing: 'ask for the own aliases', right: 'ecr-public:DescribeRegistries' }, signal);
    }
    const known = own;
    const foreign = aliases.find((alias) => !known.includes(alias));
    if (foreign !== undefined) throw foreignAlias(host, foreign, known);
    return undefined;
  }

  function listing(signal: AbortSignal): RepositoryListing<Repository> {
    const options = { abortSignal: signal };
    return {
      nameOf: ({ repositoryName }) => repositoryName,
      async byNames(names) {
        const ecr = await client();
        const { repositories = [] } = await ecr.describeRepositories({ repositoryNames: [...names] }, options);
        return repositories;
      },
      async page(nextToken) {
        const ecr = await client();
        const at = nextToken === undefined ? {} : { nextToken };
        const answer = await ecr.describeRepositories({ maxResults: PAGE, ...at }, options);
        return { items: answer.repositories ?? [], next: answer.nextToken };
      },
    };
  }

  return { client, send, failure, listing, checkAliases };
}
