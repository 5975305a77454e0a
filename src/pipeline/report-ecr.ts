import { leastPolicy, policyNotes } from '../domain/ecr/least-policy.ts';
import { mountSavings } from '../domain/ecr/mount-savings.ts';
import { type RepositorySettings, unknownSettings } from '../domain/ecr/repository-settings.ts';
import type { NetworkSettings } from '../domain/network.ts';
import type {
  ReportedEcr,
  ReportedRepository,
  ReportedSettings,
  RepositoryStatus,
} from '../domain/report/reported-ecr.ts';
import { needsOf } from './ecr-needs.ts';
import { toError } from './report-error.ts';
import type { RepositoryItem } from './repository-item.ts';
import type { Run } from './run.ts';

function statusOf({ state, outcome, failure }: RepositoryItem): RepositoryStatus {
  if (failure !== undefined && failure.code !== 'INTERRUPTED') return 'failed';
  if (outcome.kind === 'created' || outcome.kind === 'existed' || outcome.kind === 'changed') return outcome.kind;
  switch (state.kind) {
    case 'present':
      return 'present';
    case 'absent':
      return 'to-create';
    case 'unknown':
    case 'unasked':
      return 'unknown';
  }
}

/** Settings as JSON has them. */
export function toSettings(settings: RepositorySettings): ReportedSettings {
  const { tags, tagMutability, scanOnPush, encryption, lifecyclePolicy, repositoryPolicy } = settings;
  return {
    tags,
    tagMutability: tagMutability ?? null,
    scanOnPush: scanOnPush ?? null,
    encryption: encryption === undefined ? null : { type: encryption.kind, key: encryption.key ?? null },
    lifecyclePolicy: lifecyclePolicy ?? null,
    repositoryPolicy: repositoryPolicy ?? null,
  };
}

function detailOf({ state, outcome }: RepositoryItem): string | null {
  if (outcome.kind === 'left') return outcome.detail;
  return state.kind === 'unknown' || state.kind === 'unasked' ? state.detail : null;
}

function toRepository(repository: RepositoryItem): ReportedRepository {
  const { outcome, state, wanted } = repository;
  const changed = new Set(outcome.kind === 'changed' ? outcome.changes : []);
  return {
    name: repository.name,
    status: statusOf(repository),
    settings: toSettings(wanted),
    differences: repository.differences.map(({ setting, is, wanted, changeable }) => {
      return { setting, is, wanted, changeable, changed: changed.has(setting) };
    }),
    notCompared: [
      ...repository.unsupported,
      ...(state.kind === 'present' ? unknownSettings(state.settings, wanted) : []),
    ],
    detail: detailOf(repository),
    error: toError(repository.failure),
  };
}

/** The key of a repository as text: that which it has, else that which it is to have. */
function keyOf({ state, wanted }: RepositoryItem): string {
  const { kind = 'AES256', key } = (state.kind === 'present' ? state.settings.encryption : wanted.encryption) ?? {};
  return [kind, key ?? ''].join(' ');
}

function savedBytes(run: Run): number | null {
  if (run.options.scanOnly) return null;
  const keys = new Map(run.repositories.map((repository) => [repository.name, keyOf(repository)]));
  const moved = run.images.filter(
    ({ state }) => state.kind === 'copied' || (state.kind === 'cleared' && state.decision.kind === 'copy'),
  );
  return mountSavings(
    moved.map(({ destination: { repository }, blobs }) => ({
      repository,
      encryption: keys.get(repository) ?? '',
      blobs,
    })),
  );
}

/** What the run knows of its target in Amazon ECR; null for other targets. */
export function toEcr(run: Run, network: NetworkSettings): ReportedEcr | null {
  const ecr = run.options.ecr;
  if (ecr === undefined) return null;
  const needs = needsOf(ecr, run, network);
  return {
    account: ecr.kind === 'private' ? (ecr.account ?? null) : null,
    region: ecr.kind === 'private' ? (ecr.region ?? null) : null,
    repositories: run.repositories.map(toRepository),
    mounting:
      ecr.kind === 'public'
        ? { state: 'not-asked', savesBytes: null }
        : { state: run.mounting ?? 'not-asked', savesBytes: savedBytes(run) },
    policy: leastPolicy(needs),
    policyNotes: policyNotes(needs),
    calls: run.ports.repositories?.calls() ?? {},
  };
}
