import type { Addon, Catalog, ChartSource } from '../domain/addon.ts';
import type { ArchiveTree } from '../domain/chart/archive-tree.ts';
import type { ChartTree, DependencyFact } from '../domain/chart/chart-tree.ts';
import type { ValueNode } from '../domain/chart/values-tree.ts';
import type { DeclaredImage } from '../domain/images/annotations.ts';
import type { DocumentMemo } from '../domain/images/document-memo.ts';
import type { Evidence } from '../domain/images/evidence.ts';
import type { ImageUse } from '../domain/images/image-use.ts';
import type { LeafEdit } from '../domain/overlay/edit-values.ts';
import type { LinePatch } from '../domain/overlay/patch-literals.ts';
import type { Destination } from '../domain/plan/destination.ts';
import type { Platform } from '../domain/platform.ts';
import type { Decision } from '../domain/preflight/decide.ts';
import type { Profile } from '../domain/profiles/profile.ts';
import type { Residue } from '../domain/proof/compare.ts';
import type { SweepHit } from '../domain/proof/sweep.ts';
import type { AccountWay } from '../domain/pull-secret/account-way.ts';
import type { PullSecretPlan } from '../domain/pull-secret/plan-pull-secret.ts';
import type { PullSecretVerdict } from '../domain/pull-secret/served.ts';
import type { Digest, Reference } from '../domain/reference.ts';
import type { Attribution } from '../domain/trace/attribution.ts';
import type { MirrorError } from '../errors.ts';
import type { BlobMounting, FetchedManifest } from '../ports.ts';
import type { RepositoryItem } from './repository-item.ts';
import type { MirrorOptions, Ports } from './run-settings.ts';

/** Where a resolved chart version is fetched from. `promised` is the digest that an HTTP index gives for a chart in a registry. */
export type ChartLocator =
  | { readonly kind: 'http'; readonly urls: readonly string[]; readonly digest: Digest | undefined }
  | { readonly kind: 'oci'; readonly reference: Reference; readonly promised: Digest | undefined }
  | { readonly kind: 'local'; readonly path: string };

/** A version chosen for an addon. */
export interface ResolvedVersion {
  readonly version: string;
  readonly how: 'exact' | 'range' | 'newest' | 'local';
  /** Other versions that differ only in build metadata or spelling: none of them is newer. */
  readonly equals: readonly string[];
  readonly locator: ChartLocator;
}

/** A chart in memory, complete with its dependencies. `digest` is that of the archive as it was fetched. */
export interface PulledChart {
  readonly digest: Digest;
  readonly original: ArchiveTree;
  /** The original plus the dependencies this run has fetched. */
  readonly tree: ArchiveTree;
  readonly chart: ChartTree;
  readonly dependencies: readonly DependencyFact[];
  readonly excluded: readonly string[];
  /** Paths in the workspace: what is rendered, and what is probed (without NOTES.txt, whose guards refuse markers). */
  readonly archivePath: string;
  readonly probePath: string;
  readonly declared: readonly DeclaredImage[];
}

/** How helm was called for a release: repeated for every later render of it. */
export interface RenderSettings {
  readonly namespace: string;
  readonly kubeVersion: string;
  readonly valuesFiles: readonly string[];
  readonly schemaSkipped: string | undefined;
}

/** A reference that is left as it is, neither copied nor moved, and why. */
export interface AsideUse {
  readonly use: ImageUse;
  readonly why: string;
}

/** The references of a release as its chart renders them. */
export interface Extraction {
  readonly settings: RenderSettings;
  readonly values: ValueNode;
  readonly uses: readonly ImageUse[];
  readonly aside: readonly AsideUse[];
  /** What helm printed; empty where only references are compared, and once all is proven. */
  readonly output: string;
  /** What it printed the second time, once somebody has asked: what differs is chance. */
  again?: Promise<string>;
}

/** The outcome of one proof. An empty residue and no unexplained hit mean proven. */
export interface Verdict {
  readonly proven: boolean;
  readonly references: number;
  readonly residue: readonly Residue[];
  readonly unexplained: readonly SweepHit[];
  readonly explained: Readonly<Record<string, number>>;
  readonly reason: string | undefined;
}

