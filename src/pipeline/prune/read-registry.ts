import { inParallel } from '../../domain/in-parallel.ts';
import { MANIFEST_MEDIA_TYPES, parseManifest } from '../../domain/manifest.ts';
import type { ManifestContent, StoredManifest, StoredRepository } from '../../domain/prune/stored.ts';
import { subjectIn } from '../../domain/prune/subject-field.ts';
import type { FetchedManifest } from '../../ports/registry.ts';
import type { ListedImage } from '../../ports/repositories.ts';
import { countsAnywhere, type ListedRepository, mayBeChart } from './list-registry.ts';
import { type PruneRun, WIDTH } from './prune-run.ts';

const CHART_CONFIG = 'application/vnd.cncf.helm.config.v1+json';
const CHILDLESS: ReadonlySet<string> = new Set([
  ...MANIFEST_MEDIA_TYPES.filter((type) => !/index|list/.test(type)),
  'application/vnd.docker.distribution.manifest.v1+json',
  'application/vnd.docker.distribution.manifest.v1+prettyjws',
]);

function contentOf({ mediaType }: ListedImage, manifest: FetchedManifest | undefined): ManifestContent {
  const parsed = manifest === undefined ? undefined : parseManifest(manifest.bytes, manifest.mediaType);
  switch (parsed?.kind) {
    case 'image':
      return { kind: 'image', blobs: [parsed.config, ...parsed.layers] };
    case 'index':
      return { kind: 'index', children: parsed.manifests.map(({ digest }) => digest) };
    case undefined:
      return { kind: 'unread', mayHaveChildren: !CHILDLESS.has(mediaType) };
  }
}

/** What was read decides; where nothing could be read, whatever may be a chart counts as one. */
function isChart(image: ListedImage, content: ManifestContent): boolean {
  if (content.kind === 'image') return content.blobs[0]?.mediaType === CHART_CONFIG;
  return content.kind === 'unread' && mayBeChart(image);
}

function toStored(name: string, image: ListedImage, manifest: FetchedManifest | undefined): StoredManifest {
  const { digest, tags, pushedAt, isArchived, artifactType } = image;
  const subject = image.subject ?? (manifest === undefined ? undefined : subjectIn(manifest.bytes));
  const content = contentOf(image, manifest);
  const facts = { digest, tags, pushedAt, isArchived, artifactType, subject, content };
  return { repository: name, ...facts, isChart: isChart(image, content) };
}

async function readRepository(listed: ListedRepository, run: PruneRun): Promise<StoredRepository> {
  const { name, reach, images } = listed;
  const wanted = images.filter((image) => !image.isArchived && (reach === 'in-reach' || countsAnywhere(image)));
  const digests = wanted.map(({ digest }) => digest);
  const manifests =
    digests.length === 0
      ? new Map<string, FetchedManifest>()
      : await run.ports.contents.manifests(name, digests, run.signal);
  return { name, reach, manifests: images.map((image) => toStored(name, image, manifests.get(image.digest))) };
}

/**
 * Reads the manifests that a plan depends on: all within reach, and elsewhere what may be a chart or the record of one.
 * Archived ones cannot be read.
 */
export function readRegistry(
  repositories: readonly ListedRepository[],
  run: PruneRun,
): Promise<readonly StoredRepository[]> {
  return inParallel(repositories, WIDTH, async (listed) => {
    run.signal.throwIfAborted();
    return readRepository(listed, run);
  });
}
