import type { MirrorFlags } from '../cli/program.ts';
import type { PushFlags } from '../cli/unwrap-command.ts';

/** The flags of a mirror run that pushes what a file holds to a registry. Everything that is about sources has no meaning there. */
export function pushFlags(
  flags: PushFlags & { readonly chartOverrides: readonly string[] },
  targetRegistry: string,
): MirrorFlags {
  return {
    ...flags,
    targetRegistry,
    // what belongs to the images of a file is in its list of them
    artifacts: 'none',
    // and so are their signatures: they were verified where the file was made
    verifySignatures: false,
    sourceMirror: [],
    catalog: [],
    onlyAddon: [],
    excludeAddons: [],
    latest: false,
    pushImages: false,
  };
}