/** A chart under a profile that shows images, or places of images, which the release alone does not show. */
export interface ProfileItem {
  readonly profile: Profile;
  readonly extraction: Extraction;
  /** Those of its references, by place, that the release does not have. */
  readonly fresh: readonly ImageUse[];
  /** For a profile of the catalog: the values with which its consumers install the original chart. */
  consumerValues: string | undefined;
  /** Values that the relocated chart needs under this profile, on top of those of the release. */
  ownOverlay: string | undefined;
  /** Those of its references that its own values name: of the target only with `ownOverlay`. */
  ownUses: readonly ImageUse[];
  verdict: Verdict | undefined;
}

/** What tracing found out under one profile of a release. */
export interface Traced {
  readonly release: ReleaseItem;
  /** The profile; undefined for the release itself. */
  readonly profile: ProfileItem | undefined;
  readonly values: ValueNode;
  readonly uses: readonly ImageUse[];
  readonly attributions: readonly Attribution[];
  readonly probes: number;
}

/** What was looked at beside the release itself. */
export interface Looked {
  /** How many switches were turned. */
  readonly switches: number;
  /** Profiles under which helm does not render, with helm's reason. */
  readonly refused: readonly { readonly profile: Profile; readonly reason: string }[];
}

/** What relocation made of a release: the overlay for consumers of the original chart, and for this release's own values. */
export interface ReleaseRelocation {
  readonly consumerValues: string;
  /** The same for what was asked for alone: hidden images stay where they are. */
  readonly askedValues: string;
  /** Values that the relocated chart still needs, because the release's own values name images; undefined for none. */
  readonly ownOverlay: string | undefined;
  readonly literals: readonly ImageUse[];
  readonly probes: number;
}

/** How a release hands the pull secret to its pods, and what came of it. */
export interface ReleasePullSecret {
  readonly plan: PullSecretPlan;
  /** Undefined until it is proven. */
  readonly verdict: PullSecretVerdict | undefined;
  readonly accountWay: AccountWay;
}

/** One addon on its way. A failure ends it; what was known before stays for the report. */
export interface ReleaseItem {
  readonly addon: Addon;
  readonly notes: string[];
  resolved: ResolvedVersion | undefined;
  extraction: Extraction | undefined;
  /** Other profiles of the release that show further images. */
  profiles: readonly ProfileItem[];
  looked: Looked;
  relocation: ReleaseRelocation | undefined;
  pullSecret: ReleasePullSecret | undefined;
  verdict: Verdict | undefined;
  consumerVerdict: Verdict | undefined;
  /** The consumer values that were judged: those of the relocation, with a switch or with fewer hidden images where they need it. */
  consumerValues: string | undefined;
  consumerWritten: boolean;
  failure: MirrorError | undefined;
}

/** A change in one of the chart's files. */
export interface FileEdit {
  readonly file: string;
  readonly edit: LeafEdit;
}

/**
 * How far hidden images are moved: those that only values declare as well, those that another profile showed, or none but
 * what was asked for.
 */
export type Reach = 'declared' | 'shown' | 'asked';

/** The relocated archive. */
export interface RelocatedChart {
  readonly reach: Reach;
  readonly tree: ArchiveTree;
  readonly bytes: Buffer;
  readonly path: string;
  readonly version: string;
  readonly edits: readonly FileEdit[];
  readonly patches: readonly LinePatch[];
}

/** Where a chart stands at the target. */
export type ChartPush =
  | { readonly kind: 'waiting' }
  | { readonly kind: 'present'; readonly manifest: FetchedManifest }
  | { readonly kind: 'pushed'; readonly unproven: boolean; readonly manifest: FetchedManifest }
  | { readonly kind: 'ready' };

/** One chart version with the releases that use it. */
export interface ChartItem {
  readonly source: ChartSource;
  readonly version: string;
  readonly locator: ChartLocator;
  readonly releases: readonly ReleaseItem[];
  readonly destination: Reference;
  pulled: PulledChart | undefined;
  /** What was read in its renders so far; emptied when it is proven. */
  memo: DocumentMemo;
  traced: readonly Traced[];
  relocated: RelocatedChart | undefined;
  push: ChartPush;
  /** Where the relocated archive was written, below the output directory. */
  archive: string | undefined;
  /** Why something after the push could not be done, its list of images or its files; what was pushed stays pushed. */
  leftover: MirrorError | undefined;
  failure: MirrorError | undefined;
}

