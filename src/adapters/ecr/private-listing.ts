import type { Repository } from '@aws-sdk/client-ecr';
import type { RepositoryListing } from './find-repositories.ts';
import type { PrivateApi } from './private-api.ts';

const PAGE = 1000;

/** The repositories of a private registry. */
export function privateListing({ client, owner }: PrivateApi, signal: AbortSignal): RepositoryListing<Repository> {
  const options = { abortSignal: signal };
  return {
    nameOf: ({ repositoryName }) => repositoryName,
    async byNames(names) {
      const ecr = await client();
      const { repositories = [] } = await ecr.describeRepositories({ ...owner, repositoryNames: [...names] }, options);
      return repositories;
    },
    async page(nextToken) {
      const ecr = await client();
      const at = nextToken === undefined ? {} : { nextToken };
      const answer = await ecr.describeRepositories({ ...owner, maxResults: PAGE, ...at }, options);
      return { items: answer.repositories ?? [], next: answer.nextToken };
    },
  };
}
