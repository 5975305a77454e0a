import { type Environment, findProgram, PROCESSES, type TransferTool, versionOf } from './tool.ts';

/** `crane copy`, a process for each image; undefined when it is not on PATH. */
export function findCrane(environment: Environment): TransferTool | undefined {
  const file = findProgram('crane', environment, 'TEST_CRANE');
  if (file === undefined) return undefined;
  return {
    name: 'crane',
    version: versionOf(file, ['version']),
    isOurs: false,
    prepare({ pairs }) {
      const commands = pairs.map(({ source, target }) => ({ file, argv: ['copy', '--insecure', source, target] }));
      return { atOnce: PROCESSES, commands };
    },
  };
}
