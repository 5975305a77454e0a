import { type ChildProcess, spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { buildChartArtifact } from '../../src/demo/chart-artifact.ts';
import { startChartRepository } from '../../src/demo/chart-repository.ts';
import { createRegistryClient } from '../../src/demo/registry-client.ts';
import type { CheckedImage, CheckReport } from '../../src/domain/check/report.ts';
import { type CountingProxy, startCountingProxy } from './counting-proxy.ts';
import { type ChartParts, chartFiles, makeChart } from './e2e-charts.ts';
import { CLI, COMPILED } from './e2e-cli.ts';
import { type CliResult, createMachine, type Machine } from './e2e-machine.ts';
import { startDistribution } from './registries.ts';
import { ROOT } from './shared-charts.ts';
import { type ImageOptions, type PushedImage, pushImage } from './synthetic-images.ts';

/** A check that has ended. */
export interface Checked extends CliResult {
  readonly report: CheckReport;
  /** The row of a reference, whose host may be left out. */
  row(reference: string): CheckedImage;
}

/** A strict registry from which images can be removed, a chart repository, and a consumer's machine with helm. */
export interface CheckWorld {
  readonly registry: CountingProxy;
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

const PIPES: ['pipe', 'pipe', 'pipe'] = ['pipe', 'pipe', 'pipe'];

function schemaProblems(report: unknown): readonly string[] {
  const schema: object = JSON.parse(readFileSync(join(ROOT, 'schemas', 'check.schema.json'), 'utf8'));
  const validate = new Ajv2020({ allErrors: true }).compile(schema);
  validate(report);
  return (validate.errors ?? []).map(({ instancePath, message }) => `${instancePath} ${message}`);
}

function ended(child: ChildProcess): Promise<CliResult> {
  const texts = { stdout: '', stderr: '' };
  child.stdout?.setEncoding('utf8').on('data', (chunk: string) => {
    texts.stdout += chunk;
  });
  child.stderr?.setEncoding('utf8').on('data', (chunk: string) => {
    texts.stderr += chunk;
  });
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code) => resolve({ code: code ?? undefined, ...texts }));
  });
}

function environment({ home, temporary, work }: Machine): Readonly<Record<string, string>> {
  return { HOME: home, TMPDIR: temporary, PATH: join(work, '..', 'bin'), NODE_COMPILE_CACHE: COMPILED };
}

/** Puts the tool on the PATH of a machine, as `airgap-charts`. */
async function install({ work }: Machine): Promise<void> {
  const command = [process.execPath, ...CLI].map((word) => `"${word}"`).join(' ');
  await writeFile(join(work, '..', 'bin', 'airgap-charts'), `#!/bin/sh\nexec ${command} "$@"\n`, { mode: 0o755 });
}

/** Starts it. */
export async function startCheckWorld(): Promise<CheckWorld> {
  const behind = await startDistribution({ deleteEnabled: true });
  const registry = await startCountingProxy(behind.url);
  const repository = await startChartRepository();
  const machine = await createMachine({ helm: 'helm', crane: false });
  await install(machine);
  const address = `${repository.url}/stable`;

  async function run(argv: readonly string[], input = ''): Promise<CliResult> {
    const options = { cwd: machine.work, env: environment(machine), stdio: PIPES };
    const child = spawn(process.execPath, [...CLI, 'check', ...argv, '--plain-http'], options);
    // a run that reads no input may be gone before it is written
    child.stdin.on('error', () => undefined);
    child.stdin.end(input);
    return ended(child);
  }

  return {
    registry,
    machine,
    repository: address,
    push: (name, tag, options = {}) => pushImage(behind.url, name, tag, options),
    async remove(name, digest) {
      const answer = await fetch(`${behind.url}/v2/${name}/manifests/${digest}`, { method: 'DELETE' });
      if (answer.status !== 202) throw new Error(`${name}@${digest} was not removed: ${answer.status}`);
    },
    async publish(name, parts) {
      repository.add('stable', [await makeChart(name, parts)], address);
    },
    async write(name, parts) {
      for (const [file, content] of Object.entries(chartFiles(name, parts)))
        await machine.write(`${name}/${file}`, content);
    },
    async pushChart(path, name, parts) {
      const { archive, version } = await makeChart(name, parts);
      const client = createRegistryClient({ base: behind.url });
      await client
        .push(`${path}/${name}`, version, buildChartArtifact(name, version, archive))
        .finally(() => client.close());
    },
    script(text) {
      const options = { cwd: machine.work, env: environment(machine), stdio: PIPES };
      return ended(spawn('/bin/sh', ['-e', '-c', text], options));
    },
    run,
    async check(argv, input) {
      const where = argv.includes('--registry') ? [] : ['--registry', `${registry.host}/platform`];
      const result = await run([...argv, ...where, '--json'], input);
      if (result.stdout === '') throw new Error(`there is no result (exit code ${result.code}):\n${result.stderr}`);
      const report: CheckReport = JSON.parse(result.stdout);
      const problems = schemaProblems(report);
      if (problems.length > 0) throw new Error(`the result does not fit its schema: ${problems.join('; ')}`);
      if (report.exitCode !== result.code) throw new Error(`exit code ${result.code}, the result: ${report.exitCode}`);
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
