import { createHash } from 'node:crypto';
import { gunzipSync } from 'node:zlib';
import { extract } from 'tar-stream';
import { checksumOf, type Release } from '../../domain/tool.ts';
import { MirrorError, oneLine } from '../../errors.ts';

/** Fetches an address whole, follows redirects, refuses more than `limit` bytes; throws for everything but success. */
export type FetchBytes = (url: string, limit: number, signal: AbortSignal) => Promise<Uint8Array>;

/** The checked program of a release, or why its host gave nothing. */
export type ReleaseAnswer =
  | { readonly kind: 'fetched'; readonly program: Buffer; readonly archive: string }
  | { readonly kind: 'unreachable'; readonly reason: string };

const CHECKSUMS_LIMIT = 1024 * 1024;
const ARCHIVE_LIMIT = 256 * 1024 * 1024;
const UNPACKED_LIMIT = 1024 * 1024 * 1024;

function refused(url: string, why: string, cause?: unknown): MirrorError {
  return new MirrorError(`${url} refused: ${why}`, {
    code: 'TOOL_FAILED',
    origin: 'source',
    hint: 'the file is not what the project published: try from another network, or put the program on PATH',
    cause,
  });
}

function gunzip(url: string, bytes: Uint8Array): Buffer {
  try {
    return gunzipSync(bytes, { maxOutputLength: UNPACKED_LIMIT });
  } catch (error) {
    const why =
      error instanceof RangeError ? `it unpacks to more than ${UNPACKED_LIMIT} bytes` : 'it is not a whole gzip file';
    throw refused(url, why, error);
  }
}

async function readMember(url: string, tar: Buffer, member: string): Promise<Buffer | undefined> {
  let program: Buffer | undefined;
  const reader = extract();
  reader.end(tar);
  for await (const entry of reader) {
    const { name, type } = entry.header;
    if (name.replace(/^\.\//, '') !== member) {
      entry.resume();
      continue;
    }
    if (type !== 'file') throw refused(url, `${member} is a ${type ?? 'thing of unknown type'}, not a file`);
    if (program !== undefined) throw refused(url, `it holds ${member} twice`);
    const chunks: Buffer[] = [];
    for await (const chunk of entry) chunks.push(chunk as Buffer);
    program = Buffer.concat(chunks);
  }
  return program;
}

/**
 * The one expected file of a release archive; nothing else is unpacked, and nothing is written.
 *
 * @throws MirrorError TOOL_FAILED when the archive is not whole, or the file is absent, empty, there twice or a link.
 */
export async function unpackProgram(url: string, archive: Uint8Array, member: string): Promise<Buffer> {
  const program = await readMember(url, gunzip(url, archive), member).catch((error: unknown) => {
    throw error instanceof MirrorError ? error : refused(url, 'it is not a whole tar archive', error);
  });
  if (program === undefined || program.length === 0) throw refused(url, `it holds no file ${member}`);
  return program;
}

/**
 * Fetches a release and checks it against the checksum file that the release itself publishes. Whatever `fetchBytes`
 * throws counts as a host that cannot be reached; a file that came and is not what its checksum says never does.
 *
 * @param base where archive and checksum file are, ends in `/`.
 * @throws MirrorError TOOL_FAILED when the checksum is missing or differs, or the archive is not as expected.
 */
export async function fetchRelease(
  release: Release,
  base: string,
  fetchBytes: FetchBytes,
  signal: AbortSignal,
): Promise<ReleaseAnswer> {
  const url = `${base}${release.archive}`;
  let checksums: string;
  let archive: Uint8Array;
  try {
    checksums = Buffer.from(await fetchBytes(`${base}${release.checksums}`, CHECKSUMS_LIMIT, signal)).toString('utf8');
    archive = await fetchBytes(url, ARCHIVE_LIMIT, signal);
  } catch (error) {
    signal.throwIfAborted();
    return { kind: 'unreachable', reason: oneLine(error instanceof Error ? error.message : String(error)) };
  }
  const expected = checksumOf(release.archive, checksums);
  if (expected === undefined) throw refused(url, `its checksum file ${release.checksums} has no single entry for it`);
  const actual = createHash('sha256').update(archive).digest('hex');
  if (actual !== expected) throw refused(url, `its SHA-256 is ${actual}, the release's checksum file says ${expected}`);
  return { kind: 'fetched', program: await unpackProgram(url, archive, release.member), archive: url };
}
