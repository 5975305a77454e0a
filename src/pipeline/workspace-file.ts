import { digestOf } from '../domain/manifest.ts';
import type { Digest } from '../domain/reference.ts';
import type { Ports } from './run-settings.ts';

/** A file in the workspace that helm is given, with the digest of what is in it. */
export interface WorkspaceFile {
  readonly path: string;
  readonly digest: Digest;
}

/** Writes a file for helm. */
export async function writeFile(
  name: string,
  data: string | Uint8Array,
  { workspace }: Pick<Ports, 'workspace'>,
): Promise<WorkspaceFile> {
  return { path: await workspace.write(name, data), digest: digestOf(data) };
}
