import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { quantileOf, round } from '../harness/spread.ts';
import { createFleet, createMixedSeries } from './fleet.ts';

const warmTicks = 130;
const measuredTicks = 150;

/**
 * What a bank of many series takes: milliseconds a tick once the fast window is full, and bytes beside the simulated
 * series themselves.
 */
export function measureBankScale({
  series,
  seed,
  log,
}: {
  readonly series: number;
  readonly seed: number;
  readonly log: (line: string) => void;
}) {
  const mixed = createMixedSeries(series, seed);
  const before = usedBytes();
  const fleet = createFleet(mixed, { falseAlarmsPerDay: 1 });
  const tickMs: number[] = [];
  for (let tick = 0; tick < warmTicks + measuredTicks; tick++) {
    fleet.play();
    if (tick >= warmTicks) tickMs.push(fleet.lastTickMs);
    if (tick % 20 === 0) log(`tick ${tick}: ${round(fleet.lastTickMs)} ms`);
  }
  const bytes = usedBytes() - before;
  return {
    series,
    tick_p50_ms: round(quantileOf(tickMs, 0.5)),
    tick_p95_ms: round(quantileOf(tickMs, 0.95)),
    tick_max_ms: round(Math.max(...tickMs)),
    // The two columns of values that the bank is handed are the caller's.
    megabytes: round((bytes - 16 * series) / 1e6),
    bytes_per_series: Math.round(bytes / series - 16),
  };
}

/** Bytes that are in use after everything that can be freed was. */
function usedBytes(): number {
  setFlagsFromString('--expose-gc');
  const collect: () => void = runInNewContext('gc');
  collect();
  collect();
  const { heapUsed, arrayBuffers } = process.memoryUsage();
  return heapUsed + arrayBuffers;
}
