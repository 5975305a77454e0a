import type { ArchiveTree } from '../chart/archive-tree.ts';
import { literalTexts } from '../chart/chart-files.ts';
import type { ChartTree } from '../chart/chart-tree.ts';
import { effectiveValues } from '../chart/effective-values.ts';
import { mapsIn, type ValueMap, type ValueNode } from '../chart/values-tree.ts';
import { declaredImages } from '../images/annotations.ts';
import { written } from '../images/declared-values.ts';
import { isCarried } from '../images/image-use.ts';
import type { Plain } from '../images/plain.ts';
import { type FoundReference, referencesInLooseText } from '../images/reference-text.ts';
import { walkObject } from '../images/walk-object.ts';
import { destinationOf, type NamingRule, repositoryProblem } from '../plan/destination.ts';
import { isTag, looksLikeRegistry, parseReference, type Reference } from '../reference.ts';
import type { RecordedImage } from './record.ts';

/** What is known of a chart when its list is written. */
export interface ConditionalFacts {
  readonly tree: ArchiveTree;
  readonly chart: ChartTree;
  /** The values that its releases were rendered with. */
  readonly values: readonly ValueNode[];
  /** What its releases render: a name without a host may be meant for any of these registries. */
  readonly rendered: readonly Reference[];
  readonly naming: NamingRule;
}

type Named = Pick<FoundReference, 'text' | 'reference'>;

function toPlain(node: ValueNode): Plain {
  switch (node.kind) {
    case 'map':
      return Object.fromEntries([...node.entries].map(([key, value]) => [key, toPlain(value)]));
    case 'list':
      return node.items.map(toPlain);
    case 'string':
      return node.value;
    case 'plain':
      return node.source;
    case 'null':
      return '';
  }
}

/**
 * `{registry, repository, tag, digest}`, of which all but the repository may be empty: templates fill the rest in. Unlike
 * what moves (`declaredValues`), nothing else has to say that it is an image: a name too many only keeps what prune would
 * remove.
 */
function ofRepository({ entries }: ValueMap): readonly Named[] {
  const repository = written(entries, ['repository']);
  if (repository === undefined) return [];
  const host = written(entries, ['registry']);
  const name = host === undefined ? repository : `${host}/${repository}`;
  const tag = written(entries, ['tag']);
  const texts = [name, ...(tag === undefined ? [] : [`${name}:${tag}`])];
  const text = texts.findLast((one) => parseReference(one) !== undefined);
  const reference = text === undefined ? undefined : parseReference(text);
  return text === undefined || reference === undefined ? [] : [{ text, reference }];
}

function namedIn(values: ValueNode): readonly Named[] {
  const found: Named[] = mapsIn(values).flatMap(ofRepository);
  walkObject(toPlain(values), '', true, new Set(), (one) => {
    if (isCarried(one.role)) found.push(one);
  });
  return found;
}

function appVersions(chart: ChartTree): readonly string[] {
  const own = chart.metadata.appVersion;
  return [...(own === undefined ? [] : [own]), ...chart.subcharts.flatMap(appVersions)];
}

/** The tags that templates put where values have none: the versions of the programs, with and without `v`. */
function usualTags(chart: ChartTree): readonly string[] {
  const spellings = appVersions(chart).flatMap((version) => [version.replace(/^v/, ''), version.replace(/^v?/, 'v')]);
  return [...new Set(spellings)].filter(isTag);
}

function onEveryHost({ text, reference }: Named, hosts: readonly string[]): readonly Reference[] {
  const [head = '', ...rest] = text.split('/');
  if (rest.length > 0 && looksLikeRegistry(head)) return [reference];
  const elsewhere = hosts.flatMap((host) => parseReference(`${host}/${text}`) ?? []);
  return [reference, ...elsewhere];
}

function toRecorded(reference: Reference, tags: readonly string[], naming: NamingRule): readonly RecordedImage[] {
  const { repository, tag } = destinationOf(reference, naming);
  if (repositoryProblem(repository) !== undefined) return [];
  const common = { repository, digest: reference.digest, how: 'conditional' } as const;
  if (reference.tag !== undefined || reference.digest !== undefined) return [{ ...common, tag }];
  return tags.length === 0 ? [{ ...common, tag: undefined }] : tags.map((one) => ({ ...common, tag: one }));
}

/** What templates and other files spell out, under a condition or not. */
function spelledOut(tree: ArchiveTree, chart: ChartTree): readonly Named[] {
  const found = literalTexts(tree, chart).flatMap(({ text }) => referencesInLooseText(text, new Set()));
  return found.filter(({ role }) => isCarried(role));
}

/**
 * The images that a chart could name when its values change, as they would be called at the target: whatever its own
 * values, those of its subcharts (disabled ones too), those of its releases, its annotations, and what its
 * files spell out name. A name without tag
 * gets those that templates usually fill in; where none is known, the whole repository is meant.
 */
export function conditionalImages(facts: ConditionalFacts): readonly RecordedImage[] {
  const { tree, chart, values, rendered, naming } = facts;
  const hosts = [...new Set(rendered.map(({ registry }) => registry))];
  const tags = usualTags(chart);
  const inValues = [effectiveValues(tree, chart, []), ...values].flatMap(namedIn);
  const declared = declaredImages(chart).map(({ reference }) => reference);
  const named = [...inValues, ...spelledOut(tree, chart)];
  return [...named.flatMap((one) => onEveryHost(one, hosts)), ...declared].flatMap((reference) =>
    toRecorded(reference, tags, naming),
  );
}
