import { buildChartArtifact } from '../../src/demo/chart-artifact.ts';
import { startChartRepository } from '../../src/demo/chart-repository.ts';
import { createRegistryClient } from '../../src/demo/registry-client.ts';
import type { CheckedImage, CheckReport } from '../../src/domain/check/report.ts';
import { type CountingProxy, startCountingProxy } from './counting-proxy.ts';
import { type ChartParts, makeChart } from './e2e-charts.ts';
import { CLI } from './e2e-cli.ts';
import { installCli, printedReport, runProgram, writeChart } from './e2e-command.ts';
import { type CliResult, createMachine, type Machine } from './e2e-machine.ts';
import { chartOf } from './fault-world.ts';
import { startDistribution } from './registries.ts';
import { type ImageOptions, type PushedImage, pushImage } from './synthetic-images.ts';

/** A check that has ended. */
export interface Checked extends CliResult {
  readonly report: CheckReport;
  /** The row of a reference, whose host may be left out. */
  row(reference: string): CheckedImage;
}

/**
 * A strict registry from which images can be removed, a chart repository, and a consumer's machine with helm. The registry
 * has `team/app:1` and, for linux/amd64 alone, `team/agent:2`; the chart in the directory `app` uses both.
 */
export interface CheckWorld {
  readonly registry: CountingProxy;
  /** `host/platform`, where the registry has what a check allows. */
  readonly own: string;
  readonly machine: Machine;
  /** The address of a chart repository that serves what was published. */
  readonly repository: string;
  push(repository: string, tag: string, options?: ImageOptions): Promise<PushedImage>;
  /** Removes a manifest from the registry. */
  remove(repository: string, digest: string): Promise<void>;
  publish(name: string, parts: ChartParts): Promise<void>;
  /** Writes a chart into a directory below the machine's working directory. */
  write(name: string, parts: ChartParts): Promise<void>;
  /** Pushes a chart to the registry, below `path`. */
  pushChart(path: string, name: string, parts: ChartParts): Promise<void>;
  /** Runs a shell script in the machine's working directory, with `airgap-charts` and helm on its PATH. */
  script(text: string): Promise<CliResult>;
  /** Runs `check` with `--plain-http`; `input` is standard input. */
  run(argv: readonly string[], input?: string): Promise<CliResult>;
  /** The same with `--json`, which must fit its schema, for `registry/platform` unless the arguments name a registry. */
  check(argv: readonly string[], input?: string): Promise<Checked>;
  stop(): Promise<void>;
}

/** Starts it. */
export async function startCheckWorld(): Promise<CheckWorld> {
  const behind = await startDistribution({ deleteEnabled: true });
  const registry = await startCountingProxy(behind.url);
  const repository = await startChartRepository();
  const machine = await createMachine({ helm: 'helm', crane: false });
  await installCli(machine);
  const address = `${repository.url}/stable`;
  const own = `${registry.host}/platform`;
  await pushImage(behind.url, 'platform/team/app', '1');
  await pushImage(behind.url, 'platform/team/agent', '2', { platforms: ['linux/amd64'] });
  await writeChart(machine, 'app', chartOf(`${own}/team/app:1`, `${own}/team/agent:2`));

  function run(argv: readonly string[], input?: string): Promise<CliResult> {
    const command = [process.execPath, ...CLI, 'check', ...argv, '--plain-http'];
    return runProgram(machine, command, input === undefined ? {} : { input });
  }

  return {
    ...{ registry, own, machine, run },
    repository: address,
    push: (name, tag, options = {}) => pushImage(behind.url, name, tag, options),
    async remove(name, digest) {
      const answer = await fetch(`${behind.url}/v2/${name}/manifests/${digest}`, { method: 'DELETE' });
      if (answer.status !== 202) throw new Error(`${name}@${digest} was not removed: ${answer.status}`);
    },
    async publish(name, parts) {
      repository.add('stable', [await makeChart(name, parts)], address);
    },
    write: (name, parts) => writeChart(machine, name, parts),
    async pushChart(path, name, parts) {
      const { archive, version } = await makeChart(name, parts);
      const client = createRegistryClient({ base: behind.url });
      await client
        .push(`${path}/${name}`, version, buildChartArtifact(name, version, archive))
        .finally(() => client.close());
    },
    script: (text) => runProgram(machine, ['/bin/sh', '-e', '-c', text]),
    async check(argv, input) {
      const where = argv.includes('--registry') ? [] : ['--registry', own];
      const result = await run([...argv, ...where, '--json'], input);
      const report = printedReport<CheckReport>(result, 'check.schema.json');
      const row = (reference: string): CheckedImage => {
        const names = [reference, `${registry.host}/${reference}`];
        const found = report.images.find((one) => names.includes(one.reference));
        if (found === undefined) throw new Error(`the result says nothing of ${reference}:\n${result.stderr}`);
        return found;
      };
      return { ...result, report, row };
    },
    async stop() {
      await Promise.all([registry.stop(), repository.stop(), machine.remove()]);
      await behind.stop();
    },
  };
}
