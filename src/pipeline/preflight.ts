import { type Manifest, parseManifest } from '../domain/manifest.ts';
import { formatPlatform, type Platform } from '../domain/platform.ts';
import { type AtTarget, type Decision, decide, settledByTarget } from '../domain/preflight/decide.ts';
import { type Digest, formatReference, type Reference } from '../domain/reference.ts';
import { MirrorError, toMirrorError } from '../errors.ts';
import type { Lookup } from '../ports.ts';
import { failUsers } from './fail-users.ts';
import { childFor, configPlatform } from './image-platform.ts';
import type { ImageItem, Run } from './run.ts';

function sourceAbsent(source: Reference): MirrorError {
  return new MirrorError(`${formatReference(source)} is not at its source`, {
    code: 'IMAGE_SOURCE_ABSENT',
    origin: 'source',
    hint: 'check the tag in the chart or its values; it may have been removed upstream',
  });
}

function sourceDenied(source: Reference, detail: string): MirrorError {
  return new MirrorError(`${formatReference(source)} may not be read: ${detail}`, {
    code: 'IMAGE_SOURCE_DENIED',
    origin: 'source',
    hint: 'log in to this registry with docker login; some registries answer so for images that do not exist',
  });
}

function destinationDenied(image: ImageItem, detail: string): MirrorError {
  return new MirrorError(`${formatReference(image.destination)} may not be looked up: ${detail}`, {
    code: 'IMAGE_DESTINATION_DENIED',
    origin: 'destination',
    hint: 'the credentials of the target need to read and write this repository',
  });
}

async function atTarget(image: ImageItem, run: Run): Promise<AtTarget> {
  const answer = await run.ports.registry.head(image.destination, 'destination', run.signal);
  switch (answer.kind) {
    case 'found':
      return { kind: 'found', digest: answer.digest };
    case 'absent':
      return answer;
    case 'denied':
      throw destinationDenied(image, answer.detail);
  }
}

function digestOrThrow(source: Reference, answer: Lookup): Digest {
  switch (answer.kind) {
    case 'found':
      return answer.digest;
    case 'absent':
      throw sourceAbsent(source);
    case 'denied':
      throw sourceDenied(source, answer.detail);
  }
}

async function wantedDigest(image: ImageItem, run: Run): Promise<Digest> {
  const top = digestOrThrow(image.source, await run.ports.registry.head(image.source, 'source', run.signal));
  if (image.platform === undefined) return top;
  const child = await childFor({ ...image, source: { ...image.source, digest: top } }, image.platform, run);
  if (child !== undefined) return child;
  throw new MirrorError(`${formatReference(image.source)} has no ${formatPlatform(image.platform)}`, {
    code: 'IMAGE_PLATFORM_MISSING',
    origin: 'source',
    hint: 'copy the whole image with --platform auto, or take a tag that has this platform',
  });
}

interface Contents {
  readonly bytes: number;
  readonly platforms: readonly Platform[];
}

async function contentsOf(reference: Reference, manifest: Manifest, run: Run): Promise<Contents> {
  if (manifest.kind === 'image') {
    const config = /config\.v1\+json$|container\.image\.v1\+json$/.test(manifest.config.mediaType)
      ? configPlatform(
          await run.ports.registry.blob(reference, manifest.config.digest, 4 * 1024 * 1024, 'source', run.signal),
        )
      : undefined;
    const bytes = manifest.layers.reduce((sum, layer) => sum + layer.size, manifest.config.size);
    return { bytes, platforms: config === undefined ? [] : [config] };
  }
  let bytes = 0;
  for (const child of manifest.manifests) {
    const answer = await run.ports.registry.manifest(
      { ...reference, tag: undefined, digest: child.digest },
      'source',
      run.signal,
    );
    if (answer.kind !== 'found') throw sourceAbsent({ ...reference, tag: undefined, digest: child.digest });
    const inner = parseManifest(answer.bytes, answer.mediaType);
    if (inner?.kind === 'image') bytes += inner.layers.reduce((sum, layer) => sum + layer.size, inner.config.size);
    else if (inner?.kind === 'index') bytes += (await contentsOf(reference, inner, run)).bytes;
  }
  return { bytes, platforms: manifest.manifests.flatMap(({ platform }) => (platform === undefined ? [] : [platform])) };
}

/** Fetches the manifests of what will be copied, once; they are kept for the copy. */
async function measure(image: ImageItem, digest: Digest, run: Run): Promise<Contents> {
  const reference = { ...image.source, digest };
  const answer = await run.ports.registry.manifest(reference, 'source', run.signal);
  if (answer.kind === 'absent') throw sourceAbsent(reference);
  if (answer.kind === 'denied') throw sourceDenied(reference, answer.detail);
  const manifest = parseManifest(answer.bytes, answer.mediaType);
  if (manifest === undefined) {
    throw new MirrorError(`${formatReference(reference)} has a manifest of an unknown kind (${answer.mediaType})`, {
      code: 'REGISTRY_ANSWER_INVALID',
      origin: 'source',
      hint: 'images of docker schema 1 must be rebuilt by their publisher',
    });
  }
  return contentsOf(reference, manifest, run);
}

function tagTaken(image: ImageItem, decision: Extract<Decision, { kind: 'refuse' }>, wanted: Digest): MirrorError {
  return new MirrorError(
    `${formatReference(image.destination)} holds ${decision.taken}, the source ${formatReference(image.source)} is ${wanted}`,
    {
      code: 'IMAGE_TAG_TAKEN',
      origin: 'destination',
      hint: 'the tag moved upstream, or another image has it: --overwrite-existing replaces it, a moved rule in the catalog decides per pattern',
    },
  );
}

async function settle(image: ImageItem, run: Run): Promise<void> {
  const { existing, scanOnly } = run.options;
  const target: AtTarget = scanOnly ? { kind: 'absent' } : await atTarget(image, run);
  const early = image.platform === undefined ? settledByTarget(image.source, target, existing) : undefined;
  if (early !== undefined && target.kind === 'found') {
    image.state = { kind: 'cleared', decision: early, digest: target.digest, bytes: undefined };
    return;
  }
  const wanted = await wantedDigest(image, run);
  const decision = decide(image.source, wanted, target, existing);
  if (decision.kind === 'refuse') throw tagTaken(image, decision, wanted);
  const contents = decision.kind === 'copy' && !scanOnly ? await measure(image, wanted, run) : undefined;
  image.platforms = contents?.platforms ?? [];
  image.state = { kind: 'cleared', decision, digest: wanted, bytes: contents?.bytes };
}

/**
 * Asks source and target about one image and decides. A refusal fails the charts that use it. In a scan the target is
 * not asked, and a source that cannot be reached leaves the image unconfirmed instead of failing its charts.
 */
export async function preflightImage(image: ImageItem, run: Run): Promise<void> {
  try {
    const known = run.unreachable.get(image.source.registry);
    if (known !== undefined) throw known;
    await settle(image, run);
  } catch (thrown) {
    if (run.signal.aborted) throw thrown;
    const error = toMirrorError(thrown);
    if (error.code === 'REGISTRY_UNREACHABLE' && error.origin === 'source')
      run.unreachable.set(image.source.registry, error);
    if (run.options.scanOnly && error.code === 'REGISTRY_UNREACHABLE') {
      image.state = { kind: 'unconfirmed', detail: error.message };
      return;
    }
    image.state = { kind: 'failed' };
    failUsers(image, error);
    throw error;
  }
}
