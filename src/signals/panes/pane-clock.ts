import { createPanes, type PanesOptions } from './panes.ts';

/** A pane of a sliding window, and the time at which it began. */
export interface Pane {
  readonly pane: number;
  readonly startMs: number;
}

/** A clock that goes round the panes of a window and knows when each of them began. */
export interface PaneClock {
  /** The pane of a time; see `createPanes`. */
  paneAt(nowMs: number): number;
  /** The panes of the window since the first time it was told, latest first; the first one began with that time. */
  latestPanes(): readonly Pane[];
}

/** Makes a pane clock; `leave` hears of each pane whose content has just become older than the window. */
export function createPaneClock(options: PanesOptions, leave: (pane: number) => void): PaneClock {
  const { windowSeconds, panes } = options;
  const paneMs = (windowSeconds * 1000) / panes;
  const paneOf = createPanes(options, leave);
  let firstMs: number | undefined;
  let latestMs = 0;
  const paneAt = (nowMs: number) => {
    firstMs ??= nowMs;
    latestMs = Math.max(latestMs, nowMs);
    return paneOf(nowMs);
  };
  const latestPanes = () => {
    const first = firstMs ?? 0;
    const latest = Math.floor(latestMs / paneMs);
    const length = Math.min(panes, latest - Math.floor(first / paneMs) + 1);
    return Array.from({ length }, (_, age) => ({
      pane: (latest - age) % panes,
      startMs: Math.max(first, (latest - age) * paneMs),
    }));
  };
  return { paneAt, latestPanes };
}
