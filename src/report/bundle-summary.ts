import { styleText } from 'node:util';
import type { BundleOutcome } from '../domain/bundle/bundle-report.ts';
import { counted } from '../domain/report/counted.ts';
import { formatSize } from '../domain/report/size.ts';
import { printable } from '../errors.ts';

/** What came of making a bundle, for people. */
export function bundleSummary(outcome: BundleOutcome, color: boolean): string {
  const { parts, charts, missing, unconfirmed, images, artifacts, neededBytes, omittedBytes, omitted } = outcome;
  const paint = (style: Parameters<typeof styleText>[0], text: string): string =>
    color ? styleText(style, text, { validateStream: false }) : text;
  const bytes = parts.reduce((sum, part) => sum + part.bytes, 0);
  const lost = missing.map(({ chart, reason }) => paint('red', `NOT IN THE BUNDLE ${chart}: ${reason}`));
  const absent = unconfirmed.map(({ image, reason }) => paint('yellow', `NOT IN THE BUNDLE ${image} ${reason}`));
  if (parts.length === 0) return `${[...lost, paint('red', 'there is NO bundle')].map(printable).join('\n')}\n`;
  const left = omitted === 0 ? '' : `; ${counted(omitted, 'layer', 'layers')} left out, ${formatSize(omittedBytes)}`;
  const lines = [
    ...lost,
    ...absent,
    `${counted(charts.length, 'chart', 'charts')}, ${counted(images, 'image', 'images')}, ${counted(artifacts, 'artifact', 'artifacts')}`,
    `${formatSize(bytes)} in ${counted(parts.length, 'file', 'files')}; ${formatSize(neededBytes)} are needed, each blob counted once${left}`,
    ...parts.map((part) => `  ${part.file}  ${formatSize(part.bytes)}  sha256 ${part.sha256}`),
  ];
  return `${lines.map(printable).join('\n')}\n`;
}
