import type { Emit } from '../../telemetry/facts.ts';
import type { Reading } from '../signal.ts';
import { keyOf } from './check-readings.ts';
import type { PluggedReport } from './plugged-signals.ts';

/**
 * Says what signals of plugins read as facts; what was read before and is not any more is told once, without a value, as
 * an old value would be taken for a new one.
 */
export function createReadingTeller(emit: Emit): (reports: readonly PluggedReport[]) => void {
  let told = new Map<string, { readonly signal: string; readonly reading: Reading }>();
  const tell = (signal: string, { measure, labels }: Reading, value: number | undefined) => {
    const { work = '', strategy = '', segment = '', catalog = '' } = labels;
    emit('signal.read', { signal, measure, work, strategy, segment, catalog, value });
  };
  return (reports) => {
    const now: typeof told = new Map();
    for (const { name: signal, readings } of reports)
      for (const reading of readings)
        if (reading.value !== null) now.set(`${signal}\0${keyOf(reading)}`, { signal, reading });
    for (const [key, { signal, reading }] of told)
      if (!now.has(key)) tell(signal, reading, undefined);
    for (const { signal, reading } of now.values())
      tell(signal, reading, reading.value ?? undefined);
    told = now;
  };
}
