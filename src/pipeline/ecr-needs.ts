import type { PolicyNeeds, SourceNeeds } from '../domain/ecr/least-policy.ts';
import type { RepositoryNeeds } from '../domain/ecr/policy-actions.ts';
import { type EcrRegistry, ecrRegistry, nameInRegistry } from '../domain/ecr/registry.ts';
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
  const artifacts = [...run.artifacts.items.values()].some(
    ({ destination, state }) =>
      destination.repository === name && (state.kind === 'copied' || state.kind === 'to-copy'),
  );
  return (
    copied ||
    artifacts ||
    run.charts.some(({ destination, push }) => destination.repository === name && push.kind === 'pushed')
  );
}

function toNeeds(repository: RepositoryItem, ecr: EcrRegistry, run: Run): RepositoryNeeds {
  const { name, wanted, state, outcome } = repository;
  return {
    name: nameInRegistry(name, ecr),
    settings: wanted,
    isCreated: state.kind !== 'present' || outcome.kind === 'existed',
    isPushed: isPushed(name, run),
    changes: plannedChanges(repository, run),
  };
}

/** A repository that something is read from. */
interface SourcePlace {
  readonly registry: string;
  readonly repository: string;
  readonly isListed: boolean;
}

function chartPlaces(run: Run): readonly SourcePlace[] {
  return run.releases.flatMap(({ addon, resolved }) => {
    const { source } = addon;
    if (source.kind !== 'oci') return [];
    return [{ registry: source.registry, repository: source.repository, isListed: resolved?.how !== 'exact' }];
  });
}

/** Dependencies in registries; their versions are ranges as a rule. */
function dependencyPlaces(run: Run): readonly SourcePlace[] {
  const dependencies = run.charts.flatMap(({ pulled }) => pulled?.dependencies ?? []);
  return dependencies
    .filter(({ repository, state }) => repository.startsWith('oci://') && state === 'fetched')
    .map(({ repository, name }) => {
      const [registry = '', ...path] = repository.slice('oci://'.length).replace(/\/+$/, '').split('/');
      return { registry, repository: [...path, name].join('/'), isListed: true };
    });
}

/** The places in ECR that images and charts are read from, where they really are: a mirror may be one. */
function sourcesOf(run: Run, network: NetworkSettings) {
  // what belongs to images is found by tags
  const isListed = run.options.artifacts !== 'none' || run.options.signatures !== undefined;
  const images = run.images.map(({ source }) => ({ ...source, isListed }));
  return [...images, ...chartPlaces(run), ...dependencyPlaces(run)].flatMap(
    ({ registry, repository, isListed: lists }) => {
      const mirror = mirroredRepository(network.mirrors, registry, repository);
      const ecr = ecrRegistry(mirror?.host ?? registry, network);
      return ecr === undefined ? [] : [{ ecr, repository: mirror?.path ?? repository, isListed: lists }];
    },
  );
}

/** All that a run does at Amazon ECR, for its policy. */
export function needsOf(target: EcrRegistry | undefined, run: Run, network: NetworkSettings): PolicyNeeds {
  const sources = sourcesOf(run, network);
  return {
    target,
    repositories: target === undefined ? [] : run.repositories.map((repository) => toNeeds(repository, target, run)),
    asksMounting: target?.kind === 'private',
    sources: sources.flatMap(({ ecr, repository, isListed }): readonly SourceNeeds[] =>
      ecr.kind === 'private' ? [{ registry: ecr, repository, isListed }] : [],
    ),
    readsPublic: sources.some(({ ecr }) => ecr.kind === 'public'),
  };
}
