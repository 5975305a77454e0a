import { splitFull } from './e2e-registry.ts';

/** Where charts.json's reference must be at the target, by the rule of the documentation. */
export function destinationOf(reference: string): { readonly repository: string; readonly name: string } {
  const first = reference.split('/')[0] ?? '';
  const hasHost = reference.includes('/') && (/[.:]/.test(first) || first === 'localhost');
  const full = hasHost ? reference : `docker.io/${reference}`;
  const { host, path, name } = splitFull(full);
  const isOfficial = /^(?:index\.|registry-1\.)?docker\.io$/.test(host) && !path.includes('/');
  const tag = /:[^/@]+(?:@|$)/.exec(full.slice(host.length));
  const short = `mirrored-${name.slice('sha256:'.length).slice(0, 12)}`;
  const tagged = tag === null && name.startsWith('sha256:') ? short : (tag?.[0].slice(1).replace('@', '') ?? name);
  return { repository: `mirror/${isOfficial ? 'library/' : ''}${path}`, name: tagged };
}

/** Whether a reference of charts.json stands among what follows the target, with any digest, or with a tag where it has none. */
export function isMentioned(reference: string, mentions: readonly string[]): boolean {
  const named = reference.replace(/@.*$/, '');
  const rest = destinationOf(named).repository.replace('mirror', '');
  const tag = /:[^/:]+$/.exec(named)?.[0] ?? '';
  return mentions.some((one) => one.replace(/@.*$/, '') === rest + tag || (tag === '' && one.startsWith(`${rest}:`)));
}
