import { EcrFault } from './ecr-faults.ts';
import { wildcard } from './ecr-grammar.ts';
import { isPlain } from './ecr-manifest.ts';
import type { EcrPrincipal } from './ecr-principals.ts';
import { arnOf, type StoredRegistry } from './ecr-store.ts';

/** What somebody wants to do. Without repositories it concerns the whole registry. */
export interface EcrIntent {
  readonly action: string;
  readonly registry: StoredRegistry;
  readonly repositories: readonly string[];
  /** Whether something is created with tags. */
  readonly setsTags?: boolean;
  /** Undefined for those who came to a public registry without a login. */
  readonly principal: EcrPrincipal | undefined;
}

/** A right that is taken away. `repository` may hold `*`; left out, it is every repository. */
export interface EcrDenial {
  readonly action: string;
  readonly repository?: string;
}

/** Who may do what. At first, everybody everything within the own account. */
export interface EcrAccess {
  deny(denial: EcrDenial): void;
  /** From now on principals have the rights of this identity-based policy (a policy document), and no others. */
  restrictTo(policy: unknown): void;
  /** Lets an account's principals into the private registries of another one. */
  trust(principalAccount: string, registryAccount: string): void;
  /** Forgets denials, policy and trust. */
  reset(): void;
  /** @throws EcrFault AccessDeniedException. */
  check(intent: EcrIntent): void;
}

/** What a public registry lets everybody do. */
const PUBLIC_READS = [
  'BatchCheckLayerAvailability',
  'BatchGetImage',
  'CheckLogin',
  'GetDownloadUrlForLayer',
  'ListImageReferrers',
  'ListImages',
];
/** Actions that have no resource (service authorization reference, "Actions defined by Amazon ECR"). */
const WITHOUT_RESOURCE = ['CheckLogin', 'GetAuthorizationToken', 'GetAccountSetting', 'PutAccountSetting'];

function list(value: unknown): readonly string[] {
  return (Array.isArray(value) ? value : [value]).filter((one) => typeof one === 'string');
}

function allows(policy: unknown, action: string, resource: string): boolean {
  const statements = isPlain(policy) ? policy.Statement : undefined;
  const all: readonly unknown[] = Array.isArray(statements) ? statements : [statements];
  const fits = all.filter(isPlain).filter((statement) => {
    const named = list(statement.Action).some((one) => wildcard(one.toLowerCase()).test(action.toLowerCase()));
    return named && list(statement.Resource).some((one) => wildcard(one).test(resource));
  });
  return fits.some(({ Effect }) => Effect === 'Allow') && !fits.some(({ Effect }) => Effect === 'Deny');
}

/** The wording is that of real refusals (aws-actions/amazon-ecr-login#232, ministryofjustice/cloud-platform#7245). */
function refusal(who: string, action: string, resource: string, kind: 'identity' | 'resource'): EcrFault {
  const why = `because no ${kind}-based policy allows the ${action} action`;
  const message = `User: ${who} is not authorized to perform: ${action} on resource: ${resource} ${why}`;
  return new EcrFault('AccessDeniedException', message);
}

function resourcesOf({ action, registry, repositories }: EcrIntent): readonly string[] {
  // Service Authorization Reference of ecr-public: its resource is the registry
  if (action === 'DescribeRegistries') return [`arn:aws:ecr-public::${registry.account}:registry/${registry.account}`];
  if (WITHOUT_RESOURCE.includes(action)) return ['*'];
  return (repositories.length === 0 ? ['*'] : repositories).map((name) => arnOf(registry, name));
}

/** The IAM actions of a call. A public token needs a right of STS too (facts.md 1.6); CheckLogin is no action of IAM. */
function rightsOf({ action, registry: { service }, setsTags = false }: EcrIntent): readonly string[] {
  if (action === 'CheckLogin') return [];
  const own = `${service}:${action}`;
  // Service Authorization Reference of ecr: the operation has no action of its own
  if (action === 'ListImageReferrers') return [`${service}:BatchGetImage`];
  // Service Authorization Reference of ecr: CreateRepository with tags takes the right to tag as well
  if (setsTags) return [own, `${service}:TagResource`];
  return service === 'ecr-public' && action === 'GetAuthorizationToken' ? [own, 'sts:GetServiceBearerToken'] : [own];
}

/** Makes the rules. */
export function createEcrAccess(): EcrAccess {
  const denials: EcrDenial[] = [];
  const trusted = new Set<string>();
  let policy: unknown;

  function isDenied(right: string, repositories: readonly string[]): boolean {
    return denials.some(({ action, repository = '*' }) => {
      const names = repositories.length === 0 ? ['*'] : repositories;
      return right.endsWith(`:${action}`) && names.some((name) => wildcard(repository).test(name));
    });
  }

  function checkBorder({ action, registry, principal }: EcrIntent, right: string, resource: string): void {
    if (registry.service === 'ecr-public' && PUBLIC_READS.includes(action)) return;
    if (principal === undefined) throw refusal('anonymous', right, resource, 'resource');
    if (principal.account === registry.account || trusted.has(`${principal.account} ${registry.account}`)) return;
    throw refusal(principal.arn, right, resource, 'resource');
  }

  return {
    deny: (denial) => {
      denials.push(denial);
    },
    restrictTo(document) {
      policy = document;
    },
    trust: (principalAccount, registryAccount) => {
      trusted.add(`${principalAccount} ${registryAccount}`);
    },
    reset() {
      denials.splice(0);
      trusted.clear();
      policy = undefined;
    },
    check(intent) {
      const who = intent.principal?.arn ?? 'anonymous';
      const [first = '*'] = resourcesOf(intent);
      for (const right of rightsOf(intent)) {
        checkBorder(intent, right, first);
        if (isDenied(right, intent.repositories)) throw refusal(who, right, first, 'identity');
        if (policy === undefined || intent.principal === undefined) continue;
        const refused = resourcesOf(intent).find((resource) => !allows(policy, right, resource));
        if (refused !== undefined) throw refusal(who, right, refused, 'identity');
      }
    },
  };
}
