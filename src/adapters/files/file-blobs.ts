import { MirrorError } from '../../errors.ts';
import type { BlobSource, Contents } from '../../ports/contents.ts';

/** What is said of a blob that a file does not have although it is needed. */
export function notInFile(digest: string): MirrorError {
  return new MirrorError(`blob ${digest} is not in the file, and the target did not mount it from where it has it`, {
    code: 'IMAGE_SOURCE_ABSENT',
    origin: 'source',
    hint: 'make the bundle again without --since: this registry does not pass layers from one repository to another',
  });
}

/** The blobs of all sources out of a file. What it does not have ends with MirrorError IMAGE_SOURCE_ABSENT. */
export function createFileBlobSource(contents: Contents): BlobSource {
  return {
    async *open(_, { digest }, _signal, { from = 0, watch } = {}) {
      if ((await contents.size(digest)) === undefined) {
        throw notInFile(digest);
      }
      for await (const chunk of contents.open(digest, from)) {
        watch?.chunk(chunk);
        yield chunk;
      }
      watch?.end();
    },
  };
}
