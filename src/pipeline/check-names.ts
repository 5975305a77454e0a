import { type Named, type NameProblem, repositoryNameProblem, tagProblem } from '../domain/ecr/names.ts';
import { type EcrRegistry, nameInRegistry } from '../domain/ecr/registry.ts';
import { repositoryProblem } from '../domain/plan/destination.ts';
import { formatReference, isRepositoryName, type Reference } from '../domain/reference.ts';
import { MirrorError } from '../errors.ts';
import { chartReference } from './chart-destination.ts';
import { type ChartItem, chartName } from './chart-item.ts';
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

/** What to do about a chart by whose name no registry can have a repository; undefined where one can. */
export function otherNameHint(name: string): string | undefined {
  if (isRepositoryName(name)) return undefined;
  return 'no registry takes a chart of this name: write another one into its Chart.yaml, of lower case letters, digits, ".", "_" and "-", pack it again with helm package, and name it so in the input';
}

/** Why a chart cannot be named; what its own name is to blame for, no other place at the target mends. */
function chartProblem(chart: ChartItem, run: Run): NameProblem | undefined {
  const problem = problemOf(chartReference(chart, run), 'chart', run.options.ecr);
  const hint = otherNameHint(chart.source.chart);
  return problem === undefined || hint === undefined ? problem : { ...problem, hint };
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
    const problem = chartProblem(chart, run);
    if (problem !== undefined) chart.failure ??= nameless(`chart ${chartName(chart)}`, problem);
  }
}
