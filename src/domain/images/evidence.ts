/**
 * Why an image is known: a release or a profile of the catalog *rendered* it, another profile did (*conditional*), only
 * values or annotations name it (*declared*), the catalog entry *added* it, or it is *listed*, with no chart at all.
 */
export type Evidence = 'rendered' | 'conditional' | 'declared' | 'added' | 'listed';

/** Which images are mirrored: what is rendered, that and what is conditional, or all that is known. */
export const IMAGE_CHOICES = ['rendered', 'conditional', 'all'] as const;

export type ImageChoice = (typeof IMAGE_CHOICES)[number];

/** Whether an image of this evidence is mirrored. */
export function isChosen(evidence: Evidence, choice: ImageChoice): boolean {
  switch (evidence) {
    case 'rendered':
    case 'added':
    case 'listed':
      return true;
    case 'conditional':
      return choice !== 'rendered';
    case 'declared':
      return choice === 'all';
  }
}
