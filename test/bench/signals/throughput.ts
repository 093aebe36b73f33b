import { openSignals, type SignalsReport } from '../../../src/signals/thread/open-signals.ts';
import { createEventRing } from '../../../src/telemetry/event-ring.ts';
import { round, spreadOf } from '../harness/spread.ts';
import type { Shop } from './shop.ts';
import { knownScalesIn } from './stand.ts';
import { createTraffic, type Traffic } from './traffic.ts';

/** Twice as many as the join holds, so that each new request lets an old one go. */
const warmRequests = 131_072;
const turnMs = 50;
const fullMs = 1;

interface Round {
  readonly perSecond: number;
  /** Mean time an event spent in the ring. */
  readonly lagSeconds: number;
}

/**
 * Events per second that the signals worker takes in while the main thread keeps its ring full, by the worker's own
 * counts: a round is what lies between two of its own reports, about a second. `mixed` is requests with slates of 20
 * and one feedback event each, `feedback` is feedback alone.
 */
export async function measureThroughput(
  shop: Shop,
  { seconds, log }: { seconds: number; log: (line: string) => void },
) {
  const worker = startWorker(shop);
  const { traffic } = worker;
  await warmUp(worker);
  const mixed = await playRounds(worker, 0.7 * seconds, () => {
    traffic.request();
    traffic.feedback();
  });
  const feedback = await playRounds(worker, 0.3 * seconds, () => {
    for (let k = 0; k < 22; k++) traffic.feedback();
  });
  const lost = await worker.close();
  return {
    ...summarise(mixed, log),
    feedback: summarise(feedback, log),
    events: traffic.put,
    lost,
  };
}

function summarise({ rounds, busy, cpuNsPerEvent }: Played, log: (line: string) => void) {
  const rates = rounds.map(({ perSecond }) => perSecond);
  const { median, iqr } = spreadOf(rates);
  log(`${median} events/s ${JSON.stringify(iqr)}, CPU ${cpuNsPerEvent} ns, producer busy ${busy}`);
  return {
    events_per_s: median,
    events_per_s_iqr: iqr,
    events_per_s_best: Math.max(...rates),
    aa: { events_per_s: round(halves(rates)) },
    worker_cpu_ns_per_event: cpuNsPerEvent,
    producer_busy_ratio: busy,
    lag_s: spreadOf(rounds.map(({ lagSeconds }) => lagSeconds)).median,
    rounds: rates.length,
  };
}

interface BusyWorker {
  readonly traffic: Traffic;
  /** Reports since the start. */
  readonly reports: readonly SignalsReport[];
  /** Milliseconds for which the ring was full. */
  readonly fullMs: number;
  report(): Promise<SignalsReport>;
  /** Answers how many of the events put did not arrive. */
  close(): Promise<number>;
}

function startWorker(shop: Shop): BusyWorker {
  const ring = createEventRing();
  const reports: SignalsReport[] = [];
  const signals = openSignals({
    ...shop,
    ring,
    onReport: (report) => reports.push(report),
    onFailure: (cause) => {
      throw cause;
    },
  });
  const idle = new Int32Array(new SharedArrayBuffer(4));
  let waitedMs = 0;
  const traffic = createTraffic(shop, {
    ring,
    whenFull: () => {
      const start = performance.now();
      Atomics.wait(idle, 0, 0, fullMs);
      waitedMs += performance.now() - start;
    },
  });
  return {
    traffic,
    reports,
    get fullMs() {
      return waitedMs;
    },
    report: () => signals.report(),
    async close() {
      await signals.close();
      return traffic.put - reports.reduce((sum, report) => sum + eventsOf(report), 0);
    },
  };
}

/** Fills the join, lets the drift signal find its scales, and makes the code of both threads fast. */
async function warmUp({ traffic, report }: BusyWorker): Promise<void> {
  for (let done = 0, known = 0; known < 1 || done < warmRequests; done += 1024) {
    for (let k = 0; k < 1024; k++) {
      traffic.request();
      traffic.feedback();
    }
    known = knownScalesIn((await report()).drift?.readings ?? []) ?? 0;
  }
}

/** What was seen of the worker in a stretch of time. */
interface Played {
  readonly rounds: readonly Round[];
  /** Share of the time in which the ring was not full: near 1 the main thread is what limits. */
  readonly busy: number;
  /** CPU time of all threads but the main one. */
  readonly cpuNsPerEvent: number;
}

async function playRounds(worker: BusyWorker, seconds: number, visit: () => void): Promise<Played> {
  const { traffic, reports } = worker;
  const before = { reports: reports.length, put: traffic.put, fullMs: worker.fullMs };
  const cpuBefore = otherThreadsMicros();
  const start = performance.now();
  while (performance.now() - start < seconds * 1000) {
    const until = performance.now() + turnMs;
    while (performance.now() < until) visit();
    await new Promise((resolve) => setImmediate(resolve));
  }
  const cpuNs = (otherThreadsMicros() - cpuBefore) * 1000;
  const fullShare = (worker.fullMs - before.fullMs) / (performance.now() - start);
  // The first round began before the traffic.
  const rounds = reports.slice(before.reports + 1).map((report): Round => {
    const perSecond = Math.round(eventsOf(report) / report.periodSeconds);
    return { perSecond, lagSeconds: report.flow?.lagMeanSeconds ?? 0 };
  });
  return {
    rounds,
    busy: round(1 - fullShare),
    cpuNsPerEvent: round(cpuNs / (traffic.put - before.put)),
  };
}

function otherThreadsMicros(): number {
  const [all, own] = [process.cpuUsage(), process.threadCpuUsage()];
  return all.user + all.system - own.user - own.system;
}

function eventsOf({ flow }: SignalsReport): number {
  return Object.values(flow?.events ?? {}).reduce((sum, events) => sum + events, 0);
}

/** Median of the odd rounds over that of the even ones: what chance alone makes of it. */
function halves(values: readonly number[]): number {
  const every = (rest: number) => spreadOf(values.filter((_, i) => i % 2 === rest)).median;
  return every(1) / every(0);
}
