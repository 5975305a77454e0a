import { relative } from 'node:path';
import { type Addon, type Catalog, type ChartSource, formatChartSource, type Place } from '../addon.ts';
import type { CatalogLock, LockedChart } from './catalog-lock.ts';

/** The source of a chart as a lock in `directory` names it. */
export function lockedSource(source: ChartSource, directory: string): string {
  return source.kind === 'local' ? relative(directory, source.path) || '.' : formatChartSource(source);
}

/** The version that an addon asks for, as a lock names it. */
export function askedVersion({ source, version }: Pick<Addon, 'source' | 'version'>): string | null {
  return source.kind === 'local' || version.kind === 'newest' ? null : version.text;
}

/** An addon that a lock does not know. */
export interface Unlocked {
  readonly place: Place | undefined;
  readonly what: string;
}

/** A catalog in which every version is the locked one, with the lock's row of each addon. */
export interface PinnedCatalog {
  readonly catalog: Catalog;
  readonly rows: ReadonlyMap<Addon, LockedChart>;
  readonly unlocked: readonly Unlocked[];
}

function unlockedText(addon: Addon, source: string, lock: CatalogLock): string {
  const others = lock.charts.filter((row) => row.source === source).map(({ asked }) => asked ?? 'the newest');
  const asked = askedVersion(addon) ?? 'the newest version';
  const known = others.length === 0 ? '' : `, which has it for ${others.join(', ')}`;
  return `${addon.chart} ${asked} of ${source} is not in the lock${known}`;
}

/** Pins every addon to the version of its row; those without one are told. `directory` is that of the lock, absolute. */
export function pinCatalog(catalog: Catalog, lock: CatalogLock, directory: string): PinnedCatalog {
  const rows = new Map<Addon, LockedChart>();
  const unlocked: Unlocked[] = [];
  const addons = catalog.addons.map((addon) => {
    const source = lockedSource(addon.source, directory);
    const asked = askedVersion(addon);
    const row = lock.charts.find((one) => one.source === source && one.asked === asked);
    if (row === undefined) {
      unlocked.push({ place: addon.places[0], what: unlockedText(addon, source, lock) });
      return addon;
    }
    const own: Addon =
      addon.source.kind === 'local' ? addon : { ...addon, version: { kind: 'version', text: row.version } };
    rows.set(own, row);
    return own;
  });
  return { catalog: { ...catalog, addons }, rows, unlocked };
}
