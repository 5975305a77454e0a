import type { Mirrored } from './mirrored.ts';

/** A file for those who use the target. The path is below the directory that they name; of a single file, its usual name. */
export interface EmittedFile {
  readonly path: string;
  readonly text: string;
  readonly isExecutable: boolean;
}

/** The files of one kind; none where nothing can be said in it. `notes` are what the files cannot do for some images or charts; they stand in the files, too. */
export interface Emitted {
  readonly files: readonly EmittedFile[];
  readonly notes: readonly string[];
}

/** What every kind is made from. */
export interface EmitRequest {
  readonly mirrored: Mirrored;
  /** What the run has not brought; the files are to name it. */
  readonly gaps: readonly string[];
  /** Whether the target speaks plain HTTP. */
  readonly plainHttp: boolean;
}
