import { gini } from '../math/gini.ts';
import type { EventBatch } from '../telemetry/event-ring.ts';
import { kindCode } from '../telemetry/ring-event.ts';
import { CatalogGroups } from './gathering/catalog-groups.ts';
import { PaneCounts } from './panes/pane-counts.ts';
import { createPanes } from './panes/panes.ts';
import type { Reading, SignalContext, SignalKind, SignalReport } from './signal.ts';

/** How the exposures inside the window fall on the live items of a catalogue. */
interface ExposuresRow {
  readonly catalog: string;
  /** 0 where all live items were shown equally often, towards 1 where one took all. */
  readonly gini: number;
  /** Share of exposures whose item had no learnt vector when it was shown, 0 to 1. */
  readonly coldShare: number;
  readonly exposures: number;
}

/** The exposures of each catalogue that had any inside the window. */
export interface ExposuresReport extends SignalReport {
  readonly rows: readonly ExposuresRow[];
  /** Exposures since the last report that found no memory. */
  readonly skipped: number;
}

/** Bounds of the window of exposures. */
export interface ExposuresOptions {
  readonly windowSeconds?: number;
  /** Steps in which the window moves on. */
  readonly panes?: number;
  /** Time between two measurements; reports in between repeat the last one. */
  readonly everySeconds?: number;
  /** Bytes of the counts; items of a higher index than fits are left out. */
  readonly maxBytes?: number;
  /** Catalogues told apart; the others share `__other__`. */
  readonly maxCatalogs?: number;
}

/**
 * Measures per catalogue of the items how unevenly they are shown (Gini coefficient over all live items, those never
 * shown included) and how many exposures go to items without a learnt vector, in a sliding window. Cost: O(1) per
 * exposure, and O(items · (panes + log items)) per measurement.
 */
export const exposures: SignalKind<ExposuresOptions | undefined, ExposuresReport> = {
  create(context, options = {}) {
    const { windowSeconds = 3600, everySeconds = 10 } = options;
    const { observe, measure, takeSkipped } = createWindow(context, { ...options, windowSeconds });
    let rows: ExposuresRow[] = [];
    let measuredAtMs = Number.NEGATIVE_INFINITY;
    const report = (nowMs: number) => {
      if (rows.length === 0 || nowMs - measuredAtMs >= everySeconds * 1000) {
        rows = measure(nowMs);
        measuredAtMs = nowMs;
      }
      const readings = rows.flatMap((row) => readingsOf(row, windowSeconds));
      return { rows, skipped: takeSkipped(), readings };
    };
    return { name: 'exposures', observe, report };
  },
  tell({ rows, skipped }, emit) {
    if (skipped > 0) emit('events.dropped', { reason: 'signal_memory', events: skipped });
    for (const { catalog, gini, coldShare } of rows)
      emit('exposures.measured', { catalog, gini, coldShare });
  },
};

/** Counts exposures in the window by item, and by catalogue those of cold items. */
function createWindow(
  context: SignalContext,
  { windowSeconds, panes = 12, maxBytes, maxCatalogs = 32 }: WindowOptions,
) {
  const catalogs = new CatalogGroups(maxCatalogs);
  const times = new PaneCounts({ panes, maxBytes });
  const shown = new PaneCounts({ panes });
  const cold = new PaneCounts({ panes });
  const paneAt = createPanes({ windowSeconds, panes }, (pane) => {
    for (const counts of [times, shown, cold]) counts.forget(pane);
  });
  let skipped = 0;
  const observe = (batch: EventBatch, nowMs: number) => {
    const pane = paneAt(nowMs);
    catalogs.follow(context.items);
    const { ofItem } = catalogs;
    const norms = context.vectors?.norms ?? noNorms;
    for (let i = 0; i < batch.count; i++) {
      const item = batch.item(i);
      if (batch.kind(i) !== kindCode.exposure || item < 0 || item >= ofItem.length) continue;
      shown.add(ofItem[item], pane);
      if (item >= norms.length || norms[item] === 0) cold.add(ofItem[item], pane);
      if (!times.add(item, pane)) skipped += 1;
    }
  };
  const measure = (nowMs: number): ExposuresRow[] => {
    paneAt(nowMs);
    catalogs.follow(context.items);
    const ofLive = timesByGroup(times.totals(), catalogs);
    const [all, ofCold] = [shown.totals(), cold.totals()];
    return catalogs.codes.flatMap((code, group) => {
      const exposures = all[group] ?? 0;
      if (exposures === 0 || ofLive[group].length === 0) return [];
      const unevenness = gini(ofLive[group], catalogs.live[group]);
      const coldShare = (ofCold[group] ?? 0) / exposures;
      return [{ catalog: context.nameOf(code), gini: unevenness, coldShare, exposures }];
    });
  };
  const takeSkipped = () => {
    const taken = skipped;
    skipped = 0;
    return taken;
  };
  return { observe, measure, takeSkipped };
}

type WindowOptions = ExposuresOptions & { readonly windowSeconds: number };

const noNorms = new Float32Array(0);

/** How often each item was shown that was shown at all, by group. */
function timesByGroup(times: Uint32Array, { ofItem, span }: CatalogGroups): number[][] {
  const byGroup = Array.from({ length: span }, (): number[] => []);
  const known = Math.min(times.length, ofItem.length);
  for (let item = 0; item < known; item++)
    if (times[item] > 0) byGroup[ofItem[item]].push(times[item]);
  return byGroup;
}

function readingsOf(
  { catalog, gini, coldShare, exposures: samples }: ExposuresRow,
  windowSeconds: number,
): Reading[] {
  const about = { labels: { catalog }, samples, windowSeconds };
  return [
    { measure: 'catalog_gini_ratio', value: gini, ...about },
    { measure: 'cold_exposure_ratio', value: coldShare, ...about },
  ];
}
