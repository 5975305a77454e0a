import { type Command, Option } from 'commander';
import { addFetch, addInstall, type ChartFlags } from './chart-options.ts';
import { repeatable } from './options.ts';

/** The flags of commands that list the images of charts. Strings stay strings. */
export interface CarryFlags extends ChartFlags {
  readonly version?: string;
  readonly annotationsKey: string;
  readonly images: string;
  readonly chartOverrides: readonly string[];
  readonly cache?: boolean;
  readonly cacheDir?: string;
}

/** The same of commands that read images, too. */
export interface PlatformFlags {
  readonly platforms: readonly string[];
}

/** How CHART is written, for the end of the help. */
export const CHART_FORMS =
  'CHART is a directory, an archive, oci://HOST/PATH/CHART[:VERSION], or with --repo CHART[:VERSION].';

/** The options that say which images a list has, and where it stands. */
export function addList(command: Command): Command {
  command
    .option('--version <version>', 'the version of the chart, where its name does not say it')
    .option('--annotations-key <key>', 'the annotation of Chart.yaml that lists images (default: images)', 'images')
    .addOption(
      new Option(
        '--images <annotated|rendered|conditional|all>',
        'which images: those that the chart renders and annotations list (default: annotated), only rendered ones, ' +
          'also those behind switches, or all that are named',
      ).default('annotated'),
    )
    .addOption(repeatable('-f, --values <file>', 'values of the chart (repeatable, later ones win)'))
    .addOption(repeatable('--chart-overrides <file>', 'values without which charts do not render (repeatable)'));
  addInstall(command)
    .option('--config <file>', 'settings (default: ./airgap-charts.yaml if there)')
    .option('--cache-dir <directory>', "where results are kept between runs (default: the user's cache directory)")
    .option('--cache', 'keep results, so that what did not change is not rendered again (default)')
    .option('--no-cache', 'keep and use no results');
  return addFetch(command);
}

/** `--platforms`. */
export function addPlatforms(command: Command): Command {
  return command.addOption(
    repeatable('--platforms <names>', 'these platforms only, such as linux/amd64 (default: all)'),
  );
}
