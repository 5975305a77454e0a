import type { MovedRule } from '../domain/addon.ts';
import type { RepositoryRule } from '../domain/ecr/repository-settings.ts';
import type { HostSettings, SourceMirror } from '../domain/network.ts';
import type { Policy } from '../domain/policy/policy.ts';
import type { SettingInputs } from './settings.ts';
import { NO_PLACES, type SignaturePlaces } from './signature-words.ts';

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
  readonly policy: Policy | undefined;
  /** Where it says what of signatures; what `policy.requireSignatures` asks for stands there. */
  readonly signaturePlaces: SignaturePlaces;
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
  signaturePlaces: NO_PLACES,
};
