import type { Report, ReportedImage } from '../../src/domain/report/report.ts';
import { type CountingProxy, startCountingProxy } from './counting-proxy.ts';
import { CLI } from './e2e-cli.ts';
import { runProgram } from './e2e-command.ts';
import { type CliResult, createMachine, type Machine, type RunningCli } from './e2e-machine.ts';
import { rawDigest } from './e2e-registry.ts';
import { schemaProblems } from './e2e-report-schema.ts';
import { startDistribution } from './registries.ts';
import { type ImageOptions, type PushedImage, pushByDigestOnly, pushImage } from './synthetic-images.ts';

/** A run of `copy`. */
export interface CopyRequest {
  /** The lines of the list; `SOURCE` and `TARGET` stand for the hosts. */
  readonly lines: readonly string[];
  /** The path below the target's host. */
  readonly path: string;
  readonly flags?: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  /** How the list is handed over; a file, unless something else is said. */
  readonly by?: 'file' | 'standard input';
}

/** How it ended. */
export interface Copied extends CliResult {
  readonly report: Report;
  /** The row of a source, without its host. */
  image(source: string): ReportedImage;
  /** `source status` of all rows, without hosts; behind a failure its code. */
  readonly rows: readonly string[];
}

/** Source and target, both strict registries behind counting proxies, and a machine that has crane and no helm. */
export interface CopyWorld {
  readonly machine: Machine;
  readonly source: CountingProxy;
  readonly target: CountingProxy;
  push(repository: string, tag: string, options?: ImageOptions): Promise<PushedImage>;
  /** Pushes an image that no tag names. */
  pushUntagged(repository: string, name: string): Promise<PushedImage>;
  /** Puts an image at the target. */
  occupy(repository: string, tag: string, name: string): Promise<PushedImage>;
  /** The digest of a tag at the target. */
  at(repository: string, tag: string): Promise<string | undefined>;
  /** What was asked of manifests since the last reset, as `METHOD path`, sorted. */
  asked(of: CountingProxy): readonly string[];
  start(request: CopyRequest): Promise<RunningCli>;
  /** Runs `copy`; its report must fit its schema and its exit code. */
  copy(request: CopyRequest): Promise<Copied>;
  /** Reads the report that a run to this path has left. */
  conclude(path: string, result: CliResult): Promise<Copied>;
  stop(): Promise<void>;
}

/** The directory below the machine's `work` to which a run writes. */
function outputOf(path: string): string {
  return `out-${path.replaceAll('/', '-')}`;
}

/** Starts it. */
export async function startCopyWorld(): Promise<CopyWorld> {
  const [from, to] = await Promise.all([startDistribution(), startDistribution()]);
  const [source, target] = await Promise.all([startCountingProxy(from.url), startCountingProxy(to.url)]);
  const machine = await createMachine({ crane: true });
  const hosted = (text: string): string => text.replaceAll('SOURCE', source.host).replaceAll('TARGET', target.host);

  function argvOf({ path, flags = [], by }: CopyRequest): readonly string[] {
    const list = by === 'standard input' ? '-' : `${outputOf(path)}.txt`;
    const where = ['--target-registry', `${target.host}/${path}`, '--output-dir', outputOf(path), '--plain-http'];
    return ['copy', '--images', list, ...where, ...flags];
  }

  function textOf({ lines }: CopyRequest): string {
    return `${lines.map(hosted).join('\n')}\n`;
  }

  const start: CopyWorld['start'] = async (request) => {
    await machine.write(`${outputOf(request.path)}.txt`, textOf(request));
    return machine.start(argvOf(request), { env: request.env ?? {} });
  };

  const conclude: CopyWorld['conclude'] = async (path, result) => {
    const report = await machine.report(outputOf(path)).catch(() => {
      throw new Error(`there is no report (exit code ${result.code}):\n${result.stderr}`);
    });
    const problems = schemaProblems(report);
    if (problems.length > 0) throw new Error(`the report does not fit its schema: ${problems.join('; ')}`);
    if (report.exitCode !== result.code) throw new Error(`exit code ${result.code}, the report: ${report.exitCode}`);
    const named = (reference: string): string => reference.replace(`${source.host}/`, '');
    return {
      ...result,
      report,
      rows: report.images.map((row) => [named(row.source), row.status, row.error?.code ?? ''].join(' ').trimEnd()),
      image(name) {
        const found = report.images.find((row) => named(row.source) === name);
        if (found === undefined) throw new Error(`the report says nothing of ${name}:\n${result.stderr}`);
        return found;
      },
    };
  };

  return {
    machine,
    source,
    target,
    start,
    conclude,
    push: (repository, tag, options) => pushImage(from.url, repository, tag, options),
    pushUntagged: (repository, name) => pushByDigestOnly(from.url, repository, name),
    occupy: (repository, tag, name) => pushImage(to.url, repository, tag, { name }),
    at: (repository, tag) => rawDigest(to.url, repository, tag),
    asked: (of) =>
      of
        .requests()
        .filter(({ path }) => path.includes('/manifests/'))
        .map(({ method, path }) => `${method} ${path}`)
        .sort(),
    async copy(request) {
      if (request.by !== 'standard input') return conclude(request.path, await (await start(request)).ended);
      const command = [process.execPath, ...CLI, ...argvOf(request)];
      const result = await runProgram(machine, command, { env: request.env ?? {}, input: textOf(request) });
      return conclude(request.path, result);
    },
    async stop() {
      await Promise.all([source.stop(), target.stop(), machine.remove()]);
      await Promise.all([from.stop(), to.stop()]);
    },
  };
}
