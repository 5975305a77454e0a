import type { Digest } from '../reference.ts';

/** A chart as it was found when the catalog was locked. */
export interface LockedChart {
  /** Where it is published; of a local chart its directory, seen from the lock. */
  readonly source: string;
  /** The version that the inputs ask for; null for the newest, and for local charts. */
  readonly asked: string | null;
  readonly version: string;
  /** Of the archive, as it was fetched. */
  readonly digest: Digest;
  /** Those that its archive lacks, and that were fetched. */
  readonly dependencies: readonly { readonly path: string; readonly version: string }[];
}

/** An image as charts name it; null where nobody saw it at its source, and only other values bring it. */
export interface LockedImage {
  readonly image: string;
  readonly digest: Digest | null;
}

/** What a catalog came to: schemas/catalog-lock.schema.json describes its YAML. */
export interface CatalogLock {
  readonly version: 1;
  readonly charts: readonly LockedChart[];
  readonly images: readonly LockedImage[];
}

const HEAD = `# Written by airgap-charts catalog lock. Commit it beside the catalog: mirror --locked takes what stands here, and nothing else.
# To have newer versions and digests, write it anew.
`;

function chartText({ source, asked, version, digest, dependencies }: LockedChart): string {
  const text = JSON.stringify;
  const below = dependencies
    .map((one) => `\n      - { path: ${text(one.path)}, version: ${text(one.version)} }`)
    .join('');
  return `  - source: ${text(source)}
    asked: ${asked === null ? 'null' : text(asked)}
    version: ${text(version)}
    digest: ${digest}
    dependencies:${below === '' ? ' []' : below}
`;
}

function imageText({ image, digest }: LockedImage): string {
  return `  - image: ${JSON.stringify(image)}\n    digest: ${digest ?? 'null'}\n`;
}

function list(name: string, texts: readonly string[]): string {
  return texts.length === 0 ? `${name}: []\n` : `${name}:\n${texts.join('')}`;
}

/** A lock as YAML, in an order that does not change where the content does not: a difference is a change. */
export function catalogLockText({ charts, images }: CatalogLock): string {
  const sorted = (texts: readonly string[]): readonly string[] => [...new Set(texts)].sort();
  const parts = [list('charts', sorted(charts.map(chartText))), list('images', sorted(images.map(imageText)))];
  return `${HEAD}version: 1\n${parts.join('')}`;
}
