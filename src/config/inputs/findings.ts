import type { Addon, Place, Unmirrorable } from '../../domain/addon.ts';
import { type Complaint, type Problem, problemAt } from '../problems.ts';

/** A name for messages and the place where the thing stands. */
export interface Subject {
  /** Such as `Application keda`. */
  readonly label: string;
  readonly place: Place;
}

// One object can make the same thing many times.
function tellOnce(list: Unmirrorable[], entry: Unmirrorable): void {
  const { place, key, reason } = entry;
  const isTold = list.some(
    (one) => one.reason === reason && one.key === key && one.place.file === place.file && one.place.line === place.line,
  );
  if (!isTold) list.push(entry);
}

/** What inputs ask for, and everything that could not be read of them. */
export class Findings {
  readonly addons: Addon[] = [];
  /** What looks like a release and cannot be an entry. */
  readonly unmirrorable: Unmirrorable[] = [];
  /** What an entry lacks because it could not be read, such as a values file. */
  readonly unread: Unmirrorable[] = [];
  readonly notes: string[] = [];
  readonly problems: Problem[] = [];

  refuse({ label, place }: Subject, reason: string): void {
    tellOnce(this.unmirrorable, { key: label, place, reason });
  }

  /** Says what of a subject was not read; `at` is where that stands. */
  leaveOut({ label, place }: Subject, at: Place | undefined, reason: string): void {
    tellOnce(this.unread, { key: label, place: { ...(at ?? place), key: place.key }, reason });
  }

  /** Tells a thing once, however often it comes up. */
  note(text: string): void {
    if (!this.notes.includes(text)) this.notes.push(text);
  }

  complain(at: Pick<Place, 'file' | 'line' | 'column'>, complaint: Complaint): void {
    this.problems.push(problemAt(at, complaint));
  }

  /** Whether nothing at all was found. */
  get isEmpty(): boolean {
    return this.addons.length === 0 && this.unmirrorable.length === 0 && this.problems.length === 0;
  }
}
