import type { RenderedDocument } from '../images/rendered-documents.ts';
import { formatObject, type PullSite, type PullSites } from './pull-sites.ts';
import { markerOf, markersIn, type SecretTrial } from './secret-trial.ts';
import { accountOf, hasOwnList, type ServedBy } from './served.ts';

/** What one render tells of a key in one form. */
export interface Reach {
  readonly trial: SecretTrial;
  readonly serves: ReadonlyMap<PullSite, ServedBy>;
  /** How many lists of pull secrets it makes such that the API server refuses them. */
  readonly breaks: number;
  /** How many lists have its name inside another one (`map[name:x]`): no such secret exists. */
  readonly spoils: number;
  /** Other objects in which its name stands (arguments, configuration), where it serves no site. */
  readonly elsewhere: readonly string[];
}

/** What one render tells of its trials. */
export interface Arrivals {
  readonly reached: readonly Reach[];
  /** Sites that the plain render does not have: lists in custom resources that are left out when they are empty. */
  readonly further: readonly PullSite[];
}

function grouped(
  sites: readonly PullSite[],
  key: (site: PullSite) => string,
): ReadonlyMap<string, readonly PullSite[]> {
  const groups = new Map<string, PullSite[]>();
  for (const site of sites) groups.set(key(site), [...(groups.get(key(site)) ?? []), site]);
  return groups;
}

function place({ role, template, kind, path }: PullSite): string {
  return JSON.stringify([role, template, kind, path]);
}

function exactly(site: PullSite): string {
  return JSON.stringify([place(site), site.namespace, site.name]);
}

/** Which site of the plain render each probed site is: by place and order, or by name where there are more or fewer. */
function matchSites(plain: readonly PullSite[], probed: readonly PullSite[]): ReadonlyMap<PullSite, PullSite> {
  const known = grouped(plain, place);
  const byName = new Map(plain.map((site) => [exactly(site), site]));
  const matched = new Map<PullSite, PullSite>();
  for (const [key, sites] of grouped(probed, place)) {
    const others = known.get(key) ?? [];
    sites.forEach((site, index) => {
      const other = others.length === sites.length ? others[index] : byName.get(exactly(site));
      if (other !== undefined) matched.set(site, other);
    });
  }
  return matched;
}

function servedBy(
  marker: string,
  { sites, accounts }: PullSites,
  plain: ReadonlyMap<PullSite, PullSite>,
): ReadonlyMap<PullSite, ServedBy> {
  const serves = new Map<PullSite, ServedBy>();
  for (const site of sites) {
    const own = plain.get(site);
    if (own === undefined) continue;
    // its own list may hold other markers only: without them the account's counts
    const byAccount = !hasOwnList(own) && accountOf(site, accounts)?.secrets.includes(marker) === true;
    if (site.secrets.includes(marker)) serves.set(own, 'itself');
    else if (byAccount) serves.set(own, 'service account');
  }
  return serves;
}

/** The objects in whose text each marker stands. */
function objectsWith(documents: readonly RenderedDocument[]): ReadonlyMap<number, readonly string[]> {
  const found = new Map<number, string[]>();
  for (const document of documents) {
    for (const id of markersIn(document.text)) found.set(id, [...(found.get(id) ?? []), formatObject(document)]);
  }
  return found;
}

/** Reads a render in which every trial's key has a name of its own. `plain` are the sites that are known so far. */
export function readArrivals(
  documents: readonly RenderedDocument[],
  probed: PullSites,
  trials: readonly SecretTrial[],
  plain: readonly PullSite[],
): Arrivals {
  const matched = new Map(matchSites(plain, probed.sites));
  const further = probed.sites.filter((site) => site.role === 'field' && !matched.has(site));
  for (const site of further) matched.set(site, site);
  const lists = [...probed.sites, ...probed.accounts].map(({ secrets, written }) => ({
    ids: markersIn(written),
    inNames: markersIn(secrets.join('\n')),
    secrets,
  }));
  const objects = objectsWith(documents);
  const reached = trials.map((trial): Reach => {
    const marker = markerOf(trial);
    const serves = servedBy(marker, probed, matched);
    const wrong = lists.filter(({ ids, secrets }) => ids.has(trial.id) && !secrets.includes(marker));
    const spoils = wrong.filter(({ inNames }) => inNames.has(trial.id)).length;
    const elsewhere = serves.size + wrong.length > 0 ? [] : (objects.get(trial.id) ?? []);
    return { trial, serves, breaks: wrong.length - spoils, spoils, elsewhere };
  });
  return { reached, further };
}
