import { parseReference } from '../reference.ts';
import type { Plan, PlannedArtifacts, PlannedImage } from './plan.ts';
import { artifactManifests, manifestsOf, type SourceFacts } from './requests.ts';

function repositoryOf(text: string): string {
  const reference = parseReference(text);
  return reference === undefined ? text : `${reference.registry}/${reference.repository}`;
}

/** What of a plan's artifacts belongs to these images: images of one repository stay together, and artifacts stand beside them. */
export function artifactsOf({ artifacts }: Plan, images: readonly PlannedImage[]): PlannedArtifacts | null {
  if (artifacts === null) return null;
  const targets = new Set(images.map(({ destination }) => repositoryOf(destination)));
  const sources = new Set(images.map(({ source }) => repositoryOf(source)));
  return {
    rows: artifacts.rows.filter(({ destination }) => targets.has(repositoryOf(destination))),
    notLookedFor: artifacts.notLookedFor.filter(({ registry, repository }) => sources.has(`${registry}/${repository}`)),
  };
}

/** Registries at which a plan has read more than its rows tell: whose reads those are, shards cannot say. */
function unclear({ images, artifacts, requests }: Plan): readonly string[] {
  const [own, beside] = [manifestsOf(images), artifactManifests(artifacts)];
  return requests
    .filter(({ registry, kept }) => kept > (own.get(registry)?.size ?? 0) + (beside.get(registry)?.size ?? 0))
    .map(({ registry }) => registry);
}

/** What is known of the sources of a shard, which looks at no chart. */
export function shardFacts(
  plan: Plan,
  images: readonly PlannedImage[],
  artifacts: PlannedArtifacts | null,
): SourceFacts {
  const quotas = new Map(plan.requests.map(({ registry, quota }) => [registry, quota]));
  const sources = new Set(images.map(({ source }) => parseReference(source)?.registry));
  const unknown = (artifacts?.notLookedFor ?? []).map(({ registry }) => registry);
  const beside = [...artifactManifests(artifacts)].map(([registry, digests]) => [registry, digests.size] as const);
  return {
    quotaOf: (registry) => quotas.get(registry) ?? null,
    otherReads: new Map(beside),
    unsure: new Set([...unknown, ...unclear(plan).filter((registry) => sources.has(registry))]),
  };
}
