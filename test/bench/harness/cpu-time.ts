import { readdirSync, readFileSync } from 'node:fs';

/**
 * CPU time of all threads of a process so far, in microseconds, from the scheduler's own count
 * (nanosecond resolution, unlike the ticks of `/proc/PID/stat`).
 */
export function cpuMicros(pid: number): number {
  let nanoseconds = 0;
  for (const task of readdirSync(`/proc/${pid}/task`)) {
    nanoseconds += Number(readTask(pid, task).split(' ', 1)[0]);
  }
  return nanoseconds / 1000;
}

function readTask(pid: number, task: string): string {
  try {
    return readFileSync(`/proc/${pid}/task/${task}/schedstat`, 'utf8');
  } catch {
    // The thread ended between the listing and the reading.
    return '0';
  }
}

/** Waits until a process has used less than 2 % of a core over 50 ms, or two seconds have passed. */
export async function settle(pid: number): Promise<void> {
  for (let tries = 0, before = cpuMicros(pid); tries < 40; tries++) {
    await new Promise((resolve) => setTimeout(resolve, 50));
    const after = cpuMicros(pid);
    if (after - before < 1000) return;
    before = after;
  }
}
