import { createHash } from 'node:crypto';
import { BASES, CATALOG, type CatalogRow, type ImageKind, MOVING } from './catalog-rows.ts';

/** A layer that is to be made. The same id is the same layer, wherever it stands. `size` is that of the file in it. */
export interface PlannedLayer {
  readonly id: string;
  readonly size: number;
}

/** What one manifest of a platform is made of. */
export interface PlannedPlatform {
  readonly architecture: string;
  readonly layers: readonly PlannedLayer[];
}

/** An image that is to be made. */
export interface PlannedImage {
  readonly host: number;
  readonly repository: string;
  readonly tag: string;
  readonly kind: ImageKind;
  /** One for a single image. */
  readonly platforms: readonly PlannedPlatform[];
}

/** What a benchmark copies. */
export interface WorkloadPlan {
  readonly images: readonly PlannedImage[];
  /** What a tag of one of the images moves to: the same but for two layers of each platform. */
  readonly moved: PlannedImage;
}

/** What a workload is. */
export interface WorkloadOptions {
  /** Another seed gives other content and other sizes. */
  readonly seed: string;
  /** How many images: the catalog, begun anew under other names as often as needed. */
  readonly images: number;
  /** About how many bytes all layers have together, each counted once. */
  readonly bytes: number;
}

// of layers of their own: log-normal in KiB, cut at 48 MiB
const MEDIAN_KIB = 380;
const SIGMA = 1.9;
const MOST_KIB = 48 * 1024;
const LEAST_BYTES = 64;
const NEW_LAYERS = 2;

/** A number from a standard normal distribution that follows from the seed alone (Box and Muller). */
function normal(seed: string): number {
  const bytes = createHash('sha256').update(seed).digest();
  const radius = Math.sqrt(-2 * Math.log((bytes.readUInt32BE(0) + 1) / 2 ** 32));
  return radius * Math.cos((2 * Math.PI * bytes.readUInt32BE(4)) / 2 ** 32);
}

function ownKib(seed: string): number {
  return Math.min(MOST_KIB, MEDIAN_KIB * Math.exp(SIGMA * normal(seed)));
}

/** The layers of one platform, with sizes in KiB. Tags of one repository have all but the last two in common. */
function layersOf(row: CatalogRow, architecture: string, version: number, seed: string): readonly PlannedLayer[] {
  const base = (BASES[row.base] ?? []).map(([id, size]) => ({ id: `${id} ${architecture}`, size }));
  const own = Array.from({ length: row.layers - base.length }, (_, index) => {
    const isNew = index >= row.layers - base.length - NEW_LAYERS;
    const name = `${row.repository} ${index}`;
    const id = `${name} ${architecture}${isNew ? ` ${row.tag} ${version}` : ''}`;
    return { id, size: ownKib(`${seed} ${name}`) };
  });
  return [...base, ...own];
}

function planImage(row: CatalogRow, version: number, seed: string): PlannedImage {
  const isSingle = row.kind === 'single' || row.kind === 'docker';
  const platforms = (isSingle ? ['amd64'] : ['amd64', 'arm64']).map((architecture) => ({
    architecture,
    layers: layersOf(row, architecture, version, seed),
  }));
  return { host: row.host, repository: row.repository, tag: row.tag, kind: row.kind, platforms };
}

function rowAt(index: number): CatalogRow {
  const row = CATALOG[index % CATALOG.length];
  if (row === undefined) throw new Error('the catalog is empty');
  const round = Math.floor(index / CATALOG.length);
  return round === 0 ? row : { ...row, repository: `again-${round}/${row.repository}` };
}

function scaled(image: PlannedImage, factor: number): PlannedImage {
  const sized = ({ id, size }: PlannedLayer) => ({ id, size: Math.max(LEAST_BYTES, Math.round(size * factor)) });
  const platforms = image.platforms.map((one) => ({ ...one, layers: one.layers.map(sized) }));
  return { ...image, platforms };
}

/** Each layer of the images once. */
export function uniqueLayers(images: readonly PlannedImage[]): ReadonlyMap<string, number> {
  const layers = images.flatMap(({ platforms }) => platforms.flatMap((platform) => platform.layers));
  return new Map(layers.map(({ id, size }) => [id, size] as const));
}

/** Plans a workload. The same options give the same plan. */
export function planWorkload({ seed, images: count, bytes }: WorkloadOptions): WorkloadPlan {
  const rows = Array.from({ length: count }, (_, index) => rowAt(index));
  const images = rows.map((row) => planImage(row, 0, seed));
  const whole = [...uniqueLayers(images).values()].reduce((sum, size) => sum + size, 0);
  const factor = bytes / whole;
  // a workload of few images may be without the one that moves
  const moving = rows.find(({ repository }) => repository === MOVING) ?? rows[0];
  if (moving === undefined) throw new Error('a workload has at least one image');
  return {
    images: images.map((image) => scaled(image, factor)),
    moved: scaled(planImage(moving, 1, seed), factor),
  };
}