/** Where an image stands. `bytes` is its size at the source, `moved` what really left the source for it. */
export type ImageState =
  | { readonly kind: 'planned' }
  | {
      readonly kind: 'cleared';
      readonly decision: Decision;
      readonly digest: Digest;
      readonly bytes: number | undefined;
    }
  | { readonly kind: 'unconfirmed'; readonly detail: string }
  | { readonly kind: 'copied'; readonly digest: Digest; readonly bytes: number | undefined; readonly moved: number }
  | { readonly kind: 'failed' };

/** One image with everything that uses it. */
export interface ImageItem {
  readonly source: Reference;
  readonly destination: Destination;
  readonly evidence: Evidence;
  /** Whether somebody surely pulls it. When the source does not have what is not certain, it is left unconfirmed. */
  readonly isCertain: boolean;
  /** The one platform that is copied; undefined for the whole image. */
  readonly platform: Platform | undefined;
  /** Platforms that the whole image must have, because its users name them. */
  readonly required: readonly Platform[];
  readonly users: readonly {
    readonly chart: ChartItem;
    readonly release: ReleaseItem;
    readonly places: readonly string[];
  }[];
  platforms: readonly Platform[];
  /** What the image is made of, each blob once; empty where no manifest was read. */
  blobs: readonly { readonly digest: Digest; readonly size: number }[];
  state: ImageState;
  failure: MirrorError | undefined;
}

/** The state of a run: the truth that tasks change and the report reads. */
export interface Run {
  readonly ports: Ports;
  readonly options: MirrorOptions;
  readonly catalog: Catalog;
  readonly signal: AbortSignal;
  readonly releases: readonly ReleaseItem[];
  charts: readonly ChartItem[];
  images: readonly ImageItem[];
  /** Empty for targets that create repositories by themselves. */
  repositories: readonly RepositoryItem[];
  /** Whether the target mounts blobs; undefined where it was not asked. */
  mounting: BlobMounting | undefined;
  /** Digests that differ at the target because one platform is copied, by the text of the source reference. */
  readonly copiedDigests: Map<string, Digest>;
  /** Failures to reach a source registry at all, by its name. */
  readonly unreachable: Map<string, readonly MirrorError[]>;
  /** Tells a person what happened, one line each. */
  readonly say: (line: string) => void;
}

/** A fresh run. */
export function startRun(init: Pick<Run, 'ports' | 'options' | 'catalog' | 'signal' | 'say'>): Run {
  const releases = init.catalog.addons.map(
    (addon): ReleaseItem => ({
      addon,
      notes: [],
      resolved: undefined,
      extraction: undefined,
      profiles: [],
      looked: { switches: 0, refused: [] },
      relocation: undefined,
      pullSecret: undefined,
      verdict: undefined,
      consumerVerdict: undefined,
      consumerValues: undefined,
      consumerWritten: false,
      failure: undefined,
    }),
  );
  return {
    ...init,
    releases,
    charts: [],
    images: [],
    repositories: [],
    mounting: undefined,
    copiedDigests: new Map(),
    unreachable: new Map(),
  };
}

/** `chart version`, how an item is shown; the chart alone while the version of a local one is not known. */
export function chartName({ source, version, pulled }: ChartItem): string {
  return `${source.chart} ${pulled?.chart.metadata.version ?? version}`.trimEnd();
}

/** The releases of a chart that have not failed. */
export function livingReleases(item: ChartItem): readonly ReleaseItem[] {
  return item.releases.filter((release) => release.failure === undefined);
}

/** The charts that have not failed and have a release left. */
export function livingCharts(run: Run): readonly ChartItem[] {
  return run.charts.filter((item) => item.failure === undefined && livingReleases(item).length > 0);
}

/** Whether an image has not failed, and a chart that has not failed uses it. */
export function isNeeded(image: ImageItem): boolean {
  return image.failure === undefined && image.users.some(({ chart }) => chart.failure === undefined);
}
