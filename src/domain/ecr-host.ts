import type { NetworkSettings } from './network.ts';
import { canonicalRegistry } from './reference.ts';

// awslabs/amazon-ecr-credential-helper, ecr-login/api/client.go and its tests: account, optional FIPS, region, partition
const PRIVATE_ECR =
  /^[0-9]{12}\.dkr(?:\.ecr|-ecr)(?:-fips)?\.([a-z0-9-]+)\.(?:amazonaws\.com(?:\.cn)?|amazonaws\.eu|on\.aws|on\.amazonwebservices\.com\.cn|c2s\.ic\.gov|sc2s\.sgov\.gov|cloud\.adc-e\.uk|csp\.hci\.ic\.gov)$/;

/** The region in the name of a private ECR registry, in any partition; undefined for every other host. The whole name is compared. */
export function ecrRegion(host: string): string | undefined {
  return PRIVATE_ECR.exec(host.toLowerCase())?.[1];
}

/** Whether a host is a private ECR registry: what the configuration says of it decides, else its name. */
export function isPrivateEcr({ hosts }: Pick<NetworkSettings, 'hosts'>, host: string): boolean {
  const type = hosts.get(canonicalRegistry(host))?.type;
  return type === undefined ? ecrRegion(host) !== undefined : type === 'ecr';
}
