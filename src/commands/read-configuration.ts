import { EVERY_LOCAL_HOST, type NetworkFlags, type SourceFlags } from '../cli/options.ts';
import { type ConfigurationResult, loadConfiguration } from '../config/configuration.ts';
import { diskFiles } from '../config/read-text.ts';
import type { FlagInputs } from '../config/settings.ts';

/** The flags of every command that has a configuration. */
type ConfigurationFlags = NetworkFlags & Partial<SourceFlags> & { readonly config?: string };

async function checkTrustRoot(text: string): Promise<string | undefined> {
  const { trustRootComplaint } = await import('../adapters/signatures/verifier.ts');
  return trustRootComplaint(text);
}

/**
 * Reads the configuration file, with what the flags of a command say over it: `settings` are those that it takes. `verifies`:
 * whether the command verifies images.
 */
export function readConfiguration(
  flags: ConfigurationFlags,
  settings: FlagInputs,
  cwd: string,
  verifies = false,
): Promise<ConfigurationResult> {
  return loadConfiguration({
    config: flags.config,
    flags: settings,
    plainHttp: flags.plainHttp.map((host) => (host === EVERY_LOCAL_HOST ? true : host)),
    caFile: flags.caFile,
    sourceMirrors: flags.sourceMirror ?? [],
    cwd,
    files: diskFiles,
    ...(verifies ? { checkTrustRoot } : {}),
  });
}
