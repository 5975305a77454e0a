import { type ArchiveTree, textAt, withFile } from '../../domain/chart/archive-tree.ts';
import { type ChartTree, fileIn } from '../../domain/chart/chart-tree.ts';
import { imageListEdit } from '../../domain/chart/chart-yaml-edits.ts';
import { annotateChartYaml } from '../../domain/lock/annotate-chart-yaml.ts';
import { formatGeneratedAt, type ImagesLock, type LockedImage } from '../../domain/lock/images-lock.ts';
import { editValues } from '../../domain/overlay/edit-values.ts';
import { byTagAlone } from '../../domain/plan/destination.ts';
import { formatReference } from '../../domain/reference.ts';
import { MirrorError } from '../../errors.ts';
import type { ChartItem } from '../chart-item.ts';
import type { PulledChart } from '../resolved-chart.ts';
import type { Cargo, CarriedItem, Carrying, ListedImage } from './carry-run.ts';
import { platformsForDt } from './read-image.ts';

/** Who wrote a lock. dt writes its own name there; whoever reads it is told the truth. */
export const GENERATED_BY = 'airgap-charts';

function itemOf({ source }: ListedImage, { images }: Carrying): CarriedItem | undefined {
  return images.get(formatReference(source));
}

/** Whether a list has the image: it is no artifact, and its source has it as far as anybody asked. */
function isInList(one: ListedImage, carrying: Carrying): boolean {
  const item = itemOf(one, carrying);
  if (one.isArtifact || item?.doubt !== undefined) return false;
  return item?.contents === undefined || item.contents.platforms.length > 0;
}

/** In each chart, what was annotated before stands in front. */
function inOrder(chart: ChartTree, listed: readonly ListedImage[], carrying: Carrying): readonly ListedImage[] {
  const own = listed.filter((one) => one.owner === chart && isInList(one, carrying));
  const ordered = [...own.filter(({ isAnnotated }) => isAnnotated), ...own.filter(({ isAnnotated }) => !isAnnotated)];
  return [...ordered, ...chart.subcharts.flatMap((sub) => inOrder(sub, listed, carrying))];
}

/** The images of a chart's list in its order: the chart before its subcharts, as dt reads them. */
export function inListOrder({ chart, listed }: Cargo, carrying: Carrying): readonly ListedImage[] {
  return chart.pulled === undefined ? [] : inOrder(chart.pulled.chart, listed, carrying);
}

/** A Chart.yaml whose list names by its tag what it named by a digest too, for dt, which makes other digests. */
function withTagsAlone(text: string, { metadata, location }: ChartTree, annotation: string): string {
  const edit = imageListEdit(metadata, annotation, (reference) =>
    reference.digest === undefined ? undefined : formatReference(byTagAlone(reference)),
  );
  return edit === undefined ? text : editValues(text, [edit], fileIn(location, 'Chart.yaml').join('!'));
}

function annotated(tree: ArchiveTree, chart: ChartTree, cargo: Cargo, carrying: Carrying): ArchiveTree {
  const { annotation, choice } = carrying.request;
  const exact = choice === 'rendered' || choice === 'conditional';
  const address = fileIn(chart.location, 'Chart.yaml');
  const images = cargo.listed
    .filter((one) => one.owner === chart && isInList(one, carrying))
    .map(({ name, text }) => ({ name, image: text }));
  const original = textAt(tree, address) ?? '';
  const before = carrying.request.forDt ? withTagsAlone(original, chart, annotation) : original;
  const after =
    images.length === 0 && !(exact && chart.metadata.annotations.has(annotation))
      ? before
      : annotateChartYaml(before, annotation, images, address.join('!'), { exact });
  const own = after === original ? tree : withFile(tree, address, Buffer.from(after));
  return chart.subcharts.reduce((current, sub) => annotated(current, sub, cargo, carrying), own);
}

/** The chart with everything that its list has in its annotations; the same tree where that is so already. */
export function annotatedTree(cargo: Cargo, { tree, chart }: PulledChart, carrying: Carrying): ArchiveTree {
  return annotated(tree, chart, cargo, carrying);
}

function lockedImage(one: ListedImage, carrying: Carrying): LockedImage {
  const contents = itemOf(one, carrying)?.contents;
  const digests = contents === undefined ? [] : carrying.request.forDt ? platformsForDt(contents) : contents.platforms;
  return {
    name: one.name,
    image: one.text,
    chart: one.owner.metadata.name,
    digests: digests.map(({ digest, arch }) => ({ digest, arch })),
  };
}

function twoContents({ chart, image }: LockedImage): MirrorError {
  return new MirrorError(`${chart} names ${image} by its tag and by a digest that is not that of the tag`, {
    code: 'DESTINATION_COLLISION',
    origin: 'source',
    hint: 'one tag cannot hold both: give the chart values that name one of them',
  });
}

/** The lock of a chart whose images were read. `generatedAt` is in milliseconds since the epoch. */
export function lockOf(cargo: Cargo, pulled: PulledChart, generatedAt: number, carrying: Carrying): ImagesLock {
  const { name, version, appVersion = '' } = pulled.chart.metadata;
  const unique = new Map<string, LockedImage>();
  for (const listed of inListOrder(cargo, carrying)) {
    const one = lockedImage(listed, carrying);
    // of what annotations list dt takes two entries of one chart, name and image for one; what is added is named once
    const twin = listed.isAnnotated
      ? unique.get(`${one.chart}:${one.name}:${one.image}`)
      : [...unique.values()].find(({ chart, image }) => chart === one.chart && image === one.image);
    if (twin === undefined) unique.set(`${one.chart}:${one.name}:${one.image}`, one);
    else if (JSON.stringify(twin.digests) !== JSON.stringify(one.digests)) throw twoContents(one);
  }
  const byImage = new Map<string, LockedImage>();
  for (const one of unique.values()) {
    const other = byImage.get(one.image);
    if (other !== undefined && JSON.stringify(other.digests) !== JSON.stringify(one.digests)) throw twoContents(one);
    byImage.set(one.image, one);
  }
  return {
    generatedAt: formatGeneratedAt(generatedAt),
    generatedBy: GENERATED_BY,
    chart: { name, version, appVersion },
    images: [...unique.values()],
  };
}

/** The newest time of a file in the archive of a chart, in milliseconds since the epoch. */
export function newestTime({ pulled }: ChartItem): number {
  const times = [...(pulled?.original.files.values() ?? [])].map(({ mtime }) => mtime);
  return Math.max(0, ...times) * 1000;
}
