import { type Digest, parseDigest } from '../reference.ts';

function fieldOf(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null ? Object.getOwnPropertyDescriptor(value, name)?.value : undefined;
}

/** The `subject` of a manifest (OCI image-spec v1.1), for registries whose lists leave it out. Undefined where it has none. */
export function subjectIn(manifest: Uint8Array): Digest | undefined {
  let value: unknown;
  try {
    value = JSON.parse(Buffer.from(manifest).toString('utf8'));
  } catch {
    return undefined;
  }
  const digest = fieldOf(fieldOf(value, 'subject'), 'digest');
  return typeof digest === 'string' ? parseDigest(digest) : undefined;
}
