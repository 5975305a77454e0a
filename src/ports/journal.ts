import type { JournalEntry, JournalState } from '../domain/journal.ts';

/**
 * What earlier runs into this output directory have done, and what this one does, so that a run that was killed loses nothing.
 * It is a help and never a need: what cannot be read is not there, and what cannot be written is told of once.
 */
export interface Journal {
  /** As the run before left it. */
  readonly earlier: JournalState;
  /** Notes what has happened. It is on its way to the disk when the call returns; nobody waits for it. */
  note(entry: JournalEntry): void;
}
