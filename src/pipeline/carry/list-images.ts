import { type ChartTree, fileIn } from '../../domain/chart/chart-tree.ts';
import { ownerOf } from '../../domain/chart/owner.ts';
import { IMAGE_ANNOTATIONS } from '../../domain/images/annotations.ts';
import { pulledReferences } from '../../domain/images/artifacts.ts';
import { type ImageUse, isCarried } from '../../domain/images/image-use.ts';
import { imageListFaults, imageNames, listedImages } from '../../domain/lock/image-list.ts';
import { byTagAlone } from '../../domain/plan/destination.ts';
import { isAskedFor } from '../../domain/profiles/profile.ts';
import { formatReference, type Reference } from '../../domain/reference.ts';
import { MirrorError } from '../../errors.ts';
import { type ChartItem, livingReleases } from '../chart-item.ts';
import { hiddenImages } from '../hidden-images.ts';
import type { ReleaseItem } from '../release-item.ts';
import type { CarryRequest, ListChoice, ListedImage } from './carry-run.ts';

/** How a list is made. */
export type ListRules = Pick<CarryRequest, 'choice' | 'annotation' | 'forDt'>;

/** Something that names an image: the chart that it belongs to, and whether somebody surely pulls it. */
interface Naming {
  readonly owner: ChartTree;
  readonly source: Reference;
  readonly isCertain: boolean;
  readonly isArtifact: boolean;
}

/** An entry of an annotation that is there already. */
interface Annotated extends Naming {
  readonly name: string | undefined;
  readonly text: string;
  readonly annotation: string;
}

function annotatedIn(chart: ChartTree, keys: readonly string[]): readonly Annotated[] {
  const own = keys.flatMap((annotation) =>
    listedImages(chart.metadata.annotations.get(annotation) ?? '').map(
      ({ name, image, reference }): Annotated => ({
        ...{ owner: chart, source: reference, name, text: image, annotation },
        ...{ isCertain: true, isArtifact: false },
      }),
    ),
  );
  return [...own, ...chart.subcharts.flatMap((sub) => annotatedIn(sub, keys))];
}

function usesOf({ extraction, profiles }: ReleaseItem, choice: ListChoice): readonly ImageUse[] {
  const wanted = profiles.filter(({ profile }) => isAskedFor(profile) || choice === 'conditional' || choice === 'all');
  return [...(extraction?.uses ?? []), ...wanted.flatMap(({ fresh }) => fresh)];
}

/** The annotation that is to list everything has to be a list wherever it is: an entry that nobody can read would be lost. */
function checkLists(chart: ChartTree, annotation: string): void {
  const [fault] = imageListFaults(chart.metadata.annotations.get(annotation) ?? '[]');
  if (fault !== undefined) {
    const file = fileIn(chart.location, 'Chart.yaml').join('!');
    throw new MirrorError(`${file} of ${chart.metadata.name}: the annotation ${annotation} ${fault}`, {
      code: 'CHART_ARCHIVE_REFUSED',
      origin: 'source',
      hint: 'correct it, or name another annotation with --annotations-key',
    });
  }
  for (const sub of chart.subcharts) checkLists(sub, annotation);
}

/** What a release of a chart pulls, by the chart or subchart whose template says so. */
function namedBy(chart: ChartTree, item: ChartItem, release: ReleaseItem, choice: ListChoice): readonly Naming[] {
  const used = usesOf(release, choice)
    .filter(({ role }) => isCarried(role))
    .flatMap(({ template, reference, certainty, role }) =>
      pulledReferences(reference).map(
        (source): Naming => ({
          ...{ owner: ownerOf(chart, template), source },
          ...{ isCertain: certainty === 'certain', isArtifact: role === 'artifact' },
        }),
      ),
    );
  if (choice !== 'all') return used;
  const declared = hiddenImages(item, release).filter(({ evidence }) => evidence === 'declared');
  return [
    ...used,
    ...declared.flatMap(({ reference }) =>
      pulledReferences(reference).map(
        (source): Naming => ({ owner: chart, source, isCertain: false, isArtifact: false }),
      ),
    ),
  ];
}

/** The same image once, with its first owner; certain when one naming is. */
function unique<T extends Naming>(namings: readonly T[]): readonly T[] {
  const found = new Map<string, T>();
  for (const one of namings) {
    const key = formatReference(one.source);
    const known = found.get(key);
    found.set(
      key,
      known === undefined
        ? one
        : {
            ...known,
            isCertain: known.isCertain || one.isCertain,
            isArtifact: known.isArtifact && one.isArtifact,
          },
    );
  }
  return [...found.values()];
}

/** Names for images that no annotation names yet, owner by owner. */
function withNames(namings: readonly Naming[], { annotation, forDt }: ListRules): readonly ListedImage[] {
  const owners = [...new Set(namings.map(({ owner }) => owner))];
  return owners.flatMap((owner) => {
    const own = namings.filter((one) => one.owner === owner);
    const names = imageNames(own.map(({ source }) => source));
    return own.map(
      ({ source, isCertain, isArtifact }, index): ListedImage => ({
        ...{ owner, source, isCertain, isArtifact, annotation },
        name: names[index] ?? source.repository,
        text: formatReference(forDt && source.digest !== undefined ? byTagAlone(source) : source),
        isAnnotated: false,
      }),
    );
  });
}

/**
 * The list of a chart: what its annotations list, in their order and words, then what it renders beside, each image once
 * and with the chart or subchart that it belongs to. With `rendered` and `conditional`, of the annotations only what is
 * rendered. `annotation` is the one that is to list everything.
 *
 * @throws MirrorError CHART_ARCHIVE_REFUSED when what stands there already is no list of images.
 */
export function listImages(item: ChartItem, rules: ListRules): readonly ListedImage[] {
  const { choice, annotation, forDt } = rules;
  const chart = item.pulled?.chart;
  if (chart === undefined) return [];
  checkLists(chart, annotation);
  const named = unique(livingReleases(item).flatMap((release) => namedBy(chart, item, release, choice)));
  // lists for dt have no digests: there a pinned image and its tag are one
  const nameOf = (source: Reference): string => formatReference(forDt ? byTagAlone(source) : source);
  const isNamed = new Set(named.map(({ source }) => nameOf(source)));
  const takesAll = choice === 'annotated' || choice === 'all';
  const keys = [annotation, ...IMAGE_ANNOTATIONS.filter((key) => key !== annotation)];
  const annotated = annotatedIn(chart, keys).filter(({ source }) => takesAll || isNamed.has(nameOf(source)));
  // what the annotation itself lists twice, for two charts, stays in both
  const own = annotated.filter((one) => one.annotation === annotation);
  const isListed = new Set(own.map(({ source }) => formatReference(source)));
  const elsewhere = unique(annotated.filter(({ source }) => !isListed.has(formatReference(source))));
  for (const { source } of elsewhere) isListed.add(formatReference(source));
  const listed = [...own, ...elsewhere].map(
    (one): ListedImage => ({
      ...{ owner: one.owner, source: one.source, annotation, isCertain: true, isArtifact: false },
      text: forDt && one.source.digest !== undefined ? formatReference(byTagAlone(one.source)) : one.text,
      // dt knows an entry without a name by the empty one
      name: one.name ?? (one.annotation === annotation ? '' : imageNames([one.source])[0]) ?? '',
      isAnnotated: one.annotation === annotation,
    }),
  );
  const rest = named.filter(({ source }) => !isListed.has(formatReference(source)));
  return [...listed, ...withNames(rest, rules)];
}
