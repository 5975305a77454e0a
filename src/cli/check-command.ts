import { Command } from 'commander';
import { plainHttp, repeatable } from './options.ts';

/** The flags of `check`, as commander reads them. Strings stay strings. */
export interface CheckFlags {
  readonly values: readonly string[];
  readonly manifests?: string;
  readonly registry: readonly string[];
  readonly repo?: string;
  readonly release?: string;
  readonly namespace?: string;
  readonly kubeVersion?: string;
  readonly apiVersions: readonly string[];
  readonly platforms: readonly string[];
  readonly strict: boolean;
  readonly config?: string;
  readonly concurrency?: string;
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
export interface CheckActions {
  readonly check: (chart: string | undefined, flags: CheckFlags) => Promise<number>;
}

const EXAMPLES = `
CHART is a directory, an archive, oci://HOST/PATH/CHART[:VERSION], or with --repo CHART[:VERSION].

Examples:
  $ airgap-charts check oci://registry.example.com/platform/web:1.2.3 -f my-values.yaml --registry registry.example.com
  $ helm template web ./web -f my-values.yaml | airgap-charts check --manifests - --registry registry.example.com
  $ airgap-charts check ./web --registry registry.example.com/platform --platforms linux/amd64,linux/arm64

Exit codes: 0 everything is there; 1 something is not, or could not be asked; 2 bad input or a missing tool; 130
interrupted. Nothing is written.`;

/** The command `check`. `done` receives the exit code. */
export function checkCommand(actions: CheckActions, done: (code: number) => void): Command {
  return new Command('check')
    .description('tell whether an install would pull anything that is not in your registry')
    .argument('[chart]', 'the chart to install')
    .addOption(repeatable('-f, --values <file>', 'values that it is installed with (repeatable, later ones win)'))
    .option('--manifests <directory|->', 'check rendered manifests in place of a chart; - is standard input')
    .addOption(repeatable('--registry <host[/path]>', 'where images may come from (repeatable)'))
    .option('--repo <url>', 'the chart repository that CHART is in')
    .option('--release <name>', 'the name of the release (default: the name of the chart)')
    .option('--namespace <name>', 'its namespace (default: the name of the release)')
    .option('--kube-version <version>', 'render for this Kubernetes version (default: 1.34.0)')
    .addOption(repeatable('--api-versions <names>', 'APIs that the cluster has (repeatable, or separated by commas)'))
    .addOption(repeatable('--platforms <names>', 'platforms that every image must have, such as linux/amd64'))
    .option('--strict', 'fail also when other registries are mentioned, and when there is no image', false)
    .option('--config <file>', 'settings (default: ./airgap-charts.yaml if there)')
    .option('--concurrency <number>', 'requests at once to a registry (default: 8)')
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
    .action(async (chart: string | undefined, flags: CheckFlags) => done(await actions.check(chart, flags)));
}
