import type { LeafTick } from '../anomaly/cube/leaf-tick.ts';
import type { EventBatch } from '../telemetry/event-ring.ts';
import { kindCode } from '../telemetry/ring-event.ts';
import { LeafCounts } from './leaves/leaf-counts.ts';
import { outcomeBits } from './requests/request-window.ts';
import type { Reading, SignalKind, SignalReport } from './signal.ts';

/** The counts of a tick, in the report that ends it. */
export interface LeavesReport extends SignalReport {
  readonly tick: LeafTick | undefined;
}

/** Length of a tick and bounds of what is counted in it. */
export interface LeavesOptions {
  readonly tickSeconds?: number;
  /** Labels that the configuration declares, 0 to 2. */
  readonly declaredLabels?: number;
  /** Combinations of label values told apart in a tick; the others share `__other__` in all labels. */
  readonly maxLeaves?: number;
  /** Times and degradations told apart by leaf in a tick; further ones are counted under `__other__` too. */
  readonly maxCells?: number;
}

/**
 * Counts what the attribution of anomalies needs, per combination of label values: requests, what they showed, how they
 * ended and how long they took, and the clicks that found their request, in the tick in which they come. A tick ends
 * with the first report after its time, so on average ticks are as long as they should be. Its time never goes back:
 * while the clock of the machine does, ticks are a millisecond apart. O(1) a request or click, nothing an exposure.
 */
export const leaves: SignalKind<LeavesOptions | undefined, LeavesReport> = {
  create({ requests, epochMs }, options = {}) {
    const {
      tickSeconds = 30,
      declaredLabels = 0,
      maxLeaves = 20_000,
      maxCells = 1 << 19,
    } = options;
    const counts = new LeafCounts({ declaredLabels, maxLeaves, maxCells });
    const lengthMs = tickSeconds * 1000;
    let beganMs = Number.NaN;
    let dueMs = Number.NaN;
    let lastAtMs = Number.NEGATIVE_INFINITY;
    let readings: readonly Reading[] = [];

    requests.onJoin((slot, bits) => {
      if ((bits & outcomeBits.clicked) !== 0) counts.click(requests, slot);
    });
    const begin = (nowMs: number) => {
      if (!Number.isNaN(beganMs)) return;
      beganMs = nowMs;
      dueMs = nowMs + lengthMs;
    };
    const observe = (batch: EventBatch, nowMs: number) => {
      begin(nowMs);
      for (let i = 0; i < batch.count; i++) {
        if (batch.kind(i) === kindCode.request) counts.serve(batch, i);
      }
    };
    const end = (nowMs: number): LeafTick => {
      lastAtMs = Math.max(epochMs(nowMs), lastAtMs + 1);
      const tick = counts.take({ atMs: lastAtMs, seconds: (nowMs - beganMs) / 1000 });
      beganMs = nowMs;
      dueMs = dueMs + lengthMs > nowMs ? dueMs + lengthMs : nowMs + lengthMs;
      readings = readingsOf(tick);
      return tick;
    };
    const report = (nowMs: number) => {
      begin(nowMs);
      const tick = nowMs >= dueMs ? end(nowMs) : undefined;
      return { tick, readings };
    };
    return { name: 'leaves', observe, report };
  },
  // The engine that takes the ticks in says what became of them.
  tell() {},
};

function readingsOf({ labels, leaf, overflow, seconds }: LeafTick): Reading[] {
  const about = { labels: {}, samples: leaf.length, windowSeconds: seconds };
  return [
    { measure: 'leaves', value: labels[0].length, ...about },
    { measure: 'cells', value: leaf.length, ...about },
    { measure: 'overflow_events', value: overflow, ...about },
  ];
}
