import type { Control } from './control.ts';
import type { SeenAnomaly } from './judge-faults.ts';

/** Looks at the anomalies of a gateway again and again. */
export interface AnomalyWatch {
  /** Looks once more and answers everything that was ever seen to fire. */
  end(): Promise<readonly SeenAnomaly[]>;
}

/** Time between two looks, in ticks and at most. */
const looksPerTick = 2;
const longestMs = 1000;

/** Starts to look. A look that fails is made up for by the next; only that of `end` must succeed. */
export function watchAnomalies(
  control: Control,
  { tickSeconds, sleep }: { tickSeconds: number; sleep: (ms: number) => Promise<unknown> },
): AnomalyWatch {
  const seen = new Map<string, SeenAnomaly>();
  const everyMs = Math.min(longestMs, (tickSeconds * 1000) / looksPerTick);
  let isOver = false;
  const look = async () => {
    const { anomalies } = await control.anomalies();
    for (const anomaly of anomalies) {
      if (anomaly.fired_at === null) continue;
      const first = seen.get(anomaly.id)?.first ?? anomaly;
      seen.set(anomaly.id, { first, last: anomaly });
    }
  };
  const lookAround = async () => {
    while (!isOver) {
      await look().catch(() => {});
      await sleep(everyMs);
    }
  };
  const looking = lookAround();
  return {
    async end() {
      isOver = true;
      await looking;
      await look();
      return [...seen.values()];
    },
  };
}
