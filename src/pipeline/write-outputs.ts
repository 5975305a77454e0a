import type { ChartItem } from './chart-item.ts';
import { chartName, livingReleases } from './chart-item.ts';
import { gapLines } from './consumer-gaps.ts';
import { noteOnce } from './moves.ts';
import { movedValues, testValues } from './profile-files.ts';
import type { ReleaseItem } from './release-item.ts';
import { consumerPath, profilePath, proofFile, proofPath } from './report-proof.ts';
import type { Run } from './run.ts';

/** Whether a chart reached its end: pushed, found at the target, or ready in a scan. */
export function isDone(chart: ChartItem): boolean {
  return chart.failure === undefined && chart.push.kind !== 'waiting';
}

function consumerText(chart: ChartItem, release: ReleaseItem, run: Run): string {
  const { consumerVerdict, relocation } = release;
  const values = release.consumerValues ?? relocation?.consumerValues ?? '{}\n';
  const state =
    consumerVerdict?.proven === true
      ? 'Proven: the original chart renders to the private registry with them.'
      : 'NOT PROVEN for the original chart; see consumer in report.json.';
  const head = [
    `# Values for the original chart ${chartName(chart)}, release ${release.addon.release}.`,
    `# ${state}`,
    ...gapLines(chart, release, values, run),
  ];
  return `${head.join('\n')}\n${values}`;
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

const NOT_OURS =
  'the original chart is signed: it is kept with its provenance file, which does not verify the relocated chart';

/**
 * Writes the original, where its publisher has signed it, with its provenance file: a signature of bytes that are not at hand
 * verifies nothing. Both have the names that `helm verify` wants, in a folder of their own, so that nobody takes the signature
 * for one of the relocated archive.
 */
async function writeSigned(chart: ChartItem, archive: string, run: Run): Promise<void> {
  const signed = chart.pulled?.signed;
  if (signed === undefined) return;
  const original = `${archive.replace(/\.tgz$/, '')}.original/${signed.file}`;
  await run.ports.output.write(original, signed.archive);
  await run.ports.output.write(`${original}.prov`, signed.provenance);
  chart.provenance = `${original}.prov`;
  for (const release of livingReleases(chart)) noteOnce(release, NOT_OURS);
}

/**
 * Writes what consumers need of a finished chart: the relocated archive, values for every release, and the original where it
 * is signed. The first release of each chart name also gets the short path.
 */
export async function writeOutputs(chart: ChartItem, run: Run): Promise<void> {
  const { relocated, pulled } = chart;
  if (relocated === undefined || pulled === undefined) return;
  const name = chart.source.chart;
  const folder = `helm-charts/${name}`;
  const archive = archivePath(chart, relocated.version, run);
  await run.ports.output.write(archive, relocated.bytes);
  chart.archive = archive;
  await writeSigned(chart, archive, run);
  const first = run.charts.find((other) => other.source.chart === name && isDone(other));
  for (const [index, release] of livingReleases(chart).entries()) {
    const text = consumerText(chart, release, run);
    await run.ports.output.write(consumerPath(chart, release), text);
    if (index === 0 && first === chart) await run.ports.output.write(`${folder}/values.yaml`, text);
    for (const shown of release.profiles) {
      const { profile, consumerValues } = shown;
      for (const file of [testValues(chart, release, shown), movedValues(chart, release, shown)])
        if (file !== undefined) await run.ports.output.write(file.path, file.text);
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
