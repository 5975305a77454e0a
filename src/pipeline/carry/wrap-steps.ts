import { formatChartSource } from '../../domain/addon.ts';
import { type ArchiveTree, type ChartFile, withFile } from '../../domain/chart/archive-tree.ts';
import { formatImagesLock } from '../../domain/lock/images-lock.ts';
import type { Digest } from '../../domain/reference.ts';
import { formatReference, parseReference } from '../../domain/reference.ts';
import { formatSize } from '../../domain/report/size.ts';
import { madeIndex } from '../../domain/shelf/made-index.ts';
import { type WrapContents, type WrappedImage, wrapEntries } from '../../domain/wrap/wrap-plan.ts';
import { MirrorError, toMirrorError } from '../../errors.ts';
import type { BlobSource, Contents, WrapWriter } from '../../ports/contents.ts';
import type { ChartItem } from '../chart-item.ts';
import { pulledOf } from '../find-uses.ts';
import type { Step } from '../progress.ts';
import { livingCharts } from '../run.ts';
import { once } from '../step-items.ts';
import type { Cargo, CarriedItem, Carrying } from './carry-run.ts';
import { artifactSteps, eachCargo, failImage, listSteps, livingImages, readStep } from './carry-steps.ts';
import { blobsOfItem, missingBlobs, type WantedBlob, wantedBlobs } from './fetch-contents.ts';
import type { CarriedArtifact } from './find-artifacts.ts';
import { annotatedTree, lockOf, newestTime } from './make-lists.ts';
import { policySteps, verifySteps } from './policy-steps.ts';
import { platformsForDt } from './read-image.ts';

/** What wrapping needs beside what looking at charts needs. */
export interface Wrapping {
  readonly carrying: Carrying;
  readonly contents: Contents;
  readonly blobs: BlobSource;
  readonly writer: WrapWriter;
  /** The time that locks and entries get, in milliseconds since the epoch; undefined for the newest of the chart. */
  readonly time: number | undefined;
  /** Blobs fetched at once. */
  readonly width: number;
}

function cargoOf(chart: ChartItem, { cargo }: Carrying): Cargo {
  const found = cargo.get(chart);
  if (found === undefined) throw new RangeError('a chart without a list is not wrapped');
  return found;
}

/** The time of everything in a chart's files, in milliseconds since the epoch. */
export function timeOf(chart: ChartItem, time: number | undefined): number {
  return time ?? newestTime(chart);
}

/** Makes a chart's annotations and lock from what was read. */
export async function makeLists(chart: ChartItem, time: number | undefined, carrying: Carrying): Promise<void> {
  const cargo = cargoOf(chart, carrying);
  const pulled = pulledOf(chart);
  cargo.tree = annotatedTree(cargo, pulled, carrying);
  cargo.lock = lockOf(cargo, pulled, timeOf(chart, time), carrying);
}

/** The images of a chart that are carried, lists or not. */
function imagesOf({ listed }: Cargo, { images }: Carrying): readonly CarriedItem[] {
  const texts = new Set(listed.map(({ source }) => formatReference(source)));
  return [...texts].flatMap((text) => images.get(text) ?? []).filter(({ contents }) => contents !== undefined);
}

function wrappedArtifact({ reference, contents }: CarriedArtifact): WrappedImage {
  const { top, platforms, others } = contents;
  const all = [top, ...platforms, ...others];
  return { reference: formatReference(reference), top, madeFrom: undefined, platforms: [], others: all };
}

function wrapped({ source, contents }: CarriedItem): WrappedImage {
  if (contents === undefined) throw new RangeError(`${formatReference(source)} was not read`);
  const { top, isWhole, platforms, others } = contents;
  const forDt = platformsForDt(contents);
  const rest = platforms.filter((one) => !forDt.includes(one));
  return {
    reference: formatReference(source),
    top: isWhole ? top : { ...madeIndex(platforms), blobs: [] },
    madeFrom: isWhole ? undefined : top.digest,
    platforms: forDt,
    others: [...rest, ...others],
  };
}

/** The files of a chart as they are wrapped: packed subcharts packed again where their annotations changed. */
async function filesOf(
  tree: ArchiveTree,
  chart: ChartItem,
  { run }: Carrying,
): Promise<ReadonlyMap<string, ChartFile>> {
  const bytes = await run.ports.archives.pack(tree, pulledOf(chart).original);
  return (await run.ports.archives.unpack(chart.source.chart, bytes)).files;
}

