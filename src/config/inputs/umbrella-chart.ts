import { join, resolve } from 'node:path';
import { parseConstraint, satisfies } from '../../domain/version/constraint.ts';
import { parseVersion } from '../../domain/version/version.ts';
import { flagProblem, shown } from '../problems.ts';
import type { Subject } from './findings.ts';
import { chartIn, type InputContext, inlineLayer, nameOf, valuesTree } from './input-context.ts';
import { readTrees } from './read-tree.ts';
import { itemsAt, mapAt, type Tree, type TreeMap, textAt } from './tree.ts';
import { mapOf, mergedMaps } from './tree-merge.ts';
import { addWanted, type WantedFrom } from './wanted-chart.ts';

type From = WantedFrom | { readonly kind: 'wrong'; readonly reason: string };

interface Umbrella {
  readonly directory: string;
  readonly lock: Tree | undefined;
  readonly values: TreeMap | undefined;
}

async function firstTree(context: InputContext, path: string): Promise<Tree | undefined> {
  if ((await context.files.kindOf(path)) !== 'file') return undefined;
  const file = nameOf(context, path);
  const read = readTrees(file, await context.files.readText(path));
  if (read.kind === 'trees') return read.trees[0];
  context.findings.problems.push(...read.problems);
  return undefined;
}

/** The dependency's version in the lock, where the lock is of this dependency and fits what is asked for. */
function lockedVersion(lock: Tree | undefined, dependency: Tree): string | undefined {
  const [name, repository, asked] = ['name', 'repository', 'version'].map((key) => textAt(dependency, key));
  const found = itemsAt(lock, 'dependencies').filter(
    (item) => textAt(item, 'name') === name && textAt(item, 'repository') === repository,
  );
  const range = asked === undefined ? undefined : parseConstraint(asked);
  return found
    .map((item) => textAt(item, 'version'))
    .find((text) => {
      const version = text === undefined ? undefined : parseVersion(text);
      return version !== undefined && (range === undefined || satisfies(version, range));
    });
}

async function vendored(
  context: InputContext,
  directory: string,
  name: string,
  version: string | undefined,
): Promise<From> {
  const base = join(directory, 'charts');
  if ((await chartIn(context, join(base, name))) !== undefined) return { kind: 'local', path: join(base, name) };
  const archive = join(base, `${name}-${version ?? ''}.tgz`);
  if ((await context.files.kindOf(archive)) === 'file') return { kind: 'local', path: archive };
  return { kind: 'wrong', reason: `it names no repository, and there is no ${shown(`charts/${name}`)}` };
}

async function fromOf(
  context: InputContext,
  umbrella: Umbrella,
  dependency: Tree,
  version: string | undefined,
): Promise<From> {
  const repository = textAt(dependency, 'repository');
  const name = textAt(dependency, 'name') ?? '';
  if (repository === undefined) return vendored(context, umbrella.directory, name, version);
  if (/^@|^alias:/.test(repository)) {
    return {
      kind: 'wrong',
      reason: `the repository ${shown(repository)} is a name that only helm's own configuration knows`,
    };
  }
  if (!repository.startsWith('file://')) return { kind: 'repository', text: repository };
  const path = resolve(umbrella.directory, repository.slice('file://'.length));
  const chart = await chartIn(context, path);
  if (chart === undefined) return { kind: 'wrong', reason: `there is no chart at ${shown(repository)}` };
  return { kind: 'local', path };
}

/** What the umbrella's values say to a dependency: those below its name, and the global ones. */
function valuesFor(umbrella: Umbrella, name: string): TreeMap | undefined {
  const own = mapAt(umbrella.values, name);
  const global = mapAt(umbrella.values, 'global');
  const shared = global === undefined || global.fields.size === 0 ? undefined : mapOf(global.at, 'global', global);
  // helm's coalescing lets the parent's globals win
  return mergedMaps([own, shared].filter((map) => map !== undefined));
}

async function readDependency(
  context: InputContext,
  umbrella: Umbrella,
  file: string,
  dependency: Tree,
): Promise<void> {
  const name = textAt(dependency, 'name');
  const key = textAt(dependency, 'alias') ?? name;
  const place = { ...dependency.at, file, key };
  const subject: Subject = { label: `dependency ${key ?? ''}`, place };
  if (name === undefined) return context.findings.refuse(subject, 'it has no name');
  const version = lockedVersion(umbrella.lock, dependency) ?? textAt(dependency, 'version');
  const from = await fromOf(context, umbrella, dependency, version);
  if (from.kind === 'wrong') return context.findings.refuse(subject, from.reason);
  const condition = textAt(dependency, 'condition');
  if (condition !== undefined) {
    context.findings.note(
      `${file}:${place.line}: ${subject.label} depends on ${condition}, it is mirrored in any case`,
    );
  }
  if (itemsAt(dependency, 'import-values').length > 0) {
    context.findings.leaveOut(subject, undefined, 'its import-values are not applied');
  }
  addWanted(context.findings, {
    subject,
    chart: name,
    from,
    version,
    release: key,
    namespace: undefined,
    layers: inlineLayer(subject, valuesFor(umbrella, key ?? name)),
  });
}

async function umbrellaValues(context: InputContext, directory: string): Promise<TreeMap | undefined> {
  const path = join(directory, 'values.yaml');
  if ((await context.files.kindOf(path)) !== 'file') return undefined;
  const file = nameOf(context, path);
  const at = { file, line: 1, column: 1, key: undefined };
  const read = valuesTree(await context.files.readText(path), at);
  if (read.kind === 'values') return read.tree;
  context.findings.leaveOut({ label: 'values.yaml', place: at }, undefined, `it is not read: ${read.reason}`);
  return undefined;
}

/**
 * Reads the dependencies of a chart on disk, each as a release of its own: its version from the lock where that fits, its
 * values from those of the chart. The chart itself is no entry.
 */
export async function readUmbrella(context: InputContext, name: string): Promise<void> {
  const given = resolve(context.cwd, name);
  const directory = /(?:^|\/)Chart\.yaml$/.test(given) ? resolve(given, '..') : given;
  const before = context.findings.problems.length;
  const chart = await firstTree(context, join(directory, 'Chart.yaml'));
  if (chart === undefined) {
    if (context.findings.problems.length > before) return;
    const what = `there is no Chart.yaml in ${shown(name)}`;
    context.findings.problems.push(flagProblem('--chart', { what, instead: 'name the directory of a chart' }));
    return;
  }
  // charts of apiVersion v1 have their dependencies in a file of their own
  const isOld = (await context.files.kindOf(join(directory, 'requirements.yaml'))) === 'file';
  const file = join(directory, isOld ? 'requirements.yaml' : 'Chart.yaml');
  const list = isOld ? await firstTree(context, file) : chart;
  const lock = await firstTree(context, join(directory, isOld ? 'requirements.lock' : 'Chart.lock'));
  const dependencies = itemsAt(list, 'dependencies');
  if (dependencies.length === 0) {
    const what = `the chart ${shown(textAt(chart, 'name') ?? name)} has no dependencies`;
    const instead = 'write the chart itself into a catalog, with its directory as the repository';
    context.findings.problems.push(flagProblem('--chart', { what, instead }));
    return;
  }
  const umbrella: Umbrella = { directory, lock, values: await umbrellaValues(context, directory) };
  for (const dependency of dependencies) await readDependency(context, umbrella, nameOf(context, file), dependency);
  context.findings.note(
    `${nameOf(context, directory)}: of this chart only its dependencies are read; to mirror it as a whole, write it into a catalog`,
  );
}
