import type { Repository } from '@aws-sdk/client-ecr-public';
import type { PublicEcr } from '../../domain/ecr/registry.ts';
import type { ExistingSettings, RepositorySettings, SettingName } from '../../domain/ecr/repository-settings.ts';
import { inParallel } from '../../domain/in-parallel.ts';
import { MirrorError } from '../../errors.ts';
import type { Creation, Repositories, RepositoryState } from '../../ports/repositories.ts';
import type { Clock } from '../http-retry.ts';
import { answerOr, errorName } from './api-errors.ts';
import { applySettings, type ChangeableSetting, changeable, SETTING_WORDS } from './apply-settings.ts';
import { API_CONCURRENCY } from './batches.ts';
import type { EcrClients } from './clients.ts';
import { findRepositories } from './find-repositories.ts';
import { paceOf } from './pace.ts';
import { createPublicApi } from './public-api.ts';
import { tagList, tagRecord } from './repository-input.ts';

/** A name in `public.ecr.aws`: the alias of a registry, and the name that its API knows. */
interface PublicName {
  readonly alias: string;
  readonly path: string;
}

const WRITES_PER_SECOND = 10;

function splitName(name: string): PublicName {
  const [alias = '', ...path] = name.split('/');
  return { alias, path: path.join('/') };
}

/** What ECR Public has no word for: tags there can be moved, and nothing is scanned, encrypted by choice or expired. */
function impossible({ tagMutability, scanOnPush, encryption, lifecyclePolicy }: RepositorySettings): readonly string[] {
  const isLocked =
    tagMutability !== undefined && (tagMutability.kind === 'immutable' || tagMutability.exceptions.length > 0);
  return [
    isLocked ? 'tag immutability' : '',
    scanOnPush === true ? 'scan on push' : '',
    encryption === undefined ? '' : 'encryption',
    lifecyclePolicy === undefined ? '' : 'lifecycle policies',
  ].filter((word) => word !== '');
}

function notPublic(name: string, words: readonly string[]): MirrorError {
  return new MirrorError(`ECR Public has no ${words.join(' and no ')}, which the configuration wants for ${name}`, {
    code: 'INPUT_INVALID',
    origin: 'input',
    hint: `leave it out for ${name} in repositories of the configuration`,
  });
}

/** The API knows no alias: it would create the repository in the caller's own registry, whoever has the alias. */
function unknownOwner(name: string, reason: string): MirrorError {
  const message = `repository ${name} is not created, since it cannot be known whose alias it begins with: ${reason}`;
  return new MirrorError(message, {
    code: 'REPOSITORY_FAILED',
    origin: 'destination',
    hint: 'give the AWS identity the right ecr-public:DescribeRegistries, or create the repository by hand',
  });
}

