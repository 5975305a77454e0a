import { formatChartSource } from '../../domain/addon.ts';
import type { CarryReport, ReportedCargo, ReportedListed } from '../../domain/carry-report.ts';
import { formatReference } from '../../domain/reference.ts';
import { counted } from '../../domain/report/counted.ts';
import { MirrorError } from '../../errors.ts';
import type { ReleaseItem } from '../release-item.ts';
import { toError } from '../report-error.ts';
import type { Cargo, CarriedItem, Carrying, CarryRequest } from './carry-run.ts';
import { inListOrder } from './make-lists.ts';

function itemsOf({ listed }: Cargo, { images }: Carrying): readonly CarriedItem[] {
  return [...new Set(listed.map(({ source }) => formatReference(source)))].flatMap((text) => images.get(text) ?? []);
}

function reportedImages(cargo: Cargo, carrying: Carrying): readonly ReportedListed[] {
  return inListOrder(cargo, carrying).map(({ owner, name, text, source }): ReportedListed => {
    const contents = carrying.images.get(formatReference(source))?.contents;
    return {
      chart: owner.metadata.name,
      name,
      image: text,
      digest: contents?.top.digest ?? null,
      platforms: (contents?.platforms ?? []).map(({ arch, digest }) => ({ arch, digest })),
      whole: contents?.isWhole ?? null,
    };
  });
}

/** What is told of signatures where they were asked for: of how many images, and that they stay behind where nobody takes them. */
function signatureNotes(items: readonly CarriedItem[], { signatures, artifacts }: CarryRequest): readonly string[] {
  const read = items.filter(({ contents }) => contents !== undefined);
  if (signatures === undefined || read.length === 0) return [];
  const verified = read.filter(({ signer }) => signer !== undefined).length;
  const behind = artifacts || verified === 0 ? '' : '; they are not in the wrap, --fetch-artifacts takes them along';
  return [`signatures of ${verified} of ${counted(read.length, 'image', 'images')} verified${behind}`];
}

function toCargo(release: ReleaseItem, carrying: Carrying): ReportedCargo {
  const { run } = carrying;
  const { addon, resolved, notes } = release;
  const chart = run.charts.find(({ releases }) => releases.includes(release));
  const cargo = chart === undefined ? undefined : carrying.cargo.get(chart);
  const unfinished = new MirrorError('interrupted before it was done', { code: 'INTERRUPTED', origin: 'local' });
  const ended = cargo?.written === undefined && run.signal.aborted ? unfinished : undefined;
  const failure = release.failure ?? chart?.failure ?? ended;
  const items = cargo === undefined ? [] : itemsOf(cargo, carrying);
  return {
    chart: addon.chart,
    version: chart?.pulled?.chart.metadata.version ?? (resolved?.version || null),
    source: formatChartSource(addon.source),
    file: cargo?.written?.file ?? null,
    bytes: cargo?.written?.bytes ?? null,
    images: cargo === undefined ? [] : reportedImages(cargo, carrying),
    artifacts: items
      .filter(({ contents }) => contents !== undefined && contents.platforms.length === 0)
      .map(({ source }) => formatReference(source)),
    left: items.flatMap(({ source, doubt }) =>
      doubt === undefined ? [] : [{ image: formatReference(source), reason: doubt }],
    ),
    notes: [...notes, ...signatureNotes(items, carrying.request)],
    error: toError(failure),
  };
}

/** Folds what the steps left into the report: whatever has no file in the end and no other failure is unfinished. */
export function carryReport(command: CarryReport['command'], carrying: Carrying): CarryReport {
  const charts = carrying.run.releases.map((release) => toCargo(release, carrying));
  const exitCode = carrying.run.signal.aborted ? 130 : charts.some(({ error }) => error !== null) ? 1 : 0;
  return { command, exitCode, charts };
}
