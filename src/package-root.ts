import { dirname, extname } from 'node:path';

/** The folder of the code that runs: `src`, or `dist` of a build, whose files all lie beside each other. */
export const CODE: string = import.meta.dirname;

/** The folder of this package, with what ships beside the code. */
export const PACKAGE_ROOT: string = dirname(CODE);

/** The extension of the code's files, with the dot. */
export const CODE_EXTENSION: string = extname(import.meta.filename);
