import { isImmutable, type TagMutability } from '../domain/ecr/tag-mutability.ts';
import type { Reference } from '../domain/reference.ts';
import type { TagState } from '../ports/repositories.ts';
import { plannedChanges, type RepositoryItem } from './repository-item.ts';
import type { Run } from './run.ts';

type TaggedReference = Reference & { readonly tag: string };

/** The repository of a reference at the target; undefined where the target creates repositories by itself. */
function repositoryOf(reference: Reference, run: Run): RepositoryItem | undefined {
  return run.repositories.find(({ name }) => name === reference.repository);
}

/** The mutability that a repository has when it is pushed to: changes come before the copies. */
function mutabilityOf(repository: RepositoryItem | undefined, run: Run): TagMutability | undefined {
  if (repository?.state.kind !== 'present') return undefined;
  const isChanged = plannedChanges(repository, run).includes('tagMutability');
  return isChanged ? repository.wanted.tagMutability : repository.state.settings.tagMutability;
}

/** Whether the target refuses every push to this tag. A repository that could not be looked at is taken for a mutable one: the push decides. */
export function isLocked(reference: TaggedReference, run: Run): boolean {
  const mutability = mutabilityOf(repositoryOf(reference, run), run);
  return mutability !== undefined && isImmutable(mutability, reference.tag);
}

/** What the look at the whole repository has told of a tag; undefined when the registry has to be asked for this one. */
export function heldAt(reference: TaggedReference, run: Run): TagState | undefined {
  const repository = repositoryOf(reference, run);
  if (repository?.state.kind === 'absent') return { kind: 'absent' };
  return repository?.held?.get(reference.tag);
}
