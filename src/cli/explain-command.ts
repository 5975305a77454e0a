import { Command } from 'commander';
import { plainHttp, repeatable } from './options.ts';

/** The flags of `explain`, as commander reads them. Strings stay strings. */
export interface ExplainFlags {
  readonly image?: string;
  readonly values: readonly string[];
  readonly onlyAddon: readonly string[];
  readonly chartOverrides: readonly string[];
  readonly repo?: string;
  readonly release?: string;
  readonly namespace?: string;
  readonly kubeVersion?: string;
  readonly apiVersions: readonly string[];
  /** Undefined where neither --switches nor --no-switches is given. */
  readonly switches?: boolean;
  readonly targetRegistry?: string;
  readonly targetPrefix?: string;
  readonly imagePath?: string;
  readonly config?: string;
  readonly plainHttp: readonly string[];
  readonly caFile?: string;
  readonly sourceMirror: readonly string[];
  readonly profile?: string;
  readonly dockerhubUsername?: string;
  readonly dockerhubToken?: string;
  readonly publicEcrPassword?: string;
  readonly privateEcrPassword?: string;
  readonly json: boolean;
  readonly verbose: boolean;
}

/** What the command does; the number is the exit code. */
export interface ExplainActions {
  readonly explain: (subject: string, flags: ExplainFlags) => Promise<number>;
}

const EXAMPLES = `
CHART is a directory, an archive, oci://HOST/PATH/CHART[:VERSION], or with --repo CHART[:VERSION]. Any other file is a
catalog.

Examples:
  $ airgap-charts explain ./web -f my-values.yaml --image redis
  $ airgap-charts explain catalog.yaml --only-addon argo-cd
  $ airgap-charts explain catalog.yaml --image 'quay.io/*' --json

Exit codes: 0 found; 1 nothing fits --image, or a chart cannot be fetched or rendered; 2 bad input or a missing tool; 130
interrupted. No registry is asked for images. Nothing is written.`;

/** The command `explain`. `done` receives the exit code. */
export function explainCommand(actions: ExplainActions, done: (code: number) => void): Command {
  return new Command('explain')
    .description('tell why an image is there: its places, the values that make it, what it needs')
    .argument('<chart|catalog>', 'a chart, or a catalog of charts')
    .option('--image <reference>', 'this image only; * stands for any characters (default: all)')
    .addOption(repeatable('-f, --values <file>', 'values of the chart (repeatable, later ones win)'))
    .addOption(repeatable('--only-addon <names>', 'only these releases of the catalog'))
    .addOption(repeatable('--chart-overrides <file>', 'values without which charts do not render (repeatable)'))
    .option('--repo <url>', 'the chart repository that CHART is in')
    .option('--release <name>', 'the name of the release (default: the name of the chart)')
    .option('--namespace <name>', 'its namespace (default: the name of the release)')
    .option('--kube-version <version>', 'render for this Kubernetes version (default: 1.34.0)')
    .addOption(repeatable('--api-versions <names>', 'APIs that the cluster has (repeatable, or separated by commas)'))
    .option('--switches', 'turn switches to see which images they bring, and which images need them (default)')
    .option('--no-switches', 'leave switches as they are')
    .option('--target-registry <host[/path]>', 'tell the names that images have there, too')
    .option('--target-prefix <path>', 'a path before the path of every image')
    .option('--image-path <source|host>', 'keep the source path of images, or the source host too (default: source)')
    .option('--config <file>', 'settings (default: ./airgap-charts.yaml if there)')
    .addOption(plainHttp())
    .option('--ca-file <file>', 'certificates to trust beside those of the system')
    .addOption(repeatable('--source-mirror <from=to>', 'reach a chart repository at another address (repeatable)'))
    .option('--profile <name>', 'the AWS profile to log in with at Amazon ECR')
    .option('--dockerhub-username <name>', 'or DOCKERHUB_USERNAME')
    .option('--dockerhub-token <token>', 'or DOCKERHUB_TOKEN')
    .option('--public-ecr-password <password>', 'or ECR_PUBLIC_PASSWORD')
    .option('--private-ecr-password <password>', 'or ECR_PRIVATE_PASSWORD')
    .option('--json', 'print the result as JSON on standard output', false)
    .option('--verbose', 'print the stack of unexpected errors', false)
    .addHelpText('after', EXAMPLES)
    .action(async (subject: string, flags: ExplainFlags) => done(await actions.explain(subject, flags)));
}
