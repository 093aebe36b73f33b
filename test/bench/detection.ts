import { resolve } from 'node:path';
import { measureBankScale } from './detection/bank-scale.ts';
import { measureChangeDelays } from './detection/change-delays.ts';
import { scoreNab } from './detection/nab-run.ts';
import { playQuietWeek } from './detection/quiet-week.ts';
import type { BenchOptions } from './harness/bench.ts';

const data =
  process.env.SIGHTLINE_BENCH_DATA ?? resolve(import.meta.dirname, '../../../shared/data');

/** What of the detector is measured; the score on NAB when nothing is said. */
export interface DetectionSwitches {
  /** False alarms of a quiet week. */
  readonly fleet?: boolean | undefined;
  /** Time of a tick and bytes of 100,000 series. */
  readonly scale?: boolean | undefined;
  /** Ticks from injected changes to their alarms. */
  readonly delay?: boolean | undefined;
  readonly series?: string | undefined;
  readonly days?: string | undefined;
  /** False alarms a day. */
  readonly budget?: string | undefined;
  readonly seed?: string | undefined;
}

/**
 * The detector of single series: its score on the Numenta Anomaly Benchmark in `--data`, or with `--fleet`, `--scale` or
 * `--delay` how quiet, cheap and fast it is on simulated series. One parameter set for everything.
 */
export async function detectionBench({
  dataFolder,
  log,
  ...switches
}: BenchOptions & DetectionSwitches): Promise<object> {
  const { fleet, scale, delay } = switches;
  const budget = numberOf(switches.budget, 1);
  const seed = numberOf(switches.seed, 1);
  const series = (unsaid: number) => numberOf(switches.series, unsaid);
  const days = (unsaid: number) => numberOf(switches.days, unsaid);
  if (fleet) return playQuietWeek({ series: series(10_000), days: days(7), budget, seed, log });
  if (scale) return measureBankScale({ series: series(100_000), seed, log });
  if (delay) return measureChangeDelays({ series: series(2000), days: days(1), budget, seed, log });
  return scoreNab(dataFolder ?? resolve(data, 'anomaly/nab'), log);
}

function numberOf(text: string | undefined, unsaid: number): number {
  const value = text === undefined ? unsaid : Number(text);
  if (!(value > 0)) throw new RangeError(`switch is ${text}, expected a number above 0`);
  return value;
}
