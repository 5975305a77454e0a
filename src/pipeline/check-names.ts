import { type Named, type NameProblem, repositoryNameProblem, tagProblem } from '../domain/ecr/names.ts';
import { type EcrRegistry, nameInRegistry } from '../domain/ecr/registry.ts';
import { repositoryProblem } from '../domain/plan/destination.ts';
import { formatReference, type Reference } from '../domain/reference.ts';
import { MirrorError } from '../errors.ts';
import { chartReference } from './chart-destination.ts';
import { chartName } from './chart-item.ts';
import { failUsers } from './fail-users.ts';
import { livingCharts, type Run } from './run.ts';

function problemOf(
  { repository, tag }: Reference & { readonly tag: string },
  of: Named,
  ecr: EcrRegistry | undefined,
): NameProblem | undefined {
  if (ecr !== undefined) {
    const name = repositoryNameProblem(nameInRegistry(repository, ecr), ecr.kind, of);
    if (name !== undefined) return name;
  }
  const general = repositoryProblem(repository);
  if (general !== undefined) return { message: general, hint: 'choose another --target-prefix or --target-registry' };
  return tagProblem(tag, of);
}

function nameless(what: string, { message, hint }: NameProblem): MirrorError {
  return new MirrorError(`${what} cannot be named at the target: ${message}`, {
    code: 'DESTINATION_COLLISION',
    origin: 'destination',
    hint,
  });
}

/** Fails every image and chart that the target's grammar of names and tags does not allow, before anything is written. */
export function checkNames(run: Run): void {
  const ecr = run.options.ecr;
  for (const image of run.images) {
    const problem = problemOf(image.destination, 'image', ecr);
    if (problem !== undefined) failUsers(image, nameless(formatReference(image.source), problem));
  }
  for (const chart of livingCharts(run)) {
    const problem = problemOf(chartReference(chart, run), 'chart', ecr);
    if (problem !== undefined) chart.failure ??= nameless(`chart ${chartName(chart)}`, problem);
  }
}
