import type { ChartSource, ValuesLayer, VersionRequest } from '../../domain/addon.ts';
import type { AllowedRegistry } from '../../domain/check/allowed.ts';
import type { ManifestText, ReadTexts } from '../../domain/check/manifest-texts.ts';
import type { CheckedSubject } from '../../domain/check/result.ts';
import type { Platform } from '../../domain/platform.ts';
import type { Registry } from '../../ports/registry.ts';
import type { Ports } from '../run-settings.ts';

/** A chart to be rendered as its consumer installs it. */
export interface ChartRequest {
  readonly source: ChartSource;
  readonly version: VersionRequest;
  readonly layers: readonly ValuesLayer[];
  /** Undefined for the name of the chart. */
  readonly release: string | undefined;
  /** Undefined for the name of the release. */
  readonly namespace: string | undefined;
  readonly kubeVersion: string;
  /** Whether the person named this version: then a chart that does not allow it is not rendered for another. */
  readonly isKubeVersionAsked: boolean;
  readonly apiVersions: readonly string[];
}

/** What fetching and rendering a chart needs. */
export interface RenderRun {
  readonly ports: Pick<Ports, 'helm' | 'registry' | 'charts' | 'localCharts' | 'archives' | 'workspace'>;
  readonly signal: AbortSignal;
}

/** Documents to be checked, with the texts they stand in, and what they are. */
export interface CheckedContent extends ReadTexts {
  readonly subject: CheckedSubject;
  readonly texts: readonly ManifestText[];
  readonly notes: readonly string[];
}

/** What judging needs: where images may come from, the platforms they must have, and who is asked. */
export interface JudgingRun {
  readonly registry: Registry;
  readonly allowed: readonly AllowedRegistry[];
  readonly platforms: readonly Platform[];
  /** Requests at once to one registry. */
  readonly concurrency: number;
  readonly signal: AbortSignal;
}
