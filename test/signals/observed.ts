import type { Signal } from '../../src/signals/signal.ts';
import { createEventRing, openEventRing } from '../../src/telemetry/event-ring.ts';
import { blankEvent, type RingEvent } from '../../src/telemetry/ring-event.ts';

/** Sends events through a real ring into a signal; they are put at `putAtMs` and seen at `nowMs`. */
export function observe(
  signal: Signal,
  events: readonly Partial<RingEvent>[],
  { putAtMs = 0, nowMs = putAtMs }: { putAtMs?: number; nowMs?: number } = {},
): void {
  const ring = createEventRing({ clock: { now: () => 0, monotonic: () => putAtMs } });
  for (const event of events) ring.put({ ...blankEvent('exposure'), ...event });
  openEventRing(ring.shared).drain((batch) => signal.observe(batch, nowMs));
}
