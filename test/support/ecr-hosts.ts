/** Which of the two services is meant. */
export type EcrService = 'ecr' | 'ecr-public';

/** What a host name of ECR stands for. */
export type EcrPlace =
  | { readonly kind: 'data'; readonly service: EcrService; readonly account: string; readonly region: string }
  | { readonly kind: 'control'; readonly service: EcrService; readonly region: string }
  /** Where the bytes of layers are, as in S3: presigned addresses, no login. */
  | { readonly kind: 'layers' };

/** Suffixes of a partition's names. Source: facts.md 1.9, the endpoint rule set of client-ecr. */
interface Partition {
  readonly name: string;
  readonly regions: RegExp;
  readonly suffix: string;
  readonly dualStack: string;
  readonly dualStackApi: string;
}

const AWS_DUAL = { dualStack: 'on.aws', dualStackApi: 'api.aws' };

function dual(suffix: string): Pick<Partition, 'dualStack' | 'dualStackApi'> {
  return { dualStack: `on.${suffix}`, dualStackApi: `api.${suffix}` };
}

const PARTITIONS: readonly Partition[] = [
  { name: 'aws-cn', regions: /^cn-/, suffix: 'amazonaws.com.cn', ...dual('amazonwebservices.com.cn') },
  { name: 'aws-us-gov', regions: /^us-gov-/, suffix: 'amazonaws.com', ...AWS_DUAL },
  { name: 'aws-eusc', regions: /^eusc-/, suffix: 'amazonaws.eu', ...dual('amazonwebservices.eu') },
  { name: 'aws-iso-b', regions: /^us-isob-/, suffix: 'sc2s.sgov.gov', ...dual('aws.scloud') },
  { name: 'aws-iso-e', regions: /^eu-isoe-/, suffix: 'cloud.adc-e.uk', ...dual('cloud-aws.adc-e.uk') },
  { name: 'aws-iso-f', regions: /^us-isof-/, suffix: 'csp.hci.ic.gov', ...dual('aws.hci.ic.gov') },
  { name: 'aws-iso', regions: /^us-iso-/, suffix: 'c2s.ic.gov', ...dual('aws.ic.gov') },
  { name: 'aws', regions: /^/, suffix: 'amazonaws.com', ...AWS_DUAL },
];

/** The API of ECR Public answers here alone (facts.md 1.6). */
export const PUBLIC_REGION = 'us-east-1';
/** The data plane of ECR Public, and its dual-stack name (AmazonECR/latest/public/public-ecr-requests.html). */
export const PUBLIC_HOSTS = ['public.ecr.aws', 'ecr-public.aws.com'] as const;

function partitionOf(region: string): Partition {
  const found = PARTITIONS.find((partition) => partition.regions.test(region));
  if (found === undefined) throw new Error(`${region} is in no partition`);
  return found;
}

/** `aws`, `aws-cn` and so on, as in ARNs. */
export function partitionName(region: string): string {
  return partitionOf(region).name;
}

/** The real names of a private registry and its API, by form. */
export interface EcrNames {
  readonly registry: string;
  readonly api: string;
  readonly fips: { readonly registry: string; readonly api: string };
  readonly dualStack: { readonly registry: string; readonly api: string };
  readonly dualStackFips: { readonly registry: string; readonly api: string };
  /** Where downloads of layers are redirected to. */
  readonly layers: string;
}

/** The names of one account's registry in one region. */
export function ecrNames(account: string, region: string): EcrNames {
  const { suffix, dualStack, dualStackApi } = partitionOf(region);
  return {
    registry: `${account}.dkr.ecr.${region}.${suffix}`,
    api: `api.ecr.${region}.${suffix}`,
    fips: { registry: `${account}.dkr.ecr-fips.${region}.${suffix}`, api: `api.ecr-fips.${region}.${suffix}` },
    dualStack: { registry: `${account}.dkr-ecr.${region}.${dualStack}`, api: `ecr.${region}.${dualStackApi}` },
    dualStackFips: {
      registry: `${account}.dkr-ecr-fips.${region}.${dualStack}`,
      api: `ecr-fips.${region}.${dualStackApi}`,
    },
    layers: `prod-${region}-starport-layer-bucket.s3.${region}.${suffix}`,
  };
}

/** The names of ECR Public. */
export const PUBLIC_NAMES = {
  registry: PUBLIC_HOSTS[0],
  api: `api.ecr-public.${PUBLIC_REGION}.amazonaws.com`,
  dualStack: { registry: PUBLIC_HOSTS[1], api: `ecr-public.${PUBLIC_REGION}.api.aws` },
  layers: 'd2glxqk2uabbnd.cloudfront.net',
} as const;

const REGISTRY = /^(\d{12})\.dkr(?:\.|-)ecr(?:-fips)?\.([a-z0-9-]+)\./;
const API = /^(?:api\.)?ecr(?:-fips)?\.([a-z0-9-]+)\./;

function isName(host: string, names: EcrNames): boolean {
  const { fips, dualStack, dualStackFips } = names;
  const forms = [names, fips, dualStack, dualStackFips].flatMap(({ registry, api }) => [registry, api]);
  // the endpoint table of the general reference writes FIPS names without `api.`
  return [...forms, fips.api.slice('api.'.length)].includes(host);
}

/** What a host name stands for; undefined for a name that is not ECR's. Ports are ignored. */
export function placeOf(authority: string): EcrPlace | undefined {
  const host = authority.replace(/:\d+$/, '').toLowerCase();
  if (PUBLIC_HOSTS.some((name) => name === host)) {
    return { kind: 'data', service: 'ecr-public', account: '', region: PUBLIC_REGION };
  }
  if (host === PUBLIC_NAMES.api || host === PUBLIC_NAMES.dualStack.api) {
    return { kind: 'control', service: 'ecr-public', region: PUBLIC_REGION };
  }
  if (/^prod-[a-z0-9-]+-starport-layer-bucket\./.test(host) || host === PUBLIC_NAMES.layers) return { kind: 'layers' };
  const [, account, region] = REGISTRY.exec(host) ?? [];
  if (account !== undefined && region !== undefined && isName(host, ecrNames(account, region))) {
    return { kind: 'data', service: 'ecr', account, region };
  }
  const apiRegion = API.exec(host)?.[1];
  if (apiRegion !== undefined && isName(host, ecrNames('', apiRegion))) {
    return { kind: 'control', service: 'ecr', region: apiRegion };
  }
  return undefined;
}
