import type { EmitRequest, Emitted } from '../../domain/emit/emitted.ts';
import {
  digestNotes,
  moveNotes,
  type RepositoryMove,
  repositoryMoves,
  repositoryText,
} from '../../domain/emit/moves.ts';
import { fileHead } from './file-head.ts';
import { tomlText } from './toml-text.ts';

function tableOf(move: RepositoryMove, plainHttp: boolean): string {
  const source = tomlText(repositoryText(move));
  const lines = [
    '[[registry]]',
    `prefix = ${source}`,
    `location = ${source}`,
    '',
    '[[registry.mirror]]',
    `location = ${tomlText(move.destination)}`,
    ...(plainHttp ? ['insecure = true'] : []),
  ];
  return `\n${lines.join('\n')}\n`;
}

/** A drop-in for containers-registries.conf, version 2: one registry with its mirror for each repository. */
export function registriesConf(request: EmitRequest): Emitted {
  const moves = repositoryMoves(request.mirrored.images);
  const notes = [...moveNotes(moves), ...digestNotes(request.mirrored.images)];
  const about = [
    'For CRI-O, Podman, Buildah and Skopeo: these repositories are pulled from the private registry, whatever manifests name.',
    'Put it into /etc/containers/registries.conf.d/50-airgap-charts.conf on every node, and reload CRI-O.',
    'Where the private registry does not have an image, the source is asked; blocked = true in a [[registry]] table forbids',
    'the source and not its mirror. Short names, such as nginx, are found only where unqualified-search-registries names docker.io.',
  ];
  const tables = moves.map((move) => tableOf(move, request.plainHttp)).join('');
  const text = fileHead('registries-conf', request, about, notes) + tables;
  return { files: [{ path: '50-airgap-charts.conf', text, isExecutable: false }], notes };
}
