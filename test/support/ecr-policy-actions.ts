import { type ControlAction, type ControlContext, namedRepository } from './ecr-control-context.ts';
import { EcrFault, invalidParameter } from './ecr-faults.ts';
import { checkBatch, pageOf } from './ecr-fields.ts';
import { checkResourceTags, isDigest } from './ecr-grammar.ts';
import { referrersOf } from './ecr-images.ts';
import { isPlain } from './ecr-manifest.ts';
import { resourceTagsIn } from './ecr-repository-actions.ts';
import { arnOf, repositoryIn, type StoredRepository } from './ecr-store.ts';

/** Account settings with what they are at first (client-ecr, `GetAccountSettingResponse`; userguide/blob-mounting.html). */
const SETTINGS: Readonly<Record<string, readonly string[]>> = {
  BLOB_MOUNTING: ['DISABLED', 'ENABLED'],
  BASIC_SCAN_TYPE_VERSION: ['AWS_NATIVE'],
  REGISTRY_POLICY_SCOPE: ['V2'],
};

function parsed(name: string, text: string): Readonly<Record<string, unknown>> {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    value = undefined;
  }
  if (!isPlain(value)) throw invalidParameter(name, 'Invalid JSON syntax');
  return value;
}

/** 100 to 30,720 characters, rules with a priority of their own (API_PutLifecyclePolicy.html, userguide/lifecycle_policy_parameters.html). */
function lifecyclePolicy(text: string): string {
  if (text.length < 100 || text.length > 30_720) {
    throw invalidParameter('lifecyclePolicyText', 'must have between 100 and 30720 characters');
  }
  const { rules, ...policy } = parsed('LifecyclePolicyText', text);
  const list = Array.isArray(rules) ? rules.filter(isPlain) : [];
  const priorities = new Set(list.map(({ rulePriority }) => rulePriority).filter(Number.isInteger));
  const isWhole = list.every(({ selection, action }) => isPlain(selection) && isPlain(action));
  if (list.length === 0 || priorities.size !== list.length || !isWhole) {
    throw invalidParameter('LifecyclePolicyText', 'Lifecycle policy validation failure');
  }
  return JSON.stringify({ rules, ...policy });
}

/** ECR hands a repository policy out in a form of its own (userguide/get-repository-policy.html), never as it was sent. */
function repositoryPolicy(text: string): string {
  const policy = parsed('PolicyText', text);
  const { Statement } = policy;
  const statements: readonly unknown[] = Array.isArray(Statement) ? Statement : [Statement];
  const isWhole = statements.every((one) => isPlain(one) && 'Effect' in one && 'Principal' in one && 'Action' in one);
  if (!isWhole) throw invalidParameter('PolicyText', 'Invalid repository policy provided');
  return JSON.stringify(policy, undefined, 2).replace(/^( *"(?:[^"\\]|\\.)*"):/gm, '$1 :');
}

/** The answer where a policy is asked for that is not there; the texts are those that moto has from ECR. */
function noPolicy({ name, registry }: StoredRepository, kind: 'Lifecycle' | 'Repository'): EcrFault {
  const message = `${kind} policy does not exist for the repository with name '${name}' in the registry with id '${registry.account}'`;
  return new EcrFault(`${kind}PolicyNotFoundException`, message);
}

function answer({ name, registry }: StoredRepository, rest: object): Readonly<Record<string, unknown>> {
  return { registryId: registry.account, repositoryName: name, ...rest };
}

/** The repository that an ARN names; only those of this registry are known. */
export function repositoryOfArn({ input, registry }: ControlContext): StoredRepository {
  const arn = input.text('resourceArn');
  const name = /^arn:[a-z-]+:ecr(?:-public)?:[a-z0-9-]*:\d{12}:repository\/(.+)$/.exec(arn)?.[1];
  if (name === undefined || arnOf(registry, name) !== arn) throw invalidParameter('resourceArn', 'Invalid ARN');
  return repositoryIn(registry, name);
}

