import type { EventBatch } from '../telemetry/event-ring.ts';
import { kindCode } from '../telemetry/ring-event.ts';
import {
  type SegmentFreshness,
  SegmentGroups,
  segmentReadings,
} from './freshness/segment-freshness.ts';
import { SlidingSessions } from './freshness/sliding-sessions.ts';
import type { PastEvents, SignalKind, SignalReport } from './signal.ts';

/** How evenly spread and how recent the events of the sessions under way are. */
export interface FreshnessReport extends SignalReport {
  /** Each segment that ever had such a session. */
  readonly rows: readonly SegmentFreshness[];
}

/** Bounds of the sessions; 100,000 of them take 33 MB. */
export interface FreshnessOptions {
  /** Length of the window that ends at the last event of a session; up to 24 days. */
  readonly windowSeconds?: number;
  /** Sessions remembered; the one heard of the longest time ago makes room. */
  readonly maxSessions?: number;
  /** Events measured of a session, the latest ones, 2 to 256. */
  readonly maxEvents?: number;
  /** Segments told apart; the others share `__other__`. */
  readonly maxSegments?: number;
}

/**
 * Measures per segment the entropy of the gaps between the feedback events of a session, and its freshness; see
 * `sessionFreshness`. Windows go by the time of the events, and a late event is put in its place. What is a window older
 * than now, as an import is, or than the last event of its session, is left out and counted. The segment is that of
 * the last request of the session. O(1) amortised per request and feedback event, O(sessions) per report.
 */
export const freshness: SignalKind<FreshnessOptions | undefined, FreshnessReport> = {
  create(context, options = {}) {
    const {
      windowSeconds = 300,
      maxSessions = 100_000,
      maxEvents = 64,
      maxSegments = 32,
    } = options;
    const windowMs = windowSeconds * 1000;
    const sessions = new SlidingSessions({ windowMs, maxEvents, maxSessions });
    const segments = new SegmentGroups(maxSegments);
    const { windows } = sessions;
    let late = 0;

    const add = (session: number, atMs: number) => {
      const slot = sessions.slotOf(session);
      if (!windows.add(slot, atMs)) late += 1;
      else if (windows.events(slot) > 1)
        segments.see(sessions.groups[slot], windows.entropyBits(slot));
    };
    const recall = ({ session, atMs, count }: PastEvents) => {
      for (let i = 0; i < count; i++)
        if (session[i] !== 0) windows.add(sessions.slotOf(session[i]), atMs[i]);
    };
    const observe = (batch: EventBatch, nowMs: number) => {
      const fromMs = context.epochMs(nowMs) - windowMs;
      for (let i = 0; i < batch.count; i++) {
        const kind = batch.kind(i);
        if (kind === kindCode.exposure || batch.session(i) === 0) continue;
        if (kind === kindCode.request)
          sessions.groups[sessions.slotOf(batch.session(i))] = segments.of(batch.segment(i));
        else if (batch.atMs(i) > fromMs) add(batch.session(i), batch.atMs(i));
        else late += 1;
      }
    };
    const report = (nowMs: number) => {
      const rows = segments.measure(sessions, context.epochMs(nowMs), context.nameOf);
      const readings = rows.flatMap((row) => segmentReadings(row, windowSeconds));
      readings.push({ measure: 'late_events', labels: {}, value: late, samples: late });
      late = 0;
      return { rows, readings };
    };
    return { name: 'freshness', recall, observe, report };
  },
  tell({ rows }, emit) {
    for (const { segment, sessions, freshness, entropies } of rows) {
      // Freshness goes to 0 towards the end of every session, so it is 0 where all have ended.
      const mean = sessions === 0 ? 0 : freshness / sessions;
      emit('sessions.measured', { segment, entropies, freshness: mean });
    }
  },
};
