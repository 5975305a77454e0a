import type { Subject } from './findings.ts';
import type { InputContext } from './input-context.ts';
import { readTrees } from './read-tree.ts';
import type { Tree, TreeMap } from './tree.ts';

/** What the text of `elementsYaml` holds, or why it is no list of maps. */
function elementsIn(written: Tree): readonly TreeMap[] | string {
  if (written.kind !== 'scalar' || typeof written.value !== 'string') return 'it is no text';
  if (written.open !== undefined) return `a template in it is not filled in (${written.open})`;
  const read = readTrees(written.at.file, written.value);
  const open = written.value.includes('{{') ? 'it holds a template that nothing fills in' : undefined;
  if (read.kind === 'problems') {
    if (open !== undefined) return open;
    const [problem] = read.problems;
    return `line ${problem?.line ?? 1} of it: ${problem?.what ?? 'it is no YAML'}`;
  }
  const [tree, ...others] = read.trees;
  if (tree === undefined || (tree.kind === 'scalar' && tree.value === null)) return [];
  const maps = tree.kind === 'list' ? tree.items.flatMap((item) => (item.kind === 'map' ? [item] : [])) : [];
  const isList = tree.kind === 'list' && maps.length === tree.items.length && others.length === 0;
  return isList ? maps : (open ?? 'it is no list of maps');
}

/**
 * The elements that the `elementsYaml` of a list generator has as a text (argo-cd docs, "List Generator", dynamically generated
 * elements). Where it cannot be read, nothing comes of it, and that the set cannot be mirrored is told.
 */
export function yamlElements(context: InputContext, subject: Subject, written: Tree): readonly TreeMap[] {
  const elements = elementsIn(written);
  if (typeof elements !== 'string') return elements;
  const place = { ...written.at, key: subject.place.key };
  context.findings.refuse({ ...subject, place }, `the elementsYaml of its list generator is not read: ${elements}`);
  return [];
}
