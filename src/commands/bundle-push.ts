import type { KnownBlob } from '../adapters/relay.ts';
import type { OpenCache } from '../adapters/result-cache.ts';
import type { BundlePushFlags } from '../cli/bundle-commands.ts';
import type { MirrorFlags } from '../cli/program.ts';
import { bundledAddons } from '../config/bundle-file.ts';
import { type AddedImage, type Addon, type ChartSource, parseChartSource } from '../domain/addon.ts';
import type { BundleContents, BundledChart } from '../domain/bundle/bundle-contents.ts';
import { type Digest, parseReference } from '../domain/reference.ts';
import { formatSize } from '../domain/report/size.ts';
import { MirrorError } from '../errors.ts';
import { travelledCache } from '../pipeline/results/travelling.ts';
import type { LocalCharts } from '../ports/charts.ts';
import type { ResultCache } from '../ports/files.ts';
import type { Redactor } from '../redaction.ts';
import { askToPush } from './ask.ts';
import { checkOmitted } from './omitted-layers.ts';
import { type ReadBundle, readBundle, shelfOf } from './open-bundle.ts';
import { checkPush, pushFile } from './push-file.ts';
import { pushFlags } from './push-flags.ts';
import type { Surroundings } from './surroundings.ts';

const DAY_MS = 86_400_000;
const ARCHIVE_LIMIT = 100 * 1024 * 1024;
const RESULTS_LIMIT = 64 * 1024 * 1024;

/** Where a run finds a chart of a bundle: as an archive below the bundle's own name. */
function sourceIn(file: string): (chart: BundledChart) => ChartSource {
  return ({ name, version, archive, source }) => ({
    kind: 'local',
    path: `${file}!${name}-${version}-${archive.slice(7, 19)}.tgz`,
    chart: name,
    origin: parseChartSource(source, name),
  });
}

function chartsIn({ bundle, contents }: ReadBundle, sourceOf: (chart: BundledChart) => ChartSource): LocalCharts {
  const byPath = new Map(
    contents.charts.flatMap((chart) => {
      const source = sourceOf(chart);
      return source.kind === 'local' ? [[source.path, chart] as const] : [];
    }),
  );
  const chartAt = (path: string): BundledChart => {
    const chart = byPath.get(path);
    if (chart === undefined) throw new RangeError(`${path} is no chart of the bundle`);
    return chart;
  };
  return {
    archive: (path) => bundle.contents.read(chartAt(path).archive, ARCHIVE_LIMIT),
    async provenance(path, limit) {
      const { provenance } = chartAt(path);
      return provenance === null ? undefined : bundle.contents.read(provenance, limit);
    },
  };
}

/** What belongs to images goes with the charts that pull them, and with no other. */
function withArtifacts(addon: Addon, { carried }: BundleContents, images: ReadonlySet<string>): Addon {
  const [place] = addon.places;
  if (place === undefined) return addon;
  const artifacts = carried.flatMap(({ reference: text, of }): readonly AddedImage[] => {
    const reference = of === null || !images.has(of) ? undefined : parseReference(text);
    return reference === undefined ? [] : [{ reference, reason: `it belongs to ${of}`, place }];
  });
  return { ...addon, images: [...addon.images, ...artifacts] };
}

/** The results that came with charts, where they hold for this helm and these rules. */
function travelled({ bundle, contents }: ReadBundle, own: OpenCache | undefined, today: number): ResultCache {
  const stamp = own?.stamp;
  const digests = new Map<Digest, Digest>();
  for (const { archive, results } of contents.charts)
    if (results !== null && results.helm === stamp?.helm && results.rules === stamp.rules)
      digests.set(archive, results.digest);
  return travelledCache(own, today, async (chart) => {
    const digest = digests.get(chart);
    if (digest === undefined) return undefined;
    return Buffer.from(await bundle.contents.read(digest, RESULTS_LIMIT)).toString('utf8');
  });
}

function noCharts(file: string): MirrorError {
  return new MirrorError(`bundle ${file} refused: it holds no chart`, {
    code: 'FILE_REFUSED',
    origin: 'source',
    hint: 'make it again with airgap-charts bundle create',
  });
}

async function push(
  read: ReadBundle,
  file: string,
  flags: MirrorFlags,
  around: Surroundings,
  redactor: Redactor,
): Promise<number> {
  const { bundle, contents } = read;
  const shelf = await shelfOf(read, file);
  const sourceOf = sourceIn(file);
  const addons = contents.charts.flatMap((chart) =>
    bundledAddons([chart], sourceOf, file).map((addon) => withArtifacts(addon, contents, new Set(chart.images))),
  );
  const omittedAt = (host: string): readonly KnownBlob[] =>
    contents.omitted.map(({ digest, repository }) => ({ registry: host, repository, digest }));
  const today = Math.floor(around.now().getTime() / DAY_MS);
  return pushFile(
    {
      addons,
      flags: { ...flags, images: contents.images },
      async check(say) {
        const { files, bytes } = bundle;
        say(`checking ${files.length === 1 ? 'the bundle' : `${files.length} parts`}, ${formatSize(bytes)}`);
        await bundle.check(() => undefined, around.signal);
      },
      file: (host) => ({
        ...{ shelf, contents: bundle.contents, localCharts: chartsIn(read, sourceOf) },
        known: omittedAt(host),
      }),
      work: (host, network) => ({
        cache: (own) => travelled(read, own, today),
        before: async (connections) => {
          if (flags.scanOnly) return;
          await checkOmitted(file, omittedAt(host), connections, network, around.signal);
        },
      }),
    },
    around,
    redactor,
  );
}

/**
 * Pushes what a bundle holds: every part is read and checked before anything is pushed, then all is as in a mirror run whose
 * only source is the bundle. Charts are rewritten and proven here, where the registry is known.
 *
 * @throws MirrorError FILE_REFUSED for a bundle that is not as it should be.
 */
export async function bundlePush(
  files: readonly string[],
  flags: BundlePushFlags,
  around: Surroundings,
  redactor: Redactor,
): Promise<number> {
  const [file = ''] = files;
  const mirrorFlags = pushFlags({ ...flags, chartOverrides: [] }, flags.targetRegistry);
  const stopped = await checkPush(mirrorFlags, around, redactor);
  if (stopped !== undefined) return stopped;
  const read = await readBundle(files, around);
  try {
    const { charts, carried } = read.contents;
    if (charts.length === 0) throw noCharts(file);
    const question = `push ${charts.length} charts and ${carried.length} images to ${flags.targetRegistry}?`;
    await askToPush(question, flags, around);
    return await push(read, file, mirrorFlags, around, redactor);
  } finally {
    await read.bundle.close();
  }
}
