import type { Emit } from '../telemetry/facts.ts';
import { eventKinds } from '../telemetry/ring-event.ts';
import type { SignalsReport } from './open-signals.ts';

/**
 * Says what a report found as facts. `itemsIn` answers the live items of a catalogue; a catalogue without
 * any has no coverage.
 */
export function emitReport(
  { flow, coverage }: SignalsReport,
  { emit, itemsIn }: { emit: Emit; itemsIn: (catalog: string) => number },
): void {
  if (flow !== undefined) {
    for (const kind of eventKinds) {
      if (flow.events[kind] > 0) emit('events.drained', { kind, events: flow.events[kind] });
    }
    emit('ring.lagged', { meanSeconds: flow.lagMeanSeconds, maxSeconds: flow.lagMaxSeconds });
  }
  if (coverage !== undefined && coverage.skipped > 0) {
    emit('events.dropped', { reason: 'signal_memory', events: coverage.skipped });
  }
  for (const { strategy, catalog, exposed } of coverage?.rows ?? []) {
    const items = itemsIn(catalog);
    // Items that were shown and have left the catalogue since still count as shown.
    if (items > 0)
      emit('coverage.measured', { strategy, catalog, exposed: Math.min(exposed, items), items });
  }
}
