import { parseManifest } from '../../domain/manifest.ts';
import type { Digest } from '../../domain/reference.ts';
import type { KnownReads } from '../../domain/run-plan/requests.ts';
import type { ImageItem } from '../image-item.ts';
import type { Run } from '../run.ts';

/** Whether a plan says what an image is made of, and the source is where that is read. */
export function isFromSource({ failure, state }: ImageItem): boolean {
  return failure === undefined && state.kind === 'cleared' && state.decision.kind === 'copy';
}

/** What an image is known to be made of, as far as that was read: nobody is asked for anything. */
export async function knownReads({ source, state }: ImageItem, { ports, signal }: Run): Promise<KnownReads> {
  const [had, open] = [new Set<Digest>(), new Set<Digest>()];
  async function follow(digest: Digest): Promise<void> {
    if (had.has(digest) || open.has(digest)) return;
    if (ports.quota?.isRead(source.registry, digest) !== true) {
      open.add(digest);
      return;
    }
    had.add(digest);
    const answer = await ports.registry.manifest({ ...source, tag: undefined, digest }, 'source', signal);
    const manifest = answer.kind === 'found' ? parseManifest(answer.bytes, answer.mediaType) : undefined;
    if (manifest?.kind !== 'index') return;
    for (const child of manifest.manifests) await follow(child.digest);
  }
  if (state.kind === 'cleared') await follow(state.digest);
  return { had, open };
}

/** The manifests of the images of which some were not read, by the registries of their sources. */
export async function partlyRead(run: Run): Promise<ReadonlyMap<string, KnownReads>> {
  const found = new Map<string, KnownReads>();
  for (const image of run.images.filter((one) => isFromSource(one) && one.manifests.length === 0)) {
    const { registry } = image.source;
    const own = await knownReads(image, run);
    const { had, open } = found.get(registry) ?? { had: new Set(), open: new Set() };
    found.set(registry, { had: new Set([...had, ...own.had]), open: new Set([...open, ...own.open]) });
  }
  return found;
}
