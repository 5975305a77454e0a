import type { NetworkSettings } from '../domain/network.ts';
import { isRepositoryName } from '../domain/reference.ts';
import type { RegistryAccess } from './registry-access.ts';
import { describeAnswer, invalidAnswer } from './registry-errors.ts';
import { nextQuery } from './registry-tags.ts';
import type { Reply } from './requests.ts';
import { addressOf } from './source-mirrors.ts';

/** The repositories of a registry; or why it does not tell. */
export type RepositoryList =
  | { readonly kind: 'found'; readonly names: readonly string[] }
  | { readonly kind: 'untold'; readonly detail: string };

const PAGE_SIZE = 1000;
const PAGE_LIMIT_BYTES = 16 * 1024 * 1024;
const MOST_PAGES = 10_000;

function namesIn(reply: Reply): readonly string[] | undefined {
  try {
    const body: unknown = JSON.parse(reply.bytes.toString('utf8'));
    const list = typeof body === 'object' && body !== null && 'repositories' in body ? body.repositories : undefined;
    if (list === null) return [];
    if (!Array.isArray(list)) return undefined;
    return list.filter((name) => typeof name === 'string' && isRepositoryName(name));
  } catch {
    return undefined;
  }
}

/**
 * All repositories of a registry, page by page: the catalog of Distribution, which is no part of the OCI specification, and
 * which many hosted registries do not have or do not show.
 *
 * @throws MirrorError REGISTRY_ANSWER_INVALID for an answer that is no such list, or pages without end; REGISTRY_UNREACHABLE.
 */
export async function listRepositories(
  registry: string,
  access: RegistryAccess,
  settings: NetworkSettings,
  signal: AbortSignal,
): Promise<RepositoryList> {
  const address = addressOf(settings, 'destination', registry, '');
  const what = `the repositories of ${registry}`;
  const names = new Set<string>();
  const asked = new Set<string>();
  let query: string | undefined = `n=${PAGE_SIZE}`;
  while (query !== undefined) {
    if (asked.has(query) || asked.size >= MOST_PAGES)
      throw invalidAnswer(address.host, what, 'its pages have no end', 'destination');
    asked.add(query);
    const target = new URL(`/v2/_catalog?${query}`, address.base);
    const common = { method: 'GET', address, target, actions: 'pull', side: 'destination', signal, what } as const;
    const result = await access.ask({ ...common, scopes: ['registry:catalog:*'] }, PAGE_LIMIT_BYTES);
    if (result.kind === 'refused') return { kind: 'untold', detail: result.detail };
    const { status, text } = result.answer;
    if (status !== 200) return { kind: 'untold', detail: `${describeAnswer(status, text)}; ${result.access}` };
    const found = namesIn(result.answer);
    if (found === undefined) throw invalidAnswer(address.host, what, 'it sent no list of repositories', 'destination');
    for (const name of found) names.add(name);
    query = nextQuery(result.answer);
  }
  return { kind: 'found', names: [...names].sort() };
}
