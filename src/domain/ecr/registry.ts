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
