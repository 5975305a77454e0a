import { existsSync, readFileSync } from 'node:fs';

/** Whether the system tells in /proc what processes take: Linux does. */
export const HAS_PROC: boolean = existsSync('/proc/self/stat');

// the unit of times in /proc, the same on all Linux: man 5 proc_pid_stat, USER_HZ
const TICKS = 100;

function textOf(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    // the process is gone
    return '';
  }
}

/** Times of a process in seconds: its own, and those of its children that have ended, with theirs. */
export interface ProcessTimes {
  readonly own: number;
  readonly children: number;
}

/** What a process has taken; nothing when it is gone. */
export function processTimes(pid: number | 'self'): ProcessTimes {
  // the name of the program, in brackets, may have blanks in it
  const fields = textOf(`/proc/${pid}/stat`)
    .replace(/^.*\) /s, '')
    .split(' ');
  const seconds = (first: number): number => (Number(fields[first] ?? 0) + Number(fields[first + 1] ?? 0)) / TICKS;
  return { own: seconds(11), children: seconds(13) };
}

/** Seconds that all processors were busy since the machine began; what a hypervisor took from it counts. */
export function busySeconds(): number {
  const [, user, nice, system, , , irq, softirq, steal] = textOf('/proc/stat').split('\n', 1)[0]?.split(/\s+/) ?? [];
  return [user, nice, system, irq, softirq, steal].reduce((sum, ticks) => sum + Number(ticks ?? 0), 0) / TICKS;
}

function childrenOf(pid: number): readonly number[] {
  // of its first thread, with which the programs that are measured start others
  return textOf(`/proc/${pid}/task/${pid}/children`).split(' ').filter(Boolean).map(Number);
}

/** The memory in bytes that processes have, with those they started. Pages that several share count for each. */
export function residentBytes(pids: Iterable<number>): number {
  let sum = 0;
  for (const pid of pids) {
    sum += 1024 * Number(/^VmRSS:\s+(\d+)/m.exec(textOf(`/proc/${pid}/status`))?.[1] ?? 0);
    sum += residentBytes(childrenOf(pid));
  }
  return sum;
}
