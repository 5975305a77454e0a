import type { EmitRequest, Emitted } from '../../domain/emit/emitted.ts';
import type { MirroredImage } from '../../domain/emit/mirrored.ts';
import { isDigestLost, moveNotes, type RepositoryMove, repositoryMoves } from '../../domain/emit/moves.ts';
import { DOCKER_HUB, formatReference } from '../../domain/reference.ts';
import { fileHead } from './file-head.ts';
import { yamlText } from './yaml-text.ts';

/** How a repository may be written in manifests: kustomize compares the text as it stands. */
function spellings({ registry, repository }: RepositoryMove): readonly string[] {
  if (registry !== DOCKER_HUB) return [`${registry}/${repository}`];
  const official = repository.startsWith('library/') ? [repository.slice('library/'.length)] : [];
  return [...official, repository].flatMap((path) => [path, `${registry}/${path}`, `index.docker.io/${path}`]);
}

function lost({ source }: MirroredImage): string {
  return `${formatReference(source)}: the target has one platform of it, under another digest: name it by its tag in the manifest`;
}

/**
 * A Component of Kustomize that sends images to the target, by the names of their repositories. Tags and digests stay as they
 * are: a rule that sets one would give it to all that have the name, also to what was not mirrored.
 */
export function kustomizeComponent(request: EmitRequest): Emitted {
  const moves = repositoryMoves(request.mirrored.images);
  const notes = [...moveNotes(moves), ...request.mirrored.images.filter(isDigestLost).map(lost)];
  const about = [
    'For a Kustomize build: every image that was mirrored is named at the private registry. Tags and digests stay as they are.',
    'Put it into a folder as kustomization.yaml, and name that folder under components: of your own kustomization.yaml.',
    'Kustomize moves images of containers and initContainers of any object, by the name that is written there; images in',
    'custom resources, variables and arguments it does not see. airgap-charts check finds what is left.',
  ];
  const images = moves.flatMap((move) => spellings(move).map((name) => ({ name, newName: move.destination })));
  const text = yamlText({ apiVersion: 'kustomize.config.k8s.io/v1alpha1', kind: 'Component', images });
  return {
    files: [
      { path: 'kustomization.yaml', text: fileHead('kustomize', request, about, notes) + text, isExecutable: false },
    ],
    notes,
  };
}
