import { Argument, Command } from 'commander';

/** The kinds of files that can be made from a report. */
export const EMIT_KINDS = [
  'values',
  'kustomize',
  'argocd',
  'flux',
  'openshift',
  'containerd',
  'registries-conf',
  'admission-policy',
  'kyverno',
  'post-renderer',
] as const;

export type EmitKind = (typeof EMIT_KINDS)[number];

/** The flags of `emit`, as commander reads them. */
export interface EmitFlags {
  readonly report: string;
  readonly out?: string;
  readonly partial: boolean;
  readonly plainHttp: boolean;
}

/** The flags of `post-render`. */
export interface PostRenderFlags {
  readonly report: string;
}

/** What the commands do; the number is the exit code. */
export interface EmitActions {
  readonly emit: (kind: EmitKind, flags: EmitFlags) => Promise<number>;
  readonly postRender: (flags: PostRenderFlags) => Promise<number>;
}

const EMIT_EXAMPLES = `
Examples:
  values: for each release, values with which its original chart pulls from the target
    $ airgap-charts emit values --report report.json --out values
  kustomize: a component with an images: block
    $ airgap-charts emit kustomize --report report.json --out airgap-images/kustomization.yaml
  argocd: for each release a patch of its Application, and the Secrets that make the registry known
    $ airgap-charts emit argocd --report report.json --out argocd
  flux: for each release an OCIRepository, and a patch of its HelmRelease
    $ airgap-charts emit flux --report report.json --out flux
  openshift: an ImageDigestMirrorSet and an ImageTagMirrorSet
    $ airgap-charts emit openshift --report report.json | oc apply -f -
  containerd: a tree of hosts.toml for /etc/containerd/certs.d
    $ airgap-charts emit containerd --report report.json --out certs.d
  registries-conf: a drop-in for CRI-O, Podman and Skopeo
    $ airgap-charts emit registries-conf --report report.json --out 50-airgap-charts.conf
  admission-policy: a ValidatingAdmissionPolicy that allows images of the target alone
    $ airgap-charts emit admission-policy --report report.json | kubectl apply -f -
  kyverno: the same as a ValidatingPolicy of Kyverno
    $ airgap-charts emit kyverno --report report.json | kubectl apply -f -
  post-renderer: a post-renderer for helm 3 and helm 4
    $ airgap-charts emit post-renderer --report report.json --out airgap-images

Exit codes: 0 written; 1 the run has not brought everything: nothing is written, or with --partial what is there; 2 bad input,
nothing written.`;

/** The command `emit`. `done` receives the exit code. */
export function emitCommand(actions: EmitActions, done: (code: number) => void): Command {
  return new Command('emit')
    .description('write files that clusters need to use what a run has brought: mirror rules, patches, policies')
    .addArgument(new Argument('<kind>', 'what to write').choices(EMIT_KINDS))
    .requiredOption('--report <file>', 'the report of the run')
    .option(
      '--out <path>',
      'the file, or for trees the directory, to write; - is standard output (default for single files)',
    )
    .option('--partial', 'write what is there also when the run has not brought everything', false)
    .option('--plain-http', 'the target speaks plain HTTP', false)
    .addHelpText('after', EMIT_EXAMPLES)
    .action(async (kind: EmitKind, flags: EmitFlags) => done(await actions.emit(kind, flags)));
}

const POST_RENDER_EXAMPLES = `
Examples:
  $ helm template web ./web | airgap-charts post-render --report report.json | kubectl apply -f -
  $ airgap-charts emit post-renderer --report report.json --out airgap-images

The second writes a script for helm 3 and a plugin for helm 4 that run this.

Exit codes: 0 every image of every pod is at the target; 1 one is not, or a document cannot be read: nothing is printed; 2 bad
input.`;

/** The command `post-render`. `done` receives the exit code. */
export function postRenderCommand(actions: EmitActions, done: (code: number) => void): Command {
  return new Command('post-render')
    .description('name images of rendered manifests at the target: standard input to standard output')
    .requiredOption('--report <file>', 'the report of the run that mirrored them')
    .addHelpText('after', POST_RENDER_EXAMPLES)
    .action(async (flags: PostRenderFlags) => done(await actions.postRender(flags)));
}
