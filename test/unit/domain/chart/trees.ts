import type { ArchiveTree, ChartFile } from '../../../../src/domain/chart/archive-tree.ts';

/** An archive in memory: texts by path, and packed subcharts by the path of their archives. */
export function archive(
  files: Readonly<Record<string, string | Buffer>>,
  packed: Readonly<Record<string, ArchiveTree>> = {},
): ArchiveTree {
  const entries = Object.entries(files).map(([path, data]): readonly [string, ChartFile] => [
    path,
    { path, data: Buffer.from(data), mode: 0o644, mtime: 7 },
  ]);
  return { top: 'chart', files: new Map(entries), packed: new Map(Object.entries(packed)) };
}

/** A Chart.yaml with further lines. */
export function chartYaml(name: string, version = '1.0.0', ...lines: readonly string[]): string {
  return ['apiVersion: v2', `name: ${name}`, `version: ${version}`, ...lines, ''].join('\n');
}
