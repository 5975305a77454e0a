import { formatReference } from '../../domain/reference.ts';
import { counted } from '../../domain/report/counted.ts';
import { type MirrorError, toMirrorError } from '../../errors.ts';
import { applySizePolicy } from '../apply-policy.ts';
import type { ChartItem } from '../chart-item.ts';
import { failForImage } from '../fail-users.ts';
import { lookSteps } from '../look-steps.ts';
import type { Step, StepItem } from '../progress.ts';
import { WAITING } from '../progress.ts';
import { livingCharts } from '../run.ts';
import { doubtBehind, sourceAbsent, sourceDenied } from '../source-errors.ts';
import { forCharts, guarded } from '../step-items.ts';
import type { CarriedItem, Carrying } from './carry-run.ts';
import { type ArtifactSearch, findArtifacts, startArtifactSearch } from './find-artifacts.ts';
import { listImages } from './list-images.ts';
import { bytesOf, readImage } from './read-image.ts';

/** The charts that are still alive and list an image. */
export function chartsWith(image: CarriedItem, { run, cargo }: Carrying): readonly ChartItem[] {
  const text = formatReference(image.source);
  return livingCharts(run).filter((chart) =>
    cargo.get(chart)?.listed.some(({ source }) => formatReference(source) === text),
  );
}

/** Ends an image, and with it every chart that lists it. */
export function failImage(image: CarriedItem, error: MirrorError, carrying: Carrying): void {
  const text = formatReference(image.source);
  for (const [chart, { listed }] of carrying.cargo)
    if (listed.some(({ source }) => formatReference(source) === text)) failForImage(chart, image.source, error);
  image.failure ??= error;
}

/** The images that a living chart lists. */
export function livingImages(carrying: Carrying): readonly CarriedItem[] {
  return [...carrying.images.values()].filter(
    (image) => image.failure === undefined && image.doubt === undefined && chartsWith(image, carrying).length > 0,
  );
}

function list(chart: ChartItem, { request, cargo, images }: Carrying): void {
  const listed = listImages(chart, request);
  cargo.set(chart, { chart, listed, tree: undefined, lock: undefined, written: undefined });
  for (const { source, isCertain } of listed) {
    const text = formatReference(source);
    const known = images.get(text);
    const nothing = { contents: undefined, artifacts: [], signer: undefined, doubt: undefined, failure: undefined };
    images.set(text, { source, ...nothing, isCertain: isCertain || known?.isCertain === true });
  }
}

/** The first steps of everything that is carried: afterwards every chart has its list. */
export function listSteps(carrying: Carrying): readonly Step[] {
  const { run } = carrying;
  const listing: Step = {
    title: 'List images',
    width: 1,
    items: () =>
      forCharts(
        run,
        () => true,
        async (chart) => list(chart, carrying),
      ),
  };
  return [...lookSteps(run), listing];
}

/** Whether an error means that what only looks like an image is none. */
function isDoubtful(image: CarriedItem, { code }: MirrorError): boolean {
  return !image.isCertain && (code === 'IMAGE_SOURCE_ABSENT' || code === 'IMAGE_SOURCE_DENIED');
}

async function read(image: CarriedItem, carrying: Carrying): Promise<string | undefined> {
  const { run, request } = carrying;
  try {
    const contents = await readImage(image.source, request.platforms, { side: 'source', run });
    applySizePolicy(image.source, bytesOf(contents), request.policy);
    image.contents = contents;
    return undefined;
  } catch (thrown) {
    if (run.signal.aborted) throw thrown;
    const error = toMirrorError(thrown);
    if (!isDoubtful(image, error)) {
      failImage(image, error, carrying);
      throw error;
    }
    image.doubt = error.message;
    return doubtBehind(formatReference(image.source), error.message);
  }
}

/** An item for each image that is kept; what `work` says is shown behind its name. */
export function forImages(
  carrying: Carrying,
  keep: (image: CarriedItem) => boolean,
  work: (image: CarriedItem) => Promise<string | undefined>,
): readonly StepItem[] {
  return livingImages(carrying)
    .filter(keep)
    .map((image) =>
      guarded(carrying.run, formatReference(image.source), image, async (view) => {
        const said = await work(image);
        if (said !== undefined) view.update(said);
      }),
    );
}

/** Reads all manifests of what is listed. */
export function readStep(carrying: Carrying): Step {
  return {
    title: 'Read images',
    width: WAITING,
    items: () =>
      forImages(
        carrying,
        () => true,
        (image) => read(image, carrying),
      ),
  };
}

/** Work on an image whose failure is that of every chart that lists it. */
export async function orFail<T>(image: CarriedItem, carrying: Carrying, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (thrown) {
    if (carrying.run.signal.aborted) throw thrown;
    const error = toMirrorError(thrown);
    failImage(image, error, carrying);
    throw error;
  }
}

async function findOwn(image: CarriedItem, search: ArtifactSearch, carrying: Carrying): Promise<string | undefined> {
  const { source, contents } = image;
  if (contents === undefined) return undefined;
  image.artifacts = await orFail(image, carrying, () => findArtifacts(source, contents, search));
  const count = image.artifacts.length;
  return count === 0 ? undefined : counted(count, 'artifact', 'artifacts');
}

/** Finds signatures and what else belongs to the images, where that was asked for. */
export function artifactSteps(carrying: Carrying): readonly Step[] {
  if (!carrying.request.artifacts) return [];
  const search = startArtifactSearch(carrying.run);
  return [
    {
      title: 'Find signatures and what else belongs to the images',
      width: WAITING,
      items: () =>
        forImages(
          carrying,
          () => true,
          (image) => findOwn(image, search, carrying),
        ),
    },
  ];
}

async function confirm(image: CarriedItem, carrying: Carrying): Promise<string | undefined> {
  const { run } = carrying;
  const text = formatReference(image.source);
  try {
    const answer = await run.ports.registry.head(image.source, 'source', run.signal);
    if (answer.kind === 'absent') image.doubt = sourceAbsent(image.source, answer.file).message;
    if (answer.kind === 'denied') image.doubt = sourceDenied(image.source, answer.detail).message;
  } catch (thrown) {
    if (run.signal.aborted) throw thrown;
    // whoever does not answer has not said that there is none
    const error = toMirrorError(thrown);
    failImage(image, error, carrying);
    throw error;
  }
  return image.doubt === undefined ? undefined : doubtBehind(text, image.doubt);
}

/** Asks the sources, by HEAD, for what only looks like an image: what is not confirmed is left out, and told of. */
export function confirmStep(carrying: Carrying): Step {
  return {
    title: 'Confirm what may be images',
    width: WAITING,
    items: () =>
      forImages(
        carrying,
        ({ isCertain }) => !isCertain,
        (image) => confirm(image, carrying),
      ),
  };
}

/** Work for each living chart that has a list. */
export function eachCargo(
  carrying: Carrying,
  title: string,
  width: number,
  work: (chart: ChartItem) => Promise<string | undefined>,
): Step {
  return {
    title,
    width,
    items: () =>
      forCharts(
        carrying.run,
        (chart) => carrying.cargo.has(chart),
        async (chart, _, view) => {
          const said = await work(chart);
          if (said !== undefined) view.update(said);
        },
      ),
  };
}
