import type { BundleContents } from '../domain/bundle/bundle-contents.ts';
import { counted } from '../domain/report/counted.ts';
import { formatSize } from '../domain/report/size.ts';
import { printable } from '../errors.ts';

/** What a bundle holds, for people. */
export function bundleText(contents: BundleContents, files: readonly string[], bytes: number): string {
  const { charts, carried, omitted, tools, generatedAt } = contents;
  const images = carried.filter(({ of }) => of === null);
  const left = omitted.reduce((sum, { size }) => sum + size, 0);
  const lines = [
    `made    ${generatedAt}`,
    `size    ${formatSize(bytes)} in ${counted(files.length, 'file', 'files')}`,
    ...(omitted.length === 0
      ? []
      : [`without ${counted(omitted.length, 'layer', 'layers')}, ${formatSize(left)}, that the target has to have`]),
    ...tools.map(
      ({ platform, size: own, node, tool, helm, crane }) =>
        `tools   ${platform}, ${formatSize(own)}: Node ${node}, airgap-charts ${tool}, helm ${helm ?? 'of unknown version'}, crane ${crane ?? 'of unknown version'}`,
    ),
    `${counted(charts.length, 'chart', 'charts')}:`,
    ...charts.map(
      ({ name, version, releases }) => `  ${name} ${version} (${releases.map(({ release }) => release).join(', ')})`,
    ),
    `${counted(images.length, 'image', 'images')}, and ${carried.length - images.length} that belong to them:`,
    ...carried.map(({ reference, digest, of }) => `${of === null ? '  ' : '    '}${reference} ${digest}`),
  ];
  return `${lines.map(printable).join('\n')}\n`;
}
