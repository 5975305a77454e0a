import type { BundleInfoFlags } from '../cli/bundle-commands.ts';
import type { Redactor } from '../redaction.ts';
import { bundleText } from '../report/bundle-text.ts';
import { readBundle, shelfOf } from './open-bundle.ts';
import { scrubbedJson } from './scrubbed.ts';
import type { Surroundings } from './surroundings.ts';

/**
 * Tells what a bundle holds; values files are not shown, since they can hold passwords. Exit code 0.
 *
 * @throws MirrorError FILE_REFUSED for what is no bundle, or, with `--check`, a damaged one.
 */
export async function bundleInfo(
  files: readonly string[],
  flags: BundleInfoFlags,
  around: Surroundings,
  redactor: Redactor,
): Promise<number> {
  const read = await readBundle(files, around);
  const { bundle, contents } = read;
  try {
    await shelfOf(read, files[0] ?? '');
    if (flags.check) await bundle.check(() => undefined, around.signal);
    const charts = contents.charts.map(({ name, version, source, archive, releases }) => ({
      ...{ name, version, source, archive },
      releases: releases.map(({ release, namespace }) => ({ release, namespace })),
    }));
    const told = { ...contents, charts, files: bundle.files, bytes: bundle.bytes, checked: flags.check };
    around.print(flags.json ? scrubbedJson(told, redactor) : bundleText(contents, bundle.files, bundle.bytes));
    return 0;
  } finally {
    await bundle.close();
  }
}
