import type { Digest } from '../reference.ts';
import { goYamlEntry } from './go-yaml-scalar.ts';

/** The name of the file in a chart's directory. */
export const IMAGES_LOCK = 'Images.lock';

/** The manifest of one platform, never an index. */
export interface LockedPlatform {
  readonly digest: Digest;
  /** `os/architecture`; variants are not told apart. */
  readonly arch: string;
}

/** An image that a chart or one of its subcharts names. */
export interface LockedImage {
  readonly name: string;
  /** The reference as the chart's annotation has it. */
  readonly image: string;
  /** The name of the chart whose annotation names it. */
  readonly chart: string;
  /** Empty where nobody asked the registry. */
  readonly digests: readonly LockedPlatform[];
}

/** What an `Images.lock` says. `appVersion` is empty where the chart has none. */
export interface ImagesLock {
  /** UTC, as `formatGeneratedAt` writes it. */
  readonly generatedAt: string;
  readonly generatedBy: string;
  readonly chart: { readonly name: string; readonly version: string; readonly appVersion: string };
  /** Those of the chart first, then those of its subcharts. */
  readonly images: readonly LockedImage[];
}

type Line = readonly [key: string, text: string];

/** An item of a list at a column: the dash, and its keys two columns to the right. */
function item(column: number, keys: readonly Line[]): string {
  const lines = keys.map(([key, text]) => goYamlEntry(key, text, column + 2));
  return `${' '.repeat(column)}- ${lines.join(' '.repeat(column + 2))}`;
}

function digestLines(digests: readonly LockedPlatform[]): string {
  if (digests.length === 0) return '    digests: []\n';
  const items = digests.map(({ digest, arch }) =>
    item(6, [
      ['digest', digest],
      ['arch', arch],
    ]),
  );
  return `    digests:\n${items.join('')}`;
}

function imageLines({ name, image, chart, digests }: LockedImage): string {
  const keys: readonly Line[] = [
    ['name', name],
    ['image', image],
    ['chart', chart],
  ];
  return item(2, keys) + digestLines(digests);
}

/**
 * The text of an `Images.lock`: the bytes that dt 0.4.12 writes for it (pkg/imagelock: yaml.v3, indentation of two, keys in
 * this order, `[]` for empty lists). `goYamlEntry` names the only texts where the bytes differ.
 */
export function formatImagesLock(lock: ImagesLock): string {
  const { chart, images } = lock;
  return [
    'apiVersion: v0\nkind: ImagesLock\nmetadata:\n',
    `  ${goYamlEntry('generatedAt', lock.generatedAt, 2)}`,
    `  ${goYamlEntry('generatedBy', lock.generatedBy, 2)}`,
    'chart:\n',
    `  ${goYamlEntry('name', chart.name, 2)}`,
    `  ${goYamlEntry('version', chart.version, 2)}`,
    `  ${goYamlEntry('appVersion', chart.appVersion, 2)}`,
    images.length === 0 ? 'images: []\n' : `images:\n${images.map(imageLines).join('')}`,
  ].join('');
}

/**
 * A moment of `generatedAt` as dt writes it: UTC, RFC 3339, without the zeros that end a fraction. Throws RangeError for what
 * is no moment in the years 0 to 9999.
 */
export function formatGeneratedAt(epochMilliseconds: number): string {
  const text = new Date(epochMilliseconds).toISOString();
  if (!/^[0-9]{4}-/.test(text)) throw new RangeError(`${text} is not in the years 0 to 9999`);
  return text.replace(/\.?0+Z$/, 'Z');
}
