import type { FoundAnomaly } from './control.ts';
import type { ScriptedFault } from './fault-script.ts';

/** An anomaly as it was when it was first seen to fire, and as it was last seen. */
export interface SeenAnomaly {
  readonly first: FoundAnomaly;
  readonly last: FoundAnomaly;
}

type Labels = Readonly<Record<string, string>>;

/** What became of one fault. */
export interface FaultVerdict {
  readonly fault: string;
  readonly kind: string;
  readonly at_seconds: number;
  readonly for_seconds: number;
  /** Whether an expected measure fired while it lasted. */
  readonly found: boolean;
  /** From its beginning until the first did. */
  readonly seconds: number | null;
  readonly ticks: number | null;
  readonly measure: string | null;
  /** The labels of the first cause that was named. */
  readonly cause: Labels | null;
  /** Null where the script expects nothing. */
  readonly right_cause: boolean | null;
  readonly resolved: boolean | null;
  /** Measures of everything that fired meanwhile. */
  readonly fired: readonly string[];
}

/** Something that fired while nothing was broken. */
export interface FalseAlarm {
  readonly measure: string;
  readonly fired_at: string;
  readonly cause: Labels | null;
}

/** What became of all faults of a script. */
export interface FaultReport {
  readonly tick_seconds: number;
  readonly faults: readonly FaultVerdict[];
  readonly false_alarms: readonly FalseAlarm[];
}

/** Labels that say where in the pipeline a change shows, not in which requests: a cause may name them as well. */
const symptomLabels = ['stage', 'reason'];

/**
 * Compares what fired with what was broken. An anomaly belongs to a fault when it fired from its beginning on until
 * `graceTicks` after its end: what goes back to normal is a change too. The fault is found when a measure that it is
 * expected to move fired, and its cause is right when the first combination of the first of those has exactly the
 * expected labels, `stage` and `reason` aside where they are not expected.
 */
export function judgeFaults(
  faults: readonly ScriptedFault[],
  seen: readonly SeenAnomaly[],
  options: { startedAtMs: number; tickSeconds: number; graceTicks?: number },
): FaultReport {
  const { startedAtMs, tickSeconds, graceTicks = 3 } = options;
  const inOrder = seen
    .map((anomaly) => ({ ...anomaly, second: (firedAtMs(anomaly) - startedAtMs) / 1000 }))
    .filter(({ second }) => second >= 0)
    .sort((a, b) => a.second - b.second);
  const graceSeconds = graceTicks * tickSeconds;
  const belongs = (fault: ScriptedFault, second: number) =>
    second >= fault.at && second < fault.at + fault.for + graceSeconds;
  return {
    tick_seconds: tickSeconds,
    faults: faults.map((fault) =>
      judge(
        fault,
        inOrder.filter(({ second }) => belongs(fault, second)),
        tickSeconds,
      ),
    ),
    false_alarms: inOrder
      .filter(({ second }) => !faults.some((fault) => belongs(fault, second)))
      .map(({ first }) => ({
        measure: first.measure,
        fired_at: first.fired_at!,
        cause: first.causes[0]?.labels ?? null,
      })),
  };
}

function judge(
  fault: ScriptedFault,
  meanwhile: readonly (SeenAnomaly & { readonly second: number })[],
  tickSeconds: number,
): FaultVerdict {
  const { expect } = fault;
  const hit = meanwhile.find(({ first }) => expect?.measure.includes(first.measure) ?? true);
  const cause = hit?.first.causes[0]?.labels ?? null;
  const seconds = hit === undefined ? null : hit.second - fault.at;
  return {
    fault: fault.name,
    kind: fault.kind,
    at_seconds: fault.at,
    for_seconds: fault.for,
    found: hit !== undefined,
    seconds: seconds === null ? null : Number(seconds.toFixed(1)),
    ticks: seconds === null ? null : Math.ceil(seconds / tickSeconds),
    measure: hit?.first.measure ?? null,
    cause,
    right_cause:
      expect === undefined ? null : expect.labels.some((labels) => isSameCause(cause, labels)),
    resolved: hit === undefined ? null : hit.last.state === 'resolved',
    fired: [...new Set(meanwhile.map(({ first }) => first.measure))],
  };
}

function isSameCause(cause: Labels | null, expected: Labels): boolean {
  if (cause === null) return false;
  const named = Object.keys(cause).filter(
    (label) => label in expected || !symptomLabels.includes(label),
  );
  return (
    named.length === Object.keys(expected).length &&
    named.every((label) => cause[label] === expected[label])
  );
}

/** Whether each fault of which something is expected was found, and its cause named. */
export function areAllFound({ faults }: FaultReport): boolean {
  // Without an anomaly there is no cause, and that is not the right one.
  return faults.every(({ right_cause }) => right_cause !== false);
}

const firedAtMs = ({ first }: SeenAnomaly) => Date.parse(first.fired_at ?? '');
