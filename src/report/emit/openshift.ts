import type { EmitRequest, Emitted } from '../../domain/emit/emitted.ts';
import {
  digestNotes,
  moveNotes,
  type RepositoryMove,
  repositoryMoves,
  repositoryText,
} from '../../domain/emit/moves.ts';
import { fileHead } from './file-head.ts';
import { yamlText } from './yaml-text.ts';

const NAME = 'airgap-charts';

function mirrorsOf(moves: readonly RepositoryMove[]): readonly object[] {
  return moves.map((move) => ({ source: repositoryText(move), mirrors: [move.destination] }));
}

function setOf(kind: string, key: string, moves: readonly RepositoryMove[]): readonly object[] {
  if (moves.length === 0) return [];
  const metadata = { name: NAME };
  return [{ apiVersion: 'config.openshift.io/v1', kind, metadata, spec: { [key]: mirrorsOf(moves) } }];
}

/**
 * An ImageDigestMirrorSet and an ImageTagMirrorSet of OpenShift, with one rule for each repository. By digest only what has its
 * content unchanged is found; by tag only what was mirrored by tag.
 */
export function openshiftSets(request: EmitRequest): Emitted {
  const moves = repositoryMoves(request.mirrored.images);
  const byDigest = moves.filter(({ images }) => images.some(({ isSame }) => isSame));
  const byTag = moves.filter(({ images }) => images.some(({ source }) => source.digest === undefined));
  const notes = [...moveNotes(moves), ...digestNotes(request.mirrored.images)];
  const about = [
    'For OpenShift 4.13 and newer: nodes pull these repositories from the private registry, whatever manifests name.',
    'Apply it with: oc apply -f FILE. Nodes take it over one after another; some versions restart them for it.',
    'Where the private registry does not have an image, the source is asked; mirrorSourcePolicy: NeverContactSource beside',
    'mirrors forbids that. Nodes need a pull secret for the private registry, and its authority where that is private.',
  ];
  const sets = [
    ...setOf('ImageDigestMirrorSet', 'imageDigestMirrors', byDigest),
    ...setOf('ImageTagMirrorSet', 'imageTagMirrors', byTag),
  ];
  if (sets.length === 0) return { files: [], notes };
  const text = fileHead('openshift', request, about, notes) + yamlText(...sets);
  return { files: [{ path: 'image-mirrors.yaml', text, isExecutable: false }], notes };
}
