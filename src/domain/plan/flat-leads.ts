import { looksLikeRegistry } from '../reference.ts';
import { flatName } from './destination.ts';

/**
 * What a registry with the beginning of a name becomes where a template spells these out and values go on with the rest: the
 * target, and what the beginning is in a flat name (`quay.io/acme/` is `TARGET/acme--`). Undefined where it names no registry.
 */
export function flatLead(lead: string, base: string): string | undefined {
  const slash = lead.indexOf('/');
  return slash > 0 && looksLikeRegistry(lead.slice(0, slash))
    ? `${base}/${flatName(lead.slice(slash + 1))}`
    : undefined;
}

/** The same as texts to be replaced: without the slash that stays. */
export function flatBeginning(
  lead: string,
  base: string,
): { readonly text: string; readonly wanted: string } | undefined {
  const wanted = flatLead(lead, base);
  if (wanted === undefined) return undefined;
  return wanted.endsWith('/') ? { text: lead.slice(0, -1), wanted: wanted.slice(0, -1) } : { text: lead, wanted };
}

/** What a whole flat reference says behind such a beginning; undefined where it does not begin so. */
export function behindLead(wanted: string, lead: string, base: string): string | undefined {
  const before = flatLead(lead, base);
  return before !== undefined && wanted.startsWith(before) ? wanted.slice(before.length) : undefined;
}
