import type { Report, ReportedImage } from '../report/report.ts';

function keyOf({ source, destination }: Pick<ReportedImage, 'source' | 'destination'>): string {
  return `${source} → ${destination}`;
}

/**
 * The report of a whole plan with what its shards have moved. Whether an image is there is known by the whole alone; that a shard
 * has copied it is believed where its digest is the one that was found.
 */
export function joinReports(whole: Report, shards: readonly Report[]): Report {
  const copied = new Map<string, ReportedImage>();
  for (const { images } of shards) for (const row of images) if (row.status === 'copied') copied.set(keyOf(row), row);
  const images = whole.images.map((row): ReportedImage => {
    const own = copied.get(keyOf(row));
    if (own === undefined || row.status !== 'present' || own.digest !== row.digest) return row;
    return { ...row, status: 'copied', bytes: own.bytes, platforms: own.platforms };
  });
  const counts: Partial<Record<ReportedImage['status'], number>> = {};
  for (const { status } of images) counts[status] = (counts[status] ?? 0) + 1;
  const bytesCopied = shards.reduce((sum, { totals }) => sum + totals.bytesCopied, whole.totals.bytesCopied);
  const artifactBytes = shards.reduce((sum, { artifacts }) => sum + artifacts.bytesCopied, whole.artifacts.bytesCopied);
  const artifacts = { ...whole.artifacts, bytesCopied: artifactBytes };
  return { ...whole, images, artifacts, totals: { ...whole.totals, images: counts, bytesCopied } };
}
