import { satisfiesPlatform } from '../../domain/platform.ts';
import type { Digest } from '../../domain/reference.ts';
import { formatSize } from '../../domain/report/size.ts';
import { MirrorError, toMirrorError } from '../../errors.ts';
import { applySizePolicy } from '../apply-policy.ts';
import { type ArtifactSearch, findArtifacts, startArtifactSearch } from '../carry/find-artifacts.ts';
import { bytesOf, readImage } from '../carry/read-image.ts';
import { isToCopy } from '../copy.ts';
import { failUsers } from '../fail-users.ts';
import { concludeStep, planningSteps } from '../graph.ts';
import type { ImageItem } from '../image-item.ts';
import { platformMissing } from '../image-platform.ts';
import type { Step, StepItem } from '../progress.ts';
import { WAITING } from '../progress.ts';
import { livingCharts } from '../run.ts';
import { forImages, once } from '../step-items.ts';
import { type BundlePlan, type PlannedBlob, planBundle } from './bundle-plan.ts';
import type { Bundling } from './bundle-run.ts';

/** The image that is read: what the preflight has seen, even when its tag moves meanwhile. */
async function read(image: ImageItem, search: ArtifactSearch, { run, request, images }: Bundling): Promise<void> {
  const { source, platform, state } = image;
  if (state.kind !== 'cleared') return;
  const wanted = platform === undefined ? [] : [platform];
  try {
    const digest = platform === undefined ? state.digest : run.wholeDigests.get(image);
    const seen = digest === undefined ? source : { ...source, digest };
    const contents = await readImage(seen, wanted, { side: 'source', run });
    applySizePolicy(source, bytesOf(contents), run.options.policy);
    const artifacts = request.artifacts ? await findArtifacts(source, contents, search) : [];
    const offered = contents.platforms.map((one) => one.platform);
    const lacking = image.required.find((one) => !offered.some((other) => satisfiesPlatform(other, one)));
    if (lacking !== undefined && offered.length > 0) throw platformMissing(image, lacking, run);
    images.set(image, { contents, artifacts });
    image.platforms = offered;
  } catch (thrown) {
    if (run.signal.aborted) throw thrown;
    const error = toMirrorError(thrown);
    image.state = { kind: 'failed' };
    failUsers(image, error);
    throw error;
  }
}

function nothingToBundle(): MirrorError {
  return new MirrorError('no chart is left that could be in the bundle', {
    code: 'IMAGES_INCOMPLETE',
    origin: 'source',
    hint: 'see why each of them failed; a bundle that was there before is still there',
  });
}

/** Images that a failed chart alone needed are not carried. */
function dropUnneeded({ images }: Bundling): void {
  for (const image of images.keys())
    if (image.failure !== undefined || image.users.every(({ chart }) => chart.failure !== undefined))
      images.delete(image);
}

async function* chunksOf(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  yield bytes;
}

async function writeBlob(blob: PlannedBlob, bundling: Bundling): Promise<void> {
  const { writer, run, request } = bundling;
  if (writer === undefined) throw new RangeError('the bundle is not open');
  const { digest, size, bytes, images, tools } = blob;
  const [user] = images;
  try {
    run.signal.throwIfAborted();
    const fetched =
      bytes === undefined && user !== undefined
        ? request.blobs.open(user.source, { digest, size, mediaType: '' }, run.signal)
        : chunksOf(bytes ?? new Uint8Array());
    const chunks = tools === undefined ? fetched : tools.open();
    await writer.write(digest, chunks, run.signal);
  } catch (thrown) {
    const error = toMirrorError(thrown);
    bundling.failure ??= error;
    throw error;
  }
}

/** For what a blob is there, where that is one thing. */
function purpose({ images: [user], tools }: PlannedBlob): string {
  if (tools !== undefined) return ` of the tools for ${tools.about.platform}`;
  return user === undefined ? '' : ` of ${user.source.registry}/${user.source.repository}`;
}

function blobItems(blobs: readonly PlannedBlob[], bundling: Bundling): readonly StepItem[] {
  return blobs.map((blob) => ({
    label: `${blob.digest.slice(0, 19)}${purpose(blob)} ${formatSize(blob.size)}`,
    work: () => writeBlob(blob, bundling),
  }));
}

/** What is still to be written; what an interrupted run has left is there. */
function missing({ blobs }: BundlePlan, done: ReadonlySet<Digest>): readonly PlannedBlob[] {
  return [...blobs.values()].filter(({ digest }) => !done.has(digest));
}

/**
 * A scan that ends in a bundle: everything is planned, proven against a target without a name, fetched and written; then the
 * whole is read once more and checked before it stands in its place. A blob that cannot be had leaves no bundle.
 */
export function bundleSteps(bundling: Bundling, width: number): readonly Step[] {
  const { run, request } = bundling;
  const search = startArtifactSearch(run);
  let plan: BundlePlan | undefined;
  const inBundle = (title: string, work: () => Promise<void>): Step =>
    once(run, title, async () => {
      run.signal.throwIfAborted();
      if (bundling.failure !== undefined) throw bundling.failure;
      try {
        await work();
      } catch (thrown) {
        bundling.failure ??= toMirrorError(thrown);
        throw thrown;
      }
    });
  return [
    ...planningSteps(run, async (chart, archive) => {
      bundling.archives.set(chart, archive.bytes);
    }),
    {
      title: 'Read images',
      width: WAITING,
      items: () => forImages(run, isToCopy, (image) => read(image, search, bundling)),
    },
    inBundle('Plan the bundle', async () => {
      if (livingCharts(run).length === 0) throw nothingToBundle();
      dropUnneeded(bundling);
      plan = await planBundle(bundling);
      bundling.omitted = plan.omitted;
      const sizes = [...[...plan.blobs.values()].map(({ size }) => size), ...plan.omitted.values()];
      bundling.neededBytes = sizes.reduce((sum, size) => sum + size, 0);
      bundling.writer = await request.open(plan.entries, plan.time);
    }),
    {
      title: 'Write manifests, charts and layers',
      width,
      items: () =>
        plan === undefined || bundling.writer === undefined || bundling.failure !== undefined
          ? []
          : blobItems(missing(plan, bundling.writer.done), bundling),
    },
    inBundle('Check and finish the bundle', async () => {
      bundling.parts = (await bundling.writer?.finish(run.signal)) ?? [];
    }),
    concludeStep(run),
  ];
}
