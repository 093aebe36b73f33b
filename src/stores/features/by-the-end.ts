import type { Schedule } from '../../domain/schedule.ts';
import type { ReadLimits } from './feature-store.ts';

/** Resolves when the work is done or has failed, its time is over, or the caller gives up. */
export function byTheEnd(
  work: Promise<unknown>,
  { timeoutMs, signal }: ReadLimits,
  schedule: Schedule,
): Promise<void> {
  if (signal?.aborted) return Promise.resolve();
  return new Promise((resolve) => {
    const end = () => {
      cancel();
      signal?.removeEventListener('abort', end);
      resolve();
    };
    const cancel = schedule(timeoutMs, end);
    signal?.addEventListener('abort', end);
    work.then(end, end);
  });
}
