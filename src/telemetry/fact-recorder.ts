import type { Clock } from '../domain/clock.ts';
import { causeChain } from './cause-chain.ts';
import type { FactSeries } from './fact-series.ts';
import type { Emit, FactName, Facts } from './facts.ts';
import type { Log, LogLevel } from './log.ts';

/**
 * The facts that become log lines, with their severity. What the request path says is told by the line of
 * the request or by series alone; losses have a line of their own making.
 */
const factLevels: { readonly [Name in FactName]?: LogLevel } = {
  'model.loaded': 'info',
  'model.failed': 'error',
  'vectors.compared': 'info',
  'plugin.loaded': 'info',
  'plugin.failed': 'error',
  'plugin.ended': 'warn',
  'generation.published': 'info',
  'generation.changed': 'info',
  'generation.failed': 'error',
  'announcement.heard': 'info',
  'change.announced': 'info',
  'table.loaded': 'info',
  'table.failed': 'error',
  'training.started': 'info',
  'training.failed': 'error',
  'training.finished': 'info',
  'training.ended': 'info',
  'model.judged': 'info',
  'model.promoted': 'info',
  'store.opened': 'info',
  'access.refused': 'debug',
  'access.exposed': 'warn',
  'rows.imported': 'info',
  'server.listening': 'info',
  'server.draining': 'info',
  'items.retrained': 'info',
  'split.changed': 'info',
  'faults.changed': 'warn',
  'breaker.opened': 'warn',
  'breaker.closed': 'info',
  'anomaly.changed': 'warn',
  'profile.taken': 'info',
  'control.changed': 'info',
  'control.denied': 'warn',
  'log.level_changed': 'info',
  'destination.failed': 'warn',
  'destination.recovered': 'info',
  'server.failed': 'error',
  'effect.failed': 'debug',
  'shadow.finished': 'debug',
};

/** Facts of the audit trail: whoever raises the level of the log does not silence them. */
const audited: ReadonlySet<FactName> = new Set<FactName>([
  'control.changed',
  'control.denied',
  'log.level_changed',
]);

/** Where facts go. */
export interface FactRecorderOptions {
  /** Undefined: no series is fed. */
  readonly series: FactSeries | undefined;
  readonly log: Log;
  readonly clock: Clock;
}

/**
 * Makes the `emit` of a process: each fact becomes observations (see `createFactSeries`) and, where
 * `factLevels` names it, a log line with the fact's name as message and its fields in snake case; an error
 * is shown as its cause chain. Never throws.
 */
export function createFactRecorder({ series, log, clock }: FactRecorderOptions): Emit {
  const reportLoss = createLossReport(log, clock);
  return (name, fact) => {
    try {
      series?.[name]?.(fact);
      const level = factLevels[name];
      if (level !== undefined) (audited.has(name) ? log.audit : log)[level](fieldsOf(fact), name);
      else if (name === 'events.dropped') reportLoss(fact as Facts['events.dropped']);
    } catch {
      // Telemetry that fails must not fail what it watches.
    }
  };
}

function fieldsOf(fact: Facts[FactName]): Record<string, unknown> {
  const fields: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(fact)) {
    const key = name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
    fields[key] = name === 'cause' ? causeChain(value) : value;
  }
  return fields;
}

const reportEveryMs = 10_000;

/** Losses come in floods: a line a reason each ten seconds, with the sum since the one before. */
function createLossReport(log: Log, clock: Clock): (loss: Facts['events.dropped']) => void {
  const reasons = new Map<string, { sum: number; reportedAt: number }>();
  return ({ reason, events }) => {
    // A line about a log that takes no lines would be lost as well.
    if (reason === 'log_write') return;
    const known = reasons.get(reason) ?? { sum: 0, reportedAt: Number.NEGATIVE_INFINITY };
    reasons.set(reason, known);
    known.sum += events;
    const now = clock.monotonic();
    if (now - known.reportedAt < reportEveryMs) return;
    log.warn({ reason, events: known.sum }, 'events.dropped');
    known.sum = 0;
    known.reportedAt = now;
  };
}
