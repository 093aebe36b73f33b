import type { Reading, Signal, SignalContext } from '../signal.ts';
import { checkReadings, keyOf, maxReadings } from './check-readings.ts';
import { createEventView } from './event-view.ts';
import type { PluginSignal } from './plugin-signal.ts';

/** What a signal of a plugin is called with. */
export interface PluggedSurroundings {
  readonly context: Pick<SignalContext, 'nameOf' | 'epochMs' | 'requests'>;
  /** Calls its code, and throws what is wrong with that as an `Error`. */
  readonly call: (work: () => void) => void;
  /** Milliseconds that never go back. */
  readonly monotonic: () => number;
}

/** The share of the thread's time that a signal may take. */
const maxShare = 0.5;
/** The least time over which a share says anything. */
const shareMs = 1000;

/**
 * A signal of a plugin as the signals worker runs it. It throws where the plugin's code throws, takes too long, goes on in
 * the background, or reports what it may not.
 */
export function createPluggedSignal(
  name: string,
  made: PluginSignal,
  { context, call, monotonic }: PluggedSurroundings,
): Signal {
  assertSignal(made);
  const view = createEventView(context);
  const series = new Set<string>();
  let spentMs = 0;
  let sinceMs = monotonic();
  const timed = (work: () => void) => {
    const startedAt = monotonic();
    call(work);
    spentMs += monotonic() - startedAt;
  };
  const checkShare = () => {
    const lastedMs = monotonic() - sinceMs;
    if (lastedMs < shareMs) return;
    const share = spentMs / lastedMs;
    spentMs = 0;
    sinceMs += lastedMs;
    if (share > maxShare)
      throw new Error(
        `took ${Math.round(share * 100)} % of the time, expected ${maxShare * 100} % at most`,
      );
  };
  const bound = (readings: readonly Reading[]) => {
    for (const reading of readings) series.add(keyOf(reading));
    if (series.size > maxReadings)
      throw new Error(`reported more than ${maxReadings} different measures and labels`);
  };
  return {
    name,
    observe: (batch) =>
      timed(() => {
        for (let i = 0; i < batch.count; i++) assertDone(made.see(view.show(batch, i)));
      }),
    report(nowMs) {
      checkShare();
      let readings: readonly Reading[] = [];
      timed(() => {
        const reported: unknown = made.report(context.epochMs(nowMs));
        assertDone(reported);
        readings = checkReadings(reported, view);
      });
      bound(readings);
      return { readings };
    },
  };
}

function assertSignal(made: PluginSignal): void {
  for (const name of ['see', 'report'] as const)
    if (typeof Object(made)[name] !== 'function') throw new Error(`has no function ${name}`);
}

function assertDone(result: unknown): void {
  if (!(result instanceof Promise)) return;
  // What nobody waits for may not end the thread.
  result.catch(() => {});
  throw new Error('went on in the background, expected to be done at once');
}
