import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { EcrWorld } from './ecr-world.ts';
import { authsFor } from './net-machine.ts';
import { requireTool } from './tools.ts';

const execute = promisify(execFile);

/** Somebody who installs charts from a private registry with helm and crane, and has nothing of the tool. */
export interface EcrConsumer {
  /** The images that a chart names when it is installed, after it was pulled. */
  install(repository: string, version: string, flags?: readonly string[]): Promise<readonly string[]>;
  /** Pulls an image whole: every platform, every layer. */
  pull(image: string): Promise<void>;
  remove(): Promise<void>;
}

/** Makes a consumer of the registry of a world. */
export async function createEcrConsumer(world: EcrWorld): Promise<EcrConsumer> {
  const directory = await mkdtemp(join(tmpdir(), 'ecr-consumer-'));
  const { ecr, names, network, machine } = world;
  const { password } = ecr.tokens.issue('ecr', ecr.principal, ecr.region);
  const config = await machine.dockerConfig(authsFor({ [names.registry]: { user: 'AWS', password } }));
  const env = {
    ...network,
    HOME: directory,
    PATH: '',
    DOCKER_CONFIG: config,
    HELM_REGISTRY_CONFIG: `${config}/config.json`,
  };
  let pulls = 0;

  async function run(tool: 'helm' | 'crane', argv: readonly string[]): Promise<string> {
    const { stdout } = await execute(requireTool(tool), [...argv], { env, maxBuffer: 64 * 1024 * 1024 });
    return stdout;
  }

  async function place(): Promise<string> {
    pulls += 1;
    const made = join(directory, `pull-${pulls}`);
    await mkdir(made);
    return made;
  }

  return {
    async install(repository, version, flags = []) {
      const target = await place();
      await run('helm', [
        'pull',
        `oci://${names.registry}/${repository}`,
        '--version',
        version,
        '--destination',
        target,
      ]);
      const archive = join(target, `${repository.split('/').at(-1)}-${version}.tgz`);
      const output = await run('helm', ['template', 'x', archive, ...flags]);
      return [...new Set([...output.matchAll(/image: ["']?([^\s"'},]+)/g)].map(([, image = '']) => image))];
    },
    async pull(image) {
      await run('crane', ['pull', '--format', 'oci', image, await place()]);
    },
    remove: () => rm(directory, { recursive: true, force: true }),
  };
}
