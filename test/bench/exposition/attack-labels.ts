import { startChild } from '../harness/child.ts';
import { round, type Spread, spreadOf } from '../harness/spread.ts';

const values = 100_000;
const waves = 5;

interface Memory {
  readonly series: number;
  readonly heap_mb: number;
  readonly rss_mb: number;
}

interface Wave extends Memory {
  readonly observe_ns: number;
  readonly known_ns: number;
  readonly overflow_ns: number;
  readonly expose_ms: number;
  readonly observed: number;
}

/** What waves of 100,000 new values of one label do to a metric set. The first wave warms the code up. */
export async function attackLabels(log: (line: string) => void) {
  const child = await startChild('label-attack', { execArgv: ['--expose-gc'] });
  try {
    const before = await child.ask<Memory>('memory');
    const told: Wave[] = [];
    for (let wave = 0; wave <= waves; wave++) {
      told.push(await child.ask<Wave>('attack', { values, wave }));
    }
    const [first, ...later] = told;
    const last = later[later.length - 1];
    const spread = (of: keyof Wave): Spread => spreadOf(later.map((wave) => wave[of]));
    const result = {
      values: values * told.length,
      lost: 3 * values * told.length - last.observed,
      series_before: before.series,
      series_after: last.series,
      observe_bound_ns: spread('observe_ns'),
      observe_known_ns: spread('known_ns'),
      observe_overflowing_ns: spread('overflow_ns'),
      expose_ms: spread('expose_ms'),
      heap_added_mb: round(last.heap_mb - before.heap_mb),
      rss_added_mb: round(last.rss_mb - before.rss_mb),
      rss_added_after_first_mb: round(last.rss_mb - first.rss_mb),
    };
    log(
      `attack: ${result.values} values, series ${before.series} -> ${last.series}, ${result.lost} lost`,
    );
    log(`attack: ${result.observe_overflowing_ns.median} ns an observation that overflows`);
    return result;
  } finally {
    await child.end();
  }
}
