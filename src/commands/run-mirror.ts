import { join } from 'node:path';
import type { ExplicitCredentials } from '../adapters/credentials.ts';
import { openJournal } from '../adapters/journal.ts';
import { knowing } from '../adapters/known-manifests.ts';
import { checkOutput, REPORT_FILE } from '../adapters/output.ts';
import type { OpenCache } from '../adapters/result-cache.ts';
import type { FoundTool } from '../adapters/tools/find.ts';
import { type OpenWorkspace, openWorkspace } from '../adapters/workspace.ts';
import type { OutputFlags } from '../cli/options.ts';
import type { CopyEngine } from '../config/settings.ts';
import type { Digest } from '../domain/reference.ts';
import type { Report, ReportedChart } from '../domain/report/report.ts';
import { toMirrorError } from '../errors.ts';
import { finish } from '../pipeline/finish.ts';
import type { Step } from '../pipeline/progress.ts';
import { type Run, startRun } from '../pipeline/run.ts';
import type { Ports } from '../pipeline/run-settings.ts';
import type { ResultCache } from '../ports/files.ts';
import type { FetchedManifest } from '../ports/registry.ts';
import type { Redactor } from '../redaction.ts';
import { summaryText } from '../report/summary.ts';
import { createNotices, type Notices } from '../view/notices.ts';
import { runSteps } from '../view/run-steps.ts';
import { NO_LINES, plainLines } from '../view/step-lines.ts';
import type { ChartPorts } from './chart-ports.ts';
import { type Connections, connect } from './connect.ts';
import { type FileSource, madeAnew, outOf } from './file-source.ts';
import { openCache } from './open-cache.ts';
import { openTools } from './push-tools.ts';
import type { MirrorInputs } from './run-inputs.ts';
import { NO_CHARTS, portsOf, verifierFor } from './run-ports.ts';
import { scrubbedJson } from './scrubbed.ts';
import type { Surroundings } from './surroundings.ts';

type CheckedInputs = Extract<MirrorInputs, { kind: 'ok' }>;

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
  const states = [...run.artifacts.items.values(), ...run.artifacts.lists.values()].map(({ state }) => state);
  const artifacts = states.flatMap((state) => (state.kind === 'failed' ? [state.error] : []));
  const failures = [
    ...items.map(({ failure }) => failure),
    ...run.charts.map(({ leftover }) => leftover),
    ...artifacts,
  ];
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
  outputDir: string,
  { ownSummary = false, reportFile = REPORT_FILE }: RunWork,
): Promise<number> {
  const json = scrubbedJson(report, redactor);
  const failure = await output.write(reportFile, json).then(() => undefined, toMirrorError);
  if (flags.json) around.print(json);
  if (!ownSummary) around.complain(`\n${redactor.scrub(summaryText(report, around.color))}`);
  if (failure === undefined) {
    around.complain(`report: ${join(outputDir, reportFile)}\n`);
    return report.exitCode;
  }
  around.complain(redactor.scrub(`${failure.code}: ${failure.message}: THERE IS NO REPORT FILE OF THIS RUN\n`));
  return Math.max(report.exitCode, 1);
}

function versionOf(tool: FoundTool | undefined): string | null {
  return tool === undefined ? null : (tool.version ?? 'unknown');
}

// what only charts need is loaded where there are some: a list of images need not wait for it

async function toolsFor(
  around: Surroundings,
  engine: CopyEngine,
  isBare: boolean,
): Promise<{ readonly helm: FoundTool | undefined; readonly crane: FoundTool | undefined }> {
  if (isBare && engine === 'native') return { helm: undefined, crane: undefined };
  const { findCrane, findTools } = await import('./find-tools.ts');
  return isBare ? { helm: undefined, crane: await findCrane(around, engine) } : findTools(around, engine);
}

async function chartPortsFor(
  helm: FoundTool | undefined,
  workspace: OpenWorkspace,
  renders: number,
  file: FileSource | undefined,
): Promise<ChartPorts> {
  if (helm === undefined) return NO_CHARTS;
  const { chartPorts } = await import('./chart-ports.ts');
  return chartPorts({ helm, workspace, renders, localCharts: file?.localCharts });
}

