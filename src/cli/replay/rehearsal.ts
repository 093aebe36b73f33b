import type { Clock } from '../../domain/clock.ts';
import { SightlineError } from '../../domain/errors.ts';
import type { Rng } from '../../math/rng.ts';
import type { Control } from './control.ts';
import { type FaultScript, type GatewayFault, isPlayerFault } from './fault-script.ts';
import { type FaultReport, judgeFaults } from './judge-faults.ts';
import { createPlayerFaults, type PlayerFaults } from './player-faults.ts';
import { watchAnomalies } from './seen-anomalies.ts';

/** Seconds that are played after the last fault, so that what it led to can be resolved. */
const calmSeconds = 60;

/** A script of faults on its way. */
export interface Rehearsal {
  /** What people leave out from now on. */
  readonly faults: PlayerFaults;
  /** Ends every fault and tells what the gateway noticed. */
  end(): Promise<FaultReport>;
}

/** Seconds that a script takes, with the calm after it. */
export function lengthOf({ faults }: FaultScript): number {
  return Math.max(...faults.map((fault) => fault.at + fault.for)) + calmSeconds;
}

/** Begins a script: its seconds count from now. Throws what the control port refuses, and where nothing is watched. */
export async function beginRehearsal(
  { faults }: FaultScript,
  options: {
    control: Control;
    clock: Clock;
    rng: Rng;
    sleep: (ms: number) => Promise<unknown>;
  },
): Promise<Rehearsal> {
  const { control, clock, rng, sleep } = options;
  const { tick_seconds: tickSeconds, enabled } = await control.anomalies();
  if (!enabled) throw blind();
  const ofGateway = faults.filter((fault): fault is GatewayFault => !isPlayerFault(fault));
  if (ofGateway.length > 0) await control.put(ofGateway);
  const [startedAt, startedAtMs] = [clock.monotonic(), clock.now()];
  const watch = watchAnomalies(control, { tickSeconds, sleep });
  return {
    faults: createPlayerFaults(faults.filter(isPlayerFault), {
      elapsed: () => (clock.monotonic() - startedAt) / 1000,
      rng,
    }),
    async end() {
      if (ofGateway.length > 0) await control.end();
      return judgeFaults(faults, await watch.end(), { startedAtMs, tickSeconds });
    },
  };
}

function blind(): SightlineError {
  return new SightlineError(
    'SL_CONFIG_INVALID',
    'the gateway watches for no anomalies, expected anomaly.enabled, telemetry.events and telemetry.metrics to be true',
  );
}
