/** What one `helm template` run is given. Paths are absolute. */
export interface RenderRequest {
  readonly archive: string;
  readonly release: string;
  readonly namespace: string;
  readonly kubeVersion: string;
  readonly apiVersions: readonly string[];
  readonly valuesFiles: readonly string[];
  readonly skipSchema: boolean;
}

/**
 * The rendered text, or the reason in one line. `lasting`: it lies in the chart and its values, so another try would end the
 * same way. `isBroken`: helm could not be started or was killed from elsewhere, which says nothing about the chart.
 */
export type RenderResult =
  | { readonly kind: 'rendered'; readonly text: string }
  | { readonly kind: 'failed'; readonly reason: string; readonly lasting: boolean; readonly isBroken: boolean };

/** Renders charts, cut off from the user's machine and from the network. */
export interface Helm {
  readonly version: string;
  render(request: RenderRequest, signal: AbortSignal): Promise<RenderResult>;
}
