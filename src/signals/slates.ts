import type { EventBatch } from '../telemetry/event-ring.ts';
import { kindCode } from '../telemetry/ring-event.ts';
import { CodeGroups } from './gathering/code-groups.ts';
import type { ItemColumns } from './known/item-columns.ts';
import type { PastEvents, SignalContext, SignalKind, SignalReport } from './signal.ts';
import { ItemPopularity } from './slates/item-popularity.ts';
import { LastSlates } from './slates/last-slates.ts';
import { createSlateDiversity } from './slates/slate-diversity.ts';
import { SlateQuality, type TakenQuality } from './slates/slate-quality.ts';
import { createSlateReader, type ShownSlate } from './slates/slate-reader.ts';

/** The slates of a strategy since the last report. */
interface SlatesRow extends TakenQuality {
  readonly strategy: string;
}

/** Diversity, novelty and repetition of the slates of each strategy that served any since the last report. */
export interface SlatesReport extends SignalReport {
  readonly rows: readonly SlatesRow[];
}

/** Bounds of what is remembered, and how fast it fades. */
export interface SlatesOptions {
  /** Items of a slate that are looked at, from the first on. */
  readonly maxPlaces?: number;
  /** Sessions whose last slate is remembered; memory is taken for twice as many. */
  readonly maxSessions?: number;
  /** Items whose popularity is known; the others count as never chosen. */
  readonly maxItems?: number;
  /** After so many further feedback events one counts half in the popularity of its item. */
  readonly halfLifeEvents?: number;
  /** Age at which a slate counts half in the readings. */
  readonly halfLifeSeconds?: number;
  /** Strategies told apart; the others share `__other__`. */
  readonly maxStrategies?: number;
}

/**
 * Measures each slate: how far its items are apart, how little known they are, and how much of it the session was
 * shown in its slate before. Popularity comes from feedback, that of before the start included. Cost: O(dimensions)
 * per exposure and O(1) per feedback event.
 */
export const slates: SignalKind<SlatesOptions | undefined, SlatesReport> = {
  create(context, options = {}) {
    const { maxPlaces = 100, maxStrategies = 32, halfLifeSeconds = 60 } = options;
    const strategies = new CodeGroups(maxStrategies);
    const qualities = Array.from({ length: strategies.span }, () => new SlateQuality());
    const { popularity, judge } = createJudge(context, { ...options, maxPlaces });
    const take = createSlateReader(maxPlaces, (slate) =>
      judge(slate, qualities[strategies.of(slate.strategy)]),
    );
    // The box window in which as many slates come as the fading weights add up to.
    const windowSeconds = halfLifeSeconds / Math.LN2;
    let reportedAtMs: number | undefined;
    const recall = ({ item, count }: PastEvents) => {
      for (let i = 0; i < count; i++) popularity.add(item[i]);
    };
    const observe = (batch: EventBatch) => {
      for (let i = 0; i < batch.count; i++) {
        if (batch.kind(i) === kindCode.feedback) popularity.add(batch.item(i));
        else take(batch, i);
      }
    };
    const report = (nowMs: number) => {
      const seconds = Math.max(0, nowMs - (reportedAtMs ?? nowMs)) / 1000;
      reportedAtMs = nowMs;
      const found = strategies.codes.map((code, group) => {
        const strategy = context.nameOf(code);
        const quality = qualities[group];
        quality.fade(2 ** (-seconds / halfLifeSeconds));
        return {
          strategy,
          taken: quality.take(),
          readings: quality.readings(strategy, windowSeconds),
        };
      });
      return {
        rows: found.flatMap(({ strategy, taken }) => (taken ? [{ strategy, ...taken }] : [])),
        readings: found.flatMap(({ readings }) => readings),
      };
    };
    return { name: 'slates', recall, observe, report };
  },
  tell({ rows }, emit) {
    for (const row of rows) emit('slates.measured', row);
  },
};

/** Makes what measures a slate and remembers what it has to be compared with. */
function createJudge(
  context: SignalContext,
  {
    maxPlaces,
    maxSessions = 20_000,
    maxItems = 1 << 20,
    halfLifeEvents = 1_000_000,
  }: SlatesOptions & { readonly maxPlaces: number },
) {
  const popularity = new ItemPopularity({ halfLifeEvents, maxItems });
  const lastSlates = new LastSlates({ maxSessions, maxPlaces });
  const diversity = createSlateDiversity(maxPlaces);
  const countLive = createLiveCount();
  const judge = ({ session, items, count }: ShownSlate, quality: SlateQuality) => {
    const { vectors } = context;
    quality.add(
      vectors === undefined ? Number.NaN : diversity(vectors, items, count),
      popularity.noveltyBits(items, count, countLive(context.items)),
      session === 0 ? Number.NaN : lastSlates.repetition(session, items, count),
    );
  };
  return { popularity, judge };
}

/** Counts the live items, once for each set of columns. */
function createLiveCount(): (items: ItemColumns) => number {
  let known: ItemColumns | undefined;
  let live = 0;
  return (items) => {
    if (items === known) return live;
    known = items;
    live = 0;
    for (let item = 0; item < items.count; item++) live += items.live[item];
    return live;
  };
}