/** Repositories of the caller's own public registry. Their names begin with one of its aliases, which the API leaves out. */
export function createPublicRepositories(clients: EcrClients, clock: Clock, registry: PublicEcr): Repositories {
  const api = createPublicApi(clients, registry);
  const pace = paceOf(WRITES_PER_SECOND, clock);

  async function settingsOf(
    { repositoryName, repositoryArn }: Repository,
    wanted: RepositorySettings,
    signal: AbortSignal,
  ): Promise<ExistingSettings> {
    const client = await api.client();
    const options = { abortSignal: signal };
    const readTags = answerOr({}, 'RepositoryNotFoundException', async () =>
      tagRecord((await client.listTagsForResource({ resourceArn: repositoryArn }, options)).tags),
    );
    const readPolicy = answerOr('', 'RepositoryPolicyNotFoundException', async () => {
      if (wanted.repositoryPolicy === undefined) return undefined;
      return (await client.getRepositoryPolicy({ repositoryName }, options)).policyText ?? '';
    });
    const [tags, repositoryPolicy] = await Promise.all([readTags, readPolicy]);
    const fixed = { tagMutability: { kind: 'mutable', exceptions: [] }, scanOnPush: false } as const;
    const none = { encryption: undefined, lifecyclePolicy: '' };
    return { ...fixed, ...none, tags, repositoryPolicy };
  }

  async function describe(
    wanted: ReadonlyMap<string, RepositorySettings>,
    signal: AbortSignal,
  ): Promise<ReadonlyMap<string, RepositoryState>> {
    const names = [...wanted.keys()].map(splitName);
    const unknown = await api.checkAliases([...new Set(names.map(({ alias }) => alias))], signal);
    if (unknown !== undefined)
      return new Map([...wanted.keys()].map((name) => [name, { kind: 'unknown', detail: unknown }]));
    const what = { doing: 'describe repositories', right: 'ecr-public:DescribeRepositories' };
    const paths = [...new Set(names.map(({ path }) => path))];
    const found = await api.send(what, signal, () => findRepositories(api.listing(signal), paths));
    const states = await inParallel(
      [...wanted],
      API_CONCURRENCY,
      async ([name, settings]): Promise<[string, RepositoryState]> => {
        const state = found.get(splitName(name).path) ?? { kind: 'absent' };
        if (state.kind !== 'present') return [name, state];
        const reading = { doing: `read the settings of repository ${name}`, right: 'ecr-public:ListTagsForResource' };
        const read = await api.send(reading, signal, () => settingsOf(state.repository, settings, signal));
        return [name, { kind: 'present', settings: read, createdAt: state.repository.createdAt }];
      },
    );
    return new Map(states);
  }

  async function addTags(path: string, settings: RepositorySettings, signal: AbortSignal): Promise<void> {
    const finding = { doing: `find repository ${path}`, right: 'ecr-public:DescribeRepositories' };
    const [found] = await api.send(finding, signal, () => api.listing(signal).byNames([path]));
    const input = { resourceArn: found?.repositoryArn, tags: tagList(settings.tags) };
    await pace(signal);
    await api.send({ doing: `set the tags of repository ${path}`, right: 'ecr-public:TagResource' }, signal, (client) =>
      client.tagResource(input, { abortSignal: signal }),
    );
  }

  async function change(
    name: string,
    setting: ChangeableSetting,
    settings: RepositorySettings,
    signal: AbortSignal,
  ): Promise<void> {
    const { path } = splitName(name);
    if (setting === 'tags') return addTags(path, settings, signal);
    if (setting !== 'repositoryPolicy') throw notPublic(name, [SETTING_WORDS[setting]]);
    const { repositoryPolicy } = settings;
    if (repositoryPolicy === undefined)
      throw new RangeError(`the repository policy of ${name} is to be set to nothing`);
    const hint = 'correct repositoryPolicy in repositories of the configuration';
    const what = { doing: `set the repository policy of ${name}`, right: 'ecr-public:SetRepositoryPolicy', hint };
    await pace(signal);
    await api.send(what, signal, (client) =>
      client.setRepositoryPolicy({ repositoryName: path, policyText: repositoryPolicy }, { abortSignal: signal }),
    );
  }

  async function create(name: string, settings: RepositorySettings, signal: AbortSignal): Promise<Creation> {
    const { alias, path } = splitName(name);
    const words = impossible(settings);
    if (words.length > 0) throw notPublic(name, words);
    const unknown = await api.checkAliases([alias], signal);
    if (unknown !== undefined) throw unknownOwner(name, unknown);
    const hint = 'correct the settings in repositories of the configuration, or ask AWS for a higher quota';
    const right = 'ecr-public:CreateRepository and ecr-public:TagResource';
    await pace(signal);
    try {
      const client = await api.client();
      await client.createRepository({ repositoryName: path, tags: tagList(settings.tags) }, { abortSignal: signal });
    } catch (error) {
      if (errorName(error) === 'RepositoryAlreadyExistsException') return { kind: 'existed' };
      throw api.failure(error, { doing: `create repository ${name}`, right, hint }, signal);
    }
    const policies = settings.repositoryPolicy === undefined ? [] : (['repositoryPolicy'] as const);
    const lacks = await applySettings(change, name, settings, policies, 'is created', signal);
    return { kind: 'created', lacks };
  }

  return {
    describe,
    create,
    async change(name, settings, changes: readonly SettingName[], signal) {
      const possible = changes.map((setting) => changeable(name, setting));
      const lacks = await applySettings(change, name, settings, possible, 'is changed in part', signal);
      if (lacks !== undefined) throw lacks;
    },
    lookUp: undefined,
    mounting: async () => 'unknown',
    calls: () => clients.publicCalls(),
  };
}
