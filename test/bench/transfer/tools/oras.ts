import { type Environment, findProgram, PROCESSES, type TransferTool, versionOf } from './tool.ts';

const FLAGS = ['cp', '--no-tty', '--concurrency', '8', '--from-plain-http', '--to-plain-http'];

/** `oras cp`, a process for each image; undefined when it is not on PATH. */
export function findOras(environment: Environment): TransferTool | undefined {
  const file = findProgram('oras', environment);
  if (file === undefined) return undefined;
  return {
    name: 'oras',
    version: versionOf(file, ['version']),
    isOurs: false,
    prepare({ pairs }) {
      return {
        atOnce: PROCESSES,
        commands: pairs.map(({ source, target }) => ({ file, argv: [...FLAGS, source, target] })),
      };
    },
  };
}
