import { type FileHandle, open, readFile, rm } from 'node:fs/promises';
import { type Digest, parseDigest } from '../../domain/reference.ts';
import { diskFailure, isAbsent, onDisk } from './disk-failure.ts';
import { openDraft } from './draft.ts';

/** What the journal of an interrupted run says: the blobs that are whole, and whether files were being put in their place. */
export interface JournalState {
  readonly done: readonly Digest[];
  readonly placing: boolean;
}

/** The list, on the disk, of the blobs of a bundle that are whole. */
export interface Journal {
  readonly done: ReadonlySet<Digest>;
  add(digest: Digest): Promise<void>;
  /** Takes blobs out again. */
  forget(digests: readonly Digest[]): Promise<void>;
  /** Notes that files are put in their place from now on. */
  place(): Promise<void>;
  close(): Promise<void>;
  /** Removes it, when the bundle is in its place. */
  remove(): Promise<void>;
}

const PLACING = 'placing';

function headOf(id: string): string {
  return `airgap-charts bundle ${id}`;
}

function textOf(id: string, done: Iterable<Digest>): string {
  return [headOf(id), ...done, ''].join('\n');
}

/**
 * Reads the journal of a plan. Undefined when there is none, it is of another plan, or has a line that is none; the last
 * line does not count where its end is missing.
 *
 * @throws MirrorError WORKSPACE_FAILED when the disk fails.
 */
export async function readJournal(path: string, id: string): Promise<JournalState | undefined> {
  const text = await readFile(path, 'utf8').catch((error: unknown) => {
    if (isAbsent(error)) return undefined;
    throw diskFailure(path, 'read', error);
  });
  const [head, ...lines] = text?.split('\n').slice(0, -1) ?? [];
  if (head !== headOf(id)) return undefined;
  const digests = lines.filter((line) => line !== PLACING).map(parseDigest);
  const done = digests.filter((digest) => digest !== undefined);
  return done.length === digests.length ? { done, placing: lines.includes(PLACING) } : undefined;
}

async function rewrite(path: string, id: string, done: Iterable<Digest>): Promise<number> {
  const draft = await openDraft(path, 0o666);
  const bytes = Buffer.from(textOf(id, done));
  try {
    await draft.put(bytes);
    await draft.keep();
  } finally {
    await draft.discard();
  }
  return bytes.length;
}

/**
 * Begins the journal of a plan with the blobs that are whole, over what was there.
 *
 * @throws MirrorError WORKSPACE_FAILED when the disk refuses; so do its functions.
 */
export async function openJournal(path: string, id: string, whole: Iterable<Digest>): Promise<Journal> {
  const done = new Set(whole);
  let file: FileHandle | undefined;
  let length = 0;
  let before: Promise<unknown> = Promise.resolve();

  async function begin(): Promise<void> {
    length = await rewrite(path, id, done);
    await file?.close();
    file = await onDisk(path, 'written', open(path, 'r+'));
  }

  /** One after the other, whatever came of the one before. */
  function inTurn(act: () => Promise<void>): Promise<void> {
    const turn = before.then(act, act);
    before = turn.catch(() => undefined);
    return turn;
  }

  async function append(line: string): Promise<void> {
    if (file === undefined) throw new RangeError(`${path} is closed`);
    const bytes = Buffer.from(`${line}\n`);
    // a line that was cut by a full disk is written over by the next one
    for (let put = 0; put < bytes.length; ) {
      const { bytesWritten } = await onDisk(path, 'written', file.write(bytes, put, bytes.length - put, length + put));
      put += bytesWritten;
    }
    length += bytes.length;
  }

  async function close(): Promise<void> {
    const open = file;
    file = undefined;
    if (open !== undefined) await onDisk(path, 'written', open.close());
  }

  await begin();
  return {
    done,
    add: (digest) =>
      inTurn(async () => {
        await append(digest);
        done.add(digest);
      }),
    forget: (digests) =>
      inTurn(async () => {
        for (const digest of digests) done.delete(digest);
        await begin();
      }),
    place: () => inTurn(() => append(PLACING)),
    close: () => inTurn(close),
    remove: () =>
      inTurn(async () => {
        await close();
        await onDisk(path, 'written', rm(path, { force: true }));
      }),
  };
}
