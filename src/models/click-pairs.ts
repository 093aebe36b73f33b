import type { Interactions } from './model.ts';

/**
 * Visits each event with those up to `window` clicks later in its session, `gap` clicks later. O(events · window).
 *
 * @example eachPair(sessionsOf('aba'), 1, visit) // visit(0, 1, 1), visit(1, 0, 1)
 */
export function eachPair(
  { offsets, codes }: Pick<Interactions, 'offsets' | 'codes'>,
  window: number,
  visit: (from: number, to: number, gap: number) => void,
): void {
  for (let session = 0; session + 1 < offsets.length; session++) {
    const end = offsets[session + 1];
    for (let at = offsets[session]; at < end; at++)
      for (let gap = 1; gap <= window && at + gap < end; gap++)
        visit(codes[at], codes[at + gap], gap);
  }
}
