import type { NetworkSettings } from '../network.ts';
import { canonicalRegistry } from '../reference.ts';

/** A private registry of Amazon ECR: where its API is, and whose it is. Undefined parts are those of the AWS identity. */
export interface PrivateEcr {
  readonly kind: 'private';
  readonly host: string;
  readonly account: string | undefined;
  readonly region: string | undefined;
  /** Whether the API is asked at FIPS and dual-stack endpoints, as the registry's own name is one. */
  readonly fips: boolean;
  readonly dualStack: boolean;
}

/** `public.ecr.aws/<alias>`. It has its own API in one region, and knows neither mutability nor batches of images. */
export interface PublicEcr {
  readonly kind: 'public';
  readonly host: string;
  readonly alias: string | undefined;
}

/** A registry of Amazon ECR. */
export type EcrRegistry = PrivateEcr | PublicEcr;

/** The hosts of ECR Public, over IPv4 and over both: docs.aws.amazon.com/AmazonECR/latest/public/public-ecr-requests.html */
export const PUBLIC_ECR = 'public.ecr.aws';
export const DUAL_STACK_PUBLIC_ECR = 'ecr-public.aws.com';

const DUAL_STACK_DOMAINS = new Set(['on.aws', 'on.amazonwebservices.com.cn']);

// awslabs/amazon-ecr-credential-helper, ecr-login/api/client.go and its tests: account, form, FIPS, region, domain of the partition
const PRIVATE_ECR =
  /^([0-9]{12})\.dkr([.-])ecr(-fips)?\.([a-z0-9]+(?:-[a-z0-9]+)+)\.(amazonaws\.com(?:\.cn)?|amazonaws\.eu|on\.aws|on\.amazonwebservices\.com\.cn|c2s\.ic\.gov|sc2s\.sgov\.gov|cloud\.adc-e\.uk|csp\.hci\.ic\.gov)$/;

/** What a host's name says, whatever the configuration thinks of it. The whole name is compared. */
function namedRegistry(host: string): PrivateEcr | undefined {
  const [, account, joint, fips, region, domain = ''] = PRIVATE_ECR.exec(host) ?? [];
  const dualStack = DUAL_STACK_DOMAINS.has(domain);
  if (account === undefined || (joint === '-') !== dualStack) return undefined;
  return { kind: 'private', host, account, region, fips: fips !== undefined, dualStack };
}

/**
 * Reads `host` or `host/path` as a registry of Amazon ECR. What the configuration says of the host decides: `type: ecr`
 * makes a name of one's own a private registry, whose account and region are the configured ones, else those of the name;
 * `type: generic` makes any name an ordinary registry. Without a word, the name decides: one of ECR Public, or of a private
 * registry in any partition. Look-alikes and hosts with a port are none.
 */
export function ecrRegistry(place: string, { hosts }: Pick<NetworkSettings, 'hosts'>): EcrRegistry | undefined {
  const [written = '', alias] = place.split('/');
  const host = canonicalRegistry(written);
  const configured = hosts.get(host);
  if (configured?.type === 'generic') return undefined;
  if (host === PUBLIC_ECR || host === DUAL_STACK_PUBLIC_ECR)
    return { kind: 'public', host, alias: alias === '' ? undefined : alias };
  const named = namedRegistry(host);
  if (configured?.type !== 'ecr') return named;
  return {
    kind: 'private',
    host,
    account: configured.account ?? named?.account,
    region: configured.region ?? named?.region,
    fips: named?.fips ?? false,
    dualStack: named?.dualStack ?? false,
  };
}

/** The name of a repository as the API of its registry knows it: in ECR Public the alias before it is no part of it. */
export function nameInRegistry(repository: string, ecr: EcrRegistry): string {
  return ecr.kind === 'public' ? repository.split('/').slice(1).join('/') : repository;
}

/** Whether a host is a private ECR registry: what the configuration says of it decides, else its name. */
export function isPrivateEcr(settings: Pick<NetworkSettings, 'hosts'>, host: string): boolean {
  return ecrRegistry(host, settings)?.kind === 'private';
}
