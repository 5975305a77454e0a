/** A manifest as a registry hands it out. */
export interface RawManifest {
  readonly digest: string;
  readonly mediaType: string;
  readonly text: string;
}

const ACCEPT = [
  'application/vnd.oci.image.index.v1+json',
  'application/vnd.oci.image.manifest.v1+json',
  'application/vnd.docker.distribution.manifest.list.v2+json',
  'application/vnd.docker.distribution.manifest.v2+json',
].join(', ');

/** A manifest by plain HTTP, without any code of the tool; undefined when there is none. `base` is `http://host:port`. */
export async function rawManifest(
  base: string,
  repository: string,
  name: string,
  authorization?: string,
): Promise<RawManifest | undefined> {
  const login = authorization === undefined ? {} : { authorization };
  const answer = await fetch(`${base}/v2/${repository}/manifests/${name}`, { headers: { accept: ACCEPT, ...login } });
  const text = await answer.text();
  if (answer.status === 404) return undefined;
  if (answer.status !== 200) throw new Error(`${repository}:${name} was answered with ${answer.status}: ${text}`);
  const digest = answer.headers.get('docker-content-digest') ?? '';
  return { digest, mediaType: answer.headers.get('content-type') ?? '', text };
}

/** The digest under a tag, or undefined. */
export async function rawDigest(base: string, repository: string, name: string): Promise<string | undefined> {
  return (await rawManifest(base, repository, name))?.digest;
}

/** The archive of a chart in a registry: the first layer of its manifest. */
export async function rawChart(base: string, repository: string, tag: string): Promise<Buffer> {
  const manifest = await rawManifest(base, repository, tag);
  if (manifest === undefined) throw new Error(`there is no ${repository}:${tag}`);
  const { layers } = JSON.parse(manifest.text) as { readonly layers: readonly { readonly digest: string }[] };
  const answer = await fetch(`${base}/v2/${repository}/blobs/${layers[0]?.digest}`);
  if (answer.status !== 200) throw new Error(`the layer of ${repository}:${tag} was answered with ${answer.status}`);
  return Buffer.from(await answer.arrayBuffer());
}

/** Where a full image reference leads: `host/path:tag@digest` taken apart by its separators alone. */
export function splitFull(reference: string): { readonly host: string; readonly path: string; readonly name: string } {
  const [named = '', digest] = reference.split('@');
  const slash = named.indexOf('/');
  const colon = named.indexOf(':', slash);
  const path = colon < 0 ? named.slice(slash + 1) : named.slice(slash + 1, colon);
  const tag = colon < 0 ? 'latest' : named.slice(colon + 1);
  return { host: named.slice(0, slash), path, name: digest ?? tag };
}
