import type { Repository } from '@aws-sdk/client-ecr';
import type { ExistingSettings, RepositorySettings } from '../../domain/ecr/repository-settings.ts';
import { inParallel } from '../../domain/in-parallel.ts';
import type { RepositoryState } from '../../ports/repositories.ts';
import { answerOr } from './api-errors.ts';
import { API_CONCURRENCY } from './batches.ts';
import { findRepositories } from './find-repositories.ts';
import type { PrivateApi } from './private-api.ts';
import { privateListing } from './private-listing.ts';
import { describedSettings, tagRecord } from './repository-input.ts';

/** The policies of a repository, by the names of their settings. */
export type PolicyName = 'lifecyclePolicy' | 'repositoryPolicy';

/** Looks at repositories of a private registry, and keeps their ARNs. */
export interface PrivateDescriber {
  describe(
    wanted: ReadonlyMap<string, RepositorySettings>,
    signal: AbortSignal,
  ): Promise<ReadonlyMap<string, RepositoryState>>;
  /** Keeps the ARN of a repository that another request told of. */
  note(repository: Repository | undefined): void;
  /** @throws MirrorError when the repository cannot be looked at. */
  arnOf(name: string, signal: AbortSignal): Promise<string | undefined>;
}

/** Reads of one private registry. A repository with its tags costs one request more than its share of a listing. */
export function createPrivateDescriber(api: PrivateApi): PrivateDescriber {
  const arns = new Map<string, string>();

  function note(repository: Repository | undefined): void {
    const { repositoryName: name, repositoryArn: arn } = repository ?? {};
    if (name !== undefined && arn !== undefined) arns.set(name, arn);
  }

  async function tagsOf(arn: string | undefined, signal: AbortSignal): Promise<RepositorySettings['tags'] | undefined> {
    const client = await api.client();
    return answerOr({}, 'RepositoryNotFoundException', async () => {
      const { tags } = await client.listTagsForResource({ resourceArn: arn }, { abortSignal: signal });
      return tagRecord(tags);
    });
  }

  async function policyOf(name: string, policy: PolicyName, signal: AbortSignal): Promise<string | undefined> {
    const client = await api.client();
    const input = { ...api.owner, repositoryName: name };
    if (policy === 'lifecyclePolicy') {
      return answerOr('', 'LifecyclePolicyNotFoundException', async () => {
        const { lifecyclePolicyText } = await client.getLifecyclePolicy(input, { abortSignal: signal });
        return lifecyclePolicyText ?? '';
      });
    }
    return answerOr('', 'RepositoryPolicyNotFoundException', async () => {
      const { policyText } = await client.getRepositoryPolicy(input, { abortSignal: signal });
      return policyText ?? '';
    });
  }

  async function settingsOf(
    repository: Repository,
    wanted: RepositorySettings,
    signal: AbortSignal,
  ): Promise<ExistingSettings> {
    const { repositoryName: name = '', repositoryArn: arn } = repository;
    const read = async (policy: PolicyName) =>
      wanted[policy] === undefined ? undefined : policyOf(name, policy, signal);
    const [tags, lifecyclePolicy, repositoryPolicy] = await Promise.all([
      tagsOf(arn, signal),
      read('lifecyclePolicy'),
      read('repositoryPolicy'),
    ]);
    return { ...describedSettings(repository), tags, lifecyclePolicy, repositoryPolicy };
  }

  async function describe(
    wanted: ReadonlyMap<string, RepositorySettings>,
    signal: AbortSignal,
  ): Promise<ReadonlyMap<string, RepositoryState>> {
    const what = { doing: 'describe repositories', right: 'ecr:DescribeRepositories' };
    const listing = privateListing(api, signal);
    const found = await api.send(what, signal, () => findRepositories(listing, [...wanted.keys()]));
    const states = await inParallel(
      [...wanted],
      API_CONCURRENCY,
      async ([name, settings]): Promise<[string, RepositoryState]> => {
        const state = found.get(name) ?? { kind: 'absent' };
        if (state.kind !== 'present') return [name, state];
        const { repository } = state;
        note(repository);
        const reading = { doing: `read the settings of repository ${name}`, right: 'ecr:ListTagsForResource' };
        const read = await api.send(reading, signal, () => settingsOf(repository, settings, signal));
        return [name, { kind: 'present', settings: read, createdAt: repository.createdAt }];
      },
    );
    return new Map(states);
  }

  async function arnOf(name: string, signal: AbortSignal): Promise<string | undefined> {
    const known = arns.get(name);
    if (known !== undefined) return known;
    const what = { doing: `find repository ${name}`, right: 'ecr:DescribeRepositories' };
    const [found] = await api.send(what, signal, () => privateListing(api, signal).byNames([name]));
    note(found);
    return found?.repositoryArn;
  }

  return { describe, note, arnOf };
}
