import { formatSite, type PullSite, type ServiceAccount } from './pull-sites.ts';
import { accountOf, hasOwnList } from './served.ts';

/** How pods get a pull secret that no value of their chart gives them. */
export interface AccountWay {
  /** One command for each service account: `kubectl` with the whole list, since a patch replaces it. */
  readonly commands: readonly string[];
  /** What the commands do not cover, and what they need, each a sentence. */
  readonly notes: readonly string[];
}

function shellWord(text: string): string {
  return /^[A-Za-z0-9._-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`;
}

interface Account {
  readonly namespace: string;
  readonly name: string;
  readonly secrets: readonly string[];
  readonly isRendered: boolean;
}

function accountsOf(sites: readonly PullSite[], accounts: readonly ServiceAccount[]): readonly Account[] {
  const found = new Map<string, Account>();
  for (const site of sites) {
    const { namespace, serviceAccount: name } = site;
    if (name === undefined) continue;
    const rendered = accountOf(site, accounts);
    const account = { namespace, name, secrets: rendered?.secrets ?? [], isRendered: rendered !== undefined };
    found.set(JSON.stringify([namespace, name]), account);
  }
  return [...found.values()];
}

function command({ namespace, name, secrets }: Account, secret: string): string {
  const list = [...secrets.filter((other) => other !== secret), secret].map((one) => ({ name: one }));
  const patch = JSON.stringify({ imagePullSecrets: list });
  return `kubectl --namespace ${shellWord(namespace)} patch serviceaccount ${shellWord(name)} --patch ${shellWord(patch)}`;
}

/** A pod with a list of its own never sees that of its account. */
function ownListNote(site: PullSite): string {
  const names = site.secrets.length === 0 ? 'a pull secret without a name' : site.secrets.join(', ');
  return `${formatSite(site)} names ${names} itself, and Kubernetes then ignores its service account: put the registry's credentials into that secret`;
}

/**
 * The way for sites that no key serves: their service accounts, which hand their list to pods without one. Kubernetes
 * reads it when a pod is made, so pods that are there already have to be made anew. ServiceAccount.imagePullSecrets has
 * no merge key (core/v1 types): a patch replaces the list, so the commands repeat what the chart renders there.
 */
export function serviceAccountWay(
  unserved: readonly PullSite[],
  accounts: readonly ServiceAccount[],
  secret: string,
): AccountWay {
  const listed = unserved.filter((site) => site.role !== 'field' && hasOwnList(site));
  const patched = accountsOf(
    unserved.filter((site) => site.role !== 'field' && !hasOwnList(site)),
    accounts,
  );
  const fields = unserved.filter(({ role }) => role === 'field');
  const foreign = patched.filter(({ isRendered }) => !isRendered);
  const notes = [
    ...(patched.length > 0
      ? ['pods that exist already have to be deleted once: the list is read when a pod is made']
      : []),
    ...(foreign.length > 0
      ? [
          `the chart does not make ${foreign.map(({ name }) => name).join(', ')}: a pull secret that it already has must be named in the command, too`,
        ]
      : []),
    ...listed.map(ownListNote),
    ...fields.map((site) => `${formatSite(site)} has no ${secret}, and no value of the chart leads there`),
  ];
  return { commands: patched.map((account) => command(account, secret)), notes };
}
