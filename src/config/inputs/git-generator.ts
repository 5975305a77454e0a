import { posix } from 'node:path';
import { rootOf } from '../documents.ts';
import { shown } from '../problems.ts';
import { readYaml } from '../yaml-source.ts';
import { type Checkout, checkoutNote } from './checkouts.ts';
import type { Subject } from './findings.ts';
import { type InputContext, nameOf } from './input-context.ts';
import { joinedParameters, parametersOf, pathParameters } from './parameter-sets.ts';
import { pathPattern } from './path-pattern.ts';
import type { Parameters } from './template-text.ts';
import { isTrue, itemsAt, type Tree, type TreeMap, textAt, treeOf } from './tree.ts';
import { entriesBelow } from './tree-files.ts';

/** The paths that a list of `path` with `exclude` picks. */
function picked(paths: readonly string[], list: readonly Tree[], stopsAtSlash: boolean): readonly string[] {
  const patterns = list.flatMap((item) => {
    const text = textAt(item, 'path');
    return text === undefined ? [] : [{ pattern: pathPattern(text, stopsAtSlash), isOut: isTrue(item, 'exclude') }];
  });
  return paths.filter(
    (path) =>
      patterns.some(({ pattern, isOut }) => !isOut && pattern.test(path)) &&
      !patterns.some(({ pattern, isOut }) => isOut && pattern.test(path)),
  );
}

/** A `git` generator, and what it is read for. */
export interface GitRequest {
  readonly context: InputContext;
  readonly subject: Subject;
  readonly generator: TreeMap;
  readonly isGo: boolean;
}

async function fileParameters(request: GitRequest, checkout: Checkout, path: string): Promise<readonly Parameters[]> {
  const { context, generator, isGo, subject } = request;
  const full = posix.join(checkout.directory, path);
  const own = pathParameters(posix.dirname(path), posix.basename(path), textAt(generator, 'pathParamPrefix'), isGo);
  const read = await readYaml(context.files, full, nameOf(context, full));
  const source = read.kind === 'ok' ? read.sources[0] : undefined;
  const root = source === undefined ? undefined : rootOf(source);
  const tree = source === undefined || root === undefined ? undefined : treeOf(source, root);
  if (tree === undefined || tree.kind === 'scalar') {
    context.findings.leaveOut(
      subject,
      generator.at,
      `the file ${shown(nameOf(context, full))} is not read: it holds no map`,
    );
    return [];
  }
  const items = tree.kind === 'list' ? tree.items : [tree];
  return items.map((item) => joinedParameters(parametersOf(item, isGo), own));
}

/**
 * The parameters of a `git` generator, from a checkout as it is there: one set for each directory, or for each object in the
 * files, that it picks. In patterns of files `*` matches slashes, as it does in Argo CD unless new globbing is turned on.
 * Undefined, and told, where there is no checkout.
 */
export async function gitParameters(request: GitRequest): Promise<readonly Parameters[] | undefined> {
  const { context, generator, isGo, subject } = request;
  const url = textAt(generator, 'repoURL') ?? '';
  const checkout = context.checkouts.find(url);
  const told = { ...subject, place: { ...generator.at, key: subject.place.key } };
  if (checkout === undefined) {
    context.findings.refuse(
      told,
      `its generator reads the Git repository ${shown(url)}, name a checkout of it with --checkout`,
    );
    return undefined;
  }
  context.findings.note(checkoutNote(url, checkout));
  const entries = await entriesBelow(context.files, checkout.directory);
  const prefix = textAt(generator, 'pathParamPrefix');
  const directories = itemsAt(generator, 'directories');
  const files = itemsAt(generator, 'files');
  const found: Parameters[] = [];
  const paths = (kind: 'file' | 'directory') =>
    entries.filter((entry) => entry.kind === kind).map(({ relative }) => relative);
  for (const path of directories.length === 0 ? [] : picked(paths('directory'), directories, true)) {
    found.push(pathParameters(path, undefined, prefix, isGo));
  }
  for (const path of files.length === 0 ? [] : picked(paths('file'), files, false)) {
    found.push(...(await fileParameters(request, checkout, path)));
  }
  if (found.length === 0)
    context.findings.refuse(told, `its generator finds nothing in the checkout ${shown(checkout.shown)}`);
  return found;
}
