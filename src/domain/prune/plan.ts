import { destinationTag } from '../plan/destination.ts';
import type { RecordedImage } from '../records/record.ts';
import type { Reference } from '../reference.ts';
import type { ChartNeeds } from './chart-needs.ts';
import { chartRules, isPlaceOf, type KeepRules } from './keep-rules.ts';
import { orderOfRemoval, type Removal } from './removal-order.ts';
import { manifestKey, type StoredManifest, type StoredRepository, subjectsOf } from './stored.ts';

/**
 * Why a manifest stays. `needed`: a kept chart's record names it; `catalog` also for the images of a catalog's entry;
 * `nameable`: a chart without record could name it; `any`: a chart cannot be read, so that any image may be its; `stuck`:
 * it could not be removed; `child` and `companion`: of or about something that stays.
 */
export type KeepReason =
  | 'out-of-reach'
  | 'catalog'
  | 'newest'
  | 'needed'
  | 'no-version'
  | 'nameable'
  | 'any'
  | 'stuck'
  | 'archived'
  | 'unreadable'
  | 'young'
  | 'child'
  | 'companion';

/** All reasons, in the order in which one of several is told. */
export const KEEP_REASONS: readonly KeepReason[] = [
  'out-of-reach',
  'catalog',
  'newest',
  'needed',
  'no-version',
  'nameable',
  'any',
  'stuck',
  'archived',
  'unreadable',
  'young',
  'child',
  'companion',
];

/** What is known when a plan is made. Nothing else decides. */
export interface PruneFacts {
  /** All repositories of the registry. */
  readonly repositories: readonly StoredRepository[];
  readonly rules: KeepRules;
  /** What charts need, by `manifestKey`, as far as they were asked. */
  readonly needs: ReadonlyMap<string, ChartNeeds>;
  /** What could not be removed, by `manifestKey`. */
  readonly stuck: ReadonlySet<string>;
  readonly now: Date;
}

/**
 * What goes, in its order, and why the rest stays. With `unasked` charts the plan is not to be carried out: they stay, and
 * what they need is not known yet.
 */
export interface PrunePlan {
  readonly removals: readonly Removal[];
  /** By `manifestKey`: every reason that was found, not only the first. */
  readonly kept: ReadonlyMap<string, ReadonlySet<KeepReason>>;
  readonly unasked: readonly StoredManifest[];
}

/** A manifest with what it is tied to in its repository. */
interface Node {
  readonly manifest: StoredManifest;
  readonly repository: StoredRepository;
  /** What it is about, and what is about it: these stay or go together. */
  readonly companions: Node[];
  readonly children: Node[];
  /** Whether it is a chart or about one: only what names it outright keeps it, not what could mean any image. */
  ofChart: boolean;
}

function nodesOf(repository: StoredRepository): readonly Node[] {
  const nodes = new Map(
    repository.manifests.map((manifest) => [
      `${manifest.digest}`,
      { manifest, repository, companions: [], children: [], ofChart: false } as Node,
    ]),
  );
  for (const node of nodes.values()) {
    const { content } = node.manifest;
    for (const digest of subjectsOf(node.manifest)) {
      const subject = nodes.get(digest);
      if (subject === undefined || subject === node) continue;
      node.companions.push(subject);
      subject.companions.push(node);
    }
    for (const digest of content.kind === 'index' ? content.children : []) {
      const child = nodes.get(digest);
      if (child !== undefined) node.children.push(child);
    }
  }
  for (const node of nodes.values()) if (node.manifest.isChart) markAsOfChart(node);
  return [...nodes.values()];
}

function markAsOfChart(start: Node): void {
  const open = [start];
  for (let node = open.pop(); node !== undefined; node = open.pop()) {
    if (node.ofChart) continue;
    node.ofChart = true;
    open.push(...node.companions);
  }
}

/** What stays so far. Whatever is kept keeps its children and companions. */
class Keeping {
  readonly reasons = new Map<string, Set<KeepReason>>();

  keep(node: Node, reason: KeepReason): void {
    const open: [Node, KeepReason][] = [[node, reason]];
    for (let next = open.pop(); next !== undefined; next = open.pop()) {
      const [one, why] = next;
      const key = manifestKey(one.manifest);
      const known = this.reasons.get(key);
      this.reasons.set(key, (known ?? new Set<KeepReason>()).add(why));
      if (known !== undefined) continue;
      for (const child of one.children) open.push([child, 'child']);
      for (const companion of one.companions) open.push([companion, 'companion']);
    }
  }

  has(manifest: StoredManifest): boolean {
    return this.reasons.has(manifestKey(manifest));
  }
}

