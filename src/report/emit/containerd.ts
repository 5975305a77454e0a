import type { EmitRequest, Emitted, EmittedFile } from '../../domain/emit/emitted.ts';
import type { MirroredImage } from '../../domain/emit/mirrored.ts';
import { digestNotes, isTagChanged, keptApart, tagNote } from '../../domain/emit/moves.ts';
import { DOCKER_HUB, formatReference } from '../../domain/reference.ts';
import { fileHead } from './file-head.ts';
import { tomlText } from './toml-text.ts';

/** A registry that images come from, and the places at the target below which its paths are kept. */
interface HostMove {
  readonly host: string;
  /** `host/path`, those with most images first. */
  readonly roots: readonly string[];
}

/** Where the path of the source begins at the target, as `host[/path]`; undefined where the path was not kept. */
function rootOf({ source, destination }: MirroredImage): string | undefined {
  const { registry, repository } = destination;
  if (repository === source.repository) return registry;
  const suffix = `/${source.repository}`;
  return repository.endsWith(suffix) ? `${registry}/${repository.slice(0, -suffix.length)}` : undefined;
}

function hostMoves(images: readonly MirroredImage[]): readonly HostMove[] {
  const hosts = new Map<string, Map<string, number>>();
  for (const image of images) {
    const root = rootOf(image);
    if (root === undefined) continue;
    const roots = hosts.get(image.source.registry) ?? new Map<string, number>();
    roots.set(root, (roots.get(root) ?? 0) + 1);
    hosts.set(image.source.registry, roots);
  }
  return [...hosts]
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .map(([host, roots]) => {
      const ordered = [...roots].toSorted(([a, one], [b, other]) => other - one || (a < b ? -1 : 1));
      return { host, roots: ordered.map(([root]) => root) };
    });
}

/** The folder that containerd looks in: a port stands between underscores (docs/hosts.md, core/remotes/docker/config). */
function folderOf(host: string): string {
  return host.replace(/:(\d+)$/, '_$1_');
}

function serverOf(host: string): string {
  return `https://${host === DOCKER_HUB ? 'registry-1.docker.io' : host}`;
}

/** The API root of a place at the target, with the path in it; override_path takes it as it is. */
function apiRoot(root: string, plainHttp: boolean): string {
  const slash = root.indexOf('/');
  const [host, path] = slash < 0 ? [root, ''] : [root.slice(0, slash), root.slice(slash)];
  return `${plainHttp ? 'http' : 'https'}://${host === DOCKER_HUB ? 'registry-1.docker.io' : host}/v2${path}`;
}

const CAPABILITIES = 'capabilities = ["pull", "resolve"]';

function hostsToml({ host, roots }: HostMove, request: EmitRequest, notes: readonly string[]): EmittedFile {
  const about = [
    `For containerd: what manifests name at ${host} is pulled from the private registry.`,
    'Copy the whole tree to /etc/containerd/certs.d on every node. containerd has to be told to look there, once, in its',
    'config.toml: config_path = "/etc/containerd/certs.d" in [plugins."io.containerd.cri.v1.images".registry], or for',
    'containerd 1 in [plugins."io.containerd.grpc.v1.cri".registry]. Changes of this tree need no restart.',
    'Where the private registry does not have an image, server is asked. An authority of your own goes below each host as',
    'ca = "/etc/containerd/certs.d/authority.pem".',
  ];
  const tables = roots.map((root) => {
    const url = apiRoot(root, request.plainHttp);
    return `\n[host.${tomlText(url)}]\n  ${CAPABILITIES}\n  override_path = true\n`;
  });
  const text = `${fileHead('containerd', request, about, notes)}\nserver = ${tomlText(serverOf(host))}\n${tables.join('')}`;
  return { path: `${folderOf(host)}/hosts.toml`, text, isExecutable: false };
}

function sharedNotes(moves: readonly HostMove[], images: readonly MirroredImage[]): readonly string[] {
  const roots = [...new Set(moves.flatMap((move) => move.roots))];
  return roots.flatMap((root) => {
    const hosts = moves.filter((move) => move.roots.includes(root)).map(({ host }) => host);
    return hosts.length === 1
      ? []
      : [
          `${hosts.join(', ')} are all kept below ${root}: a repository that was mirrored from one is also found for the others; ${keptApart(images)}`,
        ];
  });
}

/** A tree for /etc/containerd/certs.d: for each source registry a hosts.toml that leads below the target's path. */
export function containerdTree(request: EmitRequest): Emitted {
  const { images } = request.mirrored;
  const moves = hostMoves(images);
  const lost = images.filter((image) => rootOf(image) === undefined);
  const notes = [
    ...lost.map(
      ({ source, destination }) =>
        `${formatReference(source)} is at ${formatReference(destination)}: its path was not kept, and no rule by host leads there`,
    ),
    ...images.filter((image) => rootOf(image) !== undefined && isTagChanged(image)).map(tagNote),
    ...sharedNotes(moves, images),
    ...digestNotes(images),
  ];
  return { files: moves.map((move) => hostsToml(move, request, notes)), notes };
}
