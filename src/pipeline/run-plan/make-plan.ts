import { type Digest, formatReference } from '../../domain/reference.ts';
import type { PlanContent, PlanInputs, PlannedArtifacts, PlannedImage } from '../../domain/run-plan/plan.ts';
import {
  artifactManifests,
  type KnownReads,
  manifestsOf,
  requestsFor,
  type SourceFacts,
} from '../../domain/run-plan/requests.ts';
import { isToRead } from '../read-manifests.ts';
import type { Run } from '../run.ts';
import { isFromSource } from './known-reads.ts';
import { plannedArtifacts } from './plan-artifacts.ts';
import { planOptions } from './plan-options.ts';
import { planRows } from './plan-rows.ts';

/** What a plan tells beside the state of its run. */
export interface PlanFacts {
  readonly inputs: PlanInputs | null;
  readonly quotaOf: SourceFacts['quotaOf'];
  /** Manifests read at each source registry. */
  readonly reads: ReadonlyMap<string, ReadonlySet<Digest>>;
  /** Manifests that an earlier plan has kept. */
  readonly known: ReadonlySet<Digest>;
  /** Of the images that were not read to their end. */
  readonly partly: ReadonlyMap<string, KnownReads>;
}

/** What is asked of images whose manifests were not read is not known of them: the run looks before it copies. */
function uncheckedNotes(run: Run): readonly string[] {
  const names = run.images
    .filter((image) => isFromSource(image) && image.manifests.length === 0 && isToRead(image, run))
    .filter(({ required }) => required.length > 0 || run.options.policy?.largestImage != null)
    .map(({ source }) => formatReference(source));
  if (names.length === 0) return [];
  return [`not checked for platforms or size, since not every manifest was read, the run does it: ${names.join(', ')}`];
}

function notesOf(run: Run): readonly string[] {
  const skipped = run.catalog.unmirrorable.map(({ key, reason }) => `not mirrored: ${key}: ${reason}`);
  const releases = run.releases.flatMap(({ addon, notes }) =>
    notes.map((note) => `${addon.chart} (${addon.release}): ${note}`),
  );
  const repositories = run.repositories.flatMap(({ name, failure }) =>
    failure === undefined ? [] : [`repository ${name}: ${failure.message}`],
  );
  return [...run.catalog.notes, ...skipped, ...releases, ...repositories, ...uncheckedNotes(run)];
}

/** What a run needs beside the manifests of its images: artifacts, and indexes of which one platform is copied. */
function besideImages(run: Run, artifacts: PlannedArtifacts | null): ReadonlyMap<string, ReadonlySet<Digest>> {
  const found = new Map<string, ReadonlySet<Digest>>(artifactManifests(artifacts));
  for (const [{ source }, digest] of run.wholeDigests)
    found.set(source.registry, new Set([...(found.get(source.registry) ?? []), digest]));
  return found;
}

/** The manifests of sources that a run needs, as far as they are known. */
export function neededManifests(
  run: Run,
  { images, artifacts }: Pick<PlanContent, 'images' | 'artifacts'>,
  { partly }: Pick<PlanFacts, 'partly'>,
): ReadonlySet<Digest> {
  const own = [...manifestsOf(images).values(), ...besideImages(run, artifacts).values()];
  return new Set([...own, ...[...partly.values()].map(({ had }) => had)].flatMap((digests) => [...digests]));
}

/** What is read for an image is counted with it. What an earlier plan has kept of the rest is needed, too. */
function otherReads(
  images: readonly PlannedImage[],
  beside: ReadonlyMap<string, ReadonlySet<Digest>>,
  { reads, known, partly }: PlanFacts,
): ReadonlyMap<string, number> {
  const own = manifestsOf(images);
  const others = [...new Set([...reads.keys(), ...beside.keys()])].map((registry) => {
    const kept = [...(beside.get(registry) ?? [])].filter((digest) => known.has(digest));
    const isOwn = (digest: Digest): boolean =>
      own.get(registry)?.has(digest) === true || partly.get(registry)?.had.has(digest) === true;
    const more = [...new Set([...(reads.get(registry) ?? []), ...kept])].filter((digest) => !isOwn(digest));
    return [registry, more.length] as const;
  });
  return new Map(others.filter(([, count]) => count > 0));
}

/** Registries at which artifacts may be read that the plan does not know. */
function unsureOf(run: Run, artifacts: PlannedArtifacts | null): ReadonlySet<string> {
  const failed = [...run.artifacts.items.values()].filter(({ state }) => state.kind === 'failed');
  const unknown = artifacts?.notLookedFor ?? [];
  return new Set([...failed.map(({ source }) => source.registry), ...unknown.map(({ registry }) => registry)]);
}

/** Folds the state of a run that has decided everything, and written nothing, into a plan. */
export function makePlan(run: Run, facts: PlanFacts): PlanContent {
  const rows = planRows(run);
  const artifacts = plannedArtifacts(run);
  const sources: SourceFacts = {
    quotaOf: facts.quotaOf,
    otherReads: otherReads(rows.images, besideImages(run, artifacts), facts),
    unsure: unsureOf(run, artifacts),
    partly: facts.partly,
  };
  const charted = rows.charts.every(({ decision }) => decision === 'push' || decision === 'present');
  const imaged = rows.images.every(({ decision }) => decision !== 'refused' && decision !== 'failed');
  const doubtful = run.catalog.unmirrorable.length > 0 || rows.images.some((row) => row.decision === 'unconfirmed');
  const setUp = run.repositories.every(({ failure }) => failure === undefined);
  return {
    version: 1,
    mode: run.catalog.mode,
    complete: charted && imaged && setUp && !(run.options.strict && doubtful),
    shard: null,
    inputs: facts.inputs,
    options: planOptions(run.options),
    ...rows,
    artifacts,
    requests: requestsFor(rows.images, sources),
    notes: notesOf(run),
  };
}
