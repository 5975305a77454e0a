import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { checkTarget, isWhole, type Verdict } from './check.ts';
import { type Measured, measure } from './measurement.ts';
import type { TransferJob, TransferTool } from './tools/tool.ts';
import type { Workload } from './workload.ts';
import type { StoredImage } from './workload-images.ts';
import { type Passed, startWorld, type World, type WorldOptions } from './world.ts';

/** An empty target; one that has everything; one that has everything but what one tag has moved to. */
export type Scenario = 'cold' | 'warm' | 'moved';

/** What one tool did in one scenario. */
export interface Outcome extends Passed {
  readonly tool: string;
  readonly isOurs: boolean;
  readonly scenario: Scenario;
  readonly measured: Measured;
  readonly verdict: Verdict;
}

/** What scenarios are played with. */
export interface Stage extends Omit<WorldOptions, 'content'> {
  readonly workload: Workload;
  readonly signal: AbortSignal;
  /** Hears of each outcome. */
  readonly onOutcome: (outcome: Outcome) => void;
}

const PREFIX = 'mirror';

function jobOf(images: readonly StoredImage[], { sourceHosts, targetHost, scratch }: World): TransferJob {
  const directory = join(scratch, 'tool');
  mkdirSync(directory, { recursive: true });
  const pairs = images.map(({ host, repository, tag }) => ({
    source: `${sourceHosts[host % sourceHosts.length]}/${repository}:${tag}`,
    target: `${targetHost}/${PREFIX}/${repository}:${tag}`,
  }));
  return { pairs, sourceHosts, targetHost, prefix: PREFIX, directory };
}

async function play(tool: TransferTool, scenario: Scenario, world: World, stage: Stage): Promise<Outcome> {
  const { workload, signal } = stage;
  const images = scenario === 'moved' ? workload.afterMove.images : workload.images;
  workload.point(scenario === 'moved' ? 'moved' : 'first');
  const batch = tool.prepare(jobOf(images, world));
  await world.take();
  const measured = await measure(batch, { directory: join(world.scratch, 'tool'), servers: world.servers, signal });
  const passed = await world.take();
  const verdict = await checkTarget(`${world.targetUrl}/v2/${PREFIX}`, images);
  return { tool: tool.name, isOurs: tool.isOurs, scenario, measured, ...passed, verdict };
}

/** Plays scenarios with one tool, one after the other at one target, which is empty at first. */
export async function playScenarios(
  tool: TransferTool,
  scenarios: readonly Scenario[],
  stage: Stage,
): Promise<readonly Outcome[]> {
  const world = await startWorld({ ...stage, content: stage.workload.directory });
  const outcomes: Outcome[] = [];
  try {
    for (const scenario of scenarios) {
      const outcome = await play(tool, scenario, world, stage);
      stage.onOutcome(outcome);
      outcomes.push(outcome);
    }
  } finally {
    stage.workload.point('first');
    await world.stop();
  }
  return outcomes;
}

/** What is wrong with an outcome, a line each. */
export function problemsOf({ tool, scenario, verdict, measured }: Outcome): readonly string[] {
  const { equal, images, missing } = verdict;
  const lines = measured.failures.map((failure) => `${tool}, ${scenario}: a program ended with ${failure}`);
  if (isWhole(verdict)) return lines;
  return [`${tool}, ${scenario}: ${equal} of ${images} digests are equal, ${missing} parts are missing`, ...lines];
}
