import { join } from 'node:path';
import { contentDigest, packChart, packScratch, unpackChart } from '../adapters/archive.ts';
import type { ExplicitCredentials } from '../adapters/credentials.ts';
import { createHelm } from '../adapters/helm.ts';
import { createLocalCharts } from '../adapters/local-charts.ts';
import { checkOutput, createOutput, REPORT_FILE } from '../adapters/output.ts';
import type { OpenCache } from '../adapters/result-cache.ts';
import { type FoundTool, requireTool } from '../adapters/tools/find.ts';
import { type OpenWorkspace, openWorkspace } from '../adapters/workspace.ts';
import type { OutputFlags } from '../cli/options.ts';
import type { CopyEngine } from '../config/settings.ts';
import type { Report } from '../domain/report/report.ts';
import { TOOLS } from '../domain/tool.ts';
import { MirrorError, toMirrorError } from '../errors.ts';
import { finish } from '../pipeline/finish.ts';
import { sentence } from '../pipeline/graph.ts';
import type { Step } from '../pipeline/progress.ts';
import { type Run, startRun } from '../pipeline/run.ts';
import type { MirrorOptions, Ports } from '../pipeline/run-settings.ts';
import type { LocalCharts } from '../ports/charts.ts';
import type { ResultCache } from '../ports/files.ts';
import type { Repositories } from '../ports/repositories.ts';
import type { Redactor } from '../redaction.ts';
import { summaryText } from '../report/summary.ts';
import { createNotices, type Notices } from '../view/notices.ts';
import { runSteps } from '../view/run-steps.ts';
import { NO_LINES, plainLines } from '../view/step-lines.ts';
import { type Connections, connect } from './connect.ts';
import { type FileSource, madeAnew, outOf } from './file-source.ts';
import type { MirrorInputs } from './mirror-inputs.ts';
import { openCache } from './open-cache.ts';
import { openTools, type PushTools } from './push-tools.ts';
import { scrubbedJson } from './scrubbed.ts';
import { cacheDirectory, type Surroundings } from './surroundings.ts';

type CheckedInputs = Extract<MirrorInputs, { kind: 'ok' }>;

/** The programs of a run. */
export interface Tools {
  readonly helm: FoundTool;
  /** Undefined where images are copied without it. */
  readonly crane: FoundTool | undefined;
}

/**
 * The programs that a run needs, as they are found on this machine.
 *
 * @throws MirrorError when one is missing or too old.
 */
export async function findTools(around: Surroundings, engine: CopyEngine): Promise<Tools> {
  const places = { searchPath: around.env.PATH, cacheDir: cacheDirectory(around), signal: around.signal };
  const helm = await requireTool(TOOLS.helm, places);
  return { helm, crane: engine === 'crane' ? await requireTool(TOOLS.crane, places) : undefined };
}

/** The longest that a scan waits for ECR, in milliseconds: it can do without an answer. */
const SCAN_PATIENCE_MS = 30_000;

function repositoriesOf({ ecr }: Connections, { ecr: registry, scanOnly }: MirrorOptions): Repositories | undefined {
  if (registry === undefined) return undefined;
  const repositories = ecr.repositories(registry);
  if (!scanOnly) return repositories;
  return {
    ...repositories,
    async describe(wanted, signal) {
      const patience = AbortSignal.timeout(SCAN_PATIENCE_MS);
      try {
        return await repositories.describe(wanted, AbortSignal.any([signal, patience]));
      } catch (error) {
        if (!patience.aborted || signal.aborted) throw error;
        const message = `${registry.host} was not waited for longer than ${SCAN_PATIENCE_MS / 1000} s`;
        throw new MirrorError(message, { code: 'REGISTRY_UNREACHABLE', origin: 'destination' });
      }
    },
  };
}

/** What the ports of a run are made from. */
interface PortParts {
  readonly tools: Tools;
  readonly workspace: OpenWorkspace;
  readonly cache: ResultCache | undefined;
  readonly connections: Connections;
  readonly push: PushTools;
  readonly inputs: CheckedInputs;
  readonly localCharts: LocalCharts;
}

function portsOf({ tools, workspace, cache, connections, push, inputs, localCharts }: PortParts): Ports {
  return {
    helm: createHelm({
      path: tools.helm.path,
      version: tools.helm.version ?? 'unknown',
      sandboxRoot: join(workspace.root, 'sandboxes'),
      width: inputs.options.renders,
    }),
    registry: connections.registry,
    charts: connections.charts,
    localCharts,
    archives: { unpack: unpackChart, pack: packChart, packScratch, contentDigest },
    repositories: repositoriesOf(connections, inputs.options),
    copier: push.copier,
    pusher: push.pusher,
    artifacts: push.artifacts,
    workspace,
    cache,
    output: createOutput(inputs.configuration.settings.outputDir),
  };
}

/** How a run talks to people: drawn on a terminal, plain lines elsewhere, everything scrubbed. */
interface Speech {
  readonly drawn: boolean;
  readonly line: (text: string) => void;
}

export function speechOf(flags: OutputFlags, around: Surroundings, redactor: Redactor): Speech {
  return { drawn: around.drawable && !flags.json, line: (text) => around.complain(`${redactor.scrub(text)}\n`) };
}

