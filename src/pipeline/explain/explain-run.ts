import type { Catalog } from '../../domain/addon.ts';
import type { ValuePath } from '../../domain/chart/values-tree.ts';
import type { NamedImage } from '../../domain/explain/match-image.ts';
import { fitsQuestion } from '../../domain/explain/match-image.ts';
import type { TagMark } from '../../domain/explain/tag-marks.ts';
import { pulledReferences } from '../../domain/images/artifacts.ts';
import { isCarried, type UseRole } from '../../domain/images/image-use.ts';
import { destinationOf, type NamingRule } from '../../domain/plan/destination.ts';
import type { Reference } from '../../domain/reference.ts';
import { type LookingPorts, lookingOptions, lookingPorts } from '../looking.ts';
import type { ReleaseItem, Traced } from '../release-item.ts';
import { type Run, startRun } from '../run.ts';

/** What is to be explained, and how charts are looked at. */
export interface ExplainRequest {
  readonly ports: LookingPorts;
  readonly catalog: Catalog;
  /** The image that is asked for; undefined for all. */
  readonly asked: string | undefined;
  /** How images are named at the target; undefined without a target. */
  readonly naming: NamingRule | undefined;
  readonly kubeVersion: string;
  readonly includeDependencies: boolean;
  readonly switches: boolean;
  /** Charts rendered at once. */
  readonly renders: number;
  readonly signal: AbortSignal;
  readonly say: (line: string) => void;
}

/** What measuring found out about a use: the values that make its tag or digest, and the booleans that it needs. */
export interface Measured {
  readonly tags: readonly TagMark[];
  readonly needs: readonly ValuePath[];
}

/** What is known of a release: its values by reference, and by profile (undefined for the release) and place. */
export interface Findings {
  readonly traced: readonly Traced[];
  /** By profile, then by `placed` use. */
  readonly measured: ReadonlyMap<Traced, ReadonlyMap<string, Measured>>;
}

/** A run that explains: the state of a mirror run that stops before anything is planned, and what was measured beside. */
export interface Explaining {
  readonly request: ExplainRequest;
  readonly run: Run;
  readonly findings: Map<ReleaseItem, Findings>;
}

/** Begins. The ports that would write, or ask a registry for an image, refuse. */
export function startExplaining(request: ExplainRequest): Explaining {
  const { catalog, signal, say, naming } = request;
  const run = startRun({
    ports: lookingPorts(request.ports),
    options: lookingOptions(request, naming),
    ...{ catalog, signal, say },
  });
  return { request, run, findings: new Map() };
}

/** An image by its name at the source, as it is asked of its registry, and at the target. */
export function namedImage(written: Reference, role: UseRole, { naming }: ExplainRequest): NamedImage {
  const reference = isCarried(role) ? (pulledReferences(written)[0] ?? written) : written;
  const isCopied = naming !== undefined && isCarried(role);
  return { reference, destination: isCopied ? destinationOf(reference, naming) : undefined };
}

/** Whether a reference belongs to what is asked for. */
export function isWanted(written: Reference, role: UseRole, request: ExplainRequest): boolean {
  return request.asked === undefined || fitsQuestion(request.asked, namedImage(written, role, request));
}
