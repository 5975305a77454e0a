import { MirrorError, oneLine } from '../../errors.ts';

/** What messages call a file of some kind, the tar file that it has, and the bytes of that tar file. */
export interface FileWords {
  readonly file: string;
  readonly tar: string;
  readonly stream: string;
}

/** Makes refusals of one file that say where in it the reading is. */
export interface Refusals {
  readonly words: FileWords;
  /** Says where: `entry a/b`, or `after entry a/b`. */
  at(place: string): void;
  /** MirrorError FILE_REFUSED. */
  refuse(why: string, more?: { readonly hint?: string; readonly cause?: unknown }): MirrorError;
}

const WRAP: FileWords = { file: 'wrap', tar: 'the tar file inside', stream: 'what is packed' };
const HINT = 'copy it again from where it was made, or make it again';
const SHOWN_CHARACTERS = 300;

/** A name as a message can show it: quoted where it has odd characters, and not too long. */
export function shownName(name: string): string {
  const short = name.length > SHOWN_CHARACTERS ? `${name.slice(0, SHOWN_CHARACTERS)}…` : name;
  const plain = oneLine(short) === short && short !== '' && !short.includes('\\');
  return plain ? short : oneLine(JSON.stringify(short));
}

/** The refusals of the file at `path`, which is named as the user named it: of a wrap, unless the words are others. */
export function openRefusals(path: string, words: FileWords = WRAP): Refusals {
  let where = '';
  return {
    words,
    at(place) {
      where = `${place}: `;
    },
    refuse: (why, { hint = HINT, cause } = {}) =>
      new MirrorError(`${words.file} ${path} refused: ${where}${why}`, {
        code: 'FILE_REFUSED',
        origin: 'source',
        hint,
        cause,
      }),
  };
}
