import { parseManifest } from '../domain/manifest.ts';
import type { Digest } from '../domain/reference.ts';
import { counted } from '../domain/report/counted.ts';
import { type Quota, quotaText } from '../domain/run-plan/requests.ts';
import { isToCopy } from './copy.ts';
import type { ImageItem } from './image-item.ts';
import type { Step } from './progress.ts';
import { isToRead } from './read-manifests.ts';
import type { Run } from './run.ts';

/** What is still to be read for an image, each manifest by its digest. Below one that was not read there may be more. */
interface Reads {
  /** One for each read; what is below an index of which only the kind is known counts as one. */
  readonly names: readonly string[];
  readonly isAll: boolean;
}

async function readsFor({ source, state }: ImageItem, run: Run): Promise<Reads> {
  const { quota, registry } = run.ports;
  if (state.kind !== 'cleared' || quota === undefined) return { names: [], isAll: true };
  const isOpen = (digest: Digest): boolean => !quota.isRead(source.registry, digest);
  if (isOpen(state.digest)) {
    const isIndex = run.sourceIndexes.has(state.digest);
    return { names: [state.digest, ...(isIndex ? [`below ${state.digest}`] : [])], isAll: false };
  }
  // it is at hand, and nobody is asked for it
  const answer = await registry.manifest({ ...source, digest: state.digest }, 'source', run.signal);
  const manifest = answer.kind === 'found' ? parseManifest(answer.bytes, answer.mediaType) : undefined;
  const below = manifest?.kind === 'index' ? manifest.manifests.map(({ digest }) => digest).filter(isOpen) : [];
  return { names: below, isAll: true };
}

async function warnOf(registry: string, images: readonly ImageItem[], quota: Quota, run: Run): Promise<void> {
  const reads = await Promise.all(images.map((image) => readsFor(image, run)));
  const { size } = new Set(reads.flatMap(({ names }) => names));
  if (size <= quota.remaining) return;
  const atLeast = reads.every(({ isAll }) => isAll) ? '' : 'at least ';
  const open = `${atLeast}${counted(size, 'manifest read', 'manifest reads')} to do at ${registry}, ${quotaText(quota)}`;
  run.ports.quota?.warn(`warning: ${open}: log in there, or run again in the next window; what is done is kept`);
}

/**
 * Says before the first copy which sources will not answer all that the run has to read there. Nothing is done where no source
 * tells quotas.
 */
export function quotaSteps(run: Run): readonly Step[] {
  const { quota } = run.ports;
  if (quota === undefined) return [];
  return [
    {
      title: 'Compare quotas',
      width: 1,
      items: () => {
        const images = run.images.filter((image) => isToCopy(image) && isToRead(image, run));
        const registries = [...new Set(images.map(({ source }) => source.registry))];
        return registries.flatMap((label) => {
          const left = quota.leftOf(label);
          const own = images.filter(({ source }) => source.registry === label);
          return left === null ? [] : [{ label, work: () => warnOf(label, own, left, run) }];
        });
      },
    },
  ];
}
