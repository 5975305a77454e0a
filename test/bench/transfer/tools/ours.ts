import { readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { type Environment, findProgram, type TransferTool } from './tool.ts';

const ROOT = join(import.meta.dirname, '..', '..', '..', '..');

/** What copies the images when this project's command is asked to. */
export type Engine = 'native' | 'crane';

const NAMES: Readonly<Record<Engine, string>> = { native: 'ours', crane: 'ours-crane' };

/** Where the command begins: as it is packed, or as it is written, which starts more slowly. */
export const ENTRIES = { built: join(ROOT, 'dist', 'main.js'), source: join(ROOT, 'src', 'main.ts') } as const;

/** The command `copy` of this project, with one of its engines; undefined when the engine needs a crane that is not there. */
export function findOurs(engine: Engine, entry: string, environment: Environment): TransferTool | undefined {
  const crane = findProgram('crane', environment, 'TEST_CRANE');
  if (engine === 'crane' && crane === undefined) return undefined;
  const path = crane === undefined ? {} : { PATH: dirname(crane) };
  const { version }: { readonly version: string } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8'));
  return {
    name: NAMES[engine],
    version: `${version}, engine ${engine}`,
    isOurs: true,
    prepare({ pairs, targetHost, prefix, directory }) {
      const list = join(directory, 'images.txt');
      writeFileSync(list, pairs.map(({ source, target }) => `${source} ${target}\n`).join(''));
      const to = ['--target-registry', `${targetHost}/${prefix}`, '--plain-http', '--overwrite-existing'];
      // what belongs to images is looked for by no other tool here
      const own = ['--engine', engine, '--artifacts', 'none', '--output-dir', directory];
      const argv = [entry, 'copy', '--images', list, ...to, ...own];
      return { atOnce: 1, commands: [{ file: process.execPath, argv, env: path }] };
    },
  };
}
