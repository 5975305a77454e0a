import { createBlobSource } from '../adapters/blob-source.ts';
import { SYSTEM_CLOCK } from '../adapters/http-retry.ts';
import type { CarryFlags } from '../cli/carry-options.ts';
import type { CarryReport } from '../domain/carry-report.ts';
import { carryReport } from '../pipeline/carry/carry-report.ts';
import { type Carrying, startCarrying } from '../pipeline/carry/carry-run.ts';
import type { Step } from '../pipeline/progress.ts';
import type { BlobSource } from '../ports/contents.ts';
import type { Redactor } from '../redaction.ts';
import { carrySummary } from '../report/carry-summary.ts';
import { createNotices } from '../view/notices.ts';
import { runSteps } from '../view/run-steps.ts';
import { NO_LINES, plainLines } from '../view/step-lines.ts';
import type { CarryInputs } from './carry-inputs.ts';
import { connect } from './connect.ts';
import { explicitCredentials } from './explicit-credentials.ts';
import { openCache } from './open-cache.ts';
import { withRenderPorts } from './render-ports.ts';
import { verifierFor } from './run-ports.ts';
import { scrubbedJson } from './scrubbed.ts';
import type { Surroundings } from './surroundings.ts';

const NO_POLICY = { policy: undefined, signatures: undefined } as const;

/** What a command does with charts that were looked at. */
export interface CarryWork {
  readonly command: CarryReport['command'];
  /** Whether lines of progress are shown: not where standard output gets the result. */
  readonly quiet: boolean;
  /** Whether signatures and the like are carried; not unless it is said. */
  readonly artifacts?: boolean;
  readonly steps: (carrying: Carrying, blobs: BlobSource) => readonly Step[];
}

/** What all these commands are called with. */
export interface CarryCall {
  readonly flags: CarryFlags;
  readonly inputs: CarryInputs;
  readonly around: Surroundings;
  readonly redactor: Redactor;
}

/** The stacks of errors that are defects of this tool, each once. */
function unexpected({ run, images }: Carrying): readonly string[] {
  const failures = [...run.releases, ...run.charts, ...images.values()].map(({ failure }) => failure);
  const causes = failures.filter((failure) => failure?.code === 'INTERNAL').map((failure) => failure?.cause);
  return [...new Set(causes)].map((cause) => (cause instanceof Error ? (cause.stack ?? cause.message) : String(cause)));
}

/** Looks at charts, does the work, and folds it into the report. */
export async function carry(
  { flags, inputs, around, redactor }: CarryCall,
  work: CarryWork,
): Promise<{
  readonly report: CarryReport;
  readonly carrying: Carrying;
}> {
  const { configuration, catalog, choice, platforms } = inputs;
  // what stays where it is may be looked at
  const { policy, signatures } = work.command === 'wrap' ? configuration : NO_POLICY;
  const { network, settings } = configuration;
  const { kubeVersion, includeDependencies } = settings;
  const { explicit } = explicitCredentials(flags, around.env);
  const line = (text: string): void => around.complain(`${redactor.scrub(text)}\n`);
  const notices = createNotices(line);
  const connections = connect(network, around.env, explicit, redactor, notices.say, settings.profile);
  const renders = Math.max(1, around.cores);
  const drawn = around.drawable && !flags.json && !work.quiet;
  const lines = drawn || work.quiet || flags.json ? NO_LINES : plainLines(line);
  const blobs = createBlobSource({ access: connections.access, settings: network, clock: SYSTEM_CLOCK });
  try {
    return await withRenderPorts(connections, renders, around, async ({ helmPath, ...rest }) => {
      const cache = await openCache(settings.cache, helmPath, around, notices.say);
      const carrying = startCarrying({
        ...{ ports: { ...rest, cache, signatures: await verifierFor({ signatures }) }, catalog, choice, platforms },
        ...{ annotation: flags.annotationsKey, policy, signatures },
        forDt: work.command === 'wrap',
        artifacts: work.artifacts ?? false,
        ...{ kubeVersion, includeDependencies, renders, signal: around.signal, say: () => undefined },
      });
      await runSteps(work.steps(carrying, blobs), { drawn, lines, notices, scrub: (text) => redactor.scrub(text) });
      if (flags.verbose) for (const stack of unexpected(carrying)) line(stack);
      await cache?.trim();
      return { report: carryReport(work.command, carrying), carrying };
    });
  } finally {
    await connections.close();
  }
}

/** Tells the outcome: for people on standard error, as JSON on standard output where that is asked for. */
export function tell(report: CarryReport, { flags, around, redactor }: CarryCall): number {
  if (flags.json) around.print(scrubbedJson(report, redactor));
  around.complain(redactor.scrub(carrySummary(report, around.color)));
  return report.exitCode;
}
