import type { HostSettings } from '../domain/network.ts';
import { canonicalRegistry } from '../domain/reference.ts';
import { flagProblem, type Problem } from './problems.ts';
import { identityComplaints, PLAIN_HOST, type RegistryIdentity } from './registry-identity.ts';
import { type FlagInputs, SETTING_CHECKS, SETTING_FLAGS, type TARGET_FLAGS } from './settings.ts';

/** Which registry of Amazon ECR is meant where no target is named; undefined parts are those of the AWS identity. */
export interface OwnRegistryWish {
  readonly account: string | undefined;
  readonly region: string | undefined;
}

/** What the flags say of the target, laid over what the file says of hosts. */
export interface TargetIdentity {
  readonly hosts: ReadonlyMap<string, HostSettings>;
  readonly wish: OwnRegistryWish;
  readonly problems: readonly Problem[];
}

/** A flag's value; undefined also where it is of no use, which is said elsewhere. */
function usable(flags: FlagInputs, name: (typeof TARGET_FLAGS)[number] | 'targetRegistry'): string | undefined {
  const value = flags[name];
  return value === undefined || SETTING_CHECKS[name](value) !== undefined ? undefined : value;
}

function typeOf(text: string | undefined): RegistryIdentity['type'] {
  return text === 'ecr' || text === 'generic' ? text : undefined;
}

/** The flags win; a type that they give stands alone where it has no account and region. */
function merged(before: HostSettings | undefined, given: RegistryIdentity): RegistryIdentity {
  const type = given.type ?? before?.type;
  const file = given.type === 'generic' ? undefined : before;
  return { type, account: given.account ?? file?.account, region: given.region ?? file?.region };
}

function withTarget(target: string, given: RegistryIdentity, hosts: TargetIdentity['hosts']): TargetIdentity {
  const host = canonicalRegistry(target.split('/')[0] ?? '');
  const before = hosts.get(host);
  const identity = merged(before, given);
  const complaints = identityComplaints(host, { ...given, type: identity.type });
  return {
    hosts: new Map([...hosts, [host, { ...PLAIN_HOST, ...before, ...identity }]]),
    wish: { account: undefined, region: undefined },
    problems: [
      ...(complaints.account === undefined ? [] : [flagProblem(SETTING_FLAGS.ecrAccount, complaints.account)]),
      ...(complaints.region === undefined ? [] : [flagProblem(SETTING_FLAGS.ecrRegion, complaints.region)]),
    ],
  };
}

function withoutTarget({ type, account, region }: RegistryIdentity, hosts: TargetIdentity['hosts']): TargetIdentity {
  const complaint = {
    what: 'no target registry is named, and the one of an AWS account is of type ecr',
    instead: 'add --target-registry, or take it out',
  };
  return {
    hosts,
    wish: { account, region },
    problems: type === 'generic' ? [flagProblem(SETTING_FLAGS.registryType, complaint)] : [],
  };
}

/**
 * Lays --registry-type, --ecr-account and --ecr-region over what the file says of the target's host. Where no target is
 * named, account and region say whose registry is taken, and where.
 */
export function targetIdentity(
  flags: FlagInputs,
  fileTarget: string | undefined,
  hosts: ReadonlyMap<string, HostSettings>,
): TargetIdentity {
  const given: RegistryIdentity = {
    type: typeOf(usable(flags, 'registryType')),
    account: usable(flags, 'ecrAccount'),
    region: usable(flags, 'ecrRegion'),
  };
  const isNamed = flags.targetRegistry !== undefined || fileTarget !== undefined;
  if (!isNamed) return withoutTarget(given, hosts);
  const target = usable({ targetRegistry: flags.targetRegistry ?? fileTarget }, 'targetRegistry');
  const isSilent = given.type === undefined && given.account === undefined && given.region === undefined;
  if (target === undefined || isSilent) {
    return { hosts, wish: { account: undefined, region: undefined }, problems: [] };
  }
  return withTarget(target, given, hosts);
}
