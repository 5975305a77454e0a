import { isMap, isSeq, parseDocument } from 'yaml';
import { type ArchiveTree, type ChartFile, textAt, withFile } from './archive-tree.ts';
import { type ChartTree, fileIn } from './chart-tree.ts';
import type { Dependency } from './metadata.ts';

/** The tree without NOTES.txt files: they print advice, and some refuse to render when an image changes. */
export function withoutNotes(tree: ArchiveTree): ArchiveTree {
  const keep = ([path]: readonly [string, ChartFile]): boolean => !/(?:^|\/)templates\/NOTES\.txt$/.test(path);
  const packed = new Map([...tree.packed].map(([path, inner]) => [path, withoutNotes(inner)] as const));
  return { ...tree, files: new Map([...tree.files].filter(keep)), packed };
}

/** The tree without one declared dependency of a chart in it; helm refuses charts that declare what they do not hold. */
export function withoutDependency(
  tree: ArchiveTree,
  parent: ChartTree,
  { name, version, alias }: Pick<Dependency, 'name' | 'version' | 'alias'>,
): ArchiveTree {
  // charts of apiVersion v1 declare them in requirements.yaml
  return ['Chart.yaml', 'requirements.yaml'].reduce((current, file) => {
    const address = fileIn(parent.location, file);
    const text = textAt(current, address);
    if (text === undefined) return current;
    // texts stay texts: `appVersion: 0644` is not to become a number
    const document = parseDocument(text, { schema: 'failsafe' });
    const list = document.get('dependencies');
    if (!isSeq(list)) return current;
    const kept = list.items.filter(
      (item) =>
        !isMap(item) ||
        item.get('name') !== name ||
        String(item.get('version') ?? '') !== version ||
        item.get('alias') !== alias,
    );
    if (kept.length === list.items.length) return current;
    list.items = kept;
    return withFile(current, address, Buffer.from(document.toString({ lineWidth: 0 })));
  }, tree);
}
