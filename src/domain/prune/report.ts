import type { RecordedImage } from '../records/record.ts';
import type { ReportedError } from '../report/reported-error.ts';
import { freedBytes } from './freed-bytes.ts';
import { entriesWithoutChart, type KeepRules } from './keep-rules.ts';
import { KEEP_REASONS, type KeepReason } from './plan.ts';
import type { Removal, RemovalRole } from './removal-order.ts';
import type { PruneEnd, PruneResult, RemovalState } from './result.ts';
import { manifestKey, type StoredManifest, type StoredRepository } from './stored.ts';

/** What became of a manifest that goes; see `RemovalState`. */
export type ReportedState = 'planned' | 'removed' | 'failed' | 'spared' | 'left';

/** How the run ended; see `PruneEnd`. */
export type ReportedEnd = 'shown' | 'finished' | 'changed' | 'refused' | 'interrupted' | 'stopped';

/** How what a chart needs was found out; see `ChartNeeds`. */
export type ReportedNeeds = 'recorded' | 'nameable' | 'unreadable';

/** A manifest that goes, or was to go. `reason` tells of a failure why. */
export interface ReportedRemoval {
  readonly digest: string;
  readonly tags: readonly string[];
  readonly role: RemovalRole;
  readonly state: ReportedState;
  readonly reason: string | null;
}

/** A repository within reach. `bytes` is what is freed, or was; `bytesAreBound` when it may be less. */
export interface ReportedRepository {
  readonly repository: string;
  readonly bytes: number;
  readonly bytesAreBound: boolean;
  readonly removals: readonly ReportedRemoval[];
  /** How many manifests stay, by the first reason of each. */
  readonly kept: Readonly<Partial<Record<KeepReason, number>>>;
}

/** A chart that stays, anywhere in the registry. `detail` tells why what it needs cannot be read. */
export interface ReportedKeptChart {
  readonly repository: string;
  readonly tags: readonly string[];
  readonly digest: string;
  readonly reasons: readonly KeepReason[];
  readonly needs: ReportedNeeds;
  readonly detail: string | null;
}

/** Counts. `manifests` counts those that go by what became of them. */
export interface PruneTotals {
  readonly repositories: { readonly total: number; readonly withinReach: number };
  readonly charts: { readonly kept: number; readonly removals: number };
  readonly manifests: Readonly<Partial<Record<ReportedState, number>>>;
  readonly bytes: number;
  readonly bytesAreBound: boolean;
}

/** What a run of prune found and did: schemas/prune.schema.json describes its JSON. */
export interface PruneReport {
  readonly version: 1;
  readonly target: string;
  readonly startedAt: string;
  readonly finishedAt: string;
  readonly exitCode: number;
  readonly rules: {
    readonly keepCatalogs: readonly string[];
    readonly keepCharts: number | null;
    readonly minimumAgeHours: number;
    readonly all: boolean;
  };
  readonly end: ReportedEnd;
  readonly error: ReportedError | null;
  readonly totals: PruneTotals;
  readonly repositories: readonly ReportedRepository[];
  readonly keptCharts: readonly ReportedKeptChart[];
  /** Entries of the catalogs of which the registry has no chart. */
  readonly withoutChart: readonly string[];
  /** Images of kept charts that are not there, whatever took them away. */
  readonly missingImages: readonly { readonly chart: string; readonly image: string }[];
}

/** What the report tells beside what was found. */
export interface PruneReportFacts {
  readonly target: string;
  readonly startedAt: string;
  readonly finishedAt: string;
  readonly keepCatalogs: readonly string[];
  readonly rules: KeepRules;
  readonly all: boolean;
}

const HOUR = 60 * 60 * 1000;

function firstReason(reasons: ReadonlySet<KeepReason> | undefined): KeepReason | undefined {
  return KEEP_REASONS.find((reason) => reasons?.has(reason));
}

function count<T extends string>(values: readonly T[]): Readonly<Partial<Record<T, number>>> {
  const counts: Partial<Record<T, number>> = {};
  for (const value of values) counts[value] = (counts[value] ?? 0) + 1;
  return counts;
}

function stateOf(manifest: StoredManifest, { states }: PruneResult): RemovalState | undefined {
  return states.get(manifestKey(manifest));
}

/** Before anything is removed, what would be freed; afterwards, what was. */
function isFreed(manifest: StoredManifest, result: PruneResult): boolean {
  const kind = stateOf(manifest, result)?.kind;
  return kind === 'planned' || kind === 'removed';
}

function toRemoval({ manifest, role }: Removal, result: PruneResult): ReportedRemoval {
  const state: RemovalState = stateOf(manifest, result) ?? { kind: 'left' };
  const reason = state.kind === 'failed' ? state.reason : null;
  return { digest: manifest.digest, tags: manifest.tags, role, state: state.kind, reason };
}

