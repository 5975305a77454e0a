import type { MovedRule } from '../domain/addon.ts';
import type { RepositoryRule } from '../domain/ecr/repository-settings.ts';
import type { HostSettings, SourceMirror } from '../domain/network.ts';
import type { ImagePolicy } from '../domain/policy/image-policy.ts';
import type { SettingInputs } from './settings.ts';

/** The configuration file, read. Paths are absolute, hosts in their one spelling. */
export interface ConfigurationFile {
  readonly settings: SettingInputs;
  readonly hosts: ReadonlyMap<string, HostSettings>;
  /** `sourceMirrors` as listed. */
  readonly sourceMirrors: readonly SourceMirror[];
  /** The mirrors of `registries`. */
  readonly hostMirrors: readonly SourceMirror[];
  readonly plainHttp: boolean;
  readonly caFile: string | undefined;
  readonly moved: readonly MovedRule[];
  readonly repositories: readonly RepositoryRule[];
  readonly policy: ImagePolicy | undefined;
}

/** The configuration of a run without a file. */
export const NO_CONFIGURATION: ConfigurationFile = {
  settings: {},
  hosts: new Map(),
  sourceMirrors: [],
  hostMirrors: [],
  plainHttp: false,
  caFile: undefined,
  moved: [],
  repositories: [],
  policy: undefined,
};
