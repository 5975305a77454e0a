import { manifestKey, type StoredManifest, subjectsOf } from './stored.ts';

/** What a manifest is removed as. `referrer`: a signature, a list of images and whatever else is about another one. */
export type RemovalRole = 'chart' | 'referrer' | 'index' | 'image';

/** A manifest that goes. Those of one wave can go in any order; a wave begins when the one before has ended. */
export interface Removal {
  readonly manifest: StoredManifest;
  readonly role: RemovalRole;
  readonly wave: number;
}

const WAVES: Readonly<Record<RemovalRole, number>> = { chart: 0, referrer: 1, index: 2, image: 3 };

function roleOf(manifest: StoredManifest): RemovalRole {
  if (manifest.isChart) return 'chart';
  if (subjectsOf(manifest).length > 0) return 'referrer';
  return manifest.content.kind === 'index' ? 'index' : 'image';
}

/** Within a wave: by repository, then by tag. */
function sortKey({ repository, tags, digest }: StoredManifest): string {
  return `${repository}\n${tags[0] ?? '~'}\n${digest}`;
}

/**
 * The order in which manifests are removed: charts, since nothing that is left may name what is gone; then what is about
 * others; then indexes, each before its children, since a registry keeps the children of what it has.
 */
export function orderOfRemoval(manifests: readonly StoredManifest[]): readonly Removal[] {
  const byKey = new Map(manifests.map((manifest) => [manifestKey(manifest), manifest]));
  const waves = new Map<string, number>();

  function settle(manifest: StoredManifest, atLeast: number, above: ReadonlySet<string>): void {
    const key = manifestKey(manifest);
    // no manifest can list itself: its digest would have to be known before it is written
    if (above.has(key) || (waves.get(key) ?? -1) >= atLeast) return;
    waves.set(key, atLeast);
    const { content, repository } = manifest;
    for (const digest of content.kind === 'index' ? content.children : []) {
      const child = byKey.get(manifestKey({ repository, digest }));
      if (child !== undefined) settle(child, atLeast + 1, new Set([...above, key]));
    }
  }

  /** An index of charts goes first: it is what keeps them. */
  function listsCharts({ content, repository }: StoredManifest): boolean {
    if (content.kind !== 'index') return false;
    return content.children.some((digest) => byKey.get(manifestKey({ repository, digest }))?.isChart === true);
  }

  for (const manifest of manifests)
    settle(manifest, listsCharts(manifest) ? WAVES.chart : WAVES[roleOf(manifest)], new Set());
  return manifests
    .map((manifest): Removal => ({ manifest, role: roleOf(manifest), wave: waves.get(manifestKey(manifest)) ?? 0 }))
    .sort((a, b) => a.wave - b.wave || (sortKey(a.manifest) < sortKey(b.manifest) ? -1 : 1));
}
