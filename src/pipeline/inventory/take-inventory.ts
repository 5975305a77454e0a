import type { InventoriedRepository } from '../../domain/bundle/inventory.ts';
import { parseManifest } from '../../domain/manifest.ts';
import { type Digest, formatReference, type Reference } from '../../domain/reference.ts';
import { MirrorError, toMirrorError } from '../../errors.ts';
import type { Registry } from '../../ports/registry.ts';
import type { Step } from '../progress.ts';
import { WAITING } from '../progress.ts';

/** A registry whose repositories are looked through. */
export interface Inventorying {
  readonly registry: Registry;
  readonly host: string;
  readonly names: readonly string[];
  /** Whether somebody named them: then each has to be there. */
  readonly isNamed: boolean;
  readonly signal: AbortSignal;
  readonly found: Map<string, InventoriedRepository>;
  readonly failures: MirrorError[];
}

interface Seen {
  readonly manifests: Set<Digest>;
  readonly blobs: Set<Digest>;
}

/** What is below a manifest; one that is gone meanwhile, or of a platform that was never pushed, has nothing. */
async function walk(reference: Reference, seen: Seen, inventorying: Inventorying): Promise<void> {
  const { registry, signal } = inventorying;
  if (reference.digest !== undefined && seen.manifests.has(reference.digest)) return;
  const answer = await registry.manifest(reference, 'destination', signal);
  if (answer.kind === 'denied') {
    throw new MirrorError(`${formatReference(reference)} may not be read: ${answer.detail}`, {
      code: 'IMAGE_DESTINATION_DENIED',
      origin: 'destination',
      hint: 'log in with the right to read every repository',
    });
  }
  if (answer.kind === 'absent' || seen.manifests.has(answer.digest)) return;
  seen.manifests.add(answer.digest);
  const manifest = parseManifest(answer.bytes, answer.mediaType);
  if (manifest?.kind === 'image')
    for (const { digest } of [manifest.config, ...manifest.layers]) seen.blobs.add(digest);
  if (manifest?.kind !== 'index') return;
  for (const { digest } of manifest.manifests) await walk({ ...reference, tag: undefined, digest }, seen, inventorying);
}

async function look(name: string, inventorying: Inventorying): Promise<InventoriedRepository> {
  const { registry, host, signal } = inventorying;
  const list = await registry.tags(host, name, 'destination', signal);
  if (list.kind === 'denied') {
    throw new MirrorError(`the tags of ${host}/${name} may not be listed: ${list.detail}`, {
      code: 'IMAGE_DESTINATION_DENIED',
      origin: 'destination',
      hint: 'log in with the right to read every repository',
    });
  }
  if (list.kind === 'absent' && inventorying.isNamed) {
    throw new MirrorError(`${host} has no repository ${name}`, {
      code: 'INPUT_INVALID',
      origin: 'input',
      hint: 'check the name after --repository',
    });
  }
  const seen: Seen = { manifests: new Set(), blobs: new Set() };
  const tags = list.kind === 'found' ? list.tags : [];
  for (const tag of tags) await walk({ registry: host, repository: name, tag, digest: undefined }, seen, inventorying);
  return { name, manifests: [...seen.manifests].sort(), blobs: [...seen.blobs].sort() };
}

/** Looks through every repository; what fails is remembered, and there is no inventory then. */
export function inventoryStep(inventorying: Inventorying): Step {
  const { names, found, failures, signal } = inventorying;
  return {
    title: 'Look through repositories',
    width: WAITING,
    items: () =>
      names.map((name) => ({
        label: name,
        work: async () => {
          try {
            signal.throwIfAborted();
            found.set(name, await look(name, inventorying));
          } catch (thrown) {
            const error = toMirrorError(thrown);
            failures.push(error);
            throw error;
          }
        },
      })),
  };
}
