import type { Addon } from '../domain/addon.ts';
import type { ValueNode } from '../domain/chart/values-tree.ts';
import type { ImageUse } from '../domain/images/image-use.ts';
import type { Profile } from '../domain/profiles/profile.ts';
import type { Residue } from '../domain/proof/compare.ts';
import type { SweepHit } from '../domain/proof/sweep.ts';
import type { AccountWay } from '../domain/pull-secret/account-way.ts';
import type { PullSecretPlan } from '../domain/pull-secret/plan-pull-secret.ts';
import type { PullSecretVerdict } from '../domain/pull-secret/served.ts';
import type { Attribution } from '../domain/trace/attribution.ts';
import type { MirrorError } from '../errors.ts';
import type { ResolvedVersion } from './resolved-chart.ts';
import type { WorkspaceFile } from './workspace-file.ts';

/** How helm was called for a release: repeated for every later render of it. */
export interface RenderSettings {
  readonly namespace: string;
  readonly kubeVersion: string;
  readonly valuesFiles: readonly WorkspaceFile[];
  readonly schemaSkipped: string | undefined;
}

/** A reference that is left as it is, neither copied nor moved, and why. */
export interface AsideUse {
  readonly use: ImageUse;
  readonly why: string;
}

/**
 * What helm prints for the original, the first and the second time: what differs between the two is chance. Each is undefined
 * until somebody asks.
 */
export interface OriginalTexts {
  once: Promise<string> | undefined;
  again: Promise<string> | undefined;
}

/** The references of a release as its chart renders them. */
export interface Extraction {
  readonly settings: RenderSettings;
  readonly values: ValueNode;
  readonly uses: readonly ImageUse[];
  readonly aside: readonly AsideUse[];
  /** What helm prints for it; undefined where only references are compared. */
  readonly texts: OriginalTexts | undefined;
}

/** The outcome of one proof. An empty residue and no unexplained hit mean proven. */
export interface Verdict {
  readonly proven: boolean;
  readonly references: number;
  readonly residue: readonly Residue[];
  readonly unexplained: readonly SweepHit[];
  readonly explained: Readonly<Record<string, number>>;
  readonly reason: string | undefined;
  /** Whether an earlier run proved it, of the very same content. */
  readonly isEarlier: boolean;
}

/** A chart under a profile that shows images, or places of images, which the release alone does not show. */
export interface ProfileItem {
  readonly profile: Profile;
  readonly extraction: Extraction;
  /** Those of its references, by place, that the release does not have. */
  readonly fresh: readonly ImageUse[];
  /** Helm's reason, where only NOTES.txt refuses the profile: it is looked at, and proven, without NOTES.txt. */
  readonly refusedByNotes: string | undefined;
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
  /** For flat names: references that a template begins, and values go on with. */
  readonly led: readonly Attribution[];
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
  /** Names that templates spell out behind a registry which values move: they become `library/` and the name there, or a flat one. */
  readonly officials: readonly ImageUse[];
  /** Of the literals: beginnings that templates spell out, behind which values make the rest of a flat name. */
  readonly led: readonly ImageUse[];
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

/** A release at its start. */
export function startRelease(addon: Addon): ReleaseItem {
  return {
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
  };
}
