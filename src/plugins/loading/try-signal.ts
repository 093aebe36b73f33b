import { createPluggedSignal } from '../../signals/plugged/plugged-signal.ts';
import type { PluginSignal } from '../../signals/plugged/plugin-signal.ts';
import { createRequestWindow } from '../../signals/requests/request-window.ts';
import { EventCodes } from '../../telemetry/event-codes.ts';
import { createEventRing, openEventRing } from '../../telemetry/event-ring.ts';
import { blankEvent, type RingEvent } from '../../telemetry/ring-event.ts';

const nowMs = 1_750_000_000_000;
const requests = 5;

/**
 * Shows a signal of a plugin the events of five made-up requests, and asks it before and after for a report. Throws what
 * is wrong with what it does. An endless loop is for others to end.
 */
export function trySignal(made: unknown): void {
  const codes = new EventCodes();
  const nameOf = (code: number) => codes.nameOf(code);
  const window = createRequestWindow({ maxRequests: 16 }, { nameOf });
  const signal = createPluggedSignal('trial', made as PluginSignal, {
    context: { nameOf, requests: window, epochMs: () => nowMs },
    call: (work) => work(),
    // It is not measured how long it takes.
    monotonic: () => 0,
  });
  const ring = createEventRing({ capacity: 64, clock: { now: () => nowMs, monotonic: () => 0 } });
  for (const event of trialEvents(codes)) ring.put(event);
  signal.report(0);
  openEventRing(ring.shared).drain((batch) => {
    window.observe(batch, 0);
    signal.observe(batch, 0);
  });
  signal.report(1000);
}

function trialEvents(codes: EventCodes): RingEvent[] {
  return Array.from({ length: requests }, (_, k) => {
    const common = {
      ...{ request: k + 1, session: 1 + (k % 2), atMs: nowMs - (requests - k) * 1000 },
      work: codes.codeOf('trial'),
      strategy: codes.codeOf('trial'),
    };
    const shown = [0, 1, 2].map((position) => ({
      ...{ ...blankEvent('exposure'), ...common },
      ...{ item: k + position, position, predicted: 0.1 },
    }));
    const served = { ...blankEvent('request'), ...common, position: 3, predicted: 0.01 };
    const clicked = { ...blankEvent('feedback'), ...common, work: 0, strategy: 0, item: k };
    return [
      ...shown,
      { ...served, detail: codes.codeOf('ok') },
      { ...clicked, detail: codes.codeOf('click') },
    ];
  }).flat();
}
