import { readFileSync } from 'node:fs';

/** Milliseconds that pass for the main thread: without those in which it waits for a core, where Linux tells. */
export function ownTimeMs(): number {
  return performance.now() - waitedNs() / 1e6;
}

function waitedNs(): number {
  try {
    return Number(readFileSync(`/proc/${process.pid}/schedstat`, 'utf8').split(' ')[1]);
  } catch {
    return 0;
  }
}
