import { expect } from 'vitest';
import type { ReportedChart, ReportedImage } from '../../src/domain/report/report.ts';
import type { ReportedRepository } from '../../src/domain/report/reported-ecr.ts';
import { schemaProblems } from './e2e-report-schema.ts';
import { danglingImages } from './ecr-run-complete.ts';
import { type EcrWorld, type EcrWorldOptions, startEcrWorld } from './ecr-world.ts';
import { imageChart, type NetOutcome } from './net-world.ts';
import { type ImageOptions, type PushedImage, pushImage } from './synthetic-images.ts';

/** Where the charts of tests are published. */
export const CHARTS = 'https://charts.example.test';
/** The registry of the images of tests. */
export const IMAGES = 'images.example.test';

/** A run of `mirror`. */
export interface EcrRun {
  /** The charts, by name. */
  readonly charts: readonly string[];
  /** The path below the usual target; left out, the target is `target`. */
  readonly path?: string;
  /** The whole target, or `none` for no target at all. Default: the caller's own registry. */
  readonly target?: string | 'none';
  readonly flags?: readonly string[];
  /** airgap-charts.yaml. */
  readonly config?: object;
  /** In place of the world's `env()`. */
  readonly env?: Readonly<Record<string, string>>;
  /** The directory below `machine.work`; left out, it is a new one. */
  readonly cwd?: string;
}

/** How it ended, with the rows of the report by name. */
export interface EcrOutcome extends NetOutcome {
  readonly cwd: string;
  chart(release: string): ReportedChart;
  /** By what stands after the source's host. */
  image(path: string): ReportedImage;
  repository(name: string): ReportedRepository;
  /** `name status` of all repositories, in the report's order. */
  readonly repositories: readonly string[];
}

/** A world of ECR whose every run is checked for what must hold after all of them. */
export interface EcrRuns extends Omit<EcrWorld, 'mirror' | 'addImages'> {
  /** Publishes a chart of images, `team/app:1.0` each, which are pushed when they are new: without an index. */
  chart(name: string, ...images: readonly string[]): Promise<void>;
  /** Pushes an image of another shape to the registry of sources. */
  image(reference: string, options?: ImageOptions): Promise<PushedImage>;
  /** Writes catalog and configuration, and returns the directory with the command line. */
  prepare(run: EcrRun): Promise<{ readonly cwd: string; readonly argv: readonly string[] }>;
  /** Checks, too, that no chart is at the registry without its images. */
  mirror(run: EcrRun): Promise<EcrOutcome>;
  /** Reads what a run has left, and checks it. */
  conclude(cwd: string, result: Pick<NetOutcome, 'code' | 'stdout' | 'stderr'>): Promise<EcrOutcome>;
}

function found<T>(item: T | undefined, name: string, stderr: string): T {
  if (item === undefined) throw new Error(`the report says nothing of ${name}:\n${stderr}`);
  return item;
}

/** What every run has to leave behind: a report of the schema, its exit code, and no secret. */
function checkOutcome(world: EcrWorld, outcome: EcrOutcome): void {
  const { report, code, stderr } = outcome;
  expect(schemaProblems(report), stderr).toEqual([]);
  expect(report.exitCode).toBe(code);
  expect(world.machine.faults()).toEqual([]);
  expect(world.ecr.defects()).toEqual([]);
}

/** Starts a world. The secrets of every run are looked for in all that it leaves. */
export async function startEcrRuns(options: EcrWorldOptions = {}): Promise<EcrRuns> {
  const world = await startEcrWorld(options);
  const pushed = new Set<string>();
  let runs = 0;

  async function image(reference: string, shape: ImageOptions = {}): Promise<PushedImage> {
    pushed.add(reference);
    const [repository = '', tag = ''] = reference.split(':');
    return pushImage(world.source.url, repository, tag, { platforms: [], ownLayers: 1, ...shape });
  }

  async function prepare({ charts, path, target, flags = [], config, cwd }: EcrRun) {
    runs += 1;
    const directory = cwd ?? `ecr-${runs}`;
    const addons = charts.map((chart) => ({ chart, repository: CHARTS, version: '1.0.0' }));
    await world.machine.write(`${directory}/catalog.yaml`, JSON.stringify({ addons }));
    if (config !== undefined) await world.machine.write(`${directory}/airgap-charts.yaml`, JSON.stringify(config));
    const usual = path === undefined ? world.names.registry : `${world.names.registry}/${path}`;
    const where = target === 'none' ? [] : ['--target-registry', target ?? usual];
    return { cwd: directory, argv: ['mirror', '--catalog', 'catalog.yaml', ...where, ...flags] };
  }

  async function conclude(cwd: string, result: Pick<NetOutcome, 'code' | 'stdout' | 'stderr'>): Promise<EcrOutcome> {
    const report = await world.machine.report(cwd);
    const { stderr } = result;
    const outcome: EcrOutcome = {
      ...result,
      report,
      cwd,
      rows: report.charts.map(({ release, status, error }) => [release, status, error?.code ?? ''].join(' ').trimEnd()),
      chart: (release) =>
        found(
          report.charts.find((one) => one.release === release),
          release,
          stderr,
        ),
      image: (path) =>
        found(
          report.images.find(({ source }) => source === `${IMAGES}/${path}`),
          path,
          stderr,
        ),
      repository: (name) =>
        found(
          report.ecr?.repositories.find((one) => one.name === name),
          name,
          stderr,
        ),
      repositories: (report.ecr?.repositories ?? []).map(({ name, status }) => `${name} ${status}`),
    };
    checkOutcome(world, outcome);
    return outcome;
  }

  return {
    ...world,
    image,
    prepare,
    conclude,
    async chart(name, ...images) {
      for (const reference of images) if (!pushed.has(reference)) await image(reference);
      await world.publish(name, imageChart(...images.map((reference) => `${IMAGES}/${reference}`)), CHARTS);
    },
    async mirror(run) {
      const { cwd, argv } = await prepare(run);
      const result = await world.machine.run(argv, { cwd, env: { ...(run.env ?? world.env()) } });
      const outcome = await conclude(cwd, result);
      expect(await danglingImages(world.ecr)).toEqual([]);
      return outcome;
    },
  };
}
