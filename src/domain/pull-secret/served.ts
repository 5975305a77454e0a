import type { RenderedDocument } from '../images/rendered-documents.ts';
import { type ListForms, type PullSite, type PullSites, pullSites, type ServiceAccount } from './pull-sites.ts';

/** What hands a pull secret to a pod. */
export type ServedBy = 'itself' | 'service account';

/** The service account that a pod runs as, where the chart makes it. */
export function accountOf(site: PullSite, accounts: readonly ServiceAccount[]): ServiceAccount | undefined {
  return accounts.find(({ name, namespace }) => name === site.serviceAccount && namespace === site.namespace);
}

/** Whether a site has a list of its own, be it of nameless entries. */
export function hasOwnList({ written }: Pick<PullSite, 'written'>): boolean {
  return written !== '' && written !== '[]';
}

/**
 * What hands the secret to the pods of a site, or undefined. Kubernetes takes the list of the service account only for
 * pods that have none of their own (plugin/pkg/admission/serviceaccount/admission.go).
 */
export function servedBy(site: PullSite, accounts: readonly ServiceAccount[], secret: string): ServedBy | undefined {
  if (site.secrets.includes(secret)) return 'itself';
  if (hasOwnList(site)) return undefined;
  return accountOf(site, accounts)?.secrets.includes(secret) === true ? 'service account' : undefined;
}

/** The proof for one render: which sites have the secret, and which have not. */
export interface PullSecretVerdict {
  readonly served: readonly { readonly site: PullSite; readonly by: ServedBy }[];
  readonly unserved: readonly PullSite[];
}

/** Whether each site has the secret, by itself or by its service account. */
export function judgeSites({ sites, accounts }: PullSites, secret: string): PullSecretVerdict {
  const judged = sites.map((site) => ({ site, by: servedBy(site, accounts, secret) }));
  return {
    served: judged.flatMap(({ site, by }) => (by === undefined ? [] : [{ site, by }])),
    unserved: judged.filter(({ by }) => by === undefined).map(({ site }) => site),
  };
}

/**
 * The proof: whether every pod of a rendered chart is given exactly this secret. `release` is the release's namespace,
 * `forms` those of the chart's custom resource definitions (`listForms`).
 */
export function judgePullSecret(
  documents: readonly RenderedDocument[],
  release: string,
  forms: ListForms,
  secret: string,
): PullSecretVerdict {
  return judgeSites(pullSites(documents, release, forms), secret);
}
