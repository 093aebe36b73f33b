import type { Measured, Rounds } from './burst.ts';
import { round, type Spread, spreadOf } from './spread.ts';

type Number = Exclude<keyof Measured, 'lastBad'>;

/** Spread of the ratio of one entry to another, paired inside each round. */
export function pairedRatio(rounds: Rounds, [above, below]: [string, string], of: Number): Spread {
  return spreadOf(rounds[above].map((measured, r) => measured[of] / rounds[below][r][of]));
}

/** Spread of the difference of one entry to another, paired inside each round. */
export function pairedDifference(rounds: Rounds, [a, b]: [string, string], of: Number): Spread {
  return spreadOf(rounds[a].map((measured, r) => measured[of] - rounds[b][r][of]));
}

/** Medians of each entry over its rounds, for scale. */
export function entryMedians(rounds: Rounds): Record<string, Record<string, number>> {
  return Object.fromEntries(
    Object.entries(rounds).map(([name, list]) => {
      const median = (of: Number) => spreadOf(list.map((measured) => measured[of])).median;
      return [
        name,
        {
          requests_per_s: median('perSecond'),
          cpu_us_per_request: median('cpuMicros'),
          p50_ms: median('p50Ms'),
          p99_ms: median('p99Ms'),
          requests: round(list.reduce((sum, { requests }) => sum + requests, 0)),
        },
      ];
    }),
  );
}

const longestBurstSeconds = 0.5;
const fewestRounds = 9;

/**
 * How long bursts are and how many rounds fit into the seconds given. Many short rounds pair better than
 * few long ones, because the machine's speed drifts.
 */
export function planRounds(
  entries: number,
  seconds: number,
): { rounds: number; burstSeconds: number } {
  const rounds = Math.max(fewestRounds, Math.floor(seconds / entries / longestBurstSeconds));
  return { rounds, burstSeconds: Math.min(longestBurstSeconds, seconds / (entries * rounds)) };
}
