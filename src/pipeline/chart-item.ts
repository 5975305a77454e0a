import type { ChartSource } from '../domain/addon.ts';
import type { ArchiveTree } from '../domain/chart/archive-tree.ts';
import type { ValuePath } from '../domain/chart/values-tree.ts';
import type { DocumentMemo } from '../domain/images/document-memo.ts';
import type { ImageUse } from '../domain/images/image-use.ts';
import type { ComparedValue } from '../domain/overlay/compared-values.ts';
import type { LeafEdit } from '../domain/overlay/edit-values.ts';
import type { LinePatch } from '../domain/overlay/patch-literals.ts';
import type { NamingRule } from '../domain/plan/destination.ts';
import type { SilentPages } from '../domain/proof/silent-pages.ts';
import type { Reference } from '../domain/reference.ts';
import type { MirrorError } from '../errors.ts';
import type { FetchedManifest } from '../ports/registry.ts';
import type { ChartPins, UsePin } from './chart-pins.ts';
import type { ReleaseItem, Traced } from './release-item.ts';
import type { ChartLocator, PulledChart } from './resolved-chart.ts';
import type { ChartResults } from './results/chart-results.ts';
import type { WorkspaceFile } from './workspace-file.ts';

/** A change in one of the chart's files. */
export interface FileEdit {
  readonly file: string;
  readonly edit: LeafEdit;
}

/**
 * How far hidden images are moved: those that only values declare as well, those that another profile showed, of these only
 * those whose values are there, without setting a key that the chart leaves empty, or none but what was asked for.
 */
export type Reach = 'declared' | 'shown' | 'present' | 'asked';

/** The relocated archive. */
export interface RelocatedChart {
  readonly reach: Reach;
  readonly naming: NamingRule;
  readonly tree: ArchiveTree;
  readonly bytes: Buffer;
  readonly archive: WorkspaceFile;
  readonly version: string;
  readonly edits: readonly FileEdit[];
  readonly patches: readonly LinePatch[];
  /** The uses that name a digest in it which the original did not have. */
  readonly pinned: ReadonlyMap<ImageUse, UsePin>;
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
  /** Pages of its renders in which the proof found nothing so far; emptied when it is proven. */
  silentPages: SilentPages;
  /** What is known of its renders, from this run and from earlier ones. */
  results: ChartResults;
  traced: readonly Traced[];
  /** Values that its templates compare with what they were, and what they become; only where the proof needs it. */
  compared: readonly ComparedValue[];
  /** Whether globals of subcharts are traced where those have them, and not as globals of all charts. */
  ownGlobals: boolean;
  /** Values that are not moved by their form, since that would spoil the proof. */
  spared: readonly ValuePath[];
  /** How its images come to name digests; undefined where they are not to. */
  pins: ChartPins | undefined;
  relocated: RelocatedChart | undefined;
  push: ChartPush;
  /** Where the relocated archive was written, below the output directory. */
  archive: string | undefined;
  /** Where the provenance file of the original was written, beside the original. */
  provenance: string | undefined;
  /** Why something after the push could not be done, its list of images or its files; what was pushed stays pushed. */
  leftover: MirrorError | undefined;
  /** Why images that it needs cannot be had, by their names; empty where it failed of something else. */
  readonly failedImages: Map<string, MirrorError>;
  failure: MirrorError | undefined;
}

/** `chart version`, how an item is shown; the chart alone while the version of a local one is not known. */
export function chartName({ source, version, pulled }: ChartItem): string {
  return `${source.chart} ${pulled?.chart.metadata.version ?? version}`.trimEnd();
}

/** The releases of a chart that have not failed. */
export function livingReleases(item: ChartItem): readonly ReleaseItem[] {
  return item.releases.filter((release) => release.failure === undefined);
}
