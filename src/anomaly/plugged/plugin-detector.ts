/** What a detector says of one value. */
export interface Verdict {
  readonly isAnomalous: boolean;
  /** What the value should have been, finite. */
  readonly expected: number;
}

/**
 * A detector that a plugin brings, made for one series: it sees the values in order of time, finite ones only, a level,
 * the events of a tick, or hits a trial. `atMs` is epoch milliseconds.
 */
export type PluginDetector = (value: number, atMs: number) => Verdict;

/** Copies a verdict. Throws an `Error` that says what is wrong with it. */
export function checkVerdict(verdict: unknown): Verdict {
  const { isAnomalous, expected } = Object(verdict) as Partial<Verdict>;
  if (typeof isAnomalous !== 'boolean')
    throw new Error('answered no isAnomalous, expected true or false');
  if (expected === undefined || !Number.isFinite(expected))
    throw new Error(
      `answered ${String(expected).slice(0, 40)} as expected, expected a finite number`,
    );
  return { isAnomalous, expected };
}

/** Takes what a plugin made as a detector. Throws where it is no function. */
export function asDetector(made: unknown): PluginDetector {
  if (typeof made !== 'function') throw new Error('was made as no function');
  return made as PluginDetector;
}
