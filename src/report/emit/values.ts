import type { EmitRequest, Emitted } from '../../domain/emit/emitted.ts';
import { fileHead } from './file-head.ts';
import { distinctFolders } from './file-names.ts';

/** The consumer values of a release, as the run has written them. */
export interface ConsumerValues {
  readonly chart: string;
  readonly release: string;
  readonly source: string;
  readonly version: string;
  readonly text: string;
}

/** For each release the values with which its original chart pulls from the target. */
export function consumerValues(request: EmitRequest, releases: readonly ConsumerValues[]): Emitted {
  const folders = distinctFolders(releases, ({ chart, release }) => [chart, release]);
  return {
    files: [...folders].map(([{ source, version, text }, folder]) => {
      const about = [
        `For the original chart ${source} ${version}: with these values it pulls from the private registry.`,
        'Apply them with: helm upgrade --install NAME CHART -f YOUR-VALUES -f FILE, after all others.',
        'The chart at the private registry needs none of this.',
      ];
      return {
        path: `${folder}/values.yaml`,
        text: fileHead('values', request, about, []) + text,
        isExecutable: false,
      };
    }),
    notes: [],
  };
}
