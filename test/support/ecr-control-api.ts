import { ECR } from '@aws-sdk/client-ecr';
import { ECRPUBLIC } from '@aws-sdk/client-ecr-public';
import { buildImage, type SyntheticImage } from '../../src/demo/synthetic-image.ts';
import { isPlain } from './ecr-manifest.ts';
import type { EcrPrincipal } from './ecr-principals.ts';

/** What a call of the SDK came to: its output as plain data, times as texts, or `error` and `message`. */
export type CallResult = Readonly<Record<string, unknown>>;

/** The output of a call without the SDK's own part, or the name and message of its exception. */
export async function outcome(call: Promise<object>): Promise<CallResult> {
  try {
    const found: unknown = JSON.parse(JSON.stringify({ ...(await call), $metadata: undefined }));
    return isPlain(found) ? found : {};
  } catch (error) {
    if (error instanceof Error && '$metadata' in error) return { error: error.name, message: error.message };
    throw error;
  }
}

/** The name of the exception that a call ends with; `none` when it succeeds. */
export async function errorOf(call: Promise<object>): Promise<string> {
  const { error = 'none' } = await outcome(call);
  return String(error);
}

/** An image without an index, small; its name decides its bytes. */
export function smallImage(name: string): SyntheticImage {
  return buildImage(name, { platforms: [], ownLayers: 1, layerBytes: 64 });
}

/** The input of PutImage for an image without an index, `imageDigest` included. */
export function putInput(repositoryName: string, image: SyntheticImage, imageTag: string) {
  const { bytes, digest } = image.root;
  return { repositoryName, imageTag, imageDigest: digest, imageManifest: bytes.toString('utf8') };
}

function settings(endpoint: string, principal: EcrPrincipal, region: string) {
  const { accessKeyId, secretAccessKey, sessionToken } = principal;
  const token = sessionToken === undefined ? {} : { sessionToken };
  return { endpoint, region, credentials: { accessKeyId, secretAccessKey, ...token }, maxAttempts: 1 };
}

/** The SDK's client of the private API; one attempt for each call. */
export function ecrClient(endpoint: string, principal: EcrPrincipal, region = 'eu-central-1'): ECR {
  return new ECR(settings(endpoint, principal, region));
}

/** The SDK's client of the API of ECR Public; one attempt for each call. */
export function publicClient(endpoint: string, principal: EcrPrincipal, region = 'us-east-1'): ECRPUBLIC {
  return new ECRPUBLIC(settings(endpoint, principal, region));
}
