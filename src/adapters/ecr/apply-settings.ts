import type { RepositorySettings, SettingName } from '../../domain/ecr/repository-settings.ts';
import { MirrorError } from '../../errors.ts';

/** A setting that an existing repository can be given. */
export type ChangeableSetting = Exclude<SettingName, 'encryption'>;

/** Settings in the words of messages. */
export const SETTING_WORDS: Readonly<Record<ChangeableSetting, string>> = {
  tags: 'tags',
  tagMutability: 'tag mutability',
  scanOnPush: 'scan on push',
  lifecyclePolicy: 'lifecycle policy',
  repositoryPolicy: 'repository policy',
};

/** Gives a repository one of its settings. Throws RangeError when the settings do not say which. */
export type Change = (
  name: string,
  setting: ChangeableSetting,
  settings: RepositorySettings,
  signal: AbortSignal,
) => Promise<void>;

/** The setting if an existing repository can be given it. Throws RangeError for the encryption. */
export function changeable(name: string, setting: SettingName): ChangeableSetting {
  if (setting === 'encryption') throw new RangeError(`the encryption of ${name} is fixed for its life`);
  return setting;
}

/**
 * Gives a repository several settings, one after the other. One that fails does not keep the others from being tried.
 * Resolves with an error for what the repository lacks then: the first reason, and the names of all. `state` says what was
 * done before: `is created`, `is changed in part`.
 */
export async function applySettings(
  change: Change,
  name: string,
  settings: RepositorySettings,
  changes: readonly ChangeableSetting[],
  state: string,
  signal: AbortSignal,
): Promise<MirrorError | undefined> {
  const failed: { readonly setting: ChangeableSetting; readonly error: MirrorError }[] = [];
  for (const setting of changes) {
    try {
      await change(name, setting, settings, signal);
    } catch (error) {
      signal.throwIfAborted();
      if (!(error instanceof MirrorError)) throw error;
      failed.push({ setting, error });
    }
  }
  const [first] = failed;
  if (first === undefined) return undefined;
  const { code, origin, hint = 'see to what the message names', message } = first.error;
  const lacking = failed.map(({ setting }) => SETTING_WORDS[setting]).join(' and ');
  return new MirrorError(`repository ${name} ${state}, but lacks its ${lacking}: ${message}`, {
    code,
    origin,
    hint: `${hint}; then run again with --apply-repository-settings`,
    cause: first.error,
  });
}