/** The actions on tags of repositories; the same in both APIs. */
export const TAG_ACTIONS: Readonly<Record<string, ControlAction>> = {
  ListTagsForResource(context) {
    const { resourceTags } = repositoryOfArn(context);
    return { tags: [...resourceTags].map(([Key, Value]) => ({ Key, Value })) };
  },
  TagResource(context) {
    const { resourceTags } = repositoryOfArn(context);
    const added = resourceTagsIn(context.input);
    checkResourceTags(new Map([...resourceTags, ...added]));
    for (const [key, value] of added) resourceTags.set(key, value);
    return {};
  },
};

function allowedValues(name: string): readonly string[] {
  const values = SETTINGS[name];
  if (values === undefined) throw new EcrFault('ValidationException', `there is no account setting '${name}'`);
  return values;
}

/** The actions on the policy of a repository; the same in both APIs. */
export const REPOSITORY_POLICY_ACTIONS: Readonly<Record<string, ControlAction>> = {
  SetRepositoryPolicy(context) {
    const repository = namedRepository(context);
    repository.policy = repositoryPolicy(context.input.text('policyText'));
    return answer(repository, { policyText: repository.policy });
  },
  GetRepositoryPolicy(context) {
    const repository = namedRepository(context);
    if (repository.policy === undefined) throw noPolicy(repository, 'Repository');
    return answer(repository, { policyText: repository.policy });
  },
};

/** The actions on policies, settings and referrers of the private API (client-ecr, `*Command`). */
export const POLICY_ACTIONS: Readonly<Record<string, ControlAction>> = {
  ...TAG_ACTIONS,
  ...REPOSITORY_POLICY_ACTIONS,
  PutLifecyclePolicy(context) {
    const repository = namedRepository(context);
    repository.lifecyclePolicy = lifecyclePolicy(context.input.text('lifecyclePolicyText'));
    return answer(repository, { lifecyclePolicyText: repository.lifecyclePolicy });
  },
  GetLifecyclePolicy(context) {
    const repository = namedRepository(context);
    if (repository.lifecyclePolicy === undefined) throw noPolicy(repository, 'Lifecycle');
    return answer(repository, { lifecyclePolicyText: repository.lifecyclePolicy });
  },
  GetAccountSetting({ input, registry }) {
    const name = input.text('name');
    const [initial = ''] = allowedValues(name);
    return { name, value: registry.settings.get(name) ?? initial };
  },
  PutAccountSetting({ input, registry }) {
    const name = input.text('name');
    const value = input.text('value');
    if (!allowedValues(name).includes(value)) {
      throw new EcrFault('ValidationException', `'${value}' is no value of the account setting '${name}'`);
    }
    registry.settings.set(name, value);
    return { name, value };
  },
  /** Up to 50 in a page, 20 by default, and five artifact types (client-ecr, `ListImageReferrersRequest`; facts.md 1.8). */
  ListImageReferrers(context) {
    const repository = namedRepository(context);
    const subject = context.input.object('subjectId').text('imageDigest');
    if (!isDigest(subject)) throw invalidParameter('imageDigest', 'must be a digest');
    const filter = context.input.object('filter');
    const types = filter.texts('artifactTypes');
    if (types !== undefined) checkBatch('artifactTypes', types.length, 5);
    const status = filter.optionalText('artifactStatus') ?? 'ACTIVE';
    const fitting = referrersOf(repository, subject).filter(({ parts, status: own }) => {
      const hasType = types === undefined || (parts.artifactType !== undefined && types.includes(parts.artifactType));
      return hasType && (status === 'ANY' || status === own);
    });
    const { items, next } = pageOf(fitting, ({ digest }) => digest, context.input, { most: 50, usual: 20 });
    const referrers = items.map(({ digest, parts, bytes, status: artifactStatus }) => ({
      digest,
      mediaType: parts.mediaType,
      artifactType: parts.artifactType,
      size: bytes.length,
      annotations: parts.annotations,
      artifactStatus,
    }));
    return { referrers, ...next };
  },
};
