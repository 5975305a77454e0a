import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Environment, findProgram, PROCESSES, type TransferTool, versionOf } from './tool.ts';

// three by default, with which it is slow where answers take their time
const REQUESTS_AT_ONCE = 16;

/** regclient's `regsync once`; undefined when it is not on PATH. */
export function findRegsync(environment: Environment): TransferTool | undefined {
  const file = findProgram('regsync', environment);
  if (file === undefined) return undefined;
  return {
    name: 'regsync',
    version: versionOf(file, ['version']),
    isOurs: false,
    prepare({ pairs, sourceHosts, targetHost, directory }) {
      const hosts = [...sourceHosts, targetHost];
      const configuration = {
        version: 1,
        creds: hosts.map((registry) => ({ registry, tls: 'disabled', reqConcurrent: REQUESTS_AT_ONCE })),
        defaults: { parallel: PROCESSES },
        sync: pairs.map((pair) => ({ ...pair, type: 'image' })),
      };
      const config = join(directory, 'regsync.yml');
      // JSON is YAML
      writeFileSync(config, JSON.stringify(configuration));
      return { atOnce: 1, commands: [{ file, argv: ['once', '--config', config, '--verbosity', 'warn'] }] };
    },
  };
}
