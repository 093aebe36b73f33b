import type { Rng } from '../../math/rng.ts';
import type { PlayerFault } from './fault-script.ts';

/** What the player knows of a click, by label. */
export type ClickLabels = Readonly<
  Partial<Record<'work' | 'strategy' | 'segment' | 'catalog', string | undefined>>
>;

/** The faults that consist in people doing less than they did. */
export interface PlayerFaults {
  /** Whether a click happens. Somebody who stays away stays away, until the fault lets them come again. */
  isPlayed(session: string, labels: ClickLabels): boolean;
  /** Whether a click names the answer before it. */
  isOnAnswer(labels: ClickLabels): boolean;
}

/**
 * Makes the faults of the player; `elapsed` tells the seconds since the replay began. What several faults leave is
 * multiplied.
 */
export function createPlayerFaults(
  faults: readonly PlayerFault[],
  { elapsed, rng }: { elapsed: () => number; rng: Rng },
): PlayerFaults {
  const drops = faults.filter(({ kind }) => kind === 'traffic-drop');
  const losses = faults.filter(({ kind }) => kind === 'ctr-drop');
  const patience = new Map<string, number>();
  const patienceOf = (session: string) => {
    const known = patience.get(session) ?? rng.unit();
    patience.set(session, known);
    return known;
  };
  return {
    isPlayed: (session, labels) => {
      const kept = keptShare(drops, labels, elapsed());
      return kept === 1 || patienceOf(session) < kept;
    },
    isOnAnswer: (labels) => rng.unit() < keptShare(losses, labels, elapsed()),
  };
}

/** The share that the faults leave at a moment, 0 to 1. */
function keptShare(faults: readonly PlayerFault[], labels: ClickLabels, seconds: number): number {
  let kept = 1;
  for (const { at, for: length, rampSeconds, keep, match } of faults) {
    const since = seconds - at;
    if (since < 0 || since >= length || !isMet(match, labels)) continue;
    const grown = since < rampSeconds ? since / rampSeconds : 1;
    kept *= 1 - (1 - keep) * grown;
  }
  return kept;
}

function isMet(match: ClickLabels, labels: ClickLabels): boolean {
  return Object.entries(match).every(
    ([label, value]) => labels[label as keyof ClickLabels] === value,
  );
}
