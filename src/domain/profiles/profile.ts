import { formatPath, type ValuePath } from '../chart/values-tree.ts';

/**
 * A set of values under which a chart is rendered: those of a release, those with a profile of its catalog entry on top,
 * the bare defaults, a `ci/*-values.yaml` of the chart, or those of the release with one boolean turned on.
 */
export type Profile =
  | { readonly kind: 'release' }
  | { readonly kind: 'catalog'; readonly name: string }
  | { readonly kind: 'defaults' }
  | { readonly kind: 'ci'; readonly file: string }
  | { readonly kind: 'switch'; readonly path: ValuePath };

/** How a profile is called in messages and reports: `grafana.enabled=true`, `ci/ha-values.yaml`. */
export function formatProfile(profile: Profile): string {
  switch (profile.kind) {
    case 'release':
      return 'values of the release';
    case 'catalog':
      return `profile ${profile.name}`;
    case 'defaults':
      return 'default values';
    case 'ci':
      return profile.file;
    case 'switch':
      return `${formatPath(profile.path)}=true`;
  }
}

/** Whether a profile is what somebody has asked for, so that its images are mirrored and its proof decides. */
export function isAskedFor({ kind }: Profile): boolean {
  return kind === 'release' || kind === 'catalog';
}