async function wrapChart(chart: ChartItem, wrapping: Wrapping): Promise<string> {
  const { carrying, writer, contents, time } = wrapping;
  const cargo = cargoOf(chart, carrying);
  if (cargo.tree === undefined || cargo.lock === undefined)
    throw new RangeError('a chart without a lock is not wrapped');
  const { name, version } = pulledOf(chart).chart.metadata;
  const locked = withFile(cargo.tree, ['Images.lock'], Buffer.from(formatImagesLock(cargo.lock)));
  const images = imagesOf(cargo, carrying);
  const plan: WrapContents = {
    ...{ name, version },
    chart: await filesOf(locked, chart, carrying),
    images: [...images.map(wrapped), ...images.flatMap(({ artifacts }) => artifacts.map(wrappedArtifact))],
    artifacts: artifactLayouts(cargo, carrying),
  };
  cargo.written = await writer.write(plan, wrapEntries(plan), contents, timeOf(chart, time), carrying.run.signal);
  return `→ ${cargo.written.file} ${formatSize(cargo.written.bytes)}`;
}

// names of annotations may be anything, and these become directories
const PLAIN_NAME = /^[\w][\w.-]*$/;

/** What dt takes along of what belongs to an image: its signature, and Bitnami's metadata with theirs. */
function artifactLayouts(cargo: Cargo, carrying: Carrying): WrapContents['artifacts'] {
  const layouts = cargo.listed.flatMap(({ owner, name, text, source }) => {
    const item = carrying.images.get(formatReference(source));
    const { tag } = parseReference(text) ?? {};
    const stem = item?.contents?.top.digest.replace(':', '-');
    if (item === undefined || stem === undefined || tag === undefined || !PLAIN_NAME.test(name)) return [];
    const directory = `artifacts/images/${owner.metadata.name}/${name}/${tag}`;
    return ['sig', 'metadata'].flatMap((suffix) => {
      const found = item.artifacts.find(({ reference }) => reference.tag === `${stem}.${suffix}`)?.contents.top;
      return found === undefined ? [] : [{ directory: `${directory}.${suffix}`, manifest: found }];
    });
  });
  // names of annotations may repeat, and there is one place for each
  return layouts.filter((one, index) => layouts.findIndex(({ directory }) => directory === one.directory) === index);
}

/** The images that need a blob. */
function usersOf(digest: Digest, carrying: Carrying): readonly CarriedItem[] {
  return livingImages(carrying).filter((image) => blobsOfItem(image).has(digest));
}

async function fetchBlob({ repository, blob }: WantedBlob, { contents, blobs, carrying }: Wrapping): Promise<void> {
  const { signal } = carrying.run;
  try {
    signal.throwIfAborted();
    await contents.write(blob.digest, blob.size, blobs.open(repository, blob, signal), signal);
  } catch (thrown) {
    if (signal.aborted) throw toMirrorError(thrown);
    const error = toMirrorError(thrown);
    for (const image of usersOf(blob.digest, carrying)) failImage(image, error, carrying);
    throw error;
  }
}

function fetchSteps(wrapping: Wrapping): readonly Step[] {
  const { contents, carrying, width } = wrapping;
  let missing: readonly WantedBlob[] = [];
  return [
    once(carrying.run, 'See what is there already', async () => {
      missing = await missingBlobs(wantedBlobs(livingImages(carrying)), contents);
    }),
    {
      title: 'Fetch layers and configurations',
      width,
      items: () =>
        missing
          .filter(({ blob }) => usersOf(blob.digest, carrying).length > 0)
          .map((one) => ({
            label: `${one.repository.registry}/${one.repository.repository} ${one.blob.digest.slice(0, 19)} ${formatSize(one.blob.size)}`,
            work: () => fetchBlob(one, wrapping),
          })),
    },
  ];
}

/** Two charts of one name and version would have one file. */
function checkNames(carrying: Carrying): void {
  const charts = livingCharts(carrying.run);
  const nameOf = (chart: ChartItem): string => {
    const { name, version } = pulledOf(chart).chart.metadata;
    return `${name}-${version}`;
  };
  for (const chart of charts) {
    const other = charts.find((one) => one !== chart && nameOf(one) === nameOf(chart));
    if (other === undefined) continue;
    chart.failure = new MirrorError(
      `${formatChartSource(chart.source)} and ${formatChartSource(other.source)} would both be ${nameOf(chart)}.wrap.tgz`,
      {
        code: 'DESTINATION_COLLISION',
        origin: 'input',
        hint: 'wrap them one by one, each with an --output-file of its own',
      },
    );
  }
}

/** Everything up to the wraps, each written whole or not at all. */
export function wrapSteps(wrapping: Wrapping): readonly Step[] {
  const { carrying, time } = wrapping;
  return [
    ...listSteps(carrying),
    once(carrying.run, 'Compare names', async () => checkNames(carrying)),
    ...policySteps(carrying),
    readStep(carrying),
    ...verifySteps(carrying),
    ...artifactSteps(carrying),
    eachCargo(carrying, 'Make lists and locks', 1, async (chart) => {
      await makeLists(chart, time, carrying);
      return undefined;
    }),
    ...fetchSteps(wrapping),
    eachCargo(carrying, 'Write wraps', 1, (chart) => wrapChart(chart, wrapping)),
  ];
}
