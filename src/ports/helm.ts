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
 * same way.
 */
export type RenderResult =
  | { readonly kind: 'rendered'; readonly text: string }
  | { readonly kind: 'failed'; readonly reason: string; readonly lasting: boolean };

/** Renders charts, cut off from the user's machine and from the network. */
export interface Helm {
  readonly version: string;
  /** @throws MirrorError TOOL_FAILED when helm could not be started, or was killed from elsewhere, twice: that says nothing of the chart. */
  render(request: RenderRequest, signal: AbortSignal): Promise<RenderResult>;
}
