import type { ExplicitCredentials } from '../adapters/credentials.ts';
import { openImageContents } from '../adapters/image-contents.ts';
import { openJournal } from '../adapters/journal.ts';
import { knowing } from '../adapters/known-manifests.ts';
import { checkOutput, REPORT_FILE } from '../adapters/output.ts';
import { lockOutput } from '../adapters/output-lock.ts';
import type { OpenCache } from '../adapters/result-cache.ts';
import type { FoundTool } from '../adapters/tools/find.ts';
import { type OpenWorkspace, openWorkspace } from '../adapters/workspace.ts';
import type { OutputFlags } from '../cli/options.ts';
import type { ReportFlags } from '../cli/report-options.ts';
import type { CopyEngine } from '../config/settings.ts';
import type { Digest } from '../domain/reference.ts';
import type { Report, ReportedChart } from '../domain/report/report.ts';
import { toMirrorError } from '../errors.ts';
import { finish } from '../pipeline/finish.ts';
import { contentsByDigest } from '../pipeline/image-contents.ts';
import type { Step } from '../pipeline/progress.ts';
import { type Run, startRun } from '../pipeline/run.ts';
import type { ResultCache } from '../ports/files.ts';
import type { FetchedManifest } from '../ports/registry.ts';
import type { Redactor } from '../redaction.ts';
import { createNotices, type Notices } from '../view/notices.ts';
import { runSteps } from '../view/run-steps.ts';
import { allLines, NO_LINES, plainLines } from '../view/step-lines.ts';
import type { ChartPorts } from './chart-ports.ts';
import { comparedReport, concludeRun } from './conclude-run.ts';
import { type Connections, connect } from './connect.ts';
import { type FileSource, madeAnew, outOf } from './file-source.ts';
import { contentsDirectories, openCache } from './open-cache.ts';
import { openTools } from './push-tools.ts';
import { openEvents, type RunEvents } from './run-events.ts';
import type { MirrorInputs } from './run-inputs.ts';
import { NO_CHARTS, portsOf, quotaOf, verifierFor } from './run-ports.ts';
import type { Surroundings } from './surroundings.ts';

type CheckedInputs = Extract<MirrorInputs, { kind: 'ok' }>;

/** What decides who a run talks to, and what is printed. */
export type RunFlags = OutputFlags & Pick<ReportFlags, 'events'>;

/** How a run talks to people: drawn on a terminal, plain lines elsewhere, everything scrubbed. */
interface Speech {
  readonly drawn: boolean;
  readonly line: (text: string) => void;
}

