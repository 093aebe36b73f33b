import type { EventBatch } from '../telemetry/event-ring.ts';
import { kindCode } from '../telemetry/ring-event.ts';
import type { PastEvents, Reading, SignalKind, SignalReport } from './signal.ts';
import {
  type CatalogDecayOptions,
  type CatalogDecayRow,
  createCatalogDecay,
} from './similarity/catalog-decay.ts';
import { createDecayWatch, type DecayWatchOptions } from './similarity/decay-watch.ts';
import { createItemFollower } from './similarity/item-follower.ts';
import {
  createRetrainingRequests,
  type RetrainingOptions,
  type RetrainingRequest,
} from './similarity/retraining-requests.ts';

/** How fast similarity fades, when items are to be learnt anew, and the bounds of what is remembered. */
export interface SimilarityOptions
  extends CatalogDecayOptions,
    DecayWatchOptions,
    RetrainingOptions {
  /** An item is decaying where the slope of its readings is below this, and its learnt vector is short. */
  readonly decayingSlope?: number;
  /** Vectors below this length are short. */
  readonly decayingNorm?: number;
  /** Items followed, 200 bytes each; events of those of a higher index are left out. */
  readonly maxItems?: number;
}

/** How the similarity of items to their neighbours decays, and which items are to be learnt anew. */
export interface SimilarityReport extends SignalReport, RetrainingRequest {
  readonly rows: readonly CatalogDecayRow[];
  /** Items that wait to be learnt anew. */
  readonly waiting: number;
  /** Events since the last report of items beyond `maxItems`. */
  readonly skipped: number;
}

/**
 * Reads at each feedback event of a live item how alike it and its nearest neighbours still are: the mean of
 * cosine · exp(-lambda · hours since the last event of the neighbour) over the nearest 5. The decay rate is what is
 * lost per reading: minus the slope of a least-squares line through the last 10 readings, in time order. A reading
 * older than the one before is left out.
 *
 * An item that decays while its vector is short, and one that has no vector though it is clicked, is asked to be learnt
 * anew, with the sessions to learn it from. Versions of the model are not compared with each other: with a new one all
 * readings begin again, except those of items whose vectors and neighbours are the same to the bit, as they are
 * after single items were learnt anew. O(neighbours + readings) per event, and a bounded search per report.
 */
export const similarity: SignalKind<SimilarityOptions | undefined, SimilarityReport> = {
  create(context, options = {}) {
    const { decayingSlope = -0.015, decayingNorm = 0.3, maxItems = 200_000 } = options;
    const catalogs = createCatalogDecay(context, options);
    const watch = createDecayWatch(options);
    const requests = createRetrainingRequests(options);
    const follower = createItemFollower(context, { catalogs, watch, requests, maxItems });
    let skipped = 0;

    /** Answers whether the event is one to be read. */
    const see = (session: number, item: number, atMs: number): boolean => {
      if (item < 0 || item >= context.items.count || !Number.isFinite(atMs)) return false;
      const hasRoom = item < maxItems;
      if (hasRoom) {
        watch.see(item, atMs);
        requests.see(session, item, atMs);
      } else {
        skipped += 1;
      }
      return hasRoom;
    };
    const read = (item: number, atMs: number, nowMs: number) => {
      const norm = watch.norm(item);
      const rates = catalogs.ratesOf(item);
      if (norm === 0 || rates === undefined) return;
      const slope = watch.read(item, atMs, rates.lambdaPerHour);
      if (Number.isNaN(slope)) return;
      rates.add(slope);
      if (slope < decayingSlope && norm < decayingNorm) requests.addDecaying(item, nowMs);
    };
    const recall = ({ count, session, item, atMs }: PastEvents) => {
      follower.follow();
      for (let i = 0; i < count; i++) see(session[i], item[i], atMs[i]);
    };
    const observe = (batch: EventBatch, nowMs: number) => {
      follower.follow();
      for (let i = 0; i < batch.count; i++) {
        if (batch.kind(i) !== kindCode.feedback) continue;
        const item = batch.item(i);
        const atMs = batch.atMs(i);
        if (see(batch.session(i), item, atMs)) read(item, atMs, nowMs);
      }
    };
    const report = (nowMs: number): SimilarityReport => {
      follower.follow();
      watch.find();
      const request = requests.take(follower.isCold, nowMs);
      const { waiting } = requests;
      const { rows, readings } = catalogs.take(nowMs);
      const counts = countsOf({ waiting, late: watch.late });
      const made = { ...request, rows, waiting, skipped, readings: [...readings, ...counts] };
      skipped = 0;
      return made;
    };
    return { name: 'similarity', recall, observe, report };
  },
  tell({ rows, waiting, skipped }, emit) {
    if (skipped > 0) emit('events.dropped', { reason: 'signal_memory', events: skipped });
    emit('retraining.waits', { items: waiting });
    for (const { catalog, decayRates, coldItems } of rows) {
      if (decayRates !== undefined) emit('similarity.measured', { catalog, decayRates });
      if (coldItems !== undefined) emit('items.cold', { catalog, items: coldItems });
    }
  },
};

function countsOf({ waiting, late }: { waiting: number; late: number }): Reading[] {
  const count = (measure: string, value: number): Reading => ({
    measure,
    labels: {},
    value,
    samples: value,
  });
  return [count('items_awaiting_retraining', waiting), count('late_readings', late)];
}