/** The stacks of errors that are defects of this tool, each once. */
function unexpected(run: Run): readonly string[] {
  const items = [...run.releases, ...run.charts, ...run.images, ...run.repositories];
  const failures = [...items.map(({ failure }) => failure), ...run.charts.map(({ leftover }) => leftover)];
  const causes = failures.filter((failure) => failure?.code === 'INTERNAL').map((failure) => failure?.cause);
  return [...new Set(causes)].map((cause) => (cause instanceof Error ? (cause.stack ?? cause.message) : String(cause)));
}

async function carryOut(steps: readonly Step[], speech: Speech, notices: Notices, redactor: Redactor): Promise<void> {
  const lines = speech.drawn ? NO_LINES : plainLines(speech.line);
  await runSteps(steps, { drawn: speech.drawn, lines, notices, scrub: (text) => redactor.scrub(text) });
}

/** Tells the outcome: what a run has done is said even where the report cannot be written. */
async function conclude(
  report: Report,
  { output }: Ports,
  flags: OutputFlags,
  around: Surroundings,
  redactor: Redactor,
  { outputDir, ownSummary }: { readonly outputDir: string; readonly ownSummary: boolean },
): Promise<number> {
  const json = scrubbedJson(report, redactor);
  const failure = await output.write(REPORT_FILE, json).then(() => undefined, toMirrorError);
  if (flags.json) around.print(json);
  if (!ownSummary) around.complain(`\n${redactor.scrub(summaryText(report, around.color))}`);
  if (failure === undefined) {
    around.complain(`report: ${join(outputDir, REPORT_FILE)}\n`);
    return report.exitCode;
  }
  around.complain(redactor.scrub(`${failure.code}: ${failure.message}: THERE IS NO REPORT FILE OF THIS RUN\n`));
  return Math.max(report.exitCode, 1);
}

/** What a mirror run is made of. */
export interface MirrorCall {
  readonly inputs: CheckedInputs;
  readonly flags: OutputFlags;
  readonly around: Surroundings;
  readonly redactor: Redactor;
  readonly explicit: ExplicitCredentials;
  /** What takes the place of every source. */
  readonly file?: FileSource;
  readonly work?: RunWork;
}

/** How a run differs from the usual one. */
export interface RunWork {
  /** In place of the whole sentence. */
  readonly steps?: (run: Run, connections: Connections) => readonly Step[];
  /** Whether the usual summary is left out, since another one follows. */
  readonly ownSummary?: boolean;
  /** What has to be so before anything is done. */
  readonly before?: (connections: Connections) => Promise<void>;
  /** Stands before the cache of results. */
  readonly cache?: (own: OpenCache | undefined) => ResultCache | undefined;
}

/** How a mirror run ended. */
export interface MirrorOutcome {
  readonly report: Report;
  readonly exitCode: number;
}

/** Runs what the inputs name, writes the report and tells it. */
export async function runMirror({
  inputs,
  flags,
  around,
  redactor,
  explicit,
  file,
  work,
}: MirrorCall): Promise<MirrorOutcome> {
  const startedAt = around.now().toISOString();
  const speech = speechOf(flags, around, redactor);
  const { network, settings } = inputs.configuration;
  const tools = await findTools(around, settings.engine);
  for (const { note } of [tools.helm, ...(tools.crane === undefined ? [] : [tools.crane])]) speech.line(note);
  const notices = createNotices(speech.line);
  await checkOutput(settings.outputDir);
  const connections = outOf(file, connect(network, around.env, explicit, redactor, notices.say, settings.profile));
  const workspace = await openWorkspace(around.temporary);
  const cache = await openCache(settings.cache, tools.helm.path, around, notices.say);
  const push = await openTools({
    tools,
    workspace,
    connections,
    network,
    redactor,
    contents: file?.contents,
    known: file?.known,
  });
  try {
    const localCharts = file?.localCharts ?? createLocalCharts();
    const results = work?.cache === undefined ? cache : work.cache(cache);
    const ports = portsOf({ tools, workspace, cache: results, connections, push, inputs, localCharts });
    const say = speech.drawn ? () => undefined : speech.line;
    const run = startRun({ ports, options: inputs.options, catalog: inputs.catalog, signal: around.signal, say });
    for (const [text, digest] of file === undefined ? [] : madeAnew(file.shelf)) run.copiedDigests.set(text, digest);
    await work?.before?.(connections);
    await carryOut(work?.steps?.(run, connections) ?? sentence(run), speech, notices, redactor);
    if (flags.verbose) for (const stack of unexpected(run)) speech.line(stack);
    const facts = {
      startedAt,
      finishedAt: around.now().toISOString(),
      helm: tools.helm.version ?? 'unknown',
      crane: tools.crane === undefined ? null : (tools.crane.version ?? 'unknown'),
      network,
    };
    const report = finish(run, facts);
    return {
      report,
      exitCode: await conclude(report, ports, flags, around, redactor, {
        outputDir: settings.outputDir,
        ownSummary: work?.ownSummary ?? false,
      }),
    };
  } finally {
    await cache?.trim();
    await push.close();
    await connections.close();
    await workspace.close();
  }
}
