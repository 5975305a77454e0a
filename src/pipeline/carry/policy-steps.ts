import { signatureDuty } from '../../domain/policy/image-policy.ts';
import type { Digest } from '../../domain/reference.ts';
import type { SignatureResult, Unfit } from '../../domain/signatures/result.ts';
import { applyPolicy } from '../apply-policy.ts';
import { type Step, WAITING } from '../progress.ts';
import { startVerifying } from '../signatures/signature-steps.ts';
import { bare, signatureRefused, signerText, type Verifying, verifyOnce } from '../signatures/verify-image.ts';
import type { CarriedItem, Carrying } from './carry-run.ts';
import { forImages, orFail } from './carry-steps.ts';
import type { ImageContents } from './read-image.ts';

/** The step that refuses images by their names, before anything of them is read; none where there is no policy. */
export function policySteps(carrying: Carrying): readonly Step[] {
  const { policy } = carrying.request;
  if (policy === undefined) return [];
  const apply = (image: CarriedItem): Promise<undefined> =>
    orFail(image, carrying, async () => {
      applyPolicy(image.source, policy);
      return undefined;
    });
  return [{ title: 'Apply the policy', width: WAITING, items: () => forImages(carrying, () => true, apply) }];
}

/**
 * Who signs an index signs all that it names. Where only a part of it is carried, the signatures of all these platforms count,
 * too.
 */
async function resultFor(
  { source }: CarriedItem,
  { top, isWhole, platforms }: ImageContents,
  verifying: Verifying,
): Promise<SignatureResult> {
  const place = { at: bare(source), side: 'source', copy: undefined } as const;
  const verify = (digest: Digest): Promise<SignatureResult> => verifyOnce(digest, place, verifying);
  const own = await verify(top.digest);
  if (own.kind === 'verified' || isWhole) return own;
  const unfit: Unfit[] = [...own.unfit];
  let last: SignatureResult = own;
  for (const { digest } of platforms) {
    last = await verify(digest);
    if (last.kind === 'refused') return { kind: 'refused', unfit: [...unfit, ...last.unfit] };
  }
  return last;
}

async function verify(image: CarriedItem, verifying: Verifying, carrying: Carrying): Promise<string | undefined> {
  const { source, contents } = image;
  const { policy } = carrying.request;
  if (contents === undefined) return undefined;
  return orFail(image, carrying, async () => {
    const result = await resultFor(image, contents, verifying);
    if (result.kind === 'refused')
      throw signatureRefused({ ...source, digest: contents.top.digest }, result.unfit, policy);
    image.signer = result.by;
    return signerText(result);
  });
}

/** The step that refuses images which nobody who was named has signed; none where nobody asks for signatures. */
export function verifySteps(carrying: Carrying): readonly Step[] {
  const verifying = startVerifying(carrying.run);
  if (verifying === undefined) return [];
  const mustVerify = ({ source }: CarriedItem): boolean => signatureDuty(source, carrying.request.policy) !== undefined;
  return [
    {
      title: 'Verify signatures',
      width: WAITING,
      items: () => forImages(carrying, mustVerify, (image) => verify(image, verifying, carrying)),
    },
  ];
}
