import { packEntries, readEntries } from './charts.ts';

const HEX = /(?<![0-9a-f])[0-9a-f]{64}(?![0-9a-f])/g;

function hexOf(digest: string): string {
  return digest.replace(/^sha256:/, '');
}

async function replaceWithin(archive: Buffer, hex: ReadonlyMap<string, string>): Promise<Buffer> {
  let changed = false;
  const entries = [];
  for (const entry of await readEntries(archive)) {
    let data = entry.data;
    if (entry.header.name.endsWith('.tgz')) data = await replaceWithin(data, hex);
    // latin1 keeps every byte of files that are no text
    else
      data = Buffer.from(
        data.toString('latin1').replace(HEX, (found) => hex.get(found) ?? found),
        'latin1',
      );
    const same = data.equals(entry.data);
    changed ||= !same;
    entries.push({ ...entry, data: same ? entry.data : data });
  }
  return changed ? packEntries(entries) : archive;
}

/**
 * A chart archive in which digests are replaced as text, in all files and packed subcharts: behind an `@`, as a value
 * of its own, with `sha256:` before it or without. `digests` maps old digests to new ones. An archive without any of
 * them comes back as it is, byte for byte.
 */
export function replaceDigestPins(archive: Buffer, digests: ReadonlyMap<string, string>): Promise<Buffer> {
  return replaceWithin(archive, new Map([...digests].map(([from, to]) => [hexOf(from), hexOf(to)])));
}
