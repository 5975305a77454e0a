import type { Catalog } from '../domain/addon.ts';
import type { Digest } from '../domain/reference.ts';
import type { MirrorError } from '../errors.ts';
import type { BlobMounting } from '../ports/repositories.ts';
import { type ArtifactWork, startArtifactWork } from './artifacts/artifact-item.ts';
import { type AskedMemory, startAskedMemory } from './artifacts/asked-memory.ts';
import { type ChartItem, livingReleases } from './chart-item.ts';
import type { Confirmation } from './hidden-images.ts';
import type { ImageItem } from './image-item.ts';
import type { HeldLock } from './locked/held-lock.ts';
import { type ReleaseItem, startRelease } from './release-item.ts';
import type { RepositoryItem } from './repository-item.ts';
import type { ChartResults } from './results/chart-results.ts';
import type { RunPlan } from './run-plan/held-plan.ts';
import type { MirrorOptions, Ports } from './run-settings.ts';
import { type SignatureWork, startSignatureWork } from './signatures/signature-work.ts';

/** The state of a run: the truth that tasks change and the report reads. */
export interface Run {
  readonly ports: Ports;
  readonly options: MirrorOptions;
  readonly catalog: Catalog;
  readonly signal: AbortSignal;
  readonly releases: readonly ReleaseItem[];
  charts: readonly ChartItem[];
  images: readonly ImageItem[];
  /** What belongs to the images, and what it took to find out. */
  readonly artifacts: ArtifactWork;
  /** What was asked to find what belongs to images, their signatures among it. */
  readonly asked: AskedMemory;
  /** What is known of the signatures of the images. */
  readonly signatures: SignatureWork;
  /** Empty for targets that create repositories by themselves. */
  repositories: readonly RepositoryItem[];
  /** Whether the target mounts blobs; undefined where it was not asked. */
  mounting: BlobMounting | undefined;
  /** Digests that differ at the target because one platform is copied, by the text of the source reference. */
  readonly copiedDigests: Map<string, Digest>;
  /** Whether copies to a destination were written, by its text: images that meet there follow one another. */
  readonly copies: Map<string, Promise<boolean>>;
  /** What sources answered for images, by image; each is asked once. */
  readonly sourceDigests: Map<ImageItem, Promise<Digest>>;
  /** What sources said to be an index, while it was not read. */
  readonly sourceIndexes: Set<Digest>;
  /** The digests of the whole images at the sources of images of which one platform is copied. */
  readonly wholeDigests: Map<ImageItem, Digest>;
  /** Digests that relocated charts are to name, by the text of the source reference with its tag. */
  readonly pinDigests: Map<string, Digest>;
  /** Failures to reach a source registry at all, by its name. */
  readonly unreachable: Map<string, readonly MirrorError[]>;
  /** How often the target was found unreachable since it answered last. */
  readonly targetFailures: MirrorError[];
  /** What sources said of hidden images that are not mirrored, by the text of the reference. */
  readonly confirmations: Map<string, Confirmation>;
  /** What is known of charts, by the digest of their archives: charts of one archive share it. */
  readonly results: Map<Digest, Promise<ChartResults>>;
  /** The lock that the run keeps to, if any. */
  lock: HeldLock | undefined;
  /** What the run is held to; undefined for one that decides as it goes. */
  plan: RunPlan | undefined;
  /** Whether HEAD requests come before every manifest, since a manifest may turn out not to be needed. */
  asksFirst: boolean;
  /** Tells a person what happened, one line each. */
  readonly say: (line: string) => void;
}

/** A fresh run. */
export function startRun(init: Pick<Run, 'ports' | 'options' | 'catalog' | 'signal' | 'say'>): Run {
  const releases = init.catalog.addons.map(startRelease);
  return {
    ...init,
    releases,
    charts: [],
    images: [],
    artifacts: startArtifactWork(),
    asked: startAskedMemory(),
    signatures: startSignatureWork(),
    repositories: [],
    mounting: undefined,
    copiedDigests: new Map(),
    copies: new Map(),
    sourceDigests: new Map(),
    sourceIndexes: new Set(),
    wholeDigests: new Map(),
    pinDigests: new Map(),
    unreachable: new Map(),
    targetFailures: [],
    results: new Map(),
    confirmations: new Map(),
    lock: undefined,
    plan: undefined,
    asksFirst: false,
  };
}

/** The charts that have not failed and have a release left. */
export function livingCharts(run: Run): readonly ChartItem[] {
  return run.charts.filter((item) => item.failure === undefined && livingReleases(item).length > 0);
}
