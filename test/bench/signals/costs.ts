import type { ItemVectors } from '../../../src/signals/known/item-columns.ts';
import { round, spreadOf } from '../harness/spread.ts';
import type { Shop } from './shop.ts';
import { type BySignal, createStand, eventsPerSecond, type Stand } from './stand.ts';

const warmSeconds = 6;
const leastReports = 10;
const relearntItems = 20;

/**
 * What each signal costs by itself, on one thread: nanoseconds an event of the mix, nanoseconds a feedback event, and
 * milliseconds a report at 300,000 events between two. `calibrating` are reports in which drift also works on its
 * scales, the first of them makes its reference; `relearnt` is the one that finds some items with other vectors.
 */
export function measureCosts(shop: Shop, { seconds }: { seconds: number }) {
  const stand = createStand(shop);
  const calibrating = Array.from({ length: warmSeconds }, () => playSecond(stand));
  while (!stand.isCalibrated) {
    stand.play(1, 'mixed');
    stand.report();
  }
  stand.takeCosts();
  const usual: BySignal[] = [];
  const until = performance.now() + seconds * 1000;
  while (usual.length < leastReports || performance.now() < until) usual.push(playSecond(stand));
  const perEvent = stand.takeCosts();
  stand.play(eventsPerSecond, 'feedback');
  const perFeedback = stand.takeCosts();
  stand.setVectors(relearn(shop.vectors));
  const relearnt = playSecond(stand);
  return {
    ns_per_event: perEvent,
    ns_per_feedback: perFeedback,
    report_ms: spreadOfReports(usual),
    report_ms_calibrating: spreadOfReports(calibrating),
    report_ms_relearnt: round(sumOf(relearnt)),
    report_max_ms_by_signal: {
      usual: greatestOf(usual),
      calibrating: greatestOf(calibrating),
      relearnt,
    },
  };
}

function playSecond(stand: Stand): BySignal {
  stand.play(eventsPerSecond, 'mixed');
  return stand.report();
}

/** The vectors of a version in which some items were learnt anew. */
function relearn(vectors: ItemVectors): ItemVectors {
  const { dimensions, count } = vectors;
  const [values, norms] = [vectors.values.slice(), vectors.norms.slice()];
  for (let item = 0; item < relearntItems; item++) {
    const other = count - 1 - item;
    values.copyWithin(item * dimensions, other * dimensions, (other + 1) * dimensions);
    norms[item] = vectors.norms[other];
  }
  return { ...vectors, version: 'v2', values, norms };
}

/** Of all signals together. */
function spreadOfReports(reports: readonly BySignal[]) {
  const sums = reports.map(sumOf);
  return { median: spreadOf(sums).median, max: round(Math.max(...sums)) };
}

function sumOf(timed: BySignal): number {
  return Object.values(timed).reduce((sum, ms) => sum + ms, 0);
}

function greatestOf(reports: readonly BySignal[]): BySignal {
  return Object.fromEntries(
    Object.keys(reports[0]).map((name) => [name, Math.max(...reports.map((ms) => ms[name]))]),
  );
}
