import type { ImageUse, UseRole } from '../images/image-use.ts';
import { formatReference, type Reference } from '../reference.ts';

/** What a reference is to a check: something that is pulled, image or artifact, or the beginning of references that a program makes up. */
export type CheckedRole = 'image' | 'base';

/** One reference with every place that names it. */
export interface CheckedReference {
  readonly reference: Reference;
  readonly role: CheckedRole;
  readonly uses: readonly ImageUse[];
}

/** The canonical text of a reference; of a host alone, the host. */
export function referenceName(reference: Reference): string {
  return reference.repository === '' ? reference.registry : formatReference(reference);
}

/** The key under which the verdict on a reference is kept. */
export function referenceKey({ reference, role }: Pick<CheckedReference, 'reference' | 'role'>): string {
  return `${role} ${referenceName(reference)}`;
}

function roleOf(role: UseRole): CheckedRole | undefined {
  switch (role) {
    case 'image':
    case 'artifact':
      return 'image';
    case 'base':
      return 'base';
    case 'example':
      return undefined;
  }
}

/** Each reference once, with its uses, in the order of their first places. Examples are left out: nobody pulls them. */
export function checkedReferences(uses: readonly ImageUse[]): readonly CheckedReference[] {
  const found = new Map<string, { reference: Reference; role: CheckedRole; uses: ImageUse[] }>();
  for (const use of uses) {
    const role = roleOf(use.role);
    if (role === undefined) continue;
    const { reference } = use;
    const key = referenceKey({ reference, role });
    const known = found.get(key);
    if (known === undefined) found.set(key, { reference, role, uses: [use] });
    else known.uses.push(use);
  }
  return [...found.values()];
}
