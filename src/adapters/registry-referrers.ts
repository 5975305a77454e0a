import { readReferrersList } from '../domain/artifacts/referrers-list.ts';
import type { Digest } from '../domain/reference.ts';
import type { ReferrerList, Side } from '../ports/registry.ts';
import { invalidAnswer } from './registry-errors.ts';
import { nextQuery } from './registry-tags.ts';
import type { Reply } from './requests.ts';

/** One page of what refers to a manifest, or why there is none. */
export type ReferrersPage = Exclude<ReferrerList, { kind: 'found' }> | { readonly kind: 'page'; readonly reply: Reply };

const PAGE_LIMIT_BYTES = 4 * 1024 * 1024;
const MOST_PAGES = 1_000;

/**
 * The manifests of one artifact type, or of all, that refer to a manifest, page by page (OCI distribution-spec v1.1, "Listing
 * Referrers"). A registry may leave the filter out: then there are more.
 *
 * @param fetchPage asks for what follows `/v2/<repository>/`.
 * @throws MirrorError REGISTRY_ANSWER_INVALID for an answer that is no such list, or pages without end.
 */
export async function listReferrers(
  about: { readonly host: string; readonly what: string; readonly side: Side },
  subject: Digest,
  artifactType: string | undefined,
  fetchPage: (target: string, limit: number) => Promise<ReferrersPage>,
): Promise<ReferrerList> {
  const { host, what, side } = about;
  const found = new Set<Digest>();
  const types = new Map<Digest, string>();
  const asked = new Set<string>();
  let query: string | undefined = artifactType === undefined ? '' : `artifactType=${encodeURIComponent(artifactType)}`;
  while (query !== undefined) {
    if (asked.has(query) || asked.size >= MOST_PAGES) throw invalidAnswer(host, what, 'its pages have no end', side);
    asked.add(query);
    const page: ReferrersPage = await fetchPage(
      `referrers/${subject}${query === '' ? '' : `?${query}`}`,
      PAGE_LIMIT_BYTES,
    );
    if (page.kind !== 'page') return page;
    const entries = readReferrersList(page.reply.bytes);
    if (entries === undefined) throw invalidAnswer(host, what, 'it sent no list of referrers', side);
    for (const { digest, artifactType: type } of entries) {
      found.add(digest);
      if (type !== undefined) types.set(digest, type);
    }
    query = nextQuery(page.reply);
  }
  return { kind: 'found', digests: [...found], types, pages: asked.size };
}
