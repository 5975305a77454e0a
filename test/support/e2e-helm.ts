import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { requireTool, type TestTool } from './tools.ts';

const execute = promisify(execFile);

/** The helm of a consumer: the real program with a home of its own, and nothing of the tool. */
export interface ConsumerHelm {
  readonly directory: string;
  /** Pulls a chart and returns the path of its archive. `version` as it stands in Chart.yaml. */
  pull(reference: string, version: string): Promise<string>;
  /** What `helm template` prints, hooks, tests and CRDs included. */
  template(release: string, chart: string, flags?: readonly string[]): Promise<string>;
  remove(): Promise<void>;
}

/** Makes a consumer's helm. It speaks plain HTTP to registries. */
export async function createConsumerHelm(
  tool: Extract<TestTool, 'helm' | 'helm4' | 'helm3'> = 'helm',
): Promise<ConsumerHelm> {
  const directory = await mkdtemp(join(tmpdir(), 'e2e-helm-'));
  const env = { HOME: directory, PATH: '', HELM_CACHE_HOME: directory, HELM_CONFIG_HOME: directory };
  let pulls = 0;

  async function helm(...argv: readonly string[]): Promise<string> {
    const { stdout } = await execute(requireTool(tool), [...argv], { env, maxBuffer: 64 * 1024 * 1024 });
    return stdout;
  }

  return {
    directory,
    async pull(reference, version) {
      pulls += 1;
      const target = join(directory, `pull-${pulls}`);
      await mkdir(target);
      await helm('pull', reference, '--version', version, '--plain-http', '--destination', target);
      return join(target, `${reference.split('/').at(-1)}-${version}.tgz`);
    },
    template: (release, chart, flags = []) =>
      helm('template', release, chart, '--kube-version', '1.34.0', '--include-crds', ...flags),
    remove: () => rm(directory, { recursive: true, force: true }),
  };
}
