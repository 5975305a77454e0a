import { literalTexts } from '../../domain/chart/chart-files.ts';
import { referenceName } from '../../domain/check/references.ts';
import type { ExplainedEvidence, ExplainedImage, ExplainedProfile } from '../../domain/explain/report.ts';
import { spotFinder } from '../../domain/explain/value-spots.ts';
import { type ImageUse, isCarried } from '../../domain/images/image-use.ts';
import { formatProfile, isAskedFor, type Profile } from '../../domain/profiles/profile.ts';
import { formatReference, type Reference } from '../../domain/reference.ts';
import type { Attribution } from '../../domain/trace/attribution.ts';
import type { ChartItem } from '../chart-item.ts';
import { placed } from '../extract.ts';
import type { AsideUse, Extraction, ReleaseItem, Traced } from '../release-item.ts';
import type { PulledChart } from '../resolved-chart.ts';
import { explainPlace, type PlaceGround } from './explain-place.ts';
import { type ExplainRequest, type Findings, isWanted, type Measured, namedImage } from './explain-run.ts';
import { type Naming, namingsOf } from './namings.ts';
import { layersOf } from './profile-layers.ts';

/** One render with its uses, those that only another one lacks for profiles beside the release. */
interface View {
  readonly profile: Profile;
  readonly uses: readonly ImageUse[];
  readonly aside: readonly AsideUse[];
  readonly ground: PlaceGround;
  readonly attributions: ReadonlyMap<string, Attribution>;
  readonly measured: ReadonlyMap<string, Measured>;
}

function viewsOf(pulled: PulledChart, release: ReleaseItem, findings: Findings): readonly View[] {
  const texts = literalTexts(pulled.tree, pulled.chart);
  const toView = (profile: Profile, extraction: Extraction, uses: readonly ImageUse[], traced?: Traced): View => {
    const spotOf = spotFinder(pulled.tree, pulled.chart, layersOf(profile, release, pulled));
    return {
      ...{ profile, uses, aside: extraction.aside },
      ground: { pulled, values: extraction.values, spotOf, texts },
      attributions: new Map((traced?.attributions ?? []).map((one) => [placed(one.use), one])),
      measured: (traced === undefined ? undefined : findings.measured.get(traced)) ?? new Map(),
    };
  };
  const { extraction, profiles } = release;
  const main = findings.traced.find(({ profile }) => profile === undefined);
  return [
    ...(extraction === undefined ? [] : [toView({ kind: 'release' }, extraction, extraction.uses, main)]),
    ...profiles.map((item) =>
      toView(
        item.profile,
        item.extraction,
        item.fresh,
        findings.traced.find(({ profile }) => profile === item),
      ),
    ),
  ];
}

/** What is gathered of one image before it is told. */
interface Draft {
  readonly reference: Reference;
  readonly uses: { readonly view: View; readonly use: ImageUse }[];
  /** Why it is left as it is; undefined for what is carried or moved. */
  readonly aside: string | undefined;
  readonly namings: Naming[];
}

function draftsOf(views: readonly View[], namings: readonly Naming[], request: ExplainRequest): readonly Draft[] {
  const drafts = new Map<string, Draft>();
  const draftFor = (reference: Reference, aside?: string): Draft => {
    const key = `${aside ?? ''}\n${referenceName(reference)}`;
    const draft = drafts.get(key) ?? { reference, uses: [], aside, namings: [] };
    drafts.set(key, draft);
    return draft;
  };
  const put = (view: View, use: ImageUse, aside?: string): void => {
    if (!isWanted(use.reference, use.role, request)) return;
    const { reference } = aside === undefined ? namedImage(use.reference, use.role, request) : use;
    draftFor(reference, aside).uses.push({ view, use });
  };
  for (const view of views) for (const use of view.uses) put(view, use);
  for (const naming of namings) {
    if (!isWanted(naming.reference, 'image', request)) continue;
    draftFor(namedImage(naming.reference, 'image', request).reference).namings.push(naming);
  }
  const told = new Set<string>();
  for (const view of views) {
    for (const { use, why } of view.aside) {
      if (told.has(`${placed(use)}\n${why}`)) continue;
      told.add(`${placed(use)}\n${why}`);
      put(view, use, why);
    }
  }
  return [...drafts.values()];
}

function profilesOf({ uses, aside }: Draft): readonly ExplainedProfile[] {
  return [...Map.groupBy(uses, ({ view }) => view)].map(([view, of]): ExplainedProfile => {
    const { profile, ground, attributions, measured } = view;
    const places = of.map(({ use }) => {
      const place = explainPlace(use, attributions.get(placed(use)), measured.get(placed(use)), ground);
      // what is left as it is was not traced
      return aside === undefined ? place : { ...place, values: [] };
    });
    return { profile: formatProfile(profile), kind: profile.kind, places };
  });
}

function evidenceOf({ uses, aside, namings }: Draft): ExplainedEvidence {
  if (aside !== undefined) return 'left-as-is';
  if (uses.some(({ view }) => isAskedFor(view.profile))) return 'rendered';
  if (namings.some(({ kind }) => kind === 'added')) return 'added';
  return uses.length > 0 ? 'conditional' : 'declared';
}

function toImage(draft: Draft, { addon }: ReleaseItem, request: ExplainRequest): ExplainedImage {
  const { reference, uses, aside, namings } = draft;
  const evidence = evidenceOf(draft);
  const role = uses.find(({ use }) => isCarried(use.role))?.use.role ?? uses[0]?.use.role ?? 'image';
  const isCertain = uses.some(({ use }) => use.certainty === 'certain') || namings.some(({ kind }) => kind === 'added');
  const { destination } = namedImage(reference, role, request);
  const isHidden = (evidence === 'conditional' || evidence === 'declared') && isCarried(role);
  const inMap = addon.excluded.length > 0 || addon.images.some(({ reason }) => reason !== undefined);
  return {
    image: referenceName(reference),
    destination: destination === undefined || aside !== undefined ? null : formatReference(destination),
    ...{ evidence, role },
    certainty: isCertain ? 'certain' : 'candidate',
    why: aside ?? uses.find(({ use }) => use.why !== undefined)?.use.why ?? null,
    profiles: profilesOf(draft),
    named: namings.map(({ where, spot }) => ({ where, spot })),
    add: isHidden ? { under: inMap ? 'images.add' : 'images', line: `- ${formatReference(reference)}` } : null,
  };
}

const ORDER: readonly ExplainedEvidence[] = ['rendered', 'added', 'conditional', 'declared', 'left-as-is'];

/** The images of a release that are asked for, the surest first, each once; what is left as it is once for each reason. */
export function explainImages(
  item: ChartItem,
  release: ReleaseItem,
  findings: Findings,
  request: ExplainRequest,
): readonly ExplainedImage[] {
  const { pulled } = item;
  if (pulled === undefined) return [];
  const views = viewsOf(pulled, release, findings);
  return draftsOf(views, namingsOf(item, release), request)
    .map((draft) => toImage(draft, release, request))
    .toSorted((a, b) => ORDER.indexOf(a.evidence) - ORDER.indexOf(b.evidence));
}
