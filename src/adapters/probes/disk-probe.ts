import { existsSync } from 'node:fs';
import { mkdtemp, rm, statfs } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { type Finding, fine } from '../../domain/doctor/finding.ts';
import { formatSize } from '../../domain/report/size.ts';

/** Charts and their parts take little; with less, a run is likely to end with a full disk. */
const LITTLE_BYTES = 500_000_000;

/** A run makes the directories that are missing. */
function existing(directory: string): string {
  const above = dirname(directory);
  return existsSync(directory) || above === directory ? directory : existing(above);
}

/** Whether something can be written to a directory, or where it would be made, and how much. What is made is removed. */
export async function probeDirectory(directory: string, subject: string): Promise<Finding> {
  const place = existing(directory);
  try {
    const made = await mkdtemp(join(place, '.airgap-charts-doctor-'));
    await rm(made, { recursive: true });
    const { bavail, bsize } = await statfs(place);
    const free = bavail * bsize;
    const isThere = place === directory ? 'can be written' : `can be made in ${place}`;
    if (free >= LITTLE_BYTES) return fine('disk', subject, `${directory} ${isThere}, ${formatSize(free)} free`);
    const what = `${directory} has ${formatSize(free)} free`;
    return { area: 'disk', subject, judgement: 'doubt', what, remedy: 'make room, or name another place' };
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    const what = `${directory} cannot be written: ${why}`;
    return { area: 'disk', subject, judgement: 'wrong', what, remedy: 'name a directory that can be written' };
  }
}
