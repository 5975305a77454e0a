import type { Readable } from 'node:stream';
import type { Side } from '../ports/registry.ts';
import type { HostPlace } from './host-limits.ts';
import type { Method } from './http.ts';
import type { Authorized, RegistryAuth } from './registry-auth.ts';
import { reaching } from './registry-errors.ts';
import type { Ask, OpenReply, Reply, Requests } from './requests.ts';
import type { RegistryAddress } from './source-mirrors.ts';

/** One request to the API of a registry. */
export interface RegistryCall {
  readonly method: Method;
  readonly address: RegistryAddress;
  /** What follows `/v2/<repository>/`, with its query; or a whole URL, such as that of an upload underway. */
  readonly target: string | URL;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: Uint8Array | Readable;
  readonly actions: 'pull' | 'pull,push';
  /** Further repositories of which something is read, such as the one that a layer is mounted from. */
  readonly alsoReads?: readonly string[];
  /** What a token has to allow, where it is not about a repository. */
  readonly scopes?: readonly string[];
  readonly side: Side;
  readonly signal: AbortSignal;
  readonly repeatable?: boolean;
  /** One that `hold` gave. */
  readonly place?: HostPlace;
  /** What is asked for, in the words of messages. */
  readonly what: string;
}

/** Requests to registries with authentication. Both throw MirrorError for what is neither an answer nor a refusal. */
export interface RegistryAccess {
  ask(call: RegistryCall, limit: number): Promise<Authorized<Reply>>;
  /** The body of the answer must be read or destroyed by the caller. */
  open(call: RegistryCall): Promise<Authorized<OpenReply>>;
  /** A place among the uploads to a registry, for several requests in a row: see `Requests`. */
  hold(address: RegistryAddress, signal: AbortSignal): Promise<HostPlace>;
  /** Whether a registry took an upload after `since`, in milliseconds. */
  hasTaken(address: RegistryAddress, since: number): boolean;
}

function urlOf(call: RegistryCall): URL {
  if (call.target instanceof URL) return call.target;
  return new URL(`/v2/${call.address.repository}/${call.target}`, call.address.base);
}

function scopesOf(call: RegistryCall): readonly string[] {
  if (call.scopes !== undefined) return call.scopes;
  const own = `repository:${call.address.repository}:${call.actions}`;
  return [own, ...(call.alsoReads ?? []).map((repository) => `repository:${repository}:pull`)];
}

/** Joins requests and authentication. Credentials go to the registry's own origin only, also when an upload is elsewhere. */
export function createRegistryAccess(requests: Requests, auth: RegistryAuth): RegistryAccess {
  function perform<T extends Reply | OpenReply>(
    call: RegistryCall,
    send: (ask: Ask) => Promise<T>,
  ): Promise<Authorized<T>> {
    const url = urlOf(call);
    const { method, headers = {}, body, side, signal, repeatable = false, place } = call;
    const common = { method, headers, side, signal, repeatable, place, ...(body === undefined ? {} : { body }) };
    const once = body !== undefined && !(body instanceof Uint8Array);
    const authorized = { address: call.address, scopes: scopesOf(call), side, signal, once };
    return reaching(call.address.host, call.what, side, () => {
      if (url.origin !== call.address.base.origin) {
        return send({ ...common, url }).then((answer) => ({
          kind: 'answer',
          answer,
          access: 'no credentials were sent',
        }));
      }
      return auth.authorized(authorized, (authorization, at) => send({ ...common, url: at ?? url, authorization }));
    });
  }

  return {
    ask: (call, limit) => perform(call, (ask) => requests.ask(ask, limit)),
    open: (call) => perform(call, (ask) => requests.open(ask)),
    hold: (address, signal) => requests.hold(address.base.host, signal),
    hasTaken: (address, since) => requests.hasTaken(address.base.host, since),
  };
}
