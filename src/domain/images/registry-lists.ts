import { isRegistryHost, looksLikeRegistry } from '../reference.ts';
import { isPlainMap, type Plain } from './plain.ts';
import type { FoundReference, SeenHosts } from './reference-text.ts';
import { registryPath } from './registry-base.ts';
import { USE_RULES } from './use-rules.ts';

const ADDRESS = /(?:^|[a-z_-])(?:host|hostname|url|upstream|endpoint|server|address|remote)$/i;
const NAME = /^(?:alias|name|id|title)$/i;
const WORD = /^[\w. -]+$/;
// what stands beside a registry from which something is pulled
const OF_IMAGE = /image|repo|tag|digest|version|chart|path|prefix|owner|org|project/i;

/** A field that says the address of a host, and nothing behind it. */
interface Address {
  readonly key: string;
  readonly host: string;
  readonly isPlain: boolean;
}

/** The addresses in an item that has a name of its own, and nothing of an image. */
function addressesIn(item: Plain): readonly Address[] {
  if (!isPlainMap(item) || Object.keys(item).some((key) => OF_IMAGE.test(key))) return [];
  const fields = Object.entries(item);
  const isNamed = fields.some(([key, value]) => NAME.test(key) && typeof value === 'string' && WORD.test(value));
  return (isNamed ? fields : []).flatMap(([key, value]): readonly Address[] => {
    if (typeof value !== 'string' || !ADDRESS.test(key)) return [];
    const host = value.replace(/^https?:\/\//, '').replace(/\/$/, '');
    return looksLikeRegistry(host) && isRegistryHost(host) ? [{ key, host, isPlain: host === value }] : [];
  });
}

/** A registry that an item of a list names, with the item's index and the name of its field. */
export interface ListedRegistry {
  readonly index: number;
  readonly key: string;
  readonly found: FoundReference;
}

/** The registries of a list, and its items without them. */
export interface RegistriesApart {
  readonly registries: readonly ListedRegistry[];
  readonly rest: readonly Plain[];
}

function listed(addresses: readonly Address[], index: number, seen: SeenHosts): readonly ListedRegistry[] {
  return addresses.flatMap(({ key, host, isPlain }): readonly ListedRegistry[] => {
    const reference = isPlain ? registryPath(host, seen) : undefined;
    return reference === undefined
      ? []
      : [{ index, key, found: { text: host, offset: 0, reference, ...USE_RULES.toldApart } }];
  });
}

function withoutFields(item: Plain, taken: readonly ListedRegistry[]): Plain {
  if (taken.length === 0 || !isPlainMap(item)) return item;
  return Object.fromEntries(Object.entries(item).filter(([name]) => taken.every(({ key }) => key !== name)));
}

/**
 * The registries that a list tells apart, each item with a name and an address: a program that stands between them and those who
 * ask it, such as a registry that is a proxy, knows them by these. With the target in place of those that are known it could not, so
 * all are left.
 */
export function registriesApart(items: readonly Plain[], seen: SeenHosts): RegistriesApart {
  const none = { registries: [], rest: items };
  if (items.length < 2 || !items.every(isPlainMap)) return none;
  const addresses = items.map(addressesIn);
  const hosts = addresses.flatMap((all) => all.map(({ host }) => host.toLowerCase()));
  if (addresses.some((all) => all.length === 0) || new Set(hosts).size < 2) return none;
  const registries = addresses.flatMap((all, index) => listed(all, index, seen));
  const rest = items.map((item, at) =>
    withoutFields(
      item,
      registries.filter(({ index }) => index === at),
    ),
  );
  return { registries, rest };
}
