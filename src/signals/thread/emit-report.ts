import type { Emit } from '../../telemetry/facts.ts';
import { type SignalName, signalCatalogue } from '../index.ts';
import type { SignalKind, SignalReport } from '../signal.ts';
import type { SignalsReport } from './open-signals.ts';

/** Says what a report found as facts, signal by signal. */
export function emitReport(report: SignalsReport, emit: Emit): void {
  for (const name of Object.keys(signalCatalogue) as SignalName[]) {
    const found: SignalReport | undefined = report[name];
    const kind = signalCatalogue[name] as unknown as SignalKind<unknown, SignalReport>;
    if (found !== undefined) kind.tell(found, emit);
  }
}
