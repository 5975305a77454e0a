import { partitionOf } from './partition.ts';
import {
  KEY_ACTIONS,
  LIST_ACTION,
  LOGIN_ACTION,
  MOUNTING_ACTION,
  PUBLIC_LOGIN_ACTIONS,
  PUBLIC_REGISTRY_ACTION,
  PULL_ACTIONS,
  privateActions,
  publicActions,
  type RepositoryNeeds,
} from './policy-actions.ts';
import type { EcrRegistry, PrivateEcr } from './registry.ts';
import type { Encryption } from './repository-settings.ts';

/** A repository of a private registry that images or charts are read from. */
export interface SourceNeeds {
  readonly registry: PrivateEcr;
  readonly repository: string;
  /** Whether its tags are listed: a chart whose version is a range, or the newest. */
  readonly isListed: boolean;
}

/** All that a run does at Amazon ECR. */
export interface PolicyNeeds {
  /** Undefined where the target is no registry of Amazon ECR. */
  readonly target: EcrRegistry | undefined;
  readonly repositories: readonly RepositoryNeeds[];
  /** Whether the account is asked if it mounts blobs. */
  readonly asksMounting: boolean;
  readonly sources: readonly SourceNeeds[];
  /** Whether images of ECR Public are read with a login. */
  readonly readsPublic: boolean;
}

/** A statement of an IAM policy, with IAM's own spelling of keys. */
export interface PolicyStatement {
  readonly Effect: 'Allow';
  readonly Action: readonly string[];
  readonly Resource: readonly string[];
  readonly Condition?: Readonly<Record<string, Readonly<Record<string, string>>>>;
}

/** An IAM policy as it can be pasted. */
export interface PolicyDocument {
  readonly Version: '2012-10-17';
  readonly Statement: readonly PolicyStatement[];
}

// docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html: of a managed policy; white space does not count
const LIMIT = 6144;

/** One action set on the repositories `names` of the registry that `base` stands for. */
interface Grant {
  readonly actions: readonly string[];
  readonly base: string;
  readonly names: readonly string[];
}

function privateBase({ account, region }: Pick<PrivateEcr, 'account' | 'region'>): string {
  return `arn:${partitionOf(region ?? '')}:ecr:${region ?? '*'}:${account ?? '*'}:repository/`;
}

// the account behind an alias of ECR Public is not in its name; the service is in the partition `aws` alone
const PUBLIC_BASE = 'arn:aws:ecr-public::*:repository/';
const PUBLIC_REGISTRIES = 'arn:aws:ecr-public::*:registry/*';

function gathered(grants: readonly Grant[]): readonly Grant[] {
  const groups = new Map<string, Grant>();
  for (const grant of grants) {
    const key = JSON.stringify([grant.base, grant.actions]);
    const before = groups.get(key)?.names ?? [];
    groups.set(key, { ...grant, names: [...new Set([...before, ...grant.names])].sort() });
  }
  return [...groups.values()];
}

function targetGrants({ target, repositories }: PolicyNeeds): readonly Grant[] {
  if (target === undefined) return [];
  const isPublic = target.kind === 'public';
  const base = isPublic ? PUBLIC_BASE : privateBase(target);
  return repositories.map((needs) => {
    return { base, names: [needs.name], actions: isPublic ? publicActions(needs) : privateActions(needs) };
  });
}

function sourceGrants({ sources }: PolicyNeeds): readonly Grant[] {
  return sources.map(({ registry, repository, isListed }) => {
    const actions = isListed ? [...PULL_ACTIONS, LIST_ACTION] : PULL_ACTIONS;
    return { base: privateBase(registry), names: [repository], actions };
  });
}

function loginActions({ target, sources, asksMounting, readsPublic }: PolicyNeeds): readonly string[] {
  const isPrivate = target?.kind === 'private' || sources.length > 0;
  return [
    ...(isPrivate ? [LOGIN_ACTION] : []),
    ...(target?.kind === 'private' && asksMounting ? [MOUNTING_ACTION] : []),
    ...(target?.kind === 'public' || readsPublic ? PUBLIC_LOGIN_ACTIONS : []),
  ].sort();
}

/** An alias is no resource of the actions on its key (docs.aws.amazon.com/kms/latest/developerguide/alias-authorization.html). */
function keyStatement(key: string, { account, region }: PrivateEcr): PolicyStatement {
  const base = `arn:${partitionOf(region ?? '')}:kms:${region ?? '*'}:${account ?? '*'}:key/`;
  const alias = /^(?:(arn:.*:))?(alias\/.+)$/.exec(key);
  if (alias === null) {
    return { Effect: 'Allow', Action: KEY_ACTIONS, Resource: [key.startsWith('arn:') ? key : `${base}${key}`] };
  }
  const [, place, name = ''] = alias;
  return {
    Effect: 'Allow',
    Action: KEY_ACTIONS,
    Resource: [place === undefined ? `${base}*` : `${place}key/*`],
    Condition: { 'ForAnyValue:StringEquals': { 'kms:ResourceAliases': name } },
  };
}

