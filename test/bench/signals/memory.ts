import { startChild } from '../harness/child.ts';
import { round } from '../harness/spread.ts';
import { sessionCount } from './shop.ts';

interface Filled {
  readonly residentMb: number;
  readonly sessions: number;
  readonly events: number;
}

/**
 * Resident memory, in MiB, of a process whose signals know 100,000 items with vectors and were sent requests and feedback
 * of 100,000 sessions, and what it is more than before they were opened: ring and program are not in `signals_mb`, items,
 * vectors and past are.
 */
export async function measureMemory({ log }: { log: (line: string) => void }) {
  const child = await startChild<object>('signals-memory', { execArgv: ['--expose-gc'] });
  try {
    const before = await child.ask<number>('residentMb');
    const { residentMb, sessions, events } = await child.ask<Filled>('fill');
    log(`${round(residentMb)} MiB resident, ${round(before)} before; ${sessions} sessions`);
    if (sessions < 0.9 * sessionCount) throw new Error(`${sessions} sessions are remembered`);
    return {
      resident_mb: round(residentMb),
      signals_mb: round(residentMb - before),
      memory_events: events,
    };
  } finally {
    await child.end();
  }
}
