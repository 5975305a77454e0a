import type { PolicyNeeds, SourceNeeds } from '../domain/ecr/least-policy.ts';
import type { RepositoryNeeds } from '../domain/ecr/policy-actions.ts';
import { type EcrRegistry, ecrRegistry } from '../domain/ecr/registry.ts';
import type { NetworkSettings } from '../domain/network.ts';
import { mirroredRepository } from '../domain/source-mirror.ts';
import { plannedChanges, type RepositoryItem } from './repository-item.ts';
import type { Run } from './run.ts';

/** What is pushed in this run, or would be by one that a scan stands for. */
function isPushed(name: string, run: Run): boolean {
  if (run.options.scanOnly) return true;
  const copied = run.images.some(
    ({ destination, state }) =>
      destination.repository === name &&
      (state.kind === 'copied' || (state.kind === 'cleared' && state.decision.kind === 'copy')),
  );
  return (
    copied || run.charts.some(({ destination, push }) => destination.repository === name && push.kind === 'pushed')
  );
}

function toNeeds(repository: RepositoryItem, ecr: EcrRegistry, run: Run): RepositoryNeeds {
  const { name, wanted, state, outcome } = repository;
  return {
    name: ecr.kind === 'public' ? name.split('/').slice(1).join('/') : name,
    settings: wanted,
    isCreated: state.kind !== 'present' || outcome.kind === 'existed',
    isPushed: isPushed(name, run),
    changes: plannedChanges(repository, run),
  };
}

/** The places in ECR that images and charts are read from, where they really are: a mirror may be one. */
function sourcesOf(run: Run, network: NetworkSettings) {
  const charts = run.charts.flatMap(({ locator }) => (locator.kind === 'oci' ? [locator.reference] : []));
  return [...run.images.map(({ source }) => source), ...charts].flatMap(({ registry, repository }) => {
    const mirror = mirroredRepository(network.mirrors, registry, repository);
    const ecr = ecrRegistry(mirror?.host ?? registry, network);
    return ecr === undefined ? [] : [{ ecr, repository: mirror?.path ?? repository }];
  });
}

/** All that a run does at Amazon ECR, for its policy. */
export function needsOf(target: EcrRegistry | undefined, run: Run, network: NetworkSettings): PolicyNeeds {
  const sources = sourcesOf(run, network);
  return {
    target,
    repositories: target === undefined ? [] : run.repositories.map((repository) => toNeeds(repository, target, run)),
    asksMounting: target?.kind === 'private',
    sources: sources.flatMap(({ ecr, repository }): readonly SourceNeeds[] =>
      ecr.kind === 'private' ? [{ registry: ecr, repository }] : [],
    ),
    readsPublic: sources.some(({ ecr }) => ecr.kind === 'public'),
  };
}
