/** One regular file of a chart archive. `path` is relative to the chart's root; `mtime` is in seconds since the epoch. */
export interface ChartFile {
  readonly path: string;
  readonly data: Buffer;
  readonly mode: number;
  readonly mtime: number;
}

/** A chart archive in memory: its top directory's name, its files in archive order, and the packed subcharts inside. */
export interface ArchiveTree {
  readonly top: string;
  readonly files: ReadonlyMap<string, ChartFile>;
  /** Packed subcharts (`charts/*.tgz`), by the path of the archive inside this one. */
  readonly packed: ReadonlyMap<string, ArchiveTree>;
}

/** Where a file is: the packed subcharts to go through, then the file's path. */
export type FileAddress = readonly [string, ...string[]];

/** `charts/a-1.0.0.tgz!values.yaml`: how an address is shown to people. */
export function formatAddress(address: FileAddress): string {
  return address.join('!');
}

/** The file at an address, or undefined. */
export function fileAt(tree: ArchiveTree, address: FileAddress): ChartFile | undefined {
  const [head, ...rest] = address;
  const [next, ...further] = rest;
  if (next === undefined) return tree.files.get(head);
  const inner = tree.packed.get(head);
  return inner === undefined ? undefined : fileAt(inner, [next, ...further]);
}

const BYTE_ORDER_MARK = Buffer.from([0xef, 0xbb, 0xbf]);

function startsWithMark(data: Buffer): boolean {
  return data.subarray(0, BYTE_ORDER_MARK.length).equals(BYTE_ORDER_MARK);
}

/**
 * The tree with one file's content replaced, or added where it was absent (with the time of Chart.yaml). A byte order
 * mark that the file began with stays.
 */
export function withFile(tree: ArchiveTree, address: FileAddress, data: Buffer): ArchiveTree {
  const [head, ...rest] = address;
  const [next, ...further] = rest;
  if (next !== undefined) {
    const inner = tree.packed.get(head);
    if (inner === undefined) throw new RangeError(`no packed subchart ${head}`);
    return { ...tree, packed: new Map(tree.packed).set(head, withFile(inner, [next, ...further], data)) };
  }
  const before = tree.files.get(head);
  const mtime = before?.mtime ?? tree.files.get('Chart.yaml')?.mtime ?? 0;
  const marked = before !== undefined && startsWithMark(before.data) && !startsWithMark(data);
  const content = marked ? Buffer.concat([BYTE_ORDER_MARK, data]) : data;
  const file: ChartFile = { path: head, data: content, mode: before?.mode ?? 0o644, mtime };
  return { ...tree, files: new Map(tree.files).set(head, file) };
}

/** The tree with a packed subchart added under `charts/`. */
export function withPackedSubchart(tree: ArchiveTree, path: string, packed: ArchiveTree): ArchiveTree {
  return { ...tree, packed: new Map(tree.packed).set(path, packed) };
}

/** The text of a file. A byte order mark is dropped. */
export function textOf({ data }: ChartFile): string {
  return data.toString('utf8').replace(/^\ufeff/, '');
}

/** The text of the file at an address, or undefined where there is none. */
export function textAt(tree: ArchiveTree, address: FileAddress): string | undefined {
  const file = fileAt(tree, address);
  return file === undefined ? undefined : textOf(file);
}
