import { formatProfile, isAskedFor } from '../domain/profiles/profile.ts';
import { type ChartItem, livingReleases } from './chart-item.ts';
import { literalSpot, type PinBan } from './chart-pins.ts';
import { DIGITS } from './judge.ts';
import type { Verdict } from './release-item.ts';

interface Judged {
  readonly verdict: Verdict;
  readonly whose: string;
  readonly isAsked: boolean;
}

function failedProofs(item: ChartItem): readonly Judged[] {
  const all = livingReleases(item).flatMap(({ addon, verdict, profiles }) => [
    { verdict, whose: `release ${addon.release}`, isAsked: true },
    ...profiles.map(({ verdict: own, profile }) => {
      return { verdict: own, whose: formatProfile(profile), isAsked: isAskedFor(profile) };
    }),
  ]);
  return all.flatMap(({ verdict, ...rest }) => (verdict?.proven === false ? [{ verdict, ...rest }] : []));
}

/** How many proofs fail in a way that digests may have to do with: of other values, what matters is whether they render. */
export function troubles(item: ChartItem): number {
  return failedProofs(item).filter(({ verdict, isAsked }) => isAsked || verdict.reason !== undefined).length;
}

/**
 * The pins that spoil a proof: their digests stand where they were not expected, or do not where they were. What names them on
 * both sides differs for another reason.
 */
export function blamedPins(item: ChartItem): readonly PinBan[] {
  const { pins, relocated } = item;
  const failed = failedProofs(item);
  const spoiled = (digest: string | undefined): string | undefined => {
    const start = digest?.slice(digest.indexOf(':') + 1).slice(0, DIGITS);
    if (start === undefined) return undefined;
    return failed.find(({ verdict }) =>
      verdict.residue.some(({ expected = '', found = '' }) => expected.includes(start) !== found.includes(start)),
    )?.whose;
  };
  const literals = [...(relocated?.pinned ?? [])]
    .filter(([use]) => pins?.named.has(use) !== true)
    .map(([{ text }, { image, reference }]) => ({ spot: literalSpot(text), image, digest: reference.digest }));
  return [...(pins?.spots ?? []), ...literals].flatMap(({ spot, image, digest }) => {
    const whose = spoiled(digest);
    const reason = `with its digest, ${whose} would not be proven`;
    return whose === undefined ? [] : [{ spot, images: new Set([image]), reason }];
  });
}