function keyStatements({ target, repositories }: PolicyNeeds): readonly PolicyStatement[] {
  if (target?.kind !== 'private') return [];
  const keyOf = (encryption: Encryption | undefined): string | undefined => encryption?.key;
  const keys = repositories.filter(({ isCreated }) => isCreated).map(({ settings }) => keyOf(settings.encryption));
  return [...new Set(keys)].sort().flatMap((key) => (key === undefined ? [] : [keyStatement(key, target)]));
}

/** Directories of so many components stand for the repositories in them, where there are several. */
function widened(names: readonly string[], depth: number): readonly string[] {
  const directoryOf = (name: string): string => {
    const parts = name.split('/');
    return parts.length > depth ? [...parts.slice(0, depth), '*'].join('/') : name;
  };
  const directories = names.map(directoryOf);
  const isShared = (directory: string): boolean =>
    directories.indexOf(directory) !== directories.lastIndexOf(directory);
  return [...new Set(names.map((name) => (isShared(directoryOf(name)) ? directoryOf(name) : name)))];
}

function statementOf({ actions, base, names }: Grant): PolicyStatement {
  return { Effect: 'Allow', Action: actions, Resource: names.map((name) => `${base}${name}`) };
}

function documentOf(needs: PolicyNeeds, grants: readonly Grant[]): PolicyDocument {
  const login = loginActions(needs);
  const general: readonly PolicyStatement[] = [
    ...(login.length === 0 ? [] : [{ Effect: 'Allow', Action: login, Resource: ['*'] } as const]),
    ...(needs.target?.kind === 'public'
      ? [{ Effect: 'Allow', Action: [PUBLIC_REGISTRY_ACTION], Resource: [PUBLIC_REGISTRIES] } as const]
      : []),
  ];
  return { Version: '2012-10-17', Statement: [...general, ...grants.map(statementOf), ...keyStatements(needs)] };
}

function sizeOf(document: PolicyDocument): number {
  return JSON.stringify(document).replace(/\s/g, '').length;
}

interface Built {
  readonly document: PolicyDocument;
  /** What the policy took with every repository by its name. */
  readonly exactSize: number;
  readonly size: number;
}

function build(needs: PolicyNeeds): Built {
  const grants = gathered([...targetGrants(needs), ...sourceGrants(needs)]);
  const exact = documentOf(needs, grants);
  const exactSize = sizeOf(exact);
  const deepest = Math.max(0, ...grants.flatMap(({ names }) => names.map((name) => name.split('/').length - 1)));
  let built = { document: exact, exactSize, size: exactSize };
  for (let depth = deepest; depth >= 0 && built.size > LIMIT; depth -= 1) {
    const document = documentOf(
      needs,
      grants.map((grant) => ({ ...grant, names: widened(grant.names, depth) })),
    );
    built = { document, exactSize, size: sizeOf(document) };
  }
  return built;
}

/**
 * The least IAM policy with which a run can do what is said here. Resources are repositories by name, and `*` only for
 * actions that know no resource. Where that would be longer than a managed policy may be, the deepest paths that make it
 * short enough stand for the repositories below them; `policyNotes` says so.
 */
export function leastPolicy(needs: PolicyNeeds): PolicyDocument {
  return build(needs).document;
}

/** What a reader of the policy has to know of it: where it allows more than the run needs, and where it is too long. */
export function policyNotes(needs: PolicyNeeds): readonly string[] {
  const { exactSize, size } = build(needs);
  const { target } = needs;
  const [limit, by, has] = [LIMIT, exactSize, size].map((characters) => characters.toLocaleString('en'));
  const isOpen = target?.kind === 'private' && (target.account === undefined || target.region === undefined);
  const widening = `paths stand for the repositories below them, by name they take ${by} characters of the ${limit} of a managed policy`;
  const excess = `it has ${has} characters, and a managed policy has ${limit}: give its statements to several policies`;
  return [
    ...(size < exactSize ? [widening] : []),
    ...(size > LIMIT ? [excess] : []),
    ...(isOpen ? ['account or region of the target are not known, "*" stands for them'] : []),
    ...(target?.kind === 'public' ? ['"*" stands for the account that the alias belongs to'] : []),
  ];
}
