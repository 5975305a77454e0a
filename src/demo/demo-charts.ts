import { readdir, readFile } from 'node:fs/promises';
import { join, relative, sep } from 'node:path';
import { parseMetadata } from '../domain/chart/metadata.ts';
import { storedGzip, type TarFile, tarOf } from './tar.ts';

/** A packed chart of the demo, and where it is published. */
export interface DemoChart {
  readonly name: string;
  readonly version: string;
  readonly archive: Buffer;
  /** A chart repository's URL, or `oci://` and the path that holds the chart. */
  readonly publishedAt: string;
}

interface Publication {
  readonly directory: string;
  readonly publishedAt: string;
  /** Subcharts to put into `charts/` as archives; others stay directories. */
  readonly packedSubcharts: readonly string[];
}

const PUBLICATIONS: readonly Publication[] = [
  { directory: 'storefront', publishedAt: 'https://charts.example.com/shop', packedSubcharts: [] },
  { directory: 'batch-runner', publishedAt: 'https://charts.example.com/platform', packedSubcharts: [] },
  { directory: 'fleet-operator', publishedAt: 'https://charts.example.com/platform', packedSubcharts: [] },
  { directory: 'edge-gateway', publishedAt: 'https://charts.example.com/platform', packedSubcharts: [] },
  { directory: 'log-shipper', publishedAt: 'https://charts.example.com/platform', packedSubcharts: [] },
  { directory: 'metrics-hub', publishedAt: 'oci://registry.example.com/charts', packedSubcharts: ['scraper'] },
];

const SOURCES = join(import.meta.dirname, 'charts');

async function filesBelow(directory: string): Promise<readonly TarFile[]> {
  const entries = await readdir(directory, { recursive: true, withFileTypes: true });
  const paths = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
  return Promise.all(
    paths.sort().map(async (path) => {
      return { name: relative(directory, path).split(sep).join('/'), data: await readFile(path) };
    }),
  );
}

function metadataOf(files: readonly TarFile[], directory: string) {
  const text = files.find((file) => file.name === 'Chart.yaml')?.data;
  const metadata = text === undefined ? undefined : parseMetadata(Buffer.from(text).toString('utf8'), undefined);
  if (metadata === undefined) throw new Error(`${directory} holds no readable Chart.yaml`);
  return metadata;
}

/**
 * Packs a chart's directory, Chart.yaml first, as helm expects it. The subcharts named are packed in turn. The same
 * sources give the same bytes.
 *
 * @throws Error when there is no readable Chart.yaml.
 */
async function packChartDirectory(
  directory: string,
  packedSubcharts: readonly string[] = [],
): Promise<{ readonly name: string; readonly version: string; readonly archive: Buffer }> {
  const files = await filesBelow(directory);
  const { name, version } = metadataOf(files, directory);
  const subcharts = await Promise.all(
    packedSubcharts.map((subchart) => packChartDirectory(join(directory, 'charts', subchart))),
  );
  const isPacked = (path: string) => packedSubcharts.some((subchart) => path.startsWith(`charts/${subchart}/`));
  const ordered = [
    ...files.filter((file) => file.name === 'Chart.yaml'),
    ...files.filter((file) => file.name !== 'Chart.yaml' && !isPacked(file.name)),
    ...subcharts.map((sub) => ({ name: `charts/${sub.name}-${sub.version}.tgz`, data: sub.archive })),
  ];
  const archive = storedGzip(tarOf(ordered.map((file) => ({ ...file, name: `${name}/${file.name}` }))));
  return { name, version, archive };
}

/** All charts of the demo, packed. */
export function demoCharts(): Promise<readonly DemoChart[]> {
  return Promise.all(
    PUBLICATIONS.map(async ({ directory, publishedAt, packedSubcharts }) => {
      return { ...(await packChartDirectory(join(SOURCES, directory), packedSubcharts)), publishedAt };
    }),
  );
}
