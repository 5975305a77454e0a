import { posix } from 'node:path';
import { formatChartSource, isOverride, type ValuesLayer } from '../domain/addon.ts';
import { literalPlaces, literalTexts } from '../domain/chart/chart-files.ts';
import { digestOf } from '../domain/manifest.ts';
import { formatProfile } from '../domain/profiles/profile.ts';
import type { Residue } from '../domain/proof/compare.ts';
import { helmCommand } from '../domain/proof/helm-command.ts';
import { formatReference } from '../domain/reference.ts';
import type { ProofFile } from '../domain/report/proof-file.ts';
import type { ReportedProfile, ReportedProof } from '../domain/report/reported-proof.ts';
import { type ChartItem, livingReleases } from './chart-item.ts';
import { movedValues, testValues } from './profile-files.ts';
import type { Extraction, ProfileItem, ReleaseItem, Verdict } from './release-item.ts';
import type { Run } from './run.ts';

type LiteralFinder = (text: string) => readonly string[];

/** A text that stands in more places than these is told of by the first: who mends those sees the others. */
const PLACES = 20;

function literalFinder(chart: ChartItem | undefined): LiteralFinder {
  const pulled = chart?.pulled;
  if (pulled === undefined) return () => [];
  const texts = literalTexts(pulled.tree, pulled.chart);
  const known = new Map<string, readonly string[]>();
  return (text) => {
    const places = known.get(text) ?? literalPlaces(texts, text).slice(0, PLACES);
    known.set(text, places);
    return places;
  };
}

/** What is told of a proof beside its verdict. */
interface ProofFacts {
  readonly schemaChecked: boolean;
  readonly command: string | undefined;
  readonly literals: LiteralFinder;
}

/** A proof as the report shows it. */
function toProof(verdict: Verdict | undefined, { schemaChecked, command, literals }: ProofFacts): ReportedProof {
  if (verdict === undefined) {
    return {
      state: 'not-run',
      earlier: false,
      command: command ?? null,
      references: 0,
      schemaChecked,
      reason: null,
      residue: [],
      unexplained: [],
      explained: {},
    };
  }
  const residue = verdict.residue.map(({ place, expected, found }: Residue) => ({
    place,
    expected: expected ?? null,
    found: found ?? null,
    literals: found === undefined ? [] : literals(found),
  }));
  const unexplained = verdict.unexplained.map(({ template, line, text }) => ({ template, line, text }));
  const { proven, references, reason, explained, isEarlier } = verdict;
  return {
    state: proven ? 'proven' : 'not-proven',
    earlier: isEarlier,
    command: command ?? null,
    references,
    schemaChecked,
    reason: reason ?? null,
    residue,
    unexplained,
    explained,
  };
}

/** Where the consumer values of a release are written, below the output directory. */
export function consumerPath(chart: ChartItem, release: ReleaseItem): string {
  return `helm-charts/${chart.source.chart}/${release.addon.release}/values.yaml`;
}

/** Where the values of a profile of the catalog are written. */
export function profilePath(chart: ChartItem, release: ReleaseItem, profile: string): string {
  return `helm-charts/${chart.source.chart}/${release.addon.release}/values-${profile}.yaml`;
}

type NamedLayer = Pick<ValuesLayer, 'origin' | 'name'>;

/** The values that a render is given, and those that are laid over them since they name images themselves. */
function filesOf(
  chart: ChartItem,
  release: ReleaseItem,
  shown: ProfileItem | undefined,
): { readonly layers: readonly NamedLayer[]; readonly moved: readonly string[] } {
  const { addon, relocation } = release;
  const needed = relocation?.ownOverlay === undefined ? [] : [consumerPath(chart, release)];
  if (shown === undefined) return { layers: addon.layers, moved: needed };
  const { profile } = shown;
  if (profile.kind === 'catalog') {
    const named = addon.profiles.find(({ name }) => name === profile.name)?.layers ?? [];
    return { layers: [...addon.layers, ...named], moved: [profilePath(chart, release, profile.name)] };
  }
  const moved = movedValues(chart, release, shown);
  const own = moved === undefined ? [] : [moved.path];
  if (profile.kind === 'switch') return { layers: addon.layers, moved: [...needed, ...own] };
  const ofTests = testValues(chart, release, shown);
  const layers = ofTests === undefined ? [] : [{ origin: 'values-file', name: ofTests.path } as const];
  return { layers: [...addon.layers.filter(isOverride), ...layers], moved: own };
}

