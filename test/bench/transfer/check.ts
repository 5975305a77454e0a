import { Agent, request } from 'node:http';
import type { Stored, StoredImage } from './workload-images.ts';

/** What a target has of what it is to have. */
export interface Verdict {
  /** How many tags have the digest of the source. */
  readonly equal: number;
  readonly images: number;
  /** How many manifests and blobs below the tags are not there, or have another size. */
  readonly missing: number;
}

const ACCEPT = [
  'application/vnd.oci.image.index.v1+json',
  'application/vnd.oci.image.manifest.v1+json',
  'application/vnd.docker.distribution.manifest.v2+json',
].join(', ');
const AT_ONCE = 8;

interface Answer {
  readonly digest: string | undefined;
  readonly size: number | undefined;
}

function head(url: string, agent: Agent): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const asked = request(url, { method: 'HEAD', agent, headers: { accept: ACCEPT } }, (answer) => {
      answer.resume();
      const { 'docker-content-digest': digest, 'content-length': length } = answer.headers;
      const isThere = answer.statusCode === 200;
      resolve({
        digest: isThere && typeof digest === 'string' ? digest : undefined,
        size: isThere ? Number(length) : undefined,
      });
    });
    asked.once('error', reject);
    asked.end();
  });
}

async function forAll<T>(items: Iterable<T>, work: (item: T) => Promise<void>): Promise<void> {
  const iterator = items[Symbol.iterator]();
  const one = async (): Promise<void> => {
    for (let next = iterator.next(); next.done !== true; next = iterator.next()) await work(next.value);
  };
  await Promise.all(Array.from({ length: AT_ONCE }, one));
}

/** Everything below the tags that a target is to have, each place once: as path and size. */
function placesOf(images: readonly StoredImage[]): ReadonlyMap<string, number> {
  const places = new Map<string, number>();
  const note = (repository: string, kind: string, { digest, size }: Stored): void => {
    places.set(`${repository}/${kind}/${digest}`, size);
  };
  for (const { repository, manifests } of images) {
    for (const manifest of manifests) {
      note(repository, 'manifests', manifest);
      for (const blob of manifest.blobs) note(repository, 'blobs', blob);
    }
  }
  return places;
}

/**
 * Asks a target itself, without a proxy, what it has. `base` is where the repositories begin, `http://host:port/v2/prefix`. What is to
 * be there is known from how it was made, and neither source nor tool is asked.
 */
export async function checkTarget(base: string, images: readonly StoredImage[]): Promise<Verdict> {
  const agent = new Agent({ keepAlive: true, maxSockets: AT_ONCE });
  let equal = 0;
  let missing = 0;
  try {
    await forAll(images, async ({ repository, tag, digest }) => {
      const answer = await head(`${base}/${repository}/manifests/${tag}`, agent);
      if (answer.digest === digest) equal += 1;
    });
    await forAll(placesOf(images), async ([path, size]) => {
      const answer = await head(`${base}/${path}`, agent);
      if (answer.size !== size) missing += 1;
    });
  } finally {
    agent.destroy();
  }
  return { equal, images: images.length, missing };
}

/** Whether everything is there. */
export function isWhole({ equal, images, missing }: Verdict): boolean {
  return equal === images && missing === 0;
}
