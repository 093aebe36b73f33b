/** Answers that are held back at most; more go out at once. */
const maxHeld = 4096;
/** Time between two looks at which answers are due. */
const lookMs = 10;

/** What holding back needs. */
export interface HeldAnswersOptions {
  /** How long, in milliseconds; with 0 answers go out at once. */
  readonly holdMs: number;
  readonly monotonic: () => number;
  /** Runs something once, so many milliseconds later. */
  readonly later: (run: () => void, ms: number) => void;
}

interface Held {
  readonly dueMs: number;
  readonly send: () => void;
}

/**
 * Makes the place where answers wait before they are sent, in the order in which they came; 4,096 at most. One timer
 * runs while any wait. O(1) an answer.
 *
 * @example
 * const hold = createHeldAnswers({ holdMs: 250, monotonic: () => performance.now(), later: setTimeout });
 * hold(() => outgoing.end(body)); // sent 250 to 260 ms later
 */
export function createHeldAnswers(options: HeldAnswersOptions): (send: () => void) => void {
  const { holdMs, monotonic, later } = options;
  const waiting: Held[] = [];
  const look = () => {
    const now = monotonic();
    const firstNotDue = waiting.findIndex(({ dueMs }) => dueMs > now);
    const due = waiting.splice(0, firstNotDue < 0 ? waiting.length : firstNotDue);
    if (waiting.length > 0) later(look, lookMs);
    for (const { send } of due) send();
  };
  return (send) => {
    if (holdMs === 0 || waiting.length >= maxHeld) {
      send();
      return;
    }
    waiting.push({ dueMs: monotonic() + holdMs, send });
    if (waiting.length === 1) later(look, Math.max(lookMs, holdMs));
  };
}
