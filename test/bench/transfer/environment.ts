import { accessSync, constants, statfsSync } from 'node:fs';
import { availableParallelism, cpus, loadavg, release, tmpdir, totalmem, type } from 'node:os';
import { mebibytes } from './figures.ts';
import { HAS_PROC } from './processes.ts';
import { type TransferTool, versionOf } from './tools/tool.ts';

const MEMORY = '/dev/shm';
// source and target have everything, and a file takes whole pages
const ROOM = 4;

/** Where registries keep content: in memory where there is room for so many bytes, else in the temporary directory. */
export function storagePlace(bytes: number): string {
  try {
    accessSync(MEMORY, constants.W_OK);
    const { bavail, bsize } = statfsSync(MEMORY);
    return bavail * bsize > ROOM * bytes ? MEMORY : tmpdir();
  } catch {
    return tmpdir();
  }
}

/** What figures depend on, as lines. */
export function environmentLines(registry: string, storage: string, tools: readonly TransferTool[]): readonly string[] {
  const model = cpus()[0]?.model ?? 'unknown';
  const load = loadavg().map((one) => one.toFixed(2));
  return [
    `machine: ${availableParallelism()} cores (${model}), ${mebibytes(totalmem())} MiB, ${type()} ${release()}, load ${load.join(' ')}`,
    `node ${process.versions.node}, registries CNCF Distribution ${versionOf(registry, ['--version'])}, content in ${storage}`,
    ...tools.map(({ name, version }) => `${name}: ${version}`),
    ...(HAS_PROC ? [] : ['processor time and memory are not known: this system has no /proc']),
  ];
}
