import { createHash } from 'node:crypto';
import { gzipSync } from 'node:zlib';
import { type Header, pack } from 'tar-stream';

/** One entry of an archive made by a test; a plain file unless `header` says otherwise. */
export interface TestEntry {
  readonly name: string;
  readonly content?: string;
  readonly header?: Partial<Header>;
}

/** A gzipped tar archive of exactly these entries. */
export async function makeArchive(entries: readonly TestEntry[]): Promise<Buffer> {
  const writer = pack();
  const chunks: Buffer[] = [];
  const collected = (async () => {
    for await (const chunk of writer) chunks.push(chunk as Buffer);
  })();
  for (const { name, content, header } of entries) {
    const data = content ?? '';
    writer.entry({ name, mode: 0o755, mtime: new Date(0), ...header }, header?.type === undefined ? data : '');
  }
  writer.finalize();
  await collected;
  return gzipSync(Buffer.concat(chunks));
}

/** A line of a checksum file. */
export function checksumLine(file: string, bytes: Uint8Array): string {
  return `${createHash('sha256').update(bytes).digest('hex')}  ${file}\n`;
}
