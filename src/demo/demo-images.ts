import { formatReference, parseReference, type Reference } from '../domain/reference.ts';
import { buildImage, type ImageShape, type SyntheticImage } from './synthetic-image.ts';

/** An image of the demo. `name` decides its content; `reference` is where it is found at the source. */
export interface DemoImage {
  readonly name: string;
  readonly reference: Reference;
  readonly image: SyntheticImage;
}

interface Listing {
  readonly name: string;
  /** Pushed by digest alone, as an image is whose tag has moved on since. */
  readonly untagged?: boolean;
  readonly shape?: Partial<ImageShape>;
}

const LISTINGS: readonly Listing[] = [
  { name: 'registry.example.com/shop/storefront:2.7.0', shape: { attestations: true } },
  { name: 'registry.example.com/data/cache:7.4.1' },
  { name: 'quay.example.com/data/cache-exporter:1.2.0' },
  { name: 'docker.io/batchworks/runner:1.25', shape: { format: 'docker' } },
  { name: 'registry.example.com/batch/importer:3.0' },
  { name: 'registry.example.com/batch/reporter:v12' },
  { name: 'registry.example.com/batch/base:3.0' },
  { name: 'quay.example.com/batch/reaper:0.9.1', shape: { platforms: [] } },
  { name: 'docker.io/library/busybox:1.37', shape: { attestations: true } },
  { name: 'registry.example.com/fleet/operator:3.1.0', untagged: true },
  { name: 'registry.example.com/fleet/sidecar:3.1.0' },
  { name: 'registry.example.com/fleet/agent:3.1.0' },
  { name: 'registry.example.com/fleet/worker:3.1.0', shape: { layerBytes: 400_000 } },
  { name: 'quay.example.com/net/proxy:v1.31.2', shape: { layerBytes: 250_000 } },
  { name: 'quay.example.com/edge/gateway:2.0.1', shape: { attestations: true } },
  { name: 'quay.example.com/edge/certificates:0.3.0', shape: { format: 'docker', platforms: [] } },
  { name: 'registry.example.com/logs/shipper:0.12.0' },
  { name: 'registry.example.com/logs/worker:0.12.0' },
  { name: 'quay.example.com/logs/buffer:5', shape: { format: 'docker' } },
  { name: 'quay.example.com/metrics/hub:5.0.0' },
  { name: 'quay.example.com/metrics/scraper:0.8.0' },
  { name: 'quay.example.com/metrics/scraper:0.8.1-edge' },
];

function toDemoImage(listing: Listing): DemoImage {
  const parsed = parseReference(listing.name);
  if (parsed === undefined || formatReference(parsed) !== listing.name) {
    throw new Error(`${listing.name} is not a canonical reference`);
  }
  const image = buildImage(listing.name, listing.shape);
  const reference = listing.untagged === true ? { ...parsed, tag: undefined, digest: image.root.digest } : parsed;
  return { name: listing.name, reference, image };
}

/** Every image that the demo's charts use. The digests that are pinned in the charts are those of these images. */
export function demoImages(): readonly DemoImage[] {
  return LISTINGS.map(toDemoImage);
}
