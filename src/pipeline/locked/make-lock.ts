import { dirname } from 'node:path';
import type { CatalogLock, LockedChart, LockedImage } from '../../domain/catalog-lock/catalog-lock.ts';
import { askedVersion, lockedSource } from '../../domain/catalog-lock/pin-catalog.ts';
import { formatReference } from '../../domain/reference.ts';
import { type ImageItem, isWanted } from '../image-item.ts';
import { preflightStep } from '../image-steps.ts';
import { lookSteps } from '../look-steps.ts';
import { planDestinations } from '../plan-images.ts';
import type { Step } from '../progress.ts';
import type { Run } from '../run.ts';
import { once } from '../step-items.ts';

/** The steps up to where every chart and the digest of every image are known. Nothing is written. */
export function lockSteps(run: Run): readonly Step[] {
  return [...lookSteps(run), once(run, 'Gather images', () => planDestinations(run)), preflightStep(run)];
}

function lockedChart(run: Run, directory: string): readonly LockedChart[] {
  return run.releases.flatMap((release): readonly LockedChart[] => {
    const { addon, resolved } = release;
    const pulled = run.charts.find(({ releases }) => releases.includes(release))?.pulled;
    if (resolved === undefined || pulled === undefined) return [];
    const source = lockedSource(addon.source, directory);
    const version = resolved.version === '' ? pulled.chart.metadata.version : resolved.version;
    const fetched = pulled.dependencies.filter(({ state }) => state === 'fetched');
    const dependencies = fetched.map((one) => ({ path: one.path, version: one.version }));
    return [{ source, asked: askedVersion(addon), version, digest: pulled.digest, dependencies }];
  });
}

function lockedImage(image: ImageItem, run: Run): LockedImage {
  const { source, state } = image;
  const digest = state.kind === 'cleared' ? (run.wholeDigests.get(image) ?? state.digest) : null;
  return { image: formatReference(source), digest };
}

/** Why what a run has found makes no lock: each line is something that was not found out. Empty where all was. */
export function lockGaps(run: Run): readonly string[] {
  const failures = [
    ...run.releases.map(({ addon, failure }) => ({ name: `${addon.chart} (${addon.release})`, failure })),
    ...run.charts.map(({ source, failure }) => ({ name: source.chart, failure })),
    ...run.images.map(({ source, failure }) => ({ name: formatReference(source), failure })),
  ];
  const unseen = run.images.flatMap(({ source, state, isCertain }) =>
    isCertain && state.kind === 'unconfirmed' ? [`${formatReference(source)}: ${state.reason}`] : [],
  );
  const failed = failures.flatMap(({ name, failure }) =>
    failure === undefined ? [] : [`${name}: ${failure.code} ${failure.message}`],
  );
  return [...new Set([...failed, ...unseen])];
}

/** What a run has found, as a lock at `path`, an absolute one. */
export function makeLock(run: Run, path: string): CatalogLock {
  const images = run.images.filter(isWanted).map((image) => lockedImage(image, run));
  return { version: 1, charts: lockedChart(run, dirname(path)), images };
}
