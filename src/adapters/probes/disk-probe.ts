import { mkdtemp, rm, statfs } from 'node:fs/promises';
import { join } from 'node:path';
import { type Finding, fine } from '../../domain/doctor/finding.ts';
import { formatSize } from '../../domain/report/size.ts';

/** Charts and their parts take little; with less, a run is likely to end with a full disk. */
const LITTLE_BYTES = 500_000_000;

/** Whether something can be written below a directory, and how much. What is made is removed. */
export async function probeDirectory(directory: string, subject: string): Promise<Finding> {
  try {
    const made = await mkdtemp(join(directory, '.airgap-charts-doctor-'));
    await rm(made, { recursive: true });
    const { bavail, bsize } = await statfs(directory);
    const free = bavail * bsize;
    if (free >= LITTLE_BYTES) return fine('disk', subject, `${directory} can be written, ${formatSize(free)} free`);
    const what = `${directory} has ${formatSize(free)} free`;
    return { area: 'disk', subject, judgement: 'doubt', what, remedy: 'make room, or name another place' };
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    const what = `${directory} cannot be written: ${why}`;
    return { area: 'disk', subject, judgement: 'wrong', what, remedy: 'name a directory that can be written' };
  }
}
