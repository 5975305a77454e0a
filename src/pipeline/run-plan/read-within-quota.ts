import { inParallel } from '../../domain/in-parallel.ts';
import type { Digest, Reference } from '../../domain/reference.ts';
import { toMirrorError } from '../../errors.ts';
import type { ImageItem } from '../image-item.ts';
import type { Step } from '../progress.ts';
import { isToRead, readManifests } from '../read-manifests.ts';
import type { Run } from '../run.ts';
import { isFromSource, knownReads } from './known-reads.ts';
import type { ReadBudget } from './read-budget.ts';

/** How manifests are read for a plan, which can do without them: a quota that does not suffice is not used up. */
export interface QuotaReading {
  /** Reads what each source has for the images, all indexes before what is below them: then it is known what is open. */
  readonly ahead: Step;
  /** Reads an image, or leaves it with nothing known of what it is made of. */
  read(image: ImageItem): Promise<void>;
}

/** Manifests that are read at once; how many requests a host feels is bounded elsewhere. */
const READING = 64;

type Open = ReadonlyMap<Digest, Reference>;

/** The reading of one run. */
export function createQuotaReading(run: Run, budget: ReadBudget): QuotaReading {
  const tried = new Set<string>();
  const unbounded = new Set<string>();
  const keyOf = (registry: string, digest: Digest): string => `${registry} ${digest}`;

  async function openOf(images: readonly ImageItem[]): Promise<Open> {
    const found = new Map<Digest, Reference>();
    for (const image of images) {
      const { open } = await knownReads(image, run);
      for (const digest of open) {
        if (tried.has(keyOf(image.source.registry, digest))) continue;
        found.set(digest, { ...image.source, tag: undefined, digest });
      }
    }
    return found;
  }

  /** What goes wrong here goes wrong again when the image is read, and is told there. */
  async function readOne(digest: Digest, reference: Reference): Promise<void> {
    const { registry } = reference;
    if (!budget.allows(registry, 1)) return;
    tried.add(keyOf(registry, digest));
    try {
      await budget.spend(registry, () => run.ports.registry.manifest(reference, 'source', run.signal));
    } catch (thrown) {
      run.signal.throwIfAborted();
      if (toMirrorError(thrown).code !== 'RATE_LIMITED') return;
      budget.refused(registry);
      tried.delete(keyOf(registry, digest));
    }
  }

  async function readAhead(registry: string, images: readonly ImageItem[]): Promise<void> {
    for (;;) {
      const open = [...(await openOf(images))];
      if (open.length === 0 || !budget.allows(registry, open.length)) return;
      // one tells whether the source counts at all, where HEAD requests have not told
      const isCounted = budget.left(registry) !== undefined;
      await inParallel(isCounted ? open : open.slice(0, 1), READING, ([digest, reference]) =>
        readOne(digest, reference),
      );
      if (budget.left(registry) !== undefined) continue;
      unbounded.add(registry);
      return;
    }
  }

  return {
    ahead: {
      title: 'Compare quotas',
      width: READING,
      items: () => {
        const images = run.images.filter((image) => isToRead(image, run) && isFromSource(image));
        return [...new Set(images.map(({ source }) => source.registry))].map((label) => {
          const own = images.filter(({ source }) => source.registry === label);
          return { label, work: () => readAhead(label, own) };
        });
      },
    },
    async read(image) {
      if (!isFromSource(image)) return readManifests(image, run);
      const { registry } = image.source;
      const { size } = await openOf([image]);
      if (size > 0 && !(unbounded.has(registry) && budget.allows(registry, size))) return;
      await readManifests(image, run, ({ code, origin }) => {
        const isRate = code === 'RATE_LIMITED' && origin === 'source';
        if (isRate) budget.refused(registry);
        return isRate;
      });
    },
  };
}
