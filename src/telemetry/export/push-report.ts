import type { Clock } from '../../domain/clock.ts';
import type { Emit, Facts } from '../facts.ts';
import type { Push, PushReport } from './sink.ts';

/** Makes a report that tells facts: what became of each push, and when a destination fails and works again. */
export function createPushReport(
  destination: string,
  { emit, clock }: { readonly emit: Emit; readonly clock: Pick<Clock, 'monotonic'> },
): PushReport {
  let isFailing = false;
  const tell = (outcome: Facts['metrics.pushed']['outcome'], { samples, startedAt }: Push) => {
    const seconds = (clock.monotonic() - startedAt) / 1000;
    emit('metrics.pushed', { destination, outcome, samples, seconds });
  };
  const fails = (reason: string) => {
    if (!isFailing) emit('destination.failed', { destination, reason });
    isFailing = true;
  };
  return {
    delivered(push) {
      tell('delivered', push);
      if (isFailing) emit('destination.recovered', { destination });
      isFailing = false;
    },
    failed(push, reason) {
      tell('failed', push);
      fails(reason);
    },
    dropped: (push) => tell('dropped', push),
    skipped: (push) => tell('skipped', push),
    waits: fails,
    queued: (pushes) => emit('metrics.queued', { destination, pushes }),
  };
}
