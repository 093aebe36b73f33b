import { CircuitState, CountBreaker, circuitBreaker, handleWhenResult } from 'cockatiel';
import { type Clock, systemClock } from '../../domain/clock.ts';
import type { BreakerState } from '../../telemetry/fact-values.ts';
import { isFailedWave } from './failed-wave.ts';
import type { FeatureLookup } from './feature-store.ts';

/** When a breaker opens. */
export interface BreakerOptions {
  /** Share of waves, over 0 and under 1: beyond it the breaker opens. */
  readonly failureShare?: number;
  /** The last waves that are looked at, and how many there must be at least. */
  readonly waves?: number;
  readonly minWaves?: number;
  /** Milliseconds until one wave may try whether the store is back. */
  readonly openMs?: number;
}

/** Who hears of its changes, and whose clock dates them. */
export interface BreakerHearing {
  readonly onChange?: (to: BreakerState, from: BreakerState) => void;
  readonly clock?: Clock;
}

const stateNames: Readonly<Record<CircuitState, BreakerState>> = {
  [CircuitState.Closed]: 'closed',
  [CircuitState.Open]: 'open',
  [CircuitState.HalfOpen]: 'half_open',
  [CircuitState.Isolated]: 'open',
};

/**
 * Makes the breaker of a store: a count of the last waves rather than of a time, so that it is the same at one wave a
 * second and at a thousand. It reads the clock of the machine for `openMs`.
 */
export function createBreaker(
  { failureShare = 0.5, waves = 20, minWaves = 10, openMs = 1000 }: BreakerOptions = {},
  { onChange, clock = systemClock }: BreakerHearing = {},
) {
  const circuit = circuitBreaker(
    handleWhenResult((found) => isFailedWave(found as readonly FeatureLookup[])),
    {
      halfOpenAfter: openMs,
      breaker: new CountBreaker({
        threshold: failureShare,
        size: waves,
        minimumNumberOfCalls: minWaves,
      }),
    },
  );
  let state: BreakerState = 'closed';
  let sinceMs = clock.now();
  let opened = 0;
  circuit.onStateChange((now) => {
    const from = state;
    state = stateNames[now];
    sinceMs = clock.now();
    if (state === 'open' && from === 'closed') opened += 1;
    onChange?.(state, from);
  });
  return {
    circuit,
    isTrying: () => circuit.state === CircuitState.HalfOpen,
    status: () => ({ state, sinceMs, opened }),
  };
}
