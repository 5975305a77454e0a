import type { Catalog } from '../../domain/addon.ts';
import type { ArchiveTree } from '../../domain/chart/archive-tree.ts';
import type { ChartTree } from '../../domain/chart/chart-tree.ts';
import type { ImageChoice } from '../../domain/images/evidence.ts';
import type { ImagesLock } from '../../domain/lock/images-lock.ts';
import type { Platform } from '../../domain/platform.ts';
import type { Policy } from '../../domain/policy/policy.ts';
import type { Reference } from '../../domain/reference.ts';
import type { SignaturePolicy, Signer } from '../../domain/signatures/policy.ts';
import type { MirrorError } from '../../errors.ts';
import type { ChartItem } from '../chart-item.ts';
import { type LookingPorts, lookingOptions, lookingPorts } from '../looking.ts';
import { type Run, startRun } from '../run.ts';
import type { CarriedArtifact } from './find-artifacts.ts';
import type { ImageContents } from './read-image.ts';

/**
 * Which images a chart's list has: those that it renders, those and what its annotations list, or as many as a mirror run
 * takes with this choice.
 */
export type ListChoice = ImageChoice | 'annotated';

/** What is asked of charts that are to be listed, locked or wrapped. */
export interface CarryRequest {
  readonly ports: LookingPorts;
  readonly catalog: Catalog;
  readonly choice: ListChoice;
  /** The platforms that are carried; none means all. */
  readonly platforms: readonly Platform[];
  /** The annotation that lists images. */
  readonly annotation: string;
  /**
   * Whether lists and locks are made so that dt can push them: images by tags alone, since it makes each index anew, which no
   * registry then takes under the old digest, and one platform for each architecture.
   */
  readonly forDt: boolean;
  /** Whether signatures and what else belongs to the images is carried. */
  readonly artifacts: boolean;
  /** What may be carried at all, and whose signatures images must have; both undefined where nothing is moved. */
  readonly policy: Policy | undefined;
  readonly signatures: SignaturePolicy | undefined;
  readonly kubeVersion: string;
  readonly includeDependencies: boolean;
  /** Charts rendered at once. */
  readonly renders: number;
  readonly signal: AbortSignal;
  readonly say: (line: string) => void;
}

/** An image in the list of a chart or subchart. */
export interface ListedImage {
  readonly owner: ChartTree;
  readonly name: string;
  /** As the list writes it. */
  readonly text: string;
  readonly source: Reference;
  /** The annotation that is to have it, and whether it does already. */
  readonly annotation: string;
  readonly isAnnotated: boolean;
  /** Whether somebody surely pulls it. When the source does not have what is not certain, it is left out, and told of. */
  readonly isCertain: boolean;
  /** Whether a program takes it for something else than an image, such as a database: no list has it, a wrap carries it. */
  readonly isArtifact: boolean;
}

/** One image that is carried, for all charts that list it. */
export interface CarriedItem {
  readonly source: Reference;
  /** Whether one of its charts surely pulls it. */
  readonly isCertain: boolean;
  contents: ImageContents | undefined;
  /** What belongs to it, where that was asked for. */
  artifacts: readonly CarriedArtifact[];
  /** Who has signed it, where that was asked for. */
  signer: Signer | undefined;
  /** Why it is left out; only what is not certain can be. */
  doubt: string | undefined;
  failure: MirrorError | undefined;
}

/** What is known of one chart that is carried. */
export interface Cargo {
  readonly chart: ChartItem;
  readonly listed: readonly ListedImage[];
  /** The chart as it is carried, with its images in its annotations; undefined until they are known. */
  tree: ArchiveTree | undefined;
  lock: ImagesLock | undefined;
  /** Where it was written to, and how many bytes that are. */
  written: { readonly file: string; readonly bytes: number } | undefined;
}

/** A run that looks at charts and reads what they need, and writes files in place of a registry. */
export interface Carrying {
  readonly request: CarryRequest;
  readonly run: Run;
  readonly cargo: Map<ChartItem, Cargo>;
  readonly images: Map<string, CarriedItem>;
}

/** Begins. The ports that would write to a registry refuse. */
export function startCarrying(request: CarryRequest): Carrying {
  const { catalog, signal, say, choice, kubeVersion, includeDependencies, renders, policy, signatures } = request;
  const images = choice === 'annotated' ? 'rendered' : choice;
  const options = {
    ...lookingOptions({ kubeVersion, includeDependencies, renders, switches: images !== 'rendered' }),
    ...{ images, policy, signatures },
  };
  const run = startRun({ ports: lookingPorts(request.ports), options, catalog, signal, say });
  return { request, run, cargo: new Map(), images: new Map() };
}
