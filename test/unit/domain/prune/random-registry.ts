import type { StoredManifest, StoredRepository } from '../../../../src/domain/prune/stored.ts';
import type { RecordedImage } from '../../../../src/domain/records/record.ts';
import { chartOf, indexOf, manifestOf, type NeedsByName, NOW, OLD, repositoryOf } from './registries.ts';

/** Numbers from a seed: mulberry32. */
export type Dice = (sides: number) => number;

/** Dice that fall the same way for the same seed. */
export function diceOf(seed: number): Dice {
  let state = seed;
  return (sides) => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) % sides;
  };
}

function pick<T>(dice: Dice, items: readonly T[]): T | undefined {
  return items[dice(items.length)];
}

/** Mostly old; one in twelve is young. */
function pushedAt(dice: Dice): Date {
  return dice(12) === 0 ? new Date(NOW.getTime() - dice(24) * 60 * 60 * 1000) : OLD;
}

function imagesOf(dice: Dice, name: string): readonly StoredManifest[] {
  const pieces = Array.from({ length: 2 + dice(4) }, (_, index) =>
    manifestOf(`${name}-${index}`, dice(2) === 0 ? [`p${index}`] : [], { pushedAt: pushedAt(dice) }),
  );
  const indexes = Array.from({ length: dice(3) }, (_, index) => {
    const children = pieces.filter(() => dice(2) === 0);
    return indexOf(`${name}-index-${index}`, [`i${index}`], children, { pushedAt: pushedAt(dice) });
  });
  const outer = dice(4) === 0 ? [indexOf(`${name}-outer`, ['outer'], indexes)] : [];
  const targets = [...pieces, ...indexes];
  const referrers = Array.from({ length: dice(3) }, (_, index) => {
    const subject = pick(dice, targets)?.digest;
    return manifestOf(`${name}-ref-${index}`, [], { subject, pushedAt: pushedAt(dice) });
  });
  const signatures = targets
    .filter(() => dice(4) === 0)
    .map(({ digest }) => manifestOf(`sig-${digest}`, [`${digest.replace(':', '-')}.sig`]));
  const archived = dice(8) === 0 ? [manifestOf(`${name}-cold`, ['cold'], { isArchived: true })] : [];
  return [...targets, ...outer, ...referrers, ...signatures, ...archived];
}

function needsOf(dice: Dice, images: readonly StoredRepository[]): readonly RecordedImage[] {
  return Array.from({ length: dice(5) }, () => {
    const repository = pick(dice, images);
    const manifest = pick(dice, repository?.manifests ?? []);
    const how = dice(2) === 0 ? 'rendered' : 'conditional';
    // sometimes a tag that holds something else by now, or nothing
    const tag = dice(6) === 0 ? 'i0' : pick(dice, manifest?.tags ?? []);
    return { repository: repository?.name ?? 'none', tag, digest: dice(3) === 0 ? undefined : manifest?.digest, how };
  });
}

/** A registry with charts that need images at random, and what they need. */
export function randomRegistry(seed: number): {
  readonly repositories: readonly StoredRepository[];
  readonly needs: NeedsByName;
} {
  const dice = diceOf(seed);
  const reach = (): StoredRepository['reach'] => (dice(8) === 0 ? 'elsewhere' : 'in-reach');
  const images = Array.from({ length: 2 + dice(5) }, (_, index) =>
    repositoryOf(`org/image-${index}`, imagesOf(dice, `image-${seed}-${index}`), reach()),
  );
  const charts = Array.from({ length: 1 + dice(4) }, (_, index) => {
    const versions = Array.from({ length: 1 + dice(4) }, (__, minor) =>
      chartOf(`chart-${seed}-${index}-${minor}`, [`1.${minor}.0`], { pushedAt: pushedAt(dice) }),
    );
    const lists = versions.map(({ digest }, minor) =>
      manifestOf(`list-${seed}-${index}-${minor}`, [], { subject: digest, pushedAt: pushedAt(dice) }),
    );
    return repositoryOf(`charts/chart-${index}`, [...versions, ...lists], reach());
  });
  const named = charts.flatMap(({ name, manifests }) =>
    manifests.filter(({ isChart }) => isChart).map(({ tags }) => `${name}:${tags[0]}`),
  );
  const needs = Object.fromEntries(
    named.map((name) => {
      if (dice(15) === 0) return [name, { kind: 'unreadable' as const, reason: 'broken' }];
      if (dice(6) > 0) return [name, needsOf(dice, images)];
      const could = new Set(images.filter(() => dice(2) === 0).map((repository) => repository.name));
      return [name, { kind: 'nameable' as const, repositories: could }];
    }),
  );
  return { repositories: [...images, ...charts], needs };
}
