import { ecrRegistry } from '../domain/ecr/registry.ts';
import type { HostSettings } from '../domain/network.ts';
import { type Complaint, shown } from './problems.ts';

/** What is said of a registry beside its name: what it is, and, where it is Amazon ECR, whose and where. */
export type RegistryIdentity = Pick<HostSettings, 'type' | 'account' | 'region'>;

type Detail = 'account' | 'region';

/** A host of which nothing is said. */
export const PLAIN_HOST: HostSettings = {
  type: undefined,
  account: undefined,
  region: undefined,
  plainHttp: undefined,
  caFile: undefined,
  clientCertificate: undefined,
  concurrency: undefined,
};

function complaintOf(host: string, { type }: RegistryIdentity, detail: Detail, value: string): Complaint | undefined {
  const out = 'take it out';
  if (type === 'generic') {
    return {
      what: `${shown(host)} is of type generic and has no AWS ${detail}`,
      instead: `${out}, or make the type ecr`,
    };
  }
  const named = ecrRegistry(host, { hosts: new Map() });
  if (named?.kind === 'public') {
    return { what: `${shown(host)} is Amazon ECR Public, which has no ${detail} to choose`, instead: out };
  }
  if (named === undefined) {
    if (type === 'ecr') return undefined;
    return { what: `${shown(host)} is no registry of Amazon ECR by its name`, instead: 'give it the type ecr' };
  }
  const told = named[detail];
  if (told === undefined || told === value) return undefined;
  return { what: `by its name ${shown(host)} is in the ${detail} ${told}, not ${shown(value)}`, instead: out };
}

/**
 * What contradicts itself in what is said of a registry: an account or region where there is none, or another one than that
 * in its name.
 */
export function identityComplaints(
  host: string,
  identity: RegistryIdentity,
): Readonly<Record<Detail, Complaint | undefined>> {
  const { account, region } = identity;
  return {
    account: account === undefined ? undefined : complaintOf(host, identity, 'account', account),
    region: region === undefined ? undefined : complaintOf(host, identity, 'region', region),
  };
}