/** An index that cannot be read may have any manifest of its repository as its child. */
function hidesChildren({ manifests }: StoredRepository): boolean {
  return manifests.some(({ content }) => content.kind === 'unread' && content.mayHaveChildren);
}

/** The reasons that lie in a manifest itself. */
function ownReasons(manifest: StoredManifest, hides: boolean, facts: PruneFacts): readonly KeepReason[] {
  const age = facts.now.getTime() - manifest.pushedAt.getTime();
  return [
    ...(facts.stuck.has(manifestKey(manifest)) ? (['stuck'] as const) : []),
    ...(manifest.isArchived ? (['archived'] as const) : []),
    ...(hides || manifest.content.kind === 'unread' ? (['unreadable'] as const) : []),
    // a time that cannot be read, or that is to come, is young
    ...(age > facts.rules.minimumAge ? [] : (['young'] as const)),
  ];
}

function keepOwn(repository: StoredRepository, nodes: readonly Node[], facts: PruneFacts, keeping: Keeping): void {
  if (repository.reach !== 'in-reach') {
    for (const node of nodes) keeping.keep(node, 'out-of-reach');
    return;
  }
  const rulesOf = chartRules(repository, facts.rules);
  const hides = hidesChildren(repository);
  for (const node of nodes) {
    const rules = node.manifest.isChart ? rulesOf(node.manifest) : [];
    for (const reason of [...rules, ...ownReasons(node.manifest, hides, facts)]) keeping.keep(node, reason);
  }
}

/** Whether an image of a catalog's entry is this one: wherever the prefix and the path of the target have put it. */
function isCarried(node: Node, reference: Reference): boolean {
  const { manifest, repository } = node;
  if (!isPlaceOf(reference.repository, repository.name)) return false;
  return manifest.digest === reference.digest || manifest.tags.includes(destinationTag(reference));
}

function isRecorded({ manifest }: Node, { tag, digest }: RecordedImage): boolean {
  if (tag === undefined && digest === undefined) return true;
  return manifest.digest === digest || (tag !== undefined && manifest.tags.includes(tag));
}

/** What a kept chart keeps. */
function keepNeeds(needs: ChartNeeds, byRepository: ReadonlyMap<string, readonly Node[]>, keeping: Keeping): void {
  const images = function* (repositories: Iterable<string>): Generator<Node> {
    for (const name of repositories) for (const node of byRepository.get(name) ?? []) if (!node.ofChart) yield node;
  };
  switch (needs.kind) {
    case 'recorded':
      for (const image of needs.images)
        for (const node of byRepository.get(image.repository) ?? [])
          if (isRecorded(node, image)) keeping.keep(node, 'needed');
      return;
    case 'nameable':
      for (const node of images(needs.repositories)) keeping.keep(node, 'nameable');
      return;
    case 'unreadable':
      for (const node of images(byRepository.keys())) keeping.keep(node, 'any');
  }
}

/**
 * Decides what goes and what stays. Everything out of reach, archived, unreadable or young stays; a chart stays when any
 * rule keeps it; an image when a chart that stays needs it, or may; signatures and the like stay and go with what they are
 * about; the children of an index that stays, stay. The rest goes.
 */
export function planPrune(facts: PruneFacts): PrunePlan {
  const byRepository = new Map(facts.repositories.map((repository) => [repository.name, nodesOf(repository)] as const));
  const nodes = [...byRepository.values()].flat();
  const keeping = new Keeping();
  for (const repository of facts.repositories)
    keepOwn(repository, byRepository.get(repository.name) ?? [], facts, keeping);
  for (const reference of facts.rules.catalog.flatMap(({ images }) => images))
    for (const node of nodes) if (isCarried(node, reference)) keeping.keep(node, 'catalog');

  // what a chart needs may keep a chart in turn
  const charts = nodes.filter(({ manifest }) => manifest.isChart);
  const asked = new Set<Node>();
  for (let before = -1; before < asked.size; ) {
    before = asked.size;
    for (const chart of charts) {
      const needs = facts.needs.get(manifestKey(chart.manifest));
      if (needs === undefined || asked.has(chart) || !keeping.has(chart.manifest)) continue;
      asked.add(chart);
      keepNeeds(needs, byRepository, keeping);
    }
  }
  return {
    removals: orderOfRemoval(nodes.map(({ manifest }) => manifest).filter((manifest) => !keeping.has(manifest))),
    kept: keeping.reasons,
    unasked: charts
      .map(({ manifest }) => manifest)
      .filter((one) => keeping.has(one) && !facts.needs.has(manifestKey(one))),
  };
}
