import { styleText } from 'node:util';
import { formatReference } from '../domain/reference.ts';
import { counted } from '../domain/report/counted.ts';
import type { ImageStatus, Report } from '../domain/report/report.ts';
import type { Shelf } from '../domain/shelf/shelf.ts';
import { printable } from '../errors.ts';

/** The images of the file that are at the target now. */
function arrived({ images }: Report, shelf: Shelf): Shelf['images'] {
  const there = new Set(images.flatMap(({ source, status }) => (isThere(status) ? [source] : [])));
  return shelf.images.filter(({ reference }) => there.has(formatReference(reference)));
}

function isThere(status: ImageStatus): boolean {
  return status === 'copied' || status === 'present' || status === 'present-unverified';
}

function digestLines(images: Shelf['images']): readonly string[] {
  if (images.length === 0) return [];
  const made = images.filter(({ isOriginal }) => !isOriginal);
  if (made.length === 0)
    return [`${counted(images.length, 'image has', 'images have')} the digest that the source had`];
  const lines = made.map(({ reference, top, original }) => {
    const was = original === undefined ? '' : ` in place of ${original}`;
    return `  ${formatReference(reference)} is ${top.digest}${was}`;
  });
  return [
    `${made.length} of ${counted(images.length, 'image', 'images')} may have another digest than at the source, which the file does not keep:`,
    ...lines,
  ];
}

function installLines({ charts }: Report): readonly string[] {
  return charts.flatMap(({ status, destination, release, version, namespace, error }) => {
    if (error !== null || destination === null || version === null) return [];
    if (status !== 'pushed' && status !== 'present') return [];
    const at = destination.replace(/:[^:/]+$/, '');
    const into = namespace === null ? '' : ` --namespace ${namespace}`;
    return [`  helm install ${release} ${at} --version ${version}${into}`];
  });
}

/** What is said after a file was pushed: how its digests came out, and how to install its charts. */
export function unwrapSummary(report: Report, shelf: Shelf, color: boolean): string {
  const install = installLines(report);
  const head = color ? styleText('green', 'install it with', { validateStream: false }) : 'install it with';
  const how = install.length === 0 ? [] : [`${head}:`, ...install];
  return [...digestLines(arrived(report, shelf)), ...how].map(printable).join('\n').concat('\n');
}
