import { chmod, type FileHandle, open, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import {
  foldJournal,
  formatEntry,
  JOURNAL_HEAD,
  type JournalState,
  parseEntry,
  unfoldJournal,
} from '../domain/journal.ts';
import { oneLine } from '../errors.ts';
import type { Journal } from '../ports/journal.ts';
import { isAbsent } from './files/disk-failure.ts';
import { openDraft, removeAbandonedDrafts } from './files/draft.ts';

/** The name of the journal in the output directory. */
export const JOURNAL_FILE = '.airgap-charts.journal';

/** An open journal. */
export interface OpenJournal extends Journal {
  /** Waits until everything is on the disk. */
  close(): Promise<void>;
}

const NOTHING: JournalState = { images: new Map(), blobs: new Map(), uploads: new Map() };

async function readState(path: string): Promise<JournalState> {
  const text = await readFile(path, 'utf8').catch((error: unknown) => {
    if (isAbsent(error)) return undefined;
    throw error;
  });
  const [head, ...lines] = text?.split('\n') ?? [];
  if (head !== JOURNAL_HEAD) return NOTHING;
  return foldJournal(lines.flatMap((line) => parseEntry(line) ?? []));
}

/** Writes what is known so far as a journal of its own, without what was superseded. Addresses of uploads are the user's own. */
async function begin(path: string, state: JournalState): Promise<FileHandle> {
  const lines = [JOURNAL_HEAD, ...unfoldJournal(state).map(formatEntry), ''];
  const draft = await openDraft(path, 0o600);
  try {
    await draft.put(Buffer.from(lines.join('\n')));
    await draft.keep();
  } finally {
    await draft.discard();
  }
  await chmod(path, 0o600);
  return open(path, 'a', 0o600);
}

/**
 * Opens the journal of an output directory, or one of those that stand beside it there. Nothing is written before something is noted. `say` hears once, when the journal
 * cannot be read or written: the run goes on without.
 */
export async function openJournal(
  directory: string,
  say: (line: string) => void,
  file = JOURNAL_FILE,
): Promise<OpenJournal> {
  const path = join(directory, file);
  let isLost = false;
  const lose = (verb: string, error: unknown): void => {
    if (!isLost) say(`${path} cannot be ${verb}, so the next run goes on without it: ${oneLine(String(error))}`);
    isLost = true;
  };
  await removeAbandonedDrafts(path);
  const earlier = await readState(path).catch((error: unknown) => {
    lose('read', error);
    return NOTHING;
  });
  let opened: FileHandle | undefined;
  let waiting: string[] = [];
  let writing: Promise<void> | undefined;

  async function write(): Promise<void> {
    try {
      opened ??= await begin(path, earlier);
      while (waiting.length > 0) {
        const lines = waiting;
        waiting = [];
        await opened.appendFile(`${lines.join('\n')}\n`);
      }
      await opened.datasync();
    } catch (error) {
      lose('written', error);
      waiting = [];
    }
  }

  function flush(): Promise<void> {
    writing ??= write().finally(() => {
      writing = undefined;
    });
    return writing;
  }

  return {
    earlier,
    note(entry) {
      if (isLost) return;
      waiting.push(formatEntry(entry));
      void flush();
    },
    async close() {
      while (writing !== undefined || waiting.length > 0) await flush();
      await opened?.close().catch((error: unknown) => lose('written', error));
    },
  };
}
