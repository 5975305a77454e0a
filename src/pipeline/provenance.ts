import { PROVENANCE_LIMIT, readProvenance } from '../domain/chart/provenance.ts';
import { MirrorError } from '../errors.ts';
import { type ChartItem, livingReleases } from './chart-item.ts';
import { noteOnce } from './moves.ts';
import type { FetchedArchive, ProvenanceSource } from './pull.ts';
import type { Run } from './run.ts';

function fetchProvenance(source: ProvenanceSource, { ports, signal }: Run): Promise<Uint8Array | undefined> {
  switch (source.kind) {
    case 'http':
      return ports.charts.provenance(source.archive, PROVENANCE_LIMIT, signal);
    case 'oci':
      return ports.registry.blob(source.reference, source.layer, PROVENANCE_LIMIT, 'source', signal);
    case 'local':
      return ports.localCharts.provenance(source.archive, PROVENANCE_LIMIT);
  }
}

/** Why a provenance file is not kept, or the file with the name that it gives the archive; undefined where there is none. */
type Outcome = { readonly reason: string } | { readonly bytes: Uint8Array; readonly file: string } | undefined;

async function look({ digest, provenance }: FetchedArchive, run: Run): Promise<Outcome> {
  if (provenance === undefined) return undefined;
  try {
    const bytes = await fetchProvenance(provenance, run);
    if (bytes === undefined) return undefined;
    const found = readProvenance(bytes, digest);
    return found.kind === 'unfit' ? { reason: found.reason } : { bytes, file: found.file };
  } catch (error) {
    run.signal.throwIfAborted();
    if (error instanceof MirrorError) return { reason: error.message };
    throw error;
  }
}

/**
 * Fetches the provenance file of a chart that was pulled, where its source has one, and keeps it with the archive that it is
 * for. One that cannot be fetched, or is not one of this archive, is a note and fails nothing.
 */
export async function keepProvenance(item: ChartItem, fetched: FetchedArchive, run: Run): Promise<void> {
  const outcome = await look(fetched, run);
  if (outcome === undefined || item.pulled === undefined) return;
  if ('reason' in outcome) {
    const note = `the provenance file of the original chart is not kept: ${outcome.reason}`;
    for (const release of livingReleases(item)) noteOnce(release, note);
    return;
  }
  const signed = { file: outcome.file, archive: fetched.bytes, provenance: outcome.bytes };
  item.pulled = { ...item.pulled, signed };
}
