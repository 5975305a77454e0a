import { countedReads } from '../artifacts/artifact-reads.ts';
import { createLookups } from '../artifacts/lookups.ts';
import { isNeeded } from '../image-item.ts';
import type { Step } from '../progress.ts';
import type { Run } from '../run.ts';
import { forImages } from '../step-items.ts';
import { isToVerify, type Verifying, verifyImage } from './verify-image.ts';

/** Images that are asked about at once; how many requests a host feels is bounded elsewhere. */
const ASKING = 64;

/** What the images of a run are verified with; undefined where nobody asks for signatures. */
export function startVerifying(run: Run): Verifying | undefined {
  const { signatures: verifier } = run.ports;
  if (run.options.signatures === undefined) return undefined;
  if (verifier === undefined) throw new RangeError('a run that asks for signatures has nothing to verify them with');
  const reads = countedReads(run, run.signatures.requests);
  return { run, verifier, reads, lookups: createLookups(run.asked, reads), known: new Map() };
}

/** The step that refuses images which do not verify; none where nobody asks for signatures. */
export function signatureSteps(run: Run): readonly Step[] {
  const verifying = startVerifying(run);
  if (verifying === undefined) return [];
  return [
    {
      title: 'Verify signatures',
      width: ASKING,
      items: () =>
        forImages(
          run,
          (image) => isNeeded(image) && isToVerify(image, run),
          (image, view) => verifyImage(image, view, verifying),
        ),
    },
  ];
}
