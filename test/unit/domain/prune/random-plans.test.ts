import { describe, expect, it } from 'vitest';
import { manifestKey, type StoredManifest, type StoredRepository } from '../../../../src/domain/prune/stored.ts';
import { diceOf, randomRegistry } from './random-registry.ts';
import type { NeedsByName } from './registries.ts';
import { NOW, planOf } from './registries.ts';

const SEEDS = Array.from({ length: 400 }, (_, seed) => seed);
const DAY = 24 * 60 * 60 * 1000;

/** The registry as somebody sees it who pulls: `repository` → what is there. Written without any code of the plan. */
type Shelf = Map<string, Map<string, StoredManifest>>;

function shelve(repositories: readonly StoredRepository[]): Shelf {
  return new Map(
    repositories.map(({ name, manifests }) => [name, new Map(manifests.map((one) => [`${one.digest}`, one]))]),
  );
}

function childrenOf({ content }: StoredManifest): readonly string[] {
  return content.kind === 'index' ? content.children : [];
}

/** Why an image cannot be pulled whole; undefined when it can. */
function incomplete(shelf: Shelf, repository: string, digest: string): string | undefined {
  const manifest = shelf.get(repository)?.get(digest);
  if (manifest === undefined) return `${repository}@${digest}`;
  return childrenOf(manifest)
    .map((child) => incomplete(shelf, repository, child))
    .find((one) => one !== undefined);
}

/** What of a chart's images was there before and is not any more. */
function losses(before: Shelf, after: Shelf, chart: StoredManifest, needs: NeedsByName): readonly string[] {
  const own = needs[`${chart.repository}:${chart.tags[0]}`] ?? [];
  const everything = [...before].filter(([name]) => name.startsWith('org/'));
  const wanted = everything.flatMap(([name, manifests]) =>
    [...manifests.values()].filter(({ digest, tags }) => {
      if ('kind' in own) {
        return own.kind === 'unreadable' || (own.kind === 'nameable' && own.repositories.has(name));
      }
      return own.some(
        (image) =>
          image.repository === name &&
          ((image.tag === undefined && image.digest === undefined) ||
            image.digest === digest ||
            (image.tag !== undefined && tags.includes(image.tag))),
      );
    }),
  );
  return wanted.flatMap(({ repository, digest }) => incomplete(after, repository, digest) ?? []);
}

function chartsOn(shelf: Shelf): readonly StoredManifest[] {
  return [...shelf.values()].flatMap((manifests) => [...manifests.values()].filter(({ isChart }) => isChart));
}

/** Removes one manifest as ECR does: not while an index lists it. */
function remove(shelf: Shelf, { repository, digest }: StoredManifest): void {
  const manifests = shelf.get(repository);
  const parent = [...(manifests?.values() ?? [])].find((one) => childrenOf(one).includes(digest));
  if (parent !== undefined) throw new Error(`${repository}@${digest} is listed by ${parent.digest}`);
  manifests?.delete(digest);
}

describe('plans of random registries', () => {
  it('at no moment does a chart that is there lack an image that was there', () => {
    for (const seed of SEEDS) {
      const { repositories, needs } = randomRegistry(seed);
      const { removals } = planOf(repositories, needs);
      const [before, shelf] = [shelve(repositories), shelve(repositories)];
      const moments = [0, ...removals.map((_, index) => index + 1)];
      for (const moment of moments) {
        const last = removals[moment - 1];
        if (last !== undefined) remove(shelf, last.manifest);
        const lost = chartsOn(shelf).flatMap((chart) => losses(before, shelf, chart, needs));
        expect(lost, `seed ${seed}, after ${moment} of ${removals.length}`).toEqual([]);
      }
    }
  });

  it('nothing young, archived or out of reach goes, and nothing that is about what stays', () => {
    for (const seed of SEEDS) {
      const { repositories, needs } = randomRegistry(seed);
      const { removals } = planOf(repositories, needs);
      const out = new Set(repositories.filter(({ reach }) => reach !== 'in-reach').map(({ name }) => name));
      const gone = new Set(removals.map(({ manifest }) => manifestKey(manifest)));
      for (const { manifest } of removals) {
        expect(NOW.getTime() - manifest.pushedAt.getTime()).toBeGreaterThan(DAY);
        expect(manifest.isArchived).toBe(false);
        expect(out.has(manifest.repository)).toBe(false);
        const signed = /^sha256-([0-9a-f]{64})\.sig$/.exec(manifest.tags[0] ?? '')?.[1];
        const subject = manifest.subject ?? (signed === undefined ? undefined : `sha256:${signed}`);
        if (subject !== undefined) expect(gone.has(`${manifest.repository}@${subject}`)).toBe(true);
      }
    }
  });

  it('when things cannot be removed, what they need stays', () => {
    for (const seed of SEEDS.slice(0, 200)) {
      const { repositories, needs } = randomRegistry(seed);
      const dice = diceOf(seed + 1_000);
      const stuck = new Set(
        planOf(repositories, needs)
          .removals.filter(() => dice(4) === 0)
          .map(({ manifest }) => manifestKey(manifest)),
      );
      const [before, shelf] = [shelve(repositories), shelve(repositories)];
      for (const { manifest } of planOf(repositories, needs, {}, stuck).removals) remove(shelf, manifest);
      const keys = new Set([...shelf.values()].flatMap((own) => [...own.values()].map(manifestKey)));
      expect([...stuck].filter((key) => !keys.has(key))).toEqual([]);
      expect(chartsOn(shelf).flatMap((chart) => losses(before, shelf, chart, needs))).toEqual([]);
    }
  });

  it('do remove things', () => {
    const plans = SEEDS.map((seed) => {
      const { repositories, needs } = randomRegistry(seed);
      return planOf(repositories, needs).removals;
    });
    const roles = new Set(plans.flatMap((removals) => removals.map(({ role }) => role)));
    expect([...roles].sort()).toEqual(['chart', 'image', 'index', 'referrer']);
    expect(plans.filter((removals) => removals.length > 3).length).toBeGreaterThan(200);
  });
});
