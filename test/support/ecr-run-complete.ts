import { readEntries } from './charts.ts';
import { splitFull } from './e2e-registry.ts';
import type { EcrEmulator } from './ecr-emulator.ts';
import { placeOf } from './ecr-hosts.ts';
import type { StoredImage, StoredRegistry, StoredRepository } from './ecr-store.ts';

interface HelmManifest {
  readonly config?: { readonly mediaType?: string };
  readonly layers?: readonly { readonly digest: string }[];
}

/** The registry that a host leads to, and what the name is there; names that are no real ones are the caller's own. */
function placeAt(ecr: EcrEmulator, host: string, path: string): readonly [StoredRegistry | undefined, string] {
  const place = placeOf(host);
  if (place?.kind !== 'data') return [ecr.store.registry('ecr', ecr.account, ecr.region), path];
  if (place.service === 'ecr') return [ecr.store.registry('ecr', place.account, place.region), path];
  const [alias = '', ...rest] = path.split('/');
  return [ecr.store.byAlias(alias), rest.join('/')];
}

function isThere(ecr: EcrEmulator, reference: string): boolean {
  const { host, path, name } = splitFull(reference);
  const [registry, repository] = placeAt(ecr, host, path);
  const found = registry?.repositories.get(repository);
  return found?.tagged.has(name) === true || found?.images.has(name) === true;
}

async function missingOf(
  ecr: EcrEmulator,
  repository: StoredRepository,
  image: StoredImage,
): Promise<readonly string[]> {
  const { config, layers = [] } = JSON.parse(image.bytes.toString('utf8')) as HelmManifest;
  const bytes = repository.blobs.get(layers[0]?.digest ?? '');
  if (config?.mediaType !== 'application/vnd.cncf.helm.config.v1+json' || bytes === undefined) return [];
  const files = (await readEntries(bytes)).filter(({ header }) => header.name.endsWith('/values.yaml'));
  const references = files.flatMap(({ data }) => data.toString('utf8').match(/[^\s"']+[:@][^\s"']+(?=["']?$)/gm) ?? []);
  const where = `${repository.name}@${image.digest}`;
  if (references.length === 0) return [`${where} names no image`];
  return references.filter((reference) => !isThere(ecr, reference)).map((reference) => `${where} names ${reference}`);
}

/**
 * Every reference in the values of a chart in the caller's own registries, private and public, that leads to nothing, and
 * every chart without any. For charts whose values name each image in one text.
 */
export async function danglingImages(ecr: EcrEmulator): Promise<readonly string[]> {
  const { store, account, region } = ecr;
  const registries = [store.registry('ecr', account, region), store.registry('ecr-public', account, region)];
  const repositories = registries.flatMap((registry) => [...registry.repositories.values()]);
  const dangling: string[] = [];
  for (const repository of repositories) {
    for (const image of repository.images.values()) dangling.push(...(await missingOf(ecr, repository, image)));
  }
  return dangling;
}
