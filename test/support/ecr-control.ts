import { randomUUID } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { ControlAction, EcrLimits } from './ecr-control-context.ts';
import { EcrFault } from './ecr-faults.ts';
import { type Fields, fieldsOf } from './ecr-fields.ts';
import type { EcrGate } from './ecr-gate.ts';
import { type EcrService, PUBLIC_REGION } from './ecr-hosts.ts';
import { IMAGE_ACTIONS } from './ecr-image-actions.ts';
import { isPlain } from './ecr-manifest.ts';
import { POLICY_ACTIONS } from './ecr-policy-actions.ts';
import type { EcrPrincipal, EcrTokens } from './ecr-principals.ts';
import { PUBLIC_ACTIONS } from './ecr-public-actions.ts';
import { REPOSITORY_ACTIONS } from './ecr-repository-actions.ts';
import { checkSignature } from './ecr-signature.ts';
import type { EcrStore, StoredRegistry } from './ecr-store.ts';

/** What the API works on. */
export interface ControlParts {
  readonly store: EcrStore;
  readonly tokens: EcrTokens;
  readonly gate: EcrGate;
  readonly principals: readonly EcrPrincipal[];
  readonly limits: EcrLimits;
  readonly now: () => Date;
}

/** Where a request came in: a real name says service and region, loopback says neither. */
export interface ControlPlace {
  readonly service: EcrService | undefined;
  readonly region: string | undefined;
}

type Actions = Readonly<Record<string, ControlAction>>;

/** The prefixes of x-amz-target (facts.md 1.4, seen on the wire). */
const TARGETS: Readonly<Record<string, { readonly service: EcrService; readonly actions: Actions }>> = {
  AmazonEC2ContainerRegistry_V20150921: {
    service: 'ecr',
    actions: { ...REPOSITORY_ACTIONS, ...IMAGE_ACTIONS, ...POLICY_ACTIONS },
  },
  SpencerFrontendService: { service: 'ecr-public', actions: PUBLIC_ACTIONS },
};

/** Reads a whole body. */
export async function readBody(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return chunks.length === 1 && chunks[0] !== undefined ? chunks[0] : Buffer.concat(chunks);
}

function inputOf(body: Buffer): Fields {
  let value: unknown;
  try {
    value = JSON.parse(body.toString('utf8'));
  } catch {
    value = undefined;
  }
  if (!isPlain(value)) throw new EcrFault('SerializationException', 'the body is no JSON object');
  return fieldsOf(value);
}

/** The repositories that a call is about. */
function repositoriesIn(input: Fields): readonly string[] {
  const one = input.optionalText('repositoryName');
  if (one !== undefined) return [one];
  const arn = /:repository\/(.+)$/.exec(input.optionalText('resourceArn') ?? '')?.[1];
  return arn === undefined ? (input.texts('repositoryNames') ?? []) : [arn];
}

/** Tags and digests that a call names, for the log. */
function detailOf(input: Fields): string | undefined {
  const ids = input.has('imageIds') ? (input.objects('imageIds') ?? []) : [input];
  const names = ids.flatMap((id) => id.optionalText('imageTag') ?? id.optionalText('imageDigest') ?? []);
  return names.length === 0 ? undefined : names.join(' ');
}

function registryIn(
  store: EcrStore,
  service: EcrService,
  account: string,
  region: string,
  input: Fields,
): StoredRegistry {
  const arn = /^arn:[^:]*:[^:]*:[^:]*:(\d{12}):/.exec(input.optionalText('resourceArn') ?? '')?.[1];
  const named = arn ?? input.optionalText('registryId') ?? account;
  const byAlias = service === 'ecr-public' ? store.byAlias(named) : undefined;
  return byAlias ?? store.registry(service, named, region);
}

function send(response: ServerResponse, status: number, content: object): void {
  const body = JSON.stringify(content);
  response.writeHead(status, {
    'content-type': 'application/x-amz-json-1.1',
    'content-length': Buffer.byteLength(body),
    'x-amzn-requestid': randomUUID(),
  });
  response.end(body);
}

/** Makes the API: `POST /` in AWS JSON 1.1. Client faults are answered with 400, whatever they are. */
export function createEcrControl(parts: ControlParts) {
  async function answer(place: ControlPlace, request: IncomingMessage): Promise<object> {
    const body = await readBody(request);
    const target = String(request.headers['x-amz-target'] ?? '');
    const [prefix = '', action = ''] = target.split('.');
    const api = TARGETS[prefix];
    const run = api?.actions[action];
    const isWrongPlace = place.service !== undefined && place.service !== api?.service;
    if (api === undefined || run === undefined || isWrongPlace || request.method !== 'POST') {
      throw new EcrFault('UnknownOperationException', `the emulator has no action ${target}`);
    }
    const { service } = api;
    const { method = '', url: path = '/', headers } = request;
    const where = { service, region: place.region };
    const signer = checkSignature({ method, path, headers, body }, parts.principals, where, parts.now());
    const region = service === 'ecr-public' ? PUBLIC_REGION : signer.region;
    if (service === 'ecr-public' && signer.region !== PUBLIC_REGION) {
      throw new EcrFault('UnsupportedCommandException', `ECR Public has no API in ${signer.region}`);
    }
    const { principal } = signer;
    const input = inputOf(body);
    const registry = registryIn(parts.store, service, principal.account, region, input);
    const entry = { action, plane: 'control' as const, registry, principal };
    const { store, tokens, limits } = parts;
    const setsTags = action === 'CreateRepository' && (input.objects('tags') ?? []).length > 0;
    const about = { repositories: repositoriesIn(input), detail: detailOf(input), setsTags };
    return parts.gate.pass({ ...entry, ...about }, () =>
      run({ input, principal, registry, store, tokens, limits, now: parts.now() }),
    );
  }

  return async function handle(place: ControlPlace, request: IncomingMessage, response: ServerResponse): Promise<void> {
    try {
      send(response, 200, await answer(place, request));
    } catch (error) {
      if (!(error instanceof EcrFault)) throw error;
      send(response, error.code === 'ServerException' ? 500 : 400, { __type: error.code, message: error.message });
    }
  };
}
