import type { Child } from './child.ts';
import { cpuMicros, settle } from './cpu-time.ts';
import { createRandom, shuffled } from './random.ts';

/**
 * What the load generator sends: requests in turn, or feedback templates in turn, in which every id of 12
 * digits is replaced by a new number.
 */
export type Send =
  | { readonly requests: readonly string[] }
  | { readonly templates: readonly string[] };

/** One burst, as asked of the load generator. */
export interface BurstOptions {
  readonly port: number;
  readonly connections: number;
  readonly seconds: number;
  readonly send: Send;
  /** Whether the load generator keeps its core busy for the whole burst. */
  readonly staysAwake: boolean;
}

/** One burst, as the load generator saw it. */
export interface Burst {
  readonly requests: number;
  readonly perSecond: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
  /** Answers that were not 2xx, and connections lost. */
  readonly bad: number;
  readonly lastBad: string;
}

/** A burst with the CPU time that the server spent on it, deferred work included. */
export interface Measured extends Burst {
  /** Microseconds of all threads of the server per request. */
  readonly cpuMicros: number;
}

/** The load generator, and whether it keeps a core of its own busy while it waits. */
export interface Load {
  readonly program: Child<unknown>;
  readonly staysAwake: boolean;
}

/** One server in a comparison. */
export interface Entry {
  readonly name: string;
  readonly server: Child<{ port: number }>;
  readonly send: Send;
  /** Instead of the connections of the comparison. */
  readonly connections?: number;
}

export interface RoundsOptions {
  readonly load: Load;
  readonly connections: number;
  readonly rounds: number;
  readonly burstSeconds: number;
  readonly log: (line: string) => void;
}

/** Results by entry name, one list of rounds each; index i is the same round for all. */
export type Rounds = Readonly<Record<string, readonly Measured[]>>;

/**
 * One burst against one server. The CPU time runs until the server has flushed and fallen silent, so
 * that work put off past the answer counts for the requests that caused it.
 */
export async function measureBurst(
  { server, send, connections: own }: Entry,
  { load, connections, seconds }: { load: Load; connections: number; seconds: number },
): Promise<Measured> {
  const before = cpuMicros(server.pid);
  const burst = await load.program.ask<Burst>('burst', {
    staysAwake: load.staysAwake,
    port: server.ready.port,
    connections: own ?? connections,
    seconds,
    send,
  });
  await server.ask('flush');
  await settle(server.pid);
  if (burst.bad > 0) throw new Error(`${burst.bad} bad answers, the last: ${burst.lastBad}`);
  return { ...burst, cpuMicros: (cpuMicros(server.pid) - before) / burst.requests };
}

/** One burst against each server that is not measured: long, because code of many paths gets hot slowly. */
export async function warmUp(
  entries: readonly Entry[],
  { load, connections, seconds = 2 }: { load: Load; connections: number; seconds?: number },
): Promise<void> {
  for (const entry of entries) await measureBurst(entry, { load, connections, seconds });
}

/** Measures bursts, one per server and round, in a seeded random order inside each round. */
export async function measureRounds(
  entries: readonly Entry[],
  options: RoundsOptions,
): Promise<Rounds> {
  const random = createRandom(20_080_714);
  const results: Record<string, Measured[]> = {};
  for (const { name } of entries) results[name] = [];
  for (let r = 0; r < options.rounds; r++) {
    for (const entry of shuffled(entries, random)) {
      const measured = await measureBurst(entry, { ...options, seconds: options.burstSeconds });
      results[entry.name].push(measured);
    }
    options.log(describeRound(r, results));
  }
  return results;
}

function describeRound(r: number, results: Rounds): string {
  const columns = Object.entries(results).map(([name, rounds]) => {
    const { perSecond, cpuMicros: cpu } = rounds[r];
    return `${name} ${Math.round(perSecond)}/s ${cpu.toFixed(1)} us`;
  });
  return `round ${r + 1}: ${columns.join(' · ')}`;
}
