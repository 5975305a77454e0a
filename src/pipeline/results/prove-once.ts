import { digestOf } from '../../domain/manifest.ts';
import type { Digest } from '../../domain/reference.ts';
import type { ChartItem } from '../chart-item.ts';
import { targetHosts } from '../find-uses.ts';
import type { Planned } from '../planned-texts.ts';
import type { Extraction, Verdict } from '../release-item.ts';
import { type Rendering, renderingDigest } from '../render.ts';
import type { Run } from '../run.ts';
import type { KeptProof } from './kept-proof.ts';

/** What a proof compares: a render of the relocated chart, or of the original with consumer values, with the original's. */
export interface Claim {
  readonly kind: 'relocated' | 'consumer';
  readonly rendering: Rendering;
  readonly extraction: Extraction;
  readonly planned: Planned;
  /** Whether every line is compared, or references only. */
  readonly isWhole: boolean;
  /** What the original is given to have the pull secret, too. */
  readonly secret: string | undefined;
  /** Whether it also proves that pods have the pull secret. */
  readonly isSecretJudged: boolean;
}

/** Everything that the outcome of a proof depends on, beside helm and our rules. */
function claimDigest(
  item: ChartItem,
  { kind, rendering, extraction, planned, isWhole, secret, isSecretJudged }: Claim,
  run: Run,
): Digest {
  const { pulled, relocated } = item;
  const { release } = rendering;
  const { uses, aside, settings } = extraction;
  const original = pulled === undefined ? [] : [pulled.archive.digest, pulled.excluded];
  const parts = [
    ...[kind, renderingDigest(rendering), settings.valuesFiles.map(({ digest }) => digest), isWhole, secret ?? null],
    ...[original, relocated?.archive.digest ?? null, planned.edits, planned.patches, planned.pinned],
    ...[planned.digests, planned.isOptional, isSecretJudged],
    ...[uses, uses.map(planned.wanted), aside, release.addon.excluded],
    ...[run.options.naming, targetHosts(run), run.options.pullSecret ?? null],
  ];
  return digestOf(JSON.stringify(parts));
}

/** What was found out. */
export interface Made {
  readonly proof: KeptProof;
  /** The same in the form that later runs may have; undefined for none. */
  readonly kept: KeptProof | undefined;
}

/** A proof, of which later runs may have this verdict. */
export function made(proof: KeptProof, kept: Verdict | undefined): Made {
  return { proof, kept: kept === undefined ? undefined : { ...proof, verdict: kept } };
}

/** Whether a proof ends a release: then it is made today, however it ended before. One that tries digests is not the last. */
function isFatal({ verdict }: KeptProof, { kind, isWhole, planned }: Claim): boolean {
  return !verdict.proven && kind === 'relocated' && isWhole && planned.pinned.length === 0;
}

/** Carries out a proof, unless one of the very same content is known. */
export async function proveOnce(
  item: ChartItem,
  claim: Claim,
  work: () => Promise<Made>,
  run: Run,
): Promise<KeptProof> {
  const key = claimDigest(item, claim, run);
  const known = item.results.proofs.get(key);
  const isEarlier = !item.results.proofs.isOwn(key);
  if (known !== undefined && !(isEarlier && isFatal(known, claim))) {
    // nobody shall take the word of an earlier run for a render of today
    return { ...known, verdict: { ...known.verdict, isEarlier } };
  }
  const { proof, kept } = await work();
  if (kept !== undefined) item.results.proofs.keep(key, kept);
  return proof;
}
