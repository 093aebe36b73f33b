import type { EventBatch } from '../telemetry/event-ring.ts';
import { kindCode } from '../telemetry/ring-event.ts';
import { CatalogGroups } from './gathering/catalog-groups.ts';
import { CodeGroups } from './gathering/code-groups.ts';
import { ItemWindow } from './panes/item-window.ts';
import { createPanes } from './panes/panes.ts';
import type { Reading, SignalContext, SignalKind, SignalReport } from './signal.ts';

/** Different live items of a catalogue that a strategy showed inside the window. */
interface CoverageRow {
  readonly strategy: string;
  readonly catalog: string;
  readonly exposed: number;
  /** Live items of the catalogue. */
  readonly items: number;
}

/** Coverage per strategy and the catalogue of the items shown. */
export interface CoverageReport extends SignalReport {
  readonly rows: readonly CoverageRow[];
  /** Exposures since the last report that found no memory. */
  readonly skipped: number;
}

/** Bounds of the coverage window. */
export interface CoverageOptions {
  readonly windowSeconds?: number;
  /** Steps in which the window moves on, 1 to 255. */
  readonly panes?: number;
  /** Bytes the windows of all strategies may take together. */
  readonly maxBytes?: number;
  /** Strategies told apart; the others share `__other__`. */
  readonly maxStrategies?: number;
  /** Catalogues told apart; the others share `__other__`. */
  readonly maxCatalogs?: number;
}

/**
 * Counts the different items shown per strategy and catalogue of the item in a sliding window. Exposures of items
 * that are not known yet are counted apart. Cost: O(1) per exposure, and one pass over the items per strategy for
 * each report and whenever time moves on a pane.
 */
export const coverage: SignalKind<CoverageOptions | undefined, CoverageReport> = {
  create(context, options = {}) {
    const { windowSeconds = 3600, maxStrategies = 32, maxCatalogs = 32 } = options;
    const strategies = new CodeGroups(maxStrategies);
    const catalogs = new CatalogGroups(maxCatalogs);
    const { paneAt, windowOf, windows } = createWindows({ ...options, windowSeconds });
    let skipped = 0;
    let unknown = 0;

    const observe = (batch: EventBatch, nowMs: number) => {
      const pane = paneAt(nowMs);
      const { count } = context.items;
      let strategy = -1;
      let window: ItemWindow | undefined;
      for (let i = 0; i < batch.count; i++) {
        const item = batch.item(i);
        if (batch.kind(i) !== kindCode.exposure || item < 0) continue;
        if (batch.strategy(i) !== strategy) {
          strategy = batch.strategy(i);
          window = windowOf(strategies.of(strategy));
        }
        if (item >= count) unknown += 1;
        else if (!window?.see(item, pane)) skipped += 1;
      }
    };
    const report = (nowMs: number) => {
      paneAt(nowMs);
      catalogs.follow(context.items);
      const rows = [...windows].flatMap(([group, window]) => {
        const strategy = context.nameOf(strategies.codes[group]);
        return rowsOf(window, catalogs, context).map((row) => ({ strategy, ...row }));
      });
      const readings = rows.flatMap((row) => readingsOf(row, windowSeconds));
      const made = { rows, skipped, readings: [...readings, unknownReading(unknown)] };
      skipped = 0;
      unknown = 0;
      return made;
    };
    return { name: 'coverage', observe, report };
  },
  tell({ rows, skipped }, emit) {
    if (skipped > 0) emit('events.dropped', { reason: 'signal_memory', events: skipped });
    for (const row of rows) if (row.items > 0) emit('coverage.measured', row);
  },
};

/** One window per group of strategies, all on one clock and in one budget. */
function createWindows({
  windowSeconds,
  panes = 12,
  maxBytes = 64 << 20,
}: CoverageOptions & { readonly windowSeconds: number }) {
  const budget = { bytesLeft: maxBytes };
  const windows = new Map<number, ItemWindow>();
  const paneAt = createPanes({ windowSeconds, panes }, (pane) => {
    for (const window of windows.values()) window.expire(pane);
  });
  const windowOf = (group: number): ItemWindow => {
    const known = windows.get(group);
    if (known !== undefined) return known;
    const made = new ItemWindow(budget);
    windows.set(group, made);
    return made;
  };
  return { paneAt, windowOf, windows };
}

function rowsOf(window: ItemWindow, catalogs: CatalogGroups, { nameOf }: SignalContext) {
  return window.count(catalogs).map(({ group, exposed }) => ({
    catalog: nameOf(catalogs.codes[group]),
    exposed,
    items: catalogs.live[group],
  }));
}

function readingsOf(
  { strategy, catalog, exposed, items }: CoverageRow,
  windowSeconds: number,
): Reading[] {
  const about = { labels: { strategy, catalog }, samples: exposed, windowSeconds };
  return [
    { measure: 'coverage_exposed_items', value: exposed, ...about },
    { measure: 'coverage_ratio', value: items > 0 ? exposed / items : null, ...about },
  ];
}

function unknownReading(exposures: number): Reading {
  const measure = 'coverage_unknown_exposures';
  return { measure, labels: {}, value: exposures, samples: exposures };
}
