import { MirrorError } from '../../errors.ts';
import type { BlobSource, Contents } from '../../ports/contents.ts';

/** The blobs of all sources out of a file. What it does not have ends with MirrorError IMAGE_SOURCE_ABSENT. */
export function createFileBlobSource(contents: Contents): BlobSource {
  return {
    async *open(_, { digest }) {
      if ((await contents.size(digest)) === undefined) {
        throw new MirrorError(`blob ${digest} is not in the file`, {
          code: 'IMAGE_SOURCE_ABSENT',
          origin: 'source',
          hint: 'a bundle that was made with --since is for the registry of that inventory: make one without',
        });
      }
      yield* contents.open(digest);
    },
  };
}
