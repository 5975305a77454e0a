import { MirrorError, oneLine } from '../../errors.ts';

/** Makes refusals of one file that say where in it the reading is. */
export interface Refusals {
  /** Says where: `entry a/b`, or `after entry a/b`. */
  at(place: string): void;
  /** MirrorError FILE_REFUSED. */
  refuse(why: string, more?: { readonly hint?: string; readonly cause?: unknown }): MirrorError;
}

const HINT = 'copy it again from where it was made, or make it again';
const SHOWN_CHARACTERS = 300;

/** A name as a message can show it: quoted where it has odd characters, and not too long. */
export function shownName(name: string): string {
  const short = name.length > SHOWN_CHARACTERS ? `${name.slice(0, SHOWN_CHARACTERS)}…` : name;
  const plain = oneLine(short) === short && short !== '' && !short.includes('\\');
  return plain ? short : oneLine(JSON.stringify(short));
}

/** The refusals of the wrap at `path`, which is named as the user named it. */
export function openRefusals(path: string): Refusals {
  let where = '';
  return {
    at(place) {
      where = `${place}: `;
    },
    refuse: (why, { hint = HINT, cause } = {}) =>
      new MirrorError(`wrap ${path} refused: ${where}${why}`, { code: 'FILE_REFUSED', origin: 'source', hint, cause }),
  };
}
