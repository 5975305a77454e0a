import type { EmitRequest, Emitted } from '../../domain/emit/emitted.ts';
import type { MirroredImage } from '../../domain/emit/mirrored.ts';
import { isDigestLost, moveNotes, otherDigest, type RepositoryMove, repositoryMoves } from '../../domain/emit/moves.ts';
import { DOCKER_HUB, formatReference } from '../../domain/reference.ts';
import { fileHead } from './file-head.ts';
import { yamlText } from './yaml-text.ts';

/** How a repository may be written in manifests: kustomize compares the text as it stands. */
function spellings({ registry, repository }: RepositoryMove): readonly string[] {
  if (registry !== DOCKER_HUB) return [`${registry}/${repository}`];
  const official = repository.startsWith('library/') ? [repository.slice('library/'.length)] : [];
  return [...official, repository].flatMap((path) => [path, `${registry}/${path}`, `index.docker.io/${path}`]);
}

/** The digest for all images of a repository, where one is all there is: kustomize has one rule for each name. */
function digestFor({ images, elsewhere }: RepositoryMove): string | undefined {
  const [image] = images;
  if (image === undefined || images.length > 1 || elsewhere.length > 0) return undefined;
  return otherDigest(image);
}

function entriesOf(move: RepositoryMove): readonly object[] {
  const digest = digestFor(move);
  return spellings(move).map((name) => ({
    name,
    newName: move.destination,
    ...(digest === undefined ? {} : { digest }),
  }));
}

function lost(image: MirroredImage): string {
  return `${formatReference(image.source)}: the target has one platform of it, under another digest; name it by its tag`;
}

/** A Component of Kustomize that sends images to the target, by the names of their repositories; tags stay as they are. */
export function kustomizeComponent(request: EmitRequest): Emitted {
  const moves = repositoryMoves(request.mirrored.images);
  const open = moves.flatMap((move) => (digestFor(move) === undefined ? move.images.filter(isDigestLost) : []));
  const notes = [...moveNotes(moves), ...open.map(lost)];
  const about = [
    'For a Kustomize build: every image that was mirrored is named at the private registry. Tags and digests stay as they are.',
    'Put it into a folder as kustomization.yaml, and name that folder under components: of your own kustomization.yaml.',
    'Kustomize moves images of containers and initContainers of any object, by the name that is written there; images in',
    'custom resources, variables and arguments it does not see. airgap-charts check finds what is left.',
  ];
  const images = moves.flatMap(entriesOf);
  const text = yamlText({ apiVersion: 'kustomize.config.k8s.io/v1alpha1', kind: 'Component', images });
  return {
    files: [
      { path: 'kustomization.yaml', text: fileHead('kustomize', request, about, notes) + text, isExecutable: false },
    ],
    notes,
  };
}
