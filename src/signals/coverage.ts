import type { EventBatch } from '../telemetry/event-ring.ts';
import { kindCode } from '../telemetry/ring-event.ts';
import { ItemWindow } from './item-window.ts';
import type { Signal, SignalContext } from './signal.ts';

/** Distinct items that a strategy showed of a catalogue inside the window. */
interface CoverageRow {
  readonly strategy: string;
  readonly catalog: string;
  readonly exposed: number;
}

/** Distinct items per strategy and catalogue; `skipped` exposures found no memory since the last report. */
export interface CoverageReport {
  readonly rows: readonly CoverageRow[];
  readonly skipped: number;
}

/** Bounds of the coverage window. */
export interface CoverageOptions {
  readonly windowSeconds?: number;
  /** Steps in which the window moves on, 1 to 255. */
  readonly panes?: number;
  /** Bytes the windows of all pairs may take together. */
  readonly maxBytes?: number;
  /** Pairs of strategy and catalogue told apart. */
  readonly maxPairs?: number;
}

/**
 * Counts the distinct items shown per strategy and catalogue in a sliding window.
 * Cost: O(1) per exposure, and one pass over the windows when time moves on a pane.
 */
export function createCoverage(
  { nameOf }: SignalContext,
  { windowSeconds = 3600, panes = 12, maxBytes = 64 << 20, maxPairs = 1024 }: CoverageOptions = {},
): Signal<CoverageReport> {
  const budget = { bytesLeft: maxBytes };
  const windows = new Map<number, ItemWindow>();
  const paneOf = createPanes({ paneMs: (windowSeconds * 1000) / panes, panes, windows });
  let skipped = 0;

  const windowOf = (key: number): ItemWindow | undefined => {
    let window = windows.get(key);
    if (window === undefined && windows.size < maxPairs) {
      window = new ItemWindow(budget);
      windows.set(key, window);
    }
    return window;
  };
  const observe = (batch: EventBatch, nowMs: number) => {
    const pane = paneOf(nowMs);
    let lastKey = -1;
    let window: ItemWindow | undefined;
    for (let i = 0; i < batch.count; i++) {
      if (batch.kind(i) !== kindCode.exposure || batch.item(i) < 0) continue;
      const key = batch.strategy(i) * codeSpan + batch.catalog(i);
      if (key !== lastKey) window = windowOf(key);
      lastKey = key;
      if (!window?.see(batch.item(i), pane)) skipped += 1;
    }
  };
  const report = (nowMs: number) => {
    paneOf(nowMs);
    const rows = [...windows].map(([key, window]) => ({
      strategy: nameOf(Math.floor(key / codeSpan)),
      catalog: nameOf(key % codeSpan),
      exposed: window.distinct,
    }));
    const made = { rows, skipped };
    skipped = 0;
    return made;
  };
  return { name: 'coverage', observe, report };
}

/** Codes are smaller than this. */
const codeSpan = 65_536;

/** Answers the pane of a time, 1 to `panes`; whatever left the window on the way is forgotten. */
function createPanes({
  paneMs,
  panes,
  windows,
}: {
  paneMs: number;
  panes: number;
  windows: ReadonlyMap<number, ItemWindow>;
}): (nowMs: number) => number {
  let current: number | undefined;
  return (nowMs) => {
    const now = Math.floor(nowMs / paneMs);
    current ??= now;
    // A pane is used again after one round: what it holds then is just too old.
    for (let step = Math.min(now - current, panes); step > 0; step--) {
      const reused = ((now - step + 1) % panes) + 1;
      for (const window of windows.values()) window.expire(reused);
    }
    current = Math.max(current, now);
    return (current % panes) + 1;
  };
}
