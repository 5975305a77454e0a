import type { ECR } from '@aws-sdk/client-ecr';
import type { TriedRight } from '../../domain/doctor/judge-ecr.ts';
import { errorName, isDenied } from './api-errors.ts';
import type { PrivateApi } from './private-api.ts';

type Input = { readonly registryId?: string; readonly repositoryName: string };

interface Trial {
  readonly right: string;
  readonly isPush: boolean;
  readonly send: (client: ECR, input: Input, abortSignal: AbortSignal) => Promise<unknown>;
}

/** Nobody's: what is asked for is not there. */
const TAG = 'airgap-charts-doctor';
const LAYER = `sha256:${'0'.repeat(64)}`;

/** What a run asks and no repository is changed by; the last one is asked before a layer is pushed. */
const TRIALS: readonly Trial[] = [
  {
    ...{ right: 'ecr:DescribeRepositories', isPush: false },
    send: (client, { repositoryName, ...owner }, abortSignal) =>
      client.describeRepositories({ ...owner, repositoryNames: [repositoryName] }, { abortSignal }),
  },
  {
    ...{ right: 'ecr:DescribeImages', isPush: false },
    send: (client, input, abortSignal) =>
      client.describeImages({ ...input, imageIds: [{ imageTag: TAG }] }, { abortSignal }),
  },
  {
    ...{ right: 'ecr:BatchGetImage', isPush: false },
    send: (client, input, abortSignal) =>
      client.batchGetImage({ ...input, imageIds: [{ imageTag: TAG }] }, { abortSignal }),
  },
  {
    ...{ right: 'ecr:BatchCheckLayerAvailability', isPush: true },
    send: (client, input, abortSignal) =>
      client.batchCheckLayerAvailability({ ...input, layerDigests: [LAYER] }, { abortSignal }),
  },
];

// rights are looked at before what is asked for: somebody who lacks them is not told that it is absent
const ABSENT = new Set(['RepositoryNotFoundException', 'ImageNotFoundException']);

/**
 * Sends requests that change nothing and tells which were allowed.
 *
 * @throws MirrorError when the API cannot be reached or does not know the identity.
 */
export function tryRights(
  api: PrivateApi,
  repositoryName: string,
  signal: AbortSignal,
): Promise<readonly TriedRight[]> {
  const input = { ...api.owner, repositoryName };
  return Promise.all(
    TRIALS.map(async ({ right, isPush, send }): Promise<TriedRight> => {
      try {
        await send(await api.client(), input, signal);
      } catch (error) {
        if (isDenied(error)) return { right, isPush, isAllowed: false };
        if (!ABSENT.has(errorName(error)))
          throw api.failure(error, { doing: `look at repository ${repositoryName}`, right }, signal);
      }
      return { right, isPush, isAllowed: true };
    }),
  );
}
