import { join, resolve } from 'node:path';
import { isRegistryHost } from '../domain/reference.ts';
import { type Location, type SourceResult, splitChart } from './chart-location.ts';
import { type Complaint, shown } from './problems.ts';
import type { InputFiles } from './read-text.ts';

function wrong(what: string, instead: string): SourceResult {
  return { kind: 'wrong', complaint: { what, instead } satisfies Complaint };
}

/** A chart on disk: what the catalog says of it, and the directory that relative paths start from. */
export interface LocalRequest {
  readonly path: string;
  readonly chart: string;
  readonly version: string | undefined;
  readonly ociNamespace: string;
  readonly directory: string;
}

/**
 * Finds a chart on disk: the archive named, the directory named when it is a chart itself, or in that directory
 * `<chart>/` or, for an exact version, `<chart>-<version>.tgz`.
 */
export async function localSource(files: InputFiles, request: LocalRequest): Promise<SourceResult> {
  const { name } = splitChart(request.chart);
  const base = resolve(request.directory, request.path);
  function found(path: string): SourceResult {
    return { kind: 'source', source: { kind: 'local', path, chart: name }, ociNamespace: request.ociNamespace };
  }
  switch (await files.kindOf(base)) {
    case 'absent':
      return wrong(`there is nothing at ${shown(request.path)}`, 'write a path relative to this file');
    case 'hidden':
      return wrong(`${shown(request.path)} may not be read`, 'give this user permission to read it');
    case 'file':
      if (/\.(?:tgz|tar\.gz)$/i.test(base)) return found(base);
      return wrong(`${shown(request.path)} is no chart archive`, 'write a .tgz or a directory');
    case 'directory':
  }
  if ((await files.kindOf(join(base, 'Chart.yaml'))) === 'file') return found(base);
  if ((await files.kindOf(join(base, name, 'Chart.yaml'))) === 'file') return found(join(base, name));
  const archives = request.version === undefined ? [] : [`${name}-${request.version}.tgz`];
  for (const archive of archives) {
    if (!/[\\/]/.test(archive) && (await files.kindOf(join(base, archive))) === 'file')
      return found(join(base, archive));
  }
  const wanted = ['Chart.yaml', `${name}/Chart.yaml`, ...archives].map(shown).join(' nor ');
  return wrong(`there is neither ${wanted} in ${shown(request.path)}`, 'write the path of the chart itself');
}

/**
 * Settles what only the disk can tell: a bare word is a path if a directory is there, and a registry host written
 * without scheme is ambiguous if one is.
 */
export async function settledLocation(
  files: InputFiles,
  location: Location,
  text: string,
  directory: string,
): Promise<Location> {
  const undecided = location.kind === 'bare' || (location.kind === 'oci' && !location.scheme);
  if (!undecided) return location;
  const isDirectory = (await files.kindOf(resolve(directory, text))) === 'directory';
  if (location.kind === 'bare' && isDirectory) return { kind: 'local', path: text };
  if (location.kind === 'bare') {
    const hint = isRegistryHost(text.split('/')[0] ?? '') ? `; write oci://${text} if it is a registry` : '';
    return {
      kind: 'wrong',
      complaint: {
        what: `repository ${shown(text)} is no URL, no registry host and no directory here`,
        instead: `write an https://, http:// or oci:// URL, or a path that begins with "./"${hint}`,
      },
    };
  }
  if (!isDirectory) return location;
  const what = `repository ${shown(text)} could be a registry and is a directory here`;
  return { kind: 'wrong', complaint: { what, instead: `write ${shown(`oci://${text}`)} or ${shown(`./${text}`)}` } };
}
