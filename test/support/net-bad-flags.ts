/** A command line that must end with exit code 2 before anything happens. `HOST` stands for a server that counts. */
export interface BadInput {
  readonly name: string;
  /** By their path in the working directory. */
  readonly files?: Readonly<Record<string, string>>;
  readonly argv: readonly string[];
  /** All lines on standard error, without those that are empty and those that name --help. */
  readonly says: readonly string[];
}

const FILES = { 'c.yaml': 'addons:\n  - chart: web\n    repository: http://HOST/stable\n    version: "1.0.0"\n' };
const TARGET = ['--target-registry', 'HOST'];

/** A run of a sound catalog with flags. */
function mirror(...flags: readonly string[]): Pick<BadInput, 'files' | 'argv'> {
  return { files: FILES, argv: ['mirror', '--catalog', 'c.yaml', ...TARGET, ...flags] };
}

/** Command lines that are wrong. */
export const BAD_FLAGS: readonly BadInput[] = [
  {
    name: 'no input',
    argv: ['mirror', ...TARGET],
    says: ['command line: no input is given, give --catalog with a catalog or --values with a values file'],
  },
  {
    name: 'a catalog and a values file',
    ...mirror('--values', 'v.yaml'),
    says: ['command line: --catalog and --values are both given, give one of them'],
  },
  {
    name: 'a flag that nearly exists',
    ...mirror('--scan-onyl'),
    says: ["error: unknown option '--scan-onyl'", '(Did you mean --scan-only?)'],
  },
  {
    name: 'a mistyped flag with a password',
    ...mirror('--private-ecr-pasword=s3cret-word'),
    says: ["error: unknown option '--private-ecr-pasword'", '(Did you mean --private-ecr-password?)'],
  },
  {
    name: 'a command that nearly exists',
    argv: ['miror'],
    says: ["error: unknown command 'miror'", '(Did you mean mirror?)'],
  },
  {
    name: 'a flag without its value',
    argv: ['mirror', '--catalog'],
    says: ["error: option '--catalog <file>' argument missing"],
  },
  {
    name: 'a word too many',
    argv: ['mirror', 'c.yaml', ...TARGET],
    says: ["error: too many arguments for 'mirror'. Expected 0 arguments but got 1: c.yaml."],
  },
  {
    name: 'a target with a scheme',
    files: FILES,
    argv: ['mirror', '--catalog', 'c.yaml', '--target-registry', 'https://registry.example.org'],
    says: ['--target-registry: the target registry cannot be "https://registry.example.org", leave https:// out'],
  },
  {
    name: 'a target that is a bare word',
    files: FILES,
    argv: ['mirror', '--catalog', 'c.yaml', '--target-registry', 'registry'],
    says: [
      '--target-registry: the target registry cannot be "registry", add a domain or a port, for example "registry:5000"',
    ],
  },
  {
    name: 'a target with a password',
    files: FILES,
    argv: ['mirror', '--catalog', 'c.yaml', '--target-registry', 'me:s3cret-word@registry.example.org'],
    says: [
      '--target-registry: the target registry cannot be "***@registry.example.org", write it without user and password and log in with docker login',
    ],
  },
  {
    name: 'no target, and no AWS identity that gives one',
    files: FILES,
    argv: ['mirror', '--catalog', 'c.yaml', '--scan-only'],
    says: [
      'TARGET_UNKNOWN: there is no target registry, and no AWS identity whose own registry could be taken',
      '  → name it with --target-registry HOST[/PATH], or as targetRegistry in airgap-charts.yaml',
    ],
  },
  {
    name: 'values of flags that cannot be, all of them',
    ...mirror(
      ...['--target-prefix', '/x', '--image-path', 'both', '--platform', 'amd64', '--kube-version', 'newest'],
      ...['--concurrency', '0', '--chart-version-suffix', 'mirror.2', '--ca-file', 'no.pem'],
      ...['--plain-http', 'http://x.example', '--config', 'no.yaml'],
    ),
    says: [
      '--target-prefix: the target prefix cannot be "/x", write lower case path components like "mirror/prod", without a slash at the ends',
      '--image-path: the image path cannot be "both", write source, host, flat or flat-host',
      '--kube-version: the Kubernetes version cannot be "newest", write it like "1.33.0"',
      '--platform: the platform cannot be "amd64", write auto, linux/amd64 or linux/arm64',
      '--concurrency: the concurrency cannot be "0", write a whole number from 1 to 64',
      '--chart-version-suffix: the version suffix cannot be "mirror.2", write it like "+mirror.2"',
      '--plain-http: "http://x.example" is no registry host, write a host with its port if it has one, such as "registry.example.org:5000", without scheme and path',
      '--ca-file: there is no file "no.pem", name a PEM file',
      'no.yaml:1:1: there is no such file, check the path',
    ],
  },
  {
    name: 'source mirrors that lead nowhere',
    ...mirror(
      ...['--source-mirror', 'docker.io', '--source-mirror', 'ftp://x=y.example'],
      ...['--source-mirror', 'docker.io=https://me:s3cret-word@cache.example.com'],
    ),
    says: [
      '--source-mirror: "docker.io" is no source mirror, write FROM=TO, for example docker.io=cache.example.org/hub',
      '--source-mirror: a source mirror cannot be for "ftp://x", write a registry host, a host with a path, or the URL of a chart repository',
      '--source-mirror: a source mirror cannot be at "https://***@cache.example.com", write a host or an http:// or https:// URL, with a path if need be and without a password',
    ],
  },
  {
    name: 'flags that exclude each other',
    ...mirror('--scan-only', '--push-images', '--include-dependencies', '--exclude-dependencies'),
    says: [
      'command line: --scan-only and --push-images are both given, give one of them',
      'command line: --include-dependencies and --exclude-dependencies are both given, give one of them',
    ],
  },
  {
    name: 'half a login',
    ...mirror('--dockerhub-token', 's3cret-word'),
    says: [
      '--dockerhub-token: it is half a login for Docker Hub, give --dockerhub-username or DOCKERHUB_USERNAME too, or neither',
    ],
  },
  {
    name: 'names of releases that match nothing',
    ...mirror('--only-addon', 'wbe,WEB', '--exclude-addons', 'nothing-like-it'),
    says: [
      '--only-addon: no release is called "wbe", write "web"',
      '--exclude-addons: no release is called "nothing-like-it", write the name of a release',
    ],
  },
  {
    name: 'names of charts that match nothing',
    files: {
      'v.yaml':
        'a: { chart: team/web, repoUrl: "http://HOST/stable", targetRevision: 1.0.0 }\nbroken: { repoUrl: "{{ x }}", version: "1" }\n',
    },
    argv: ['mirror', '--values', 'v.yaml', ...TARGET, '--only-addon', 'wep,brokn'],
    says: [
      '--only-addon: no chart is called "wep", write "web"',
      '--only-addon: no chart is called "brokn", write "broken"',
    ],
  },
  {
    name: 'a selection of nothing',
    ...mirror('--exclude-addons', 'Web'),
    says: ['command line: --only-addon and --exclude-addons leave nothing to mirror, select less strictly'],
  },
  {
    name: 'a catalog to generate from a broken values file',
    files: { 'v.yaml': 'a: [1\n' },
    argv: ['catalog', 'generate', '--values', 'v.yaml', '--out', 'made.yaml'],
    says: ['v.yaml:2:1: a "]" is missing above, close the list or map'],
  },
  {
    name: 'a catalog to generate into nothing',
    argv: ['catalog', 'generate', '--values', 'v.yaml'],
    says: ["error: required option '--out <file>' not specified"],
  },
  {
    name: 'a tool that there is not',
    argv: ['tools', 'install', 'kubectl'],
    says: ['INPUT_INVALID: there is no tool kubectl', '  → name helm or crane'],
  },
];
