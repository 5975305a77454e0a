import type { RepositorySettings, SettingDifference, SettingName } from '../domain/ecr/repository-settings.ts';
import type { MirrorError } from '../errors.ts';
import type { RepositoryState, TagState } from '../ports/repositories.ts';
import type { MirrorOptions } from './run-settings.ts';

/** What was done to a repository. `left`: it may not be looked at nor created, so that the push decides. */
export type RepositoryOutcome =
  | { readonly kind: 'none' }
  | { readonly kind: 'created' }
  | { readonly kind: 'existed' }
  | { readonly kind: 'left'; readonly detail: string }
  | { readonly kind: 'changed'; readonly changes: readonly SettingName[] };

/** A repository at the target that has to exist, with the tags that the run has there. */
export interface RepositoryItem {
  readonly name: string;
  readonly wanted: RepositorySettings;
  /** Settings of the configuration that this kind of registry does not have. */
  readonly unsupported: readonly SettingName[];
  readonly tags: readonly string[];
  /** `unasked`: there is no AWS identity to ask with; the push decides. */
  state: RepositoryState | { readonly kind: 'unasked'; readonly detail: string };
  differences: readonly SettingDifference[];
  /** What stands under the tags; undefined when it was not asked for as a whole. */
  held: ReadonlyMap<string, TagState> | undefined;
  outcome: RepositoryOutcome;
  failure: MirrorError | undefined;
}

/** The settings of an existing repository that `--apply-repository-settings` changes, before anything is copied. */
export function plannedChanges(
  { differences, state }: RepositoryItem,
  run: { readonly options: MirrorOptions },
): readonly SettingName[] {
  if (!run.options.repositories.applySettings || state.kind !== 'present') return [];
  return differences.filter(({ changeable }) => changeable).map(({ setting }) => setting);
}
