/** A window of time that moves on in steps. */
export interface PanesOptions {
  readonly windowSeconds: number;
  /** Steps of one window. */
  readonly panes: number;
}

/**
 * Follows a clock through the panes of a sliding window, 0 to `panes - 1` round and round. The answer is the pane of
 * now, and `leave` hears of each pane whose content has just become older than the window. Time that goes back counts
 * as standing still. O(panes) where time moved on, else O(1).
 *
 * @example
 * const paneAt = createPanes({ windowSeconds: 60, panes: 6 }, (pane) => counts[pane].fill(0));
 * paneAt(25_000); // 2
 */
export function createPanes(
  { windowSeconds, panes }: PanesOptions,
  leave: (pane: number) => void,
): (nowMs: number) => number {
  const paneMs = (windowSeconds * 1000) / panes;
  let current: number | undefined;
  return (nowMs) => {
    const now = Math.floor(nowMs / paneMs);
    current ??= now;
    // A pane is used again after one round: what it holds then is just too old.
    for (let back = Math.min(now - current, panes) - 1; back >= 0; back--)
      leave((now - back) % panes);
    current = Math.max(current, now);
    return current % panes;
  };
}
