import { createFileRegistry } from '../adapters/files/file-registry.ts';
import type { KnownBlob } from '../adapters/relay.ts';
import { type Digest, formatReference } from '../domain/reference.ts';
import type { Shelf } from '../domain/shelf/shelf.ts';
import { MirrorError } from '../errors.ts';
import type { ChartRepository, LocalCharts } from '../ports/charts.ts';
import type { Contents } from '../ports/contents.ts';
import type { Connections } from './connect.ts';

/** A file that takes the place of every source. */
export interface FileSource {
  readonly shelf: Shelf;
  readonly contents: Contents;
  readonly localCharts: LocalCharts;
  /** Blobs that are not in the file, since the target has them. */
  readonly known?: readonly KnownBlob[];
}

function notInFile(what: string): never {
  throw new MirrorError(`${what} is not in the file, and nothing else is asked`, {
    code: 'CHART_SOURCE_UNREACHABLE',
    origin: 'source',
    hint: 'make the file again, with all dependencies of the chart',
  });
}

/** The chart repositories of a run whose source is a file: there are none. */
const NO_REPOSITORIES: ChartRepository = {
  entries: async (repository, chart) => notInFile(`${chart} of ${repository}`),
  charts: async (repository) => notInFile(repository),
  archive: async (url) => notInFile(url),
  provenance: async () => undefined,
};

/** The connections of a run, the source side out of a file where there is one: nobody else is asked. */
export function outOf(file: FileSource | undefined, connections: Connections): Connections {
  if (file === undefined) return connections;
  const registry = createFileRegistry(file.shelf, file.contents, connections.registry);
  return { ...connections, registry, charts: NO_REPOSITORIES };
}

/** The references by a digest that the file has under another one, with that. */
export function madeAnew({ images }: Shelf): readonly (readonly [text: string, digest: Digest])[] {
  return images.flatMap(({ reference, top, isOriginal }) =>
    isOriginal || reference.digest === undefined || reference.digest === top.digest
      ? []
      : [[formatReference(reference), top.digest] as const],
  );
}
