import { formatReference } from '../../domain/reference.ts';
import type { ArtifactStatus, ReportedArtifact, ReportedArtifacts } from '../../domain/report/reported-artifacts.ts';
import type { ImageItem } from '../image-item.ts';
import { toError } from '../report-error.ts';
import type { Run } from '../run.ts';
import type { ArtifactItem, ArtifactState, ReferrersList } from './artifact-item.ts';

function statusOf(state: ArtifactState, scanOnly: boolean): ArtifactStatus {
  switch (state.kind) {
    case 'to-copy':
      return scanOnly ? 'to-copy' : 'unfinished';
    case 'copied':
      return state.replaced ? 'replaced' : 'copied';
    default:
      return state.kind;
  }
}

function nameOf(images: ReadonlySet<ImageItem>): string {
  const [first] = images;
  return first === undefined ? '' : formatReference(first.source);
}

function toRow(item: ArtifactItem, scanOnly: boolean): ReportedArtifact {
  const { kind, images, source, destination, digest, artifactType, bytes, state } = item;
  return {
    image: nameOf(images),
    reference: formatReference(source),
    destination: formatReference(destination),
    ...{ kind, artifactType: artifactType ?? null, digest: digest ?? null },
    status: statusOf(state, scanOnly),
    reason: 'reason' in state ? state.reason : null,
    bytes: bytes ?? null,
    error: toError('error' in state ? state.error : undefined),
  };
}

/** A list is told of where it is at the target: it is made there as often as it is copied. */
function listRow({ images, source, destination, state }: ReferrersList): readonly ReportedArtifact[] {
  if (state.kind === 'waiting' || state.kind === 'unneeded') return [];
  const status = state.kind === 'copied' && state.replaced ? 'replaced' : state.kind;
  return [
    {
      image: nameOf(images),
      reference: formatReference(source),
      destination: formatReference(destination),
      ...{ kind: 'tag', artifactType: null, digest: 'digest' in state ? state.digest : null, status, bytes: null },
      reason: 'reason' in state ? state.reason : null,
      error: toError('error' in state ? state.error : undefined),
    },
  ];
}

/** What became of the artifacts of a run. */
export function reportArtifacts({ artifacts, options }: Run): ReportedArtifacts {
  const { items, lists, refusals, requests } = artifacts;
  const own = [...items.values()].map((item) => toRow(item, options.scanOnly));
  const rows = [...own, ...[...lists.values()].flatMap(listRow)];
  const totals: Partial<Record<ArtifactStatus, number>> = {};
  for (const { status } of rows) totals[status] = (totals[status] ?? 0) + 1;
  const moved = [...items.values()].map(({ state }) => (state.kind === 'copied' ? state.moved : 0));
  return {
    choice: options.artifacts,
    rows,
    totals,
    bytesCopied: moved.reduce((sum, bytes) => sum + bytes, 0),
    requests: { ...requests },
    notLookedFor: [...refusals.values()].map(({ registry, repository, what, images, reason, error }) => ({
      ...{ registry, repository, what, images: images.size, reason, error: toError(error) },
    })),
  };
}

/**
 * Whether all that belongs to the images is where it should be, as far as anybody tells. With `strict` also what registries
 * refuse to tell or to show counts.
 */
export function areArtifactsDone({ rows, notLookedFor }: ReportedArtifacts, run: Run): boolean {
  const { strict, scanOnly } = run.options;
  if (rows.some(({ status }) => status === 'failed' || status === 'unfinished')) return false;
  if (!scanOnly && notLookedFor.some(({ error }) => error !== null)) return false;
  return !strict || (notLookedFor.length === 0 && rows.every(({ status }) => status !== 'unconfirmed'));
}
