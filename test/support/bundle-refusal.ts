import { createHash } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { expect } from 'vitest';
import { SIZE_NAME } from '../../src/adapters/files/bundle-names.ts';
import { openBundle } from '../../src/adapters/files/bundle-reader.ts';
import { formatBundleSize } from '../../src/adapters/files/bundle-size.ts';
import { MirrorError } from '../../src/errors.ts';
import { bundlePath, MIB } from './bundle-samples.ts';
import { inDirectory, RUNNING } from './wrap-samples.ts';
import { type RawEntry, rawEntry, TAR_END } from './wrap-tar.ts';

/** Where a bundle was refused, and what was said, without its name. */
export interface Refused {
  readonly by: 'openBundle' | 'text' | 'check';
  readonly said: string;
}

function refusedBy(by: Refused['by'], label: string, thrown: unknown): Refused {
  if (!(thrown instanceof MirrorError)) throw thrown;
  expect(thrown).toMatchObject({ code: 'FILE_REFUSED', origin: 'source', hint: expect.stringMatching(/^[a-z]/) });
  const start = `bundle ${label} refused: `;
  expect(thrown.message.slice(0, start.length)).toBe(start);
  return { by, said: thrown.message.slice(start.length) };
}

/** What a bundle of these files says when it is opened, its texts are read, and it is checked. It must be refused somewhere. */
export async function refusalOfFiles(
  files: readonly string[],
  label: string,
  texts: readonly string[] = [],
): Promise<Refused> {
  const opened = await openBundle(files, RUNNING).catch((thrown: unknown) => refusedBy('openBundle', label, thrown));
  if ('by' in opened) return opened;
  try {
    for (const name of texts) {
      const refused = await opened.text(name, MIB).then(
        () => undefined,
        (thrown: unknown) => refusedBy('text', label, thrown),
      );
      if (refused !== undefined) return refused;
    }
    const thrown: unknown = await opened.check(() => undefined, RUNNING).catch((error: unknown) => error);
    expect(thrown).toBeInstanceOf(Error);
    return refusedBy('check', label, thrown);
  } finally {
    await opened.close();
  }
}

/** The same of one file with these bytes. */
export function refusalOfBytes(bytes: Buffer, texts: readonly string[] = []): Promise<Refused> {
  return inDirectory(async (directory) => {
    const path = bundlePath(directory);
    await writeFile(path, bytes);
    return refusalOfFiles([path], path, texts);
  });
}

/** A bundle made by hand, whose first entry is right: it names the texts, and says the size. */
export function rawBundle(
  entries: readonly RawEntry[],
  texts: Readonly<Record<string, string>> = {},
  end = TAR_END,
): Buffer {
  const rest = Buffer.concat([...entries.map(rawEntry), end]);
  const sums = new Map(
    Object.entries(texts).map(([name, text]) => [name, createHash('sha256').update(text).digest('hex')]),
  );
  const first = (bytes: number): Buffer => {
    return rawEntry({ name: SIZE_NAME, data: formatBundleSize({ bytes, partBytes: undefined, texts: sums }) });
  };
  return Buffer.concat([first(first(0).length + rest.length), rest]);
}