function commandOf(
  chart: ChartItem | undefined,
  release: ReleaseItem,
  shown: ProfileItem | undefined,
  { settings }: Extraction,
): string | undefined {
  if (chart?.archive === undefined) return undefined;
  const { addon } = release;
  return helmCommand({
    release: addon.release,
    archive: chart.archive,
    namespace: settings.namespace,
    kubeVersion: settings.kubeVersion,
    apiVersions: addon.apiVersions,
    schemaSkipped: settings.schemaSkipped !== undefined,
    ...filesOf(chart, release, shown),
    profile: shown?.profile ?? { kind: 'release' },
  });
}

/** The proofs of a release: of the relocated chart, of the original with the consumer values, and of each profile. */
export interface ReportedProofs {
  readonly proof: ReportedProof;
  readonly consumer: ReportedProof;
  readonly profiles: readonly ReportedProfile[];
}

function profilesOf(
  chart: ChartItem | undefined,
  release: ReleaseItem,
  literals: LiteralFinder,
): readonly ReportedProfile[] {
  return release.profiles.flatMap((one): readonly ReportedProfile[] => {
    const { profile, extraction, refusedByNotes, verdict } = one;
    if (profile.kind === 'release') return [];
    const images = [...new Set(extraction.uses.map(({ reference }) => formatReference(reference)))];
    const schemaChecked = extraction.settings.schemaSkipped === undefined;
    // no flag of helm leaves NOTES.txt out
    const command = refusedByNotes === undefined ? commandOf(chart, release, one, extraction) : undefined;
    const proof = toProof(verdict, { schemaChecked, command, literals });
    const shown = { profile: formatProfile(profile), kind: profile.kind };
    return [{ ...shown, refusedByNotes: refusedByNotes ?? null, images, proof }];
  });
}

/** All proofs of a release as the report shows them. */
export function toProofs(chart: ChartItem | undefined, release: ReleaseItem): ReportedProofs {
  const { extraction, verdict, consumerVerdict } = release;
  const literals = literalFinder(chart);
  const schemaChecked = extraction !== undefined && extraction.settings.schemaSkipped === undefined;
  const command = extraction === undefined ? undefined : commandOf(chart, release, undefined, extraction);
  return {
    proof: toProof(verdict, { schemaChecked, command, literals }),
    consumer: toProof(consumerVerdict, { schemaChecked, command: undefined, literals }),
    profiles: profilesOf(chart, release, literals),
  };
}

/** `proof.json` of a chart that was proven and whose archive is written. */
export function proofFile(chart: ChartItem, run: Run): ProofFile | undefined {
  const { pulled, relocated, archive, source } = chart;
  if (pulled === undefined || relocated === undefined || archive === undefined) return undefined;
  return {
    version: 1,
    chart: pulled.chart.metadata.name,
    chartVersion: relocated.version,
    source: formatChartSource(source),
    sourceDigest: pulled.digest,
    target: run.options.naming.registry,
    archive,
    archiveDigest: digestOf(relocated.bytes),
    helm: run.ports.helm.version,
    releases: livingReleases(chart).flatMap((release) => {
      const { extraction, addon } = release;
      if (extraction === undefined) return [];
      const { namespace, kubeVersion } = extraction.settings;
      const { proof, profiles } = toProofs(chart, release);
      return [{ release: addon.release, namespace, kubeVersion, proof, profiles }];
    }),
  };
}

/** Where `proof.json` stands: beside the archive; for other versions of one chart, with the version in its name. */
export function proofPath(archive: string, isFirst: boolean): string {
  const name = isFirst ? 'proof.json' : `${posix.basename(archive, '.tgz')}.proof.json`;
  return posix.join(posix.dirname(archive), name);
}