export function speechOf(flags: RunFlags, around: Surroundings, redactor: Redactor): Speech {
  const isForPrograms = flags.json || flags.events === '-';
  return { drawn: around.drawable && !isForPrograms, line: (text) => around.complain(`${redactor.scrub(text)}\n`) };
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

interface Telling {
  readonly speech: Speech;
  readonly notices: Notices;
  readonly events: RunEvents;
}

async function carryOut(steps: readonly Step[], telling: Telling, redactor: Redactor): Promise<void> {
  const { speech, notices, events } = telling;
  const lines = allLines([speech.drawn ? NO_LINES : plainLines(speech.line), events.lines]);
  await runSteps(steps, { drawn: speech.drawn, lines, notices, scrub: (text) => redactor.scrub(text) });
}

function versionOf(tool: FoundTool | undefined): string | null {
  return tool === undefined ? null : (tool.version ?? 'unknown');
}

// what only charts need is loaded where there are some: a list of images need not wait for it

interface Tools {
  readonly helm: FoundTool | undefined;
  readonly crane: FoundTool | undefined;
}

async function toolsFor(around: Surroundings, engine: CopyEngine, isBare: boolean): Promise<Tools> {
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
  readonly flags: RunFlags;
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
  /** Whether what to do after a success is said by the command, too. */
  readonly ownNext?: boolean;
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

/** The name of the lock of a run that writes this report: runs with reports of other names may share a directory. */
function lockOf(reportFile: string): string {
  return `.airgap-charts.${reportFile.replace(/\.json$/, '')}.lock`;
}

/** Runs what the inputs name, writes the report and tells it. */
export async function runMirror(call: MirrorCall): Promise<MirrorOutcome> {
  const { inputs, flags, around, redactor, work = {} } = call;
  const speech = speechOf(flags, around, redactor);
  const { settings } = inputs.configuration;
  const tools = await toolsFor(around, settings.engine, work.withoutCharts === true);
  for (const found of [tools.helm, tools.crane]) if (found !== undefined) speech.line(found.note);
  await checkOutput(settings.outputDir);
  const name = lockOf(work.reportFile ?? REPORT_FILE);
  const lock = work.instead === undefined ? await lockOutput(settings.outputDir, name) : undefined;
  try {
    const events = openEvents(inputs.outputs.events, around, redactor);
    return await heard(events, speech, () => carriedOut(call, tools, { speech, events }));
  } finally {
    await lock?.release();
  }
}

/** Closes the events behind a run; one that could not be told makes the run not all done. */
async function heard(events: RunEvents, speech: Speech, work: () => Promise<MirrorOutcome>): Promise<MirrorOutcome> {
  try {
    const outcome = await work();
    events.ended(outcome.report, outcome.exitCode);
    const failure = events.close();
    if (failure === undefined) return outcome;
    speech.line(`${failure.code}: ${failure.message}`);
    return { ...outcome, exitCode: Math.max(outcome.exitCode, 1) };
  } catch (thrown) {
    events.brokeOff(toMirrorError(thrown));
    events.close();
    throw thrown;
  }
}

async function carriedOut(
  { inputs, flags, around, redactor, explicit, file, steps, work = {} }: MirrorCall,
  tools: Tools,
  { speech, events }: Pick<Telling, 'speech' | 'events'>,
): Promise<MirrorOutcome> {
  const startedAt = around.now().toISOString();
  const { network, settings } = inputs.configuration;
  const { options } = inputs;
  const { outputDir } = settings;
  const { helm, crane } = tools;
  const notices = createNotices(speech.line);
  const notice = (text: string): void => {
    events.notice(text);
    notices.say(text);
  };
  const signatures = await verifierFor(options);
  const reached = outOf(file, connect(network, around.env, explicit, redactor, notice, settings.profile));
  const connections = { ...reached, registry: knowing(work.known ?? new Map(), reached.registry) };
  const workspace = await openWorkspace(around.temporary);
  const cache = helm === undefined ? undefined : await openCache(settings.cache, helm.path, around, notice);
  const noted = options.scanOnly ? null : work.journalFile;
  const journal = noted === null ? undefined : await openJournal(outputDir, notice, noted);
  const carried = { contents: file?.contents, known: file?.known };
  const push = await openTools({ ...{ tools, workspace, connections, network, redactor, journal }, ...carried });
  try {
    const results = work.cache === undefined ? cache : work.cache(cache);
    const charts = await chartPortsFor(helm, workspace, options.renders, file);
    const ports = portsOf({
      ...{ journal, charts, workspace, cache: results, connections, push, options, outputDir, signatures },
      quota: file === undefined ? quotaOf(connections, work.known, notice) : undefined,
    });
    const say = speech.drawn ? () => undefined : speech.line;
    const run = startRun({ ports, options, catalog: inputs.catalog, signal: around.signal, say });
    for (const [text, digest] of file === undefined ? [] : madeAnew(file.shelf)) run.copiedDigests.set(text, digest);
    await work.before?.(connections);
    events.began({ target: options.naming.registry, scanOnly: options.scanOnly });
    await carryOut(steps(run, connections), { speech, notices, events }, redactor);
    if (flags.verbose) for (const stack of unexpected(run)) speech.line(stack);
    const finishedAt = around.now().toISOString();
    const places = work.instead === undefined ? contentsDirectories(settings, around) : [];
    const { earlier, keep } = await openImageContents(places, notice);
    const facts = { startedAt, finishedAt, helm: versionOf(helm), crane: versionOf(crane), network, earlier };
    const own = finish(run, facts, await chartRows(run));
    const report = comparedReport(work.amend?.(own) ?? own, inputs.outputs);
    if (work.instead !== undefined) return { report, exitCode: await work.instead(run, connections) };
    await keep(contentsByDigest(run, earlier));
    const { reportFile = REPORT_FILE, ownSummary = false, ownNext = false } = work;
    const ended = { report, output: ports.output, outputs: inputs.outputs, outputDir, reportFile };
    const conclusion = { ...ended, ownSummary, ownNext };
    return { report, exitCode: await concludeRun(conclusion, flags, around, redactor) };
  } finally {
    await cache?.trim();
    await push.close();
    await journal?.close();
    await connections.close();
    await workspace.close();
  }
}
