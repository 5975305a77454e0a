import { digestOf } from '../../domain/manifest.ts';
import type { Digest } from '../../domain/reference.ts';
import type { ChartItem } from '../chart-item.ts';
import { targetHosts } from '../find-uses.ts';
import type { Planned } from '../planned-texts.ts';
import type { Extraction } from '../release-item.ts';
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
}

/** Everything that the outcome of a proof depends on, beside helm and our rules. */
function claimDigest(
  item: ChartItem,
  { kind, rendering, extraction, planned, isWhole, secret }: Claim,
  run: Run,
): Digest {
  const { pulled, relocated } = item;
  const { release } = rendering;
  const { uses, aside, settings } = extraction;
  const original = pulled === undefined ? [] : [pulled.archive.digest, pulled.excluded];
  const parts = [
    ...[kind, renderingDigest(rendering), settings.valuesFiles.map(({ digest }) => digest), isWhole, secret ?? null],
    ...[original, relocated?.archive.digest ?? null, planned.edits, planned.patches, planned.pinned],
    ...[uses, uses.map(planned.wanted), aside, release.addon.excluded],
    ...[run.options.naming, targetHosts(run), run.options.pullSecret ?? null],
  ];
  return digestOf(JSON.stringify(parts));
}

/** What was found out, and whether it would be found out again: then it is kept. */
export interface Made {
  readonly proof: KeptProof;
  readonly lasting: boolean;
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
  if (known !== undefined) {
    // nobody shall take the word of an earlier run for a render of today
    const isEarlier = !item.results.proofs.isOwn(key);
    return { ...known, verdict: { ...known.verdict, isEarlier } };
  }
  const { proof, lasting } = await work();
  if (lasting) item.results.proofs.keep(key, proof);
  return proof;
}
