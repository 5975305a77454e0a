import type { Command } from 'commander';
import { repeatable } from './options.ts';

/** The flags that `addInputs` adds, as commander reads them. */
export interface InputFlags {
  readonly catalog: readonly string[];
  readonly values?: string;
  readonly chartOverrides: readonly string[];
  readonly latest: boolean;
  readonly onlyAddon: readonly string[];
  readonly excludeAddons: readonly string[];
}

/** The files that name charts, and which of their charts are meant. */
export function addInputs(command: Command): Command {
  return command
    .addOption(repeatable('--catalog <file>', 'a catalog of charts (repeatable, or separated by commas)'))
    .option('--values <file>', 'a values file that names addons, as Argo CD repositories have them')
    .addOption(repeatable('--chart-overrides <file>', 'values without which charts do not render (repeatable)'))
    .option('--latest', 'take the newest stable version of every chart, whatever the inputs say', false)
    .addOption(repeatable('--only-addon <names>', 'only these: charts of a values file, releases of a catalog'))
    .addOption(repeatable('--exclude-addons <names>', 'all but these'));
}

/** What is done with what the target has, and with charts that are not proven. */
export function addExisting(command: Command): Command {
  return command
    .option('--push-unproven', 'push charts that are not proven; the run still ends with exit code 1', false)
    .option('--platform <auto|linux/amd64|linux/arm64>', 'copy one platform instead of whole images (default: auto)')
    .option('--skip-existing', 'leave alone what the target has (default)')
    .option('--no-skip-existing', 'copy again what the target has')
    .option('--verify-existing-digest', 'compare the digest of existing tags (default)')
    .option('--no-verify-existing-digest', 'trust existing tags')
    .option('--overwrite-existing', 'replace tags that hold other content', false);
}

/** What charts become. `images` adds the choice of images. */
export function addChoices(command: Command, images: (command: Command) => Command): Command {
  command
    .option('--chart-version-suffix <+suffix>', 'publish charts under a version with this suffix')
    .option('--include-dependencies', 'fetch dependencies that an archive lacks (default)')
    .option('--exclude-dependencies', 'leave them out; such charts are not proven')
    .option('--kube-version <version>', 'render for this Kubernetes version (default: 1.34.0)');
  return images(command)
    .option('--switches', 'turn every switch that is off on once, to see which images it brings (default)')
    .option('--no-switches', 'do not look for images behind switches')
    .option('--template-patches', 'patch references that templates and other files spell out (default)')
    .option('--no-template-patches', 'leave them; such charts are not proven')
    .option('--pin-digests', 'write digests beside tags in relocated charts, where their templates allow')
    .option('--no-pin-digests', 'leave tags as they are (default)')
    .option('--image-pull-secret <name>', 'the secret that every pod is to name: found out, written, and proven')
    .option('--pull-secret-in-chart', 'write it into the relocated charts, too, and not only into the consumer values')
    .option('--no-pull-secret-in-chart', 'write it into the consumer values only (default)')
    .option('--strict', 'fail also for addons that cannot be mirrored, and images that a scan could not look up');
}

/** Where results are kept between runs. */
export function addCache(command: Command): Command {
  return command
    .option('--cache-dir <directory>', "where results are kept between runs (default: the user's cache directory)")
    .option('--cache', 'keep results, so that what did not change is not rendered again (default)')
    .option('--no-cache', 'keep and use no results');
}
