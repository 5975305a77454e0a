import type { ChartPolicy } from './chart-policy.ts';
import type { ImagePolicy } from './image-policy.ts';

/** What a site allows to come into its registry: the `policy` of a configuration. */
export interface Policy extends ChartPolicy, ImagePolicy {}

/** One that allows everything, and has signatures asked for by others. */
export const NO_POLICY: Policy = {
  ...{ allowedRegistries: null, refused: [], requireSignatures: null, largestImage: null },
  allowedChartSources: null,
};
