import { type Command, Option } from 'commander';

function collect(value: string, before: readonly string[]): readonly string[] {
  return [...before, value];
}

/** An option that may be given several times; without it the list is empty. */
export function repeatable(flags: string, description: string): Option {
  return new Option(flags, description).argParser(collect).default([], 'none');
}

/** `--plain-http` without a host is kept as this mark. */
export const EVERY_LOCAL_HOST = '*';

/** How hosts are spoken to. */
export interface NetworkFlags {
  readonly plainHttp: readonly string[];
  readonly caFile?: string;
}

/** `--plain-http`, with a host or without, and `--ca-file`. */
export function addNetwork(command: Command): Command {
  const text = 'speak plain HTTP to this host (repeatable); without a host: to loopback and the target';
  return command
    .addOption(repeatable('--plain-http [host]', text).preset(EVERY_LOCAL_HOST))
    .option('--ca-file <file>', 'certificates to trust beside those of the system');
}

/** The same for commands that fetch charts, which may be told to fetch them elsewhere. */
export interface SourceFlags extends NetworkFlags {
  readonly sourceMirror: readonly string[];
}

/** The options of `addNetwork`, and `--source-mirror`. `what` can be reached at another address. */
export function addSources(command: Command, what: string): Command {
  const text = `reach a ${what} at another address (repeatable)`;
  return addNetwork(command).addOption(repeatable('--source-mirror <from=to>', text));
}

/** The AWS profile, and logins in place of those that are found. */
export interface LoginFlags {
  readonly profile?: string;
  readonly dockerhubUsername?: string;
  readonly dockerhubToken?: string;
  readonly publicEcrPassword?: string;
  readonly privateEcrPassword?: string;
}

/** `--profile`. */
export function addProfile(command: Command): Command {
  return command.option('--profile <name>', 'the AWS profile to log in with at Amazon ECR');
}

/** Every login but that of `--profile`. */
export function addLogins(command: Command): Command {
  return command
    .option('--dockerhub-username <name>', 'or DOCKERHUB_USERNAME')
    .option('--dockerhub-token <token>', 'or DOCKERHUB_TOKEN')
    .option('--public-ecr-password <password>', 'or ECR_PUBLIC_PASSWORD')
    .option('--private-ecr-password <password>', 'or ECR_PRIVATE_PASSWORD');
}

/** What a target is that its name does not tell. */
export interface EcrFlags {
  readonly registryType?: string;
  readonly ecrAccount?: string;
  readonly ecrRegion?: string;
}

/** What the target is, and `--profile`. `region` says what `--ecr-region` is for. */
export function addEcr(command: Command, region: string): Command {
  command
    .option('--registry-type <ecr|generic>', 'what the target is (default: told from its name)')
    .option('--ecr-account <digits>', 'the AWS account of the target, where its name does not tell it')
    .option('--ecr-region <region>', region);
  return addProfile(command);
}

/** Where images go, and under which names. */
export interface NamingFlags {
  readonly targetRegistry?: string;
  readonly targetPrefix?: string;
  readonly imagePath?: string;
}

/** The options that name images at the target. `registry` says what `--target-registry` is for. */
export function addNaming(command: Command, registry: string): Command {
  return command
    .option('--target-registry <host[/path]>', registry)
    .option('--target-prefix <path>', 'a path before the path of every image')
    .option(
      '--image-path <source|host|flat|flat-host>',
      'keep the source path of images, or the source host too; flat: as one name, charts below no namespace (default: source)',
    );
}

/** What is said on standard output and of defects. */
export interface OutputFlags {
  readonly json: boolean;
  readonly verbose: boolean;
}

/** `--json`, with what it prints, and `--verbose`. */
export function addOutput(command: Command, printed: string): Command {
  return command
    .option('--json', `print the ${printed} on standard output`, false)
    .option('--verbose', 'print the stack of unexpected errors', false);
}
