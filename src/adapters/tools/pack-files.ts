import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { onDisk } from '../files/disk-failure.ts';
import { packFailure } from './pack-failure.ts';

/** A file of an archive: its bytes, or where they are on this machine. */
export interface PackedFile {
  readonly name: string;
  readonly mode: 0o644 | 0o755;
  readonly from: { readonly kind: 'text'; readonly text: string } | { readonly kind: 'file'; readonly path: string };
}

/** A file as it is on this machine. Of its mode nothing is kept. */
export function fileAt(path: string, name: string, mode: PackedFile['mode'] = 0o644): PackedFile {
  return { name, mode, from: { kind: 'file', path } };
}

/**
 * All files below a directory, under `name`, except what is in the entries of it that `left` names.
 *
 * @throws MirrorError TOOL_FAILED for a link, or anything else that is neither file nor directory.
 */
export async function filesBelow(
  directory: string,
  name: string,
  left: readonly string[] = [],
): Promise<readonly PackedFile[]> {
  const files: PackedFile[] = [];
  const entries = await onDisk(directory, 'read', readdir(directory, { withFileTypes: true }));
  for (const entry of entries) {
    if (left.includes(entry.name)) continue;
    const [path, own] = [join(directory, entry.name), `${name}/${entry.name}`];
    if (entry.isDirectory()) files.push(...(await filesBelow(path, own)));
    else if (entry.isFile()) files.push(fileAt(path, own));
    else throw packFailure(`${path} is neither a file nor a directory`);
  }
  return files;
}

/** The size of a file in bytes. */
export async function sizeOf({ from }: PackedFile): Promise<number> {
  if (from.kind === 'text') return Buffer.byteLength(from.text);
  return (await onDisk(from.path, 'read', stat(from.path))).size;
}
