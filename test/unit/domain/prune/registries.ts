import { type Descriptor, digestOf } from '../../../../src/domain/manifest.ts';
import type { ChartNeeds } from '../../../../src/domain/prune/chart-needs.ts';
import { type KeepRules, LEAST_AGE } from '../../../../src/domain/prune/keep-rules.ts';
import { type PrunePlan, planPrune } from '../../../../src/domain/prune/plan.ts';
import { manifestKey, type StoredManifest, type StoredRepository } from '../../../../src/domain/prune/stored.ts';
import type { RecordedImage } from '../../../../src/domain/records/record.ts';
import type { Digest } from '../../../../src/domain/reference.ts';

/** When plans of tests are made. */
export const NOW = new Date('2026-11-21T12:00:00Z');

/** Long enough ago to go. */
export const OLD = new Date('2026-10-01T00:00:00Z');

/** A blob of a size, named by a text. */
export function blobOf(name: string, size = 1000): Descriptor {
  return { mediaType: 'application/vnd.oci.image.layer.v1.tar+gzip', digest: digestOf(name), size };
}

/** A manifest of an image with one blob of its own; `name` decides its digest. */
export function manifestOf(name: string, tags: readonly string[], parts: Partial<StoredManifest> = {}): StoredManifest {
  return {
    repository: '',
    digest: digestOf(name),
    tags,
    pushedAt: OLD,
    isArchived: false,
    isChart: false,
    artifactType: undefined,
    subject: undefined,
    content: { kind: 'image', blobs: [blobOf(name)] },
    ...parts,
  };
}

/** A chart with these tags. */
export function chartOf(name: string, tags: readonly string[], parts: Partial<StoredManifest> = {}): StoredManifest {
  return manifestOf(name, tags, { isChart: true, ...parts });
}

/** An index of these manifests. */
export function indexOf(
  name: string,
  tags: readonly string[],
  children: readonly StoredManifest[],
  parts: Partial<StoredManifest> = {},
): StoredManifest {
  const content = { kind: 'index' as const, children: children.map(({ digest }) => digest) };
  return manifestOf(name, tags, { content, ...parts });
}

/** A repository within reach, unless said otherwise. */
export function repositoryOf(
  name: string,
  manifests: readonly StoredManifest[],
  reach: StoredRepository['reach'] = 'in-reach',
): StoredRepository {
  return { name, reach, manifests: manifests.map((manifest) => ({ ...manifest, repository: name })) };
}

/** An image of a record. */
export function recorded(repository: string, tag: string | undefined, digest?: Digest): RecordedImage {
  return { repository, tag, digest, how: 'rendered' };
}

/** What charts need, by `repository:tag`; a list of images is what a record names. */
export type NeedsByName = Readonly<Record<string, ChartNeeds | readonly RecordedImage[]>>;

function isList(given: ChartNeeds | readonly RecordedImage[]): given is readonly RecordedImage[] {
  return Array.isArray(given);
}

function needsMap(repositories: readonly StoredRepository[], needs: NeedsByName): ReadonlyMap<string, ChartNeeds> {
  const charts = repositories.flatMap(({ manifests }) => manifests.filter(({ isChart }) => isChart));
  return new Map(
    charts.map((chart) => {
      const given = chart.tags.map((tag) => needs[`${chart.repository}:${tag}`]).find((one) => one !== undefined) ?? [];
      return [manifestKey(chart), isList(given) ? { kind: 'recorded', images: given } : given];
    }),
  );
}

/** Rules that keep one version and nothing by name, with changes. */
export function rulesOf(rules: Partial<KeepRules> = {}): KeepRules {
  return { catalog: [], newest: 1, minimumAge: LEAST_AGE, ...rules };
}

/** Plans with every chart's needs known: those that `needs` leaves out need nothing. */
export function planOf(
  repositories: readonly StoredRepository[],
  needs: NeedsByName = {},
  rules: Partial<KeepRules> = {},
  stuck: ReadonlySet<string> = new Set(),
): PrunePlan {
  const facts = { repositories, rules: rulesOf(rules), needs: needsMap(repositories, needs), stuck, now: NOW };
  return planPrune(facts);
}

function nameOf({ repository, tags, digest }: StoredManifest): string {
  return tags[0] === undefined ? `${repository}@${digest.slice(7, 13)}` : `${repository}:${tags[0]}`;
}

/** What goes, in its order, by `repository:tag`. */
export function goes(plan: PrunePlan): readonly string[] {
  return plan.removals.map(({ manifest }) => nameOf(manifest));
}

/** Why something stays; undefined when it goes. */
export function reasonsOf(
  plan: PrunePlan,
  repositories: readonly StoredRepository[],
  name: string,
): readonly string[] | undefined {
  const manifests = repositories.flatMap((one) => one.manifests);
  const found = manifests.find((manifest) => nameOf(manifest) === name);
  if (found === undefined) throw new RangeError(`there is no ${name}`);
  const reasons = plan.kept.get(manifestKey(found));
  return reasons === undefined ? undefined : [...reasons].sort();
}
