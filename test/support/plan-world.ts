import { join } from 'node:path';
import type { Report } from '../../src/domain/report/report.ts';
import type { Plan } from '../../src/domain/run-plan/plan.ts';
import { type CountingProxy, startCountingProxy } from './counting-proxy.ts';
import type { CliOptions, CliResult, RunningCli } from './e2e-machine.ts';
import { mirrorFlags } from './e2e-machine.ts';
import { schemaProblems } from './e2e-report-schema.ts';
import { type Entry, STABLE, startWorld, type World, type WorldOptions } from './e2e-world.ts';

/** A run of `plan`. */
export interface Planned extends CliResult {
  readonly plan: Plan;
}

/** A run of `mirror --plan`, with the report that it has left, which fits its schema. */
export interface Done extends CliResult {
  readonly report: Report;
}

/** What `plan` is called with; the directory is that of the run, below the machine's `work`. */
export interface PlanRequest {
  readonly directory: string;
  /** Below the target's host. */
  readonly path: string;
  readonly entries?: readonly Entry[];
  /** In place of entries: the lines of a list. */
  readonly images?: readonly string[];
  readonly flags?: readonly string[];
  /** Another target than that of the world. */
  readonly host?: string;
}

/** A world in which runs are planned. */
export interface PlanWorld extends World {
  /** In front of the registry that all images come from. */
  readonly source: CountingProxy;
  /** How often manifests were read at the sources since the last reset; HEAD is no read. */
  reads(): number;
  plan(request: PlanRequest): Promise<Planned>;
  /** The command line that runs a plan. */
  doing(file: string, flags?: readonly string[]): readonly string[];
  startDoing(directory: string, file: string, flags?: readonly string[], options?: CliOptions): RunningCli;
  do(directory: string, file: string, flags?: readonly string[]): Promise<Done>;
  /** What configuration reaches the sources: for command lines that are given. */
  readonly configuration: () => string;
  /** The report at `directory/file`, which fits its schema. */
  reportAt(directory: string, file?: string): Promise<Report>;
  planAt(directory: string, file?: string): Promise<Plan>;
}

/** Starts one. Nothing but helm is on the machine where `withoutCrane` is set. */
export async function startPlanWorld(options: WorldOptions = {}): Promise<PlanWorld> {
  const world = await startWorld({ target: 'distribution', ...options });
  const { machine, proxy, sources } = world;
  const source = await startCountingProxy(sources.registry.url);
  const behind = new URL(sources.registry.url).host;
  const mirrors = () => sources.mirrors().map(({ from, to }) => ({ from, to: to.replace(behind, source.host) }));
  const network = (): readonly string[] => ['--plain-http', ...mirrorFlags(mirrors())];

  async function json<T>(directory: string, file: string): Promise<T> {
    return JSON.parse(await machine.read(join(directory, file)));
  }

  const reportAt: PlanWorld['reportAt'] = async (directory, file = 'report.json') => {
    const report = await json<Report>(directory, file);
    const problems = schemaProblems(report);
    if (problems.length > 0) throw new Error(`the report does not fit its schema: ${problems.join('; ')}`);
    return report;
  };
  const doing: PlanWorld['doing'] = (file, flags = []) => [...['mirror', '--plan', file, ...network(), ...flags]];
  const startDoing: PlanWorld['startDoing'] = (directory, file, flags = [], own = {}) =>
    machine.start(doing(file, flags), { cwd: directory, ...own });

  return {
    ...world,
    source,
    reads: () =>
      source.requests().filter(({ method, path }) => method === 'GET' && path.includes('/manifests/')).length,
    async stop() {
      await source.stop();
      await world.stop();
    },
    doing,
    configuration: () => JSON.stringify({ plainHttp: true, sourceMirrors: mirrors() }),
    startDoing,
    reportAt,
    planAt: (directory, file = 'plan.json') => json<Plan>(directory, file),
    async plan({ directory, path, entries = [], images, flags = [], host = proxy.host }) {
      const addons = entries.map((entry) => ({ repository: STABLE, ...entry }));
      if (images === undefined)
        await machine.write(join(directory, 'catalog.yaml'), `${JSON.stringify({ addons }, undefined, 2)}\n`);
      else await machine.write(join(directory, 'images.txt'), `${images.join('\n')}\n`);
      const input = images === undefined ? ['--catalog', 'catalog.yaml'] : ['--images', 'images.txt'];
      const argv = ['plan', ...input, '--target-registry', `${host}/${path}`, ...network(), ...flags];
      const result = await machine.run(argv, { cwd: directory });
      const plan = await json<Plan>(directory, 'plan.json').catch(() => {
        throw new Error(`there is no plan (exit code ${result.code}):\n${result.stderr}`);
      });
      return { ...result, plan };
    },
    async do(directory, file, flags = []) {
      const result = await startDoing(directory, file, flags).ended;
      const name = /\.shard-([0-9]+)\.json$/.exec(file)?.[1];
      const report = await reportAt(directory, name === undefined ? 'report.json' : `report.shard-${name}.json`).catch(
        (error: unknown) => {
          throw new Error(`${String(error)} (exit code ${result.code}):\n${result.stderr}`);
        },
      );
      if (report.exitCode !== result.code) throw new Error(`exit code ${result.code}, the report: ${report.exitCode}`);
      return { ...result, report };
    },
  };
}
