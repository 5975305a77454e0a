import type { Addon, ChartSource, ValuesLayer } from '../addon.ts';
import { formatPlatform } from '../platform.ts';
import { type Digest, formatReference } from '../reference.ts';
import { jsonDigest } from './seal.ts';

/** A chart on disk may stand elsewhere on another machine: its content is compared when it is read. */
function sourceOf(source: ChartSource): object {
  return source.kind === 'local' ? { kind: source.kind, chart: source.chart } : source;
}

function layersOf(layers: readonly ValuesLayer[]): readonly object[] {
  return layers.map(({ origin, text }) => ({ origin, text }));
}

/** The digest of all that the inputs say of a release and that decides anything: where they say it does not. */
export function releaseDigest(addon: Addon): Digest {
  const { release, chart, ociNamespace, version, namespace, kubeVersion, apiVersions } = addon;
  return jsonDigest({
    ...{ release, chart, ociNamespace, version, namespace, kubeVersion, apiVersions },
    source: sourceOf(addon.source),
    layers: layersOf(addon.layers),
    profiles: addon.profiles.map(({ name, layers }) => ({ name, layers: layersOf(layers) })),
    platforms: addon.platforms.map(formatPlatform),
    images: addon.images.map(({ reference, reason }) => ({ image: formatReference(reference), reason })),
    excluded: addon.excluded.map(({ pattern, reason }) => ({ pattern, reason })),
  });
}
