import { join, resolve } from 'node:path';
import { openContentStore } from '../adapters/files/content-store.ts';
import { openWorkspace } from '../adapters/workspace.ts';
import type { UnwrapFlags } from '../cli/unwrap-command.ts';
import { shippedPath } from '../config/documents.ts';
import { OVERRIDES_FILE, overrideFiles, readChartOverrides } from '../config/overrides.ts';
import { diskFiles } from '../config/read-text.ts';
import type { AddedImage, Addon, Place, ValuesLayer } from '../domain/addon.ts';
import type { OpenedWrap } from '../domain/wrap/open-wrap.ts';
import type { Redactor } from '../redaction.ts';
import { askToPush } from './ask.ts';
import { addonOf } from './chart-catalog.ts';
import { nameProblems, type Read, readLayers } from './check-chart.ts';
import { expectKind } from './expect-kind.ts';
import { readWholeWrap, wrappedChart } from './open-wrap.ts';
import { checkPush, pushFile } from './push-file.ts';
import { pushFlags } from './push-flags.ts';
import { refuse } from './scrubbed.ts';
import type { Surroundings } from './surroundings.ts';

/** Everything in the lock is pushed, whether the chart renders it or not. */
function lockedImages({ shelf }: OpenedWrap, place: Place): readonly AddedImage[] {
  return shelf.images.map(({ reference }) => ({ reference, reason: 'it is in the wrap', place }));
}

/** The values that the flags name. */
interface GivenValues {
  readonly overrides: Awaited<ReturnType<typeof readChartOverrides>>;
  readonly layers: readonly ValuesLayer[];
}

async function readValues(flags: UnwrapFlags, cwd: string): Promise<Read<GivenValues>> {
  const overrides = await readChartOverrides(
    diskFiles,
    await overrideFiles(diskFiles, shippedPath(OVERRIDES_FILE), flags.chartOverrides, cwd),
  );
  const layers = await readLayers(flags.values, diskFiles, cwd);
  const problems = [...overrides.problems, ...layers.problems, ...nameProblems(flags)];
  if (problems.length > 0) return { value: undefined, problems };
  return { value: { overrides, layers: layers.value ?? [] }, problems: [] };
}

function addonFor(wrap: OpenedWrap, path: string, file: string, flags: UnwrapFlags, values: GivenValues): Addon {
  const { name } = wrap.lock.chart;
  const place: Place = { file, line: 1, column: 1, key: undefined };
  const addon = addonOf({
    source: { kind: 'local', path, chart: name },
    version: { kind: 'newest', asked: 'no version given' },
    release: flags.release,
    namespace: flags.namespace,
    apiVersions: [],
    layers: [...(values.overrides.layers.get(name) ?? []), ...values.layers],
  });
  return { ...addon, images: lockedImages(wrap, place), places: [place] };
}

/**
 * Pushes what a wrap holds: its images digest for digest where it has what they were, and its chart, rewritten and proven. The
 * wrap is read and checked as a whole before anything is pushed.
 *
 * @throws MirrorError FILE_REFUSED for a wrap that is not as it should be.
 */
export async function unwrap(
  file: string,
  registry: string,
  flags: UnwrapFlags,
  around: Surroundings,
  redactor: Redactor,
): Promise<number> {
  const path = resolve(around.cwd, file);
  const { value: values, problems } = await readValues(flags, around.cwd);
  if (values === undefined) return refuse(problems, around, redactor);
  const mirrorFlags = pushFlags(flags, registry.replace(/^oci:\/\//i, ''));
  // what is missing is said before a large file is read
  const stopped = await checkPush(mirrorFlags, around, redactor);
  if (stopped !== undefined) return stopped;
  await expectKind('wrap', file, around);
  const workspace = await openWorkspace(around.temporary);
  try {
    const contents = openContentStore(join(workspace.root, 'wrap'));
    const wrap = await readWholeWrap(path, contents, around.signal);
    const addon = addonFor(wrap, path, file, flags, values);
    const { name, version } = wrap.lock.chart;
    const question = `push ${name} ${version} and ${wrap.shelf.images.length} images to ${registry}?`;
    await askToPush(question, flags, around);
    const source = { shelf: wrap.shelf, contents, localCharts: wrappedChart(wrap) };
    const { left } = wrap;
    return await pushFile({ addons: [addon], flags: mirrorFlags, file: () => source, left }, around, redactor);
  } finally {
    await workspace.close();
  }
}
