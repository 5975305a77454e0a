import { type Environment, findProgram, PROCESSES, type TransferTool, versionOf } from './tool.ts';

const FLAGS = [
  ...['--insecure-policy', 'copy', '--quiet', '--all', '--preserve-digests'],
  ...['--src-tls-verify=false', '--dest-tls-verify=false'],
];

/**
 * `skopeo copy --all`, a process for each image; undefined when it is not on PATH. What it remembers of blobs is kept in the tool's
 * directory: as root it would be below /var, and runs would help one another.
 */
export function findSkopeo(environment: Environment): TransferTool | undefined {
  const file = findProgram('skopeo', environment);
  if (file === undefined) return undefined;
  return {
    name: 'skopeo',
    version: versionOf(file, ['--version']),
    isOurs: false,
    prepare({ pairs, directory }) {
      const env = { _CONTAINERS_ROOTLESS_UID: '1000', XDG_DATA_HOME: directory };
      const commands = pairs.map(({ source, target }) => {
        return { file, argv: [...FLAGS, `docker://${source}`, `docker://${target}`], env };
      });
      return { atOnce: PROCESSES, commands };
    },
  };
}