function toRepository(
  repository: StoredRepository,
  removals: readonly Removal[],
  result: PruneResult,
): ReportedRepository {
  const { bytes, isBound } = freedBytes(repository, (manifest) => isFreed(manifest, result));
  const reasons = repository.manifests.flatMap(
    (manifest) => firstReason(result.plan.kept.get(manifestKey(manifest))) ?? [],
  );
  return {
    repository: repository.name,
    bytes,
    bytesAreBound: isBound,
    removals: removals.map((removal) => toRemoval(removal, result)),
    kept: count(reasons),
  };
}

function keptCharts(result: PruneResult): readonly ReportedKeptChart[] {
  const charts = result.repositories.flatMap(({ manifests }) => manifests.filter(({ isChart }) => isChart));
  return charts.flatMap((chart): readonly ReportedKeptChart[] => {
    const reasons = result.plan.kept.get(manifestKey(chart));
    const needs = result.needs.get(manifestKey(chart));
    if (reasons === undefined || needs === undefined) return [];
    const { repository, tags, digest } = chart;
    const detail = needs.kind === 'unreadable' ? needs.reason : null;
    return [{ repository, tags, digest, reasons: [...reasons], needs: needs.kind, detail }];
  });
}

function imageName({ repository, tag, digest }: RecordedImage): string {
  return `${repository}${tag === undefined ? '' : `:${tag}`}${digest === undefined ? '' : `@${digest}`}`;
}

function missingImages(result: PruneResult): PruneReport['missingImages'] {
  const names = new Set(
    result.repositories.flatMap(({ name, manifests }) =>
      manifests.flatMap(({ digest, tags }) => [`${name}@${digest}`, ...tags.map((tag) => `${name}:${tag}`)]),
    ),
  );
  const isThere = ({ repository, tag, digest }: RecordedImage): boolean =>
    (digest !== undefined && names.has(`${repository}@${digest}`)) ||
    (tag !== undefined && names.has(`${repository}:${tag}`));
  const charts = result.repositories.flatMap(({ manifests }) => manifests);
  return charts.flatMap((chart) => {
    const needs = result.needs.get(manifestKey(chart));
    if (needs?.kind !== 'recorded') return [];
    const missing = needs.images.filter((image) => image.how === 'rendered' && !isThere(image));
    const name =
      chart.tags.length === 0 ? `${chart.repository}@${chart.digest}` : `${chart.repository}:${chart.tags[0]}`;
    return [...new Set(missing.map(imageName))].map((image) => ({ chart: name, image }));
  });
}

/** 0 when all that was to be done is done, 130 when interrupted, else 1. */
function exitCodeOf({ end, states }: PruneResult): number {
  if (end.kind === 'interrupted') return 130;
  if (end.kind === 'shown') return 0;
  const all = [...states.values()].every(({ kind }) => kind === 'removed');
  return end.kind === 'finished' && all ? 0 : 1;
}

function errorOf(end: PruneEnd): ReportedError | null {
  if (end.kind !== 'stopped') return null;
  const { code, origin, message, hint } = end.error;
  return { code, origin, message, hint: hint ?? null };
}

/** Folds what was found and done into the report. */
export function pruneReport(result: PruneResult, facts: PruneReportFacts): PruneReport {
  const within = result.repositories.filter(({ reach }) => reach === 'in-reach');
  const byRepository = Map.groupBy(result.plan.removals, ({ manifest }) => manifest.repository);
  const repositories = within.map((one) => toRepository(one, byRepository.get(one.name) ?? [], result));
  const kept = keptCharts(result);
  const { target, startedAt, finishedAt, keepCatalogs, rules, all } = facts;
  return {
    version: 1,
    ...{ target, startedAt, finishedAt },
    exitCode: exitCodeOf(result),
    rules: { keepCatalogs, keepCharts: rules.newest ?? null, minimumAgeHours: rules.minimumAge / HOUR, all },
    end: result.end.kind,
    error: errorOf(result.end),
    totals: {
      repositories: { total: result.repositories.length, withinReach: within.length },
      charts: { kept: kept.length, removals: result.plan.removals.filter(({ role }) => role === 'chart').length },
      manifests: count([...result.states.values()].map(({ kind }) => kind)),
      bytes: repositories.reduce((sum, { bytes }) => sum + bytes, 0),
      bytesAreBound: repositories.some(({ bytesAreBound }) => bytesAreBound),
    },
    repositories,
    keptCharts: kept,
    withoutChart: entriesWithoutChart(within, rules).map(({ name }) => name),
    missingImages: missingImages(result),
  };
}
