import { ownTimeMs } from './own-time.ts';

/** What a piece of work took, in milliseconds without those in which another process had the core. */
export interface Watched {
  readonly ms: number;
  /** The longest time for which the event loop did not turn. */
  readonly longestTurnMs: number;
}

/** Runs work on the main thread and watches the event loop meanwhile. */
export async function watchTurns(work: () => Promise<unknown>): Promise<Watched> {
  const nextTurn = () => new Promise((resolve) => setImmediate(resolve));
  await nextTurn();
  const startedAt = ownTimeMs();
  let lastTurnAt = startedAt;
  let longestTurnMs = 0;
  let goesOn = true;
  const turn = () => {
    const now = ownTimeMs();
    longestTurnMs = Math.max(longestTurnMs, now - lastTurnAt);
    lastTurnAt = now;
    if (goesOn) setImmediate(turn);
  };
  setImmediate(turn);
  await work();
  const ms = ownTimeMs() - startedAt;
  goesOn = false;
  await nextTurn();
  return { ms, longestTurnMs };
}
