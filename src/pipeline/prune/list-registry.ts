import { inParallel } from '../../domain/in-parallel.ts';
import type { Listing } from '../../domain/prune/listing.ts';
import type { StoredRepository } from '../../domain/prune/stored.ts';
import { chartOfRecordTag, mayBeRecordType } from '../../domain/records/record-artifact.ts';
import type { ListedImage } from '../../ports/repositories.ts';
import { type PruneRun, type PruneScope, WIDTH } from './prune-run.ts';

/** A repository as its registry lists it. */
export interface ListedRepository {
  readonly name: string;
  readonly reach: StoredRepository['reach'];
  readonly images: readonly ListedImage[];
}

// the media type of a chart's config: helm/helm, pkg/registry/constants.go
const CHART_TYPE = 'application/vnd.cncf.helm.config.v1+json';
const OCI_MANIFEST = 'application/vnd.oci.image.manifest.v1+json';

/** Whether a list calls it a chart, or leaves open whether it is one. */
export function mayBeChart({ artifactType, mediaType }: ListedImage): boolean {
  return (
    artifactType === CHART_TYPE || (artifactType === undefined && (mediaType === OCI_MANIFEST || mediaType === ''))
  );
}

/** Whether an entry may hold the images of a chart. */
function mayBeRecord({ artifactType, mediaType, tags }: ListedImage): boolean {
  return (
    (mediaType === OCI_MANIFEST && mayBeRecordType(artifactType)) ||
    tags.some((tag) => chartOfRecordTag(tag) !== undefined)
  );
}

/** Whether an entry out of reach counts all the same: a chart there may need what is within reach. */
export function countsAnywhere(image: ListedImage): boolean {
  return mayBeChart(image) || mayBeRecord(image);
}

function isBelow(name: string, { path }: PruneScope): boolean {
  return path === '' || name === path || name.startsWith(`${path}/`);
}

async function reachOf(name: string, { ports, scope, signal }: PruneRun): Promise<StoredRepository['reach']> {
  if (!isBelow(name, scope)) return 'elsewhere';
  return scope.all || (await ports.contents.isOurs(name, signal)) ? 'in-reach' : 'not-ours';
}

/** Lists every repository of the registry. What `known` says of their reach is not asked again. */
export async function listRegistry(
  run: PruneRun,
  known: ReadonlyMap<string, StoredRepository['reach']> = new Map(),
): Promise<readonly ListedRepository[]> {
  const { contents } = run.ports;
  const names = await contents.repositories(run.signal);
  return inParallel([...names].sort(), WIDTH, async (name): Promise<ListedRepository> => {
    run.signal.throwIfAborted();
    const reach = known.get(name) ?? (await reachOf(name, run));
    return { name, reach, images: await contents.images(name, run.signal) };
  });
}

/** What of a list a plan depends on: everything within reach, and charts and their records anywhere. */
export function listingOf(repositories: readonly ListedRepository[]): Listing {
  return new Map(
    repositories.map(({ name, reach, images }) => [
      name,
      reach === 'in-reach' ? images : images.filter((image) => countsAnywhere(image)),
    ]),
  );
}
