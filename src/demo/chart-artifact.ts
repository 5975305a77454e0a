import { digestOf } from '../domain/manifest.ts';
import type { Piece, SyntheticImage } from './synthetic-image.ts';

function piece(mediaType: string, bytes: Buffer): Piece {
  return { mediaType, bytes, digest: digestOf(bytes) };
}

function descriptorOf({ mediaType, digest, bytes }: Piece) {
  return { mediaType, digest, size: bytes.length };
}

/** A packed chart as the artifact that `helm push` makes of it: one config, one layer, no media type at the top. */
export function buildChartArtifact(name: string, version: string, archive: Buffer): SyntheticImage {
  const metadata = Buffer.from(JSON.stringify({ name, version, apiVersion: 'v2' }));
  const config = piece('application/vnd.cncf.helm.config.v1+json', metadata);
  const layer = piece('application/vnd.cncf.helm.chart.content.v1.tar+gzip', archive);
  const manifest = {
    schemaVersion: 2,
    config: descriptorOf(config),
    layers: [descriptorOf(layer)],
    annotations: { 'org.opencontainers.image.title': name, 'org.opencontainers.image.version': version },
  };
  const root = piece('application/vnd.oci.image.manifest.v1+json', Buffer.from(JSON.stringify(manifest)));
  return { root, children: [], blobs: [config, layer] };
}
