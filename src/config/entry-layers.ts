import { dirname, isAbsolute, join, resolve } from 'node:path';
import { isMap, type Node } from 'yaml';
import type { ValuesLayer } from '../domain/addon.ts';
import { rootOf } from './documents.ts';
import type { EntryMap } from './entry-map.ts';
import { problemAt, shown } from './problems.ts';
import { valuesText } from './values-text.ts';
import { placeOf } from './yaml-nodes.ts';
import { readYaml } from './yaml-source.ts';

async function valuesFile(entry: EntryMap, node: Node, written: string): Promise<ValuesLayer | undefined> {
  const { files, source, path } = entry.context;
  const absolute = resolve(dirname(path), written);
  const kind = await files.kindOf(absolute);
  if (kind === 'absent' || kind === 'directory') {
    const what = kind === 'absent' ? `there is no values file ${shown(written)}` : `${shown(written)} is a directory`;
    entry.complain(node, { what, instead: 'write the path of a file, relative to this one' });
    return undefined;
  }
  const name = isAbsolute(written) ? written : join(dirname(source.file), written);
  const read = await readYaml(files, absolute, name);
  if (read.kind === 'problems') {
    entry.problems.push(...read.problems);
    return undefined;
  }
  const roots = read.sources.flatMap((each) => {
    const root = rootOf(each);
    return root === undefined ? [] : [{ source: each, root }];
  });
  for (const [index, { source: each, root }] of roots.entries()) {
    const instead = index === 0 ? 'write values as "key: value"' : 'write one document for each file';
    const what = index === 0 ? 'a values file must be a map' : 'a second document begins here';
    if (index > 0 || !isMap(root)) entry.problems.push(problemAt(placeOf(each, root), { what, instead }));
  }
  return { origin: 'values-file', name, text: read.text };
}

/**
 * The values that a map names: its `valuesFiles`, in order, then its `values`. Files that are missing or no values are
 * problems of the map.
 */
export async function readLayers(entry: EntryMap): Promise<readonly ValuesLayer[]> {
  const layers: ValuesLayer[] = [];
  for (const { node, text } of entry.texts('valuesFiles')) {
    const layer = await valuesFile(entry, node, text);
    if (layer !== undefined) layers.push(layer);
  }
  const { source } = entry.context;
  const inline = entry.node('values');
  const text = inline === undefined ? undefined : valuesText(source, inline);
  if (inline !== undefined && text !== undefined) {
    layers.push({ origin: 'inline', name: `${source.file}:${placeOf(source, inline).line}`, text });
  }
  return layers;
}