async function chartRows(run: Run): Promise<readonly ReportedChart[]> {
  if (run.releases.length === 0) return [];
  const { toChart } = await import('../pipeline/report-chart.ts');
  return run.releases.map((release) => toChart(run, release));
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
  readonly steps: (run: Run, connections: Connections) => readonly Step[];
  readonly work?: RunWork;
}

/** How a run differs from the usual one. */
export interface RunWork {
  /** Whether no chart is looked at: then nothing is rendered, and no result is kept. */
  readonly withoutCharts?: boolean;
  /** Whether the usual summary is left out, since another one follows. */
  readonly ownSummary?: boolean;
  /** What has to be so before anything is done. */
  readonly before?: (connections: Connections) => Promise<void>;
  /** Manifests of sources that need not be read again. */
  readonly known?: ReadonlyMap<Digest, FetchedManifest>;
  /** The name of the report, where it is not the usual one. */
  readonly reportFile?: string;
  /** The name of the journal, where it is not the usual one; null for none. */
  readonly journalFile?: string | null;
  /** Has the last word on the report. */
  readonly amend?: (report: Report) => Report;
  /** Takes the place of report and summary; the exit code. */
  readonly instead?: (run: Run, connections: Connections) => Promise<number>;
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
  steps,
  work,
}: MirrorCall): Promise<MirrorOutcome> {
  const startedAt = around.now().toISOString();
  const speech = speechOf(flags, around, redactor);
  const { network, settings } = inputs.configuration;
  const { engine } = settings;
  const tools = await toolsFor(around, engine, work?.withoutCharts === true);
  const { helm, crane } = tools;
  for (const found of [helm, crane]) if (found !== undefined) speech.line(found.note);
  const notices = createNotices(speech.line);
  const signatures = await verifierFor(inputs.options);
  await checkOutput(settings.outputDir);
  const reached = outOf(file, connect(network, around.env, explicit, redactor, notices.say, settings.profile));
  const connections = { ...reached, registry: knowing(work?.known ?? new Map(), reached.registry) };
  const workspace = await openWorkspace(around.temporary);
  const cache = helm === undefined ? undefined : await openCache(settings.cache, helm.path, around, notices.say);
  const noted = inputs.options.scanOnly ? null : work?.journalFile;
  const journal = noted === null ? undefined : await openJournal(settings.outputDir, notices.say, noted);
  const push = await openTools({
    tools,
    workspace,
    connections,
    network,
    redactor,
    contents: file?.contents,
    known: file?.known,
    journal,
  });
  try {
    const results = work?.cache === undefined ? cache : work.cache(cache);
    const { options } = inputs;
    const { outputDir } = settings;
    const charts = await chartPortsFor(helm, workspace, options.renders, file);
    const ports = portsOf({
      journal,
      charts,
      workspace,
      cache: results,
      connections,
      push,
      options,
      outputDir,
      signatures,
    });
    const say = speech.drawn ? () => undefined : speech.line;
    const run = startRun({ ports, options, catalog: inputs.catalog, signal: around.signal, say });
    for (const [text, digest] of file === undefined ? [] : madeAnew(file.shelf)) run.copiedDigests.set(text, digest);
    await work?.before?.(connections);
    await carryOut(steps(run, connections), speech, notices, redactor);
    if (flags.verbose) for (const stack of unexpected(run)) speech.line(stack);
    const facts = {
      startedAt,
      finishedAt: around.now().toISOString(),
      helm: versionOf(helm),
      crane: versionOf(crane),
      network,
    };
    const own = finish(run, facts, await chartRows(run));
    const report = work?.amend?.(own) ?? own;
    const exitCode =
      work?.instead === undefined
        ? await conclude(report, ports, flags, around, redactor, outputDir, work ?? {})
        : await work.instead(run, connections);
    return { report, exitCode };
  } finally {
    await cache?.trim();
    await push.close();
    await journal?.close();
    await connections.close();
    await workspace.close();
  }
}
