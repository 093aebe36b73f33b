import type { Clock } from '../../domain/clock.ts';
import type { Emit } from '../../telemetry/facts.ts';
import type { Admission } from '../admission/admission.ts';
import { EffectQueue } from './effect-queue.ts';
import type { EffectBounds } from './effects-schema.ts';

/**
 * Opens the queue of the work that follows answers. It waits while the event loop is later than the share of its bound
 * that requests of the class `shadow` may use; without admission it never waits.
 */
export function openEffects(
  bounds: EffectBounds,
  {
    emit,
    clock,
    admission,
  }: {
    readonly emit: Emit;
    readonly clock: Clock;
    readonly admission: Admission | undefined;
  },
): EffectQueue {
  return new EffectQueue({
    bounds,
    emit,
    monotonic: () => clock.monotonic(),
    isBehind: () => admission !== undefined && isBehind(admission),
    soon: setImmediate,
    later(run, ms) {
      const timer = setTimeout(run, ms);
      return () => clearTimeout(timer);
    },
  });
}

const isBehind = ({ loop, shares }: Admission): boolean =>
  loop.isBehind || loop.delayMs > shares.shadow * loop.boundMs;
