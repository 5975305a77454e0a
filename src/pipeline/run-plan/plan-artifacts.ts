import { formatReference } from '../../domain/reference.ts';
import type {
  ArtifactDecision,
  PlannedArtifact,
  PlannedArtifacts,
  UnknownArtifacts,
} from '../../domain/run-plan/plan.ts';
import type { ArtifactItem, ArtifactState } from '../artifacts/artifact-item.ts';
import { isToLookFor } from '../artifacts/look-for-artifacts.ts';
import { isToCopy } from '../copy.ts';
import type { ImageItem } from '../image-item.ts';
import type { Run } from '../run.ts';
import type { ReadBudget } from './read-budget.ts';

function decisionOf(state: ArtifactState): ArtifactDecision {
  switch (state.kind) {
    case 'to-copy':
      return state.replaces ? 'replace' : 'copy';
    case 'copied':
      return 'present';
    default:
      return state.kind;
  }
}

function reasonOf(state: ArtifactState): string | null {
  if (state.kind === 'failed') return state.error.message;
  return 'reason' in state ? state.reason : null;
}

function toRow({ images, source, destination, artifactType, digest, state, bytes }: ArtifactItem): PlannedArtifact {
  const [image] = images;
  return {
    image: image === undefined ? '' : formatReference(image.source),
    source: formatReference(source),
    destination: formatReference(destination),
    artifactType: artifactType ?? null,
    digest: digest ?? null,
    decision: decisionOf(state),
    reason: reasonOf(state),
    bytes: bytes ?? null,
  };
}

/** The repositories at sources of images for which something was not told, each with the first reason. */
function unknownArtifacts(run: Run): readonly UnknownArtifacts[] {
  const found = new Map<string, { readonly reason: string; readonly images: Set<ImageItem> }>();
  for (const { images, reason } of run.artifacts.refusals.values()) {
    for (const image of images) {
      const { registry, repository } = image.source;
      const known = found.get(`${registry}/${repository}`) ?? { reason, images: new Set() };
      found.set(`${registry}/${repository}`, known);
      known.images.add(image);
    }
  }
  return [...found.values()].flatMap(({ reason, images }) => {
    const [first] = images;
    if (first === undefined) return [];
    const { registry, repository } = first.source;
    return [{ registry, repository, images: images.size, reason }];
  });
}

/** What a plan says of what belongs to its images; null where nothing of it is taken along. */
export function plannedArtifacts(run: Run): PlannedArtifacts | null {
  if (run.options.artifacts === 'none') return null;
  return { rows: [...run.artifacts.items.values()].map(toRow), notLookedFor: unknownArtifacts(run) };
}

/**
 * The images whose artifacts a plan may look for: each may have a manifest to read, so a registry has to answer more than it has
 * images, and no image of it may wait for its own. Of the others it is remembered that they were not looked for.
 */
export function pickForArtifacts(run: Run, budget: ReadBudget): (image: ImageItem) => boolean {
  const wanted = run.images.filter((image) => isToLookFor(image, run));
  const isUnread = (image: ImageItem): boolean => isToCopy(image) && image.manifests.length === 0;
  const registries = [...new Set(wanted.map(({ source }) => source.registry))];
  const short = new Set(
    registries.filter((registry) => {
      const own = wanted.filter(({ source }) => source.registry === registry);
      return own.some(isUnread) || !budget.allows(registry, own.length);
    }),
  );
  for (const image of wanted.filter(({ source }) => short.has(source.registry))) {
    const { registry, repository } = image.source;
    const reason = `${registry} does not answer as many manifests as that may take`;
    const common = { registry, repository, what: 'manifests', reason, error: undefined } as const;
    run.artifacts.refusals.set(`${formatReference(image.source)} quota`, { ...common, images: new Set([image]) });
  }
  return ({ source }) => !short.has(source.registry);
}
