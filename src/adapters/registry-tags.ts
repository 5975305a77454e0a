import { isTag } from '../domain/reference.ts';
import type { Lookup, Side, TagList } from '../ports/registry.ts';
import { headersOf } from './http.ts';
import { invalidAnswer } from './registry-errors.ts';
import type { Reply } from './requests.ts';

/** One page of a tag list, or why there is none. */
export type TagPage = Exclude<Lookup, { kind: 'found' }> | { readonly kind: 'page'; readonly reply: Reply };

// ECR refuses more (go-containerregistry issue 1091)
const PAGE_SIZE = 1000;
const PAGE_LIMIT_BYTES = 16 * 1024 * 1024;
const MOST_PAGES = 10_000;

function parseTags(reply: Reply): readonly string[] | undefined {
  let body: unknown;
  try {
    body = JSON.parse(reply.bytes.toString('utf8'));
  } catch {
    return undefined;
  }
  if (typeof body !== 'object' || body === null || !('tags' in body)) return undefined;
  if (body.tags === null) return [];
  if (!Array.isArray(body.tags)) return undefined;
  return body.tags.filter((tag) => typeof tag === 'string' && isTag(tag));
}

/** The query of the next page: RFC 8288 `Link` with `rel="next"`, usually relative. Only its query counts, the place is known. */
export function nextQuery(reply: Reply): string | undefined {
  for (const field of headersOf(reply, 'link')) {
    const target = /<([^>]*)>[^<]*;\s*rel="?next"?/i.exec(field)?.[1];
    if (target !== undefined && URL.canParse(target, reply.url.href)) return new URL(target, reply.url).search.slice(1);
  }
  return undefined;
}

/**
 * All tags of a repository, page by page. Registries differ: some ignore the page size and send everything (Distribution
 * 2.8), some cut at the page size and name no next page (`crane registry serve`); both end well here.
 *
 * @param fetchPage asks for what follows `/v2/<repository>/`.
 * @throws MirrorError REGISTRY_ANSWER_INVALID for an answer that is no tag list, or pages without end.
 */
export async function listTags(
  host: string,
  what: string,
  side: Side,
  fetchPage: (target: string, limit: number) => Promise<TagPage>,
): Promise<TagList> {
  const tags = new Set<string>();
  const asked = new Set<string>();
  let query: string | undefined = `n=${PAGE_SIZE}`;
  while (query !== undefined) {
    if (asked.has(query) || asked.size >= MOST_PAGES) throw invalidAnswer(host, what, 'its pages have no end', side);
    asked.add(query);
    const page: TagPage = await fetchPage(`tags/list?${query}`, PAGE_LIMIT_BYTES);
    if (page.kind !== 'page') return page;
    const found = parseTags(page.reply);
    if (found === undefined) throw invalidAnswer(host, what, 'it sent no list of tags', side);
    const before = tags.size;
    for (const tag of found) tags.add(tag);
    const grew = tags.size > before;
    const unnamed: string | undefined =
      found.length === PAGE_SIZE && grew ? `n=${PAGE_SIZE}&last=${encodeURIComponent(found.at(-1) ?? '')}` : undefined;
    query = nextQuery(page.reply) ?? unnamed;
  }
  return { kind: 'found', tags: [...tags], pages: asked.size };
}
