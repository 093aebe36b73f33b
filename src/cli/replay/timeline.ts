/** One click of a recorded session. */
export interface Click {
  readonly session: string;
  readonly item: string;
  /** `click`, `view`, or another word. */
  readonly type: string;
  /** Epoch milliseconds at which it was recorded. */
  readonly atMs: number;
  readonly segment?: string | undefined;
  /** The catalogue of the page it was recorded on: that of the item. */
  readonly catalog?: string | undefined;
}

/** Clicks in the order in which they are played. */
export interface Clicks extends Iterable<Click> {
  readonly length: number;
}

/**
 * The clicks of the sessions that began from `fromMs` up to, not including, `toMs`, in time order. A session
 * is played whole. Clicks of equal time keep their order. O(n log n).
 *
 * @example
 * timeline(clicks, { fromMs: Date.UTC(2008, 7, 1), toMs: Date.UTC(2008, 7, 2) }) // a day's clicks
 */
export function timeline(
  clicks: Iterable<Click>,
  { fromMs, toMs }: { fromMs: number; toMs: number },
): Click[] {
  const all = [...clicks];
  const began = new Map<string, number>();
  for (const { session, atMs } of all) {
    const known = began.get(session);
    if (known === undefined || atMs < known) began.set(session, atMs);
  }
  return all
    .filter(({ session }) => {
      const start = began.get(session)!;
      return start >= fromMs && start < toMs;
    })
    .sort((a, b) => a.atMs - b.atMs);
}
