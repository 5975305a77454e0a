import { formatReference } from '../domain/reference.ts';
import type { ChartItem } from './chart-item.ts';
import { chartName, livingReleases } from './chart-item.ts';
import { isPresent } from './copy.ts';
import { hiddenImages } from './hidden-images.ts';
import type { ReleaseItem } from './release-item.ts';
import { consumerPath, profilePath, proofFile, proofPath } from './report-proof.ts';
import type { Run } from './run.ts';

/** Whether a chart reached its end: pushed, found at the target, or ready in a scan. */
export function isDone(chart: ChartItem): boolean {
  return chart.failure === undefined && chart.push.kind !== 'waiting';
}

/** What other values may pull from the target, and what is not there, by the switch, profile or key that brings it. */
function missingLines(chart: ChartItem, release: ReleaseItem, run: Run): readonly string[] {
  const mirrored = new Set(run.images.filter(isPresent).map(({ source }) => formatReference(source)));
  const lines = hiddenImages(chart, release).flatMap(({ reference, evidence, when, moved }) => {
    const image = formatReference(reference);
    if (moved === 'no' || mirrored.has(image)) return [];
    return [`#   ${when.join(', ')}${evidence === 'declared' ? ' (named there)' : ''}: ${image}`];
  });
  if (lines.length === 0) return [];
  return [
    '# With other values, the private registry is asked for images that were not mirrored:',
    ...lines,
    '# Mirror them by images of the catalog entry, or with --images conditional, or all.',
  ];
}

function consumerText(chart: ChartItem, release: ReleaseItem, run: Run): string {
  const { consumerVerdict, consumerValues, relocation } = release;
  const state =
    consumerVerdict?.proven === true
      ? 'Proven: the original chart renders to the private registry with them.'
      : 'NOT PROVEN for the original chart; see consumer in report.json.';
  const head = [
    `# Values for the original chart ${chartName(chart)}, release ${release.addon.release}.`,
    `# ${state}`,
    ...missingLines(chart, release, run),
  ];
  return `${head.join('\n')}\n${consumerValues ?? relocation?.consumerValues ?? '{}\n'}`;
}

/**
 * Where a relocated archive is written: `helm-charts/{chart}/{chart}-{version}.tgz`. Of several charts of one name and
 * version, which can only be under different namespaces, those after the first stand in a folder named like theirs.
 */
function archivePath(chart: ChartItem, version: string, run: Run): string {
  const name = chart.source.chart;
  const isEqual = (other: ChartItem): boolean => other.source.chart === name && other.relocated?.version === version;
  const folder = run.charts.find(isEqual) === chart ? '' : `${chart.releases[0]?.addon.ociNamespace || '_root'}/`;
  return `helm-charts/${name}/${folder}${name}-${version}.tgz`;
}

/**
 * Writes what consumers need of a finished chart: the relocated archive, and values for every release. The first
 * release of each chart name also gets the short path.
 */
export async function writeOutputs(chart: ChartItem, run: Run): Promise<void> {
  const { relocated, pulled } = chart;
  if (relocated === undefined || pulled === undefined) return;
  const name = chart.source.chart;
  const folder = `helm-charts/${name}`;
  const archive = archivePath(chart, relocated.version, run);
  await run.ports.output.write(archive, relocated.bytes);
  chart.archive = archive;
  const first = run.charts.find((other) => other.source.chart === name && isDone(other));
  for (const [index, release] of livingReleases(chart).entries()) {
    const text = consumerText(chart, release, run);
    await run.ports.output.write(consumerPath(chart, release), text);
    if (index === 0 && first === chart) await run.ports.output.write(`${folder}/values.yaml`, text);
    for (const { profile, consumerValues } of release.profiles) {
      if (profile.kind !== 'catalog' || consumerValues === undefined) continue;
      const head = [
        `# Values for ${chartName(chart)}, release ${release.addon.release}, with profile ${profile.name}.`,
        '# Proven for the relocated chart; for the original chart they were not rendered.',
      ];
      await run.ports.output.write(profilePath(chart, release, profile.name), `${head.join('\n')}\n${consumerValues}`);
    }
    release.consumerWritten = true;
  }
  const proof = `${JSON.stringify(proofFile(chart, run), undefined, 2)}\n`;
  await run.ports.output.write(proofPath(archive, first === chart), proof);
}
