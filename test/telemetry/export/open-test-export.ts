import { onTestFinished } from 'vitest';
import {
  type MetricExport,
  openMetricExport,
} from '../../../src/telemetry/export/open-metric-export.ts';
import { readPushHeaders } from '../../../src/telemetry/export/push-headers.ts';
import { pushSchema } from '../../../src/telemetry/export/push-schema.ts';
import type { Emit, FactName, Facts } from '../../../src/telemetry/facts.ts';
import { createMetricSet, type MetricSet } from '../../../src/telemetry/metric-set.ts';

/** An export whose time stands still until it is told to go on. */
export interface TestExport {
  readonly pushed: MetricExport;
  readonly set: MetricSet;
  /** Everything that was told, in its order. */
  readonly facts: readonly Said[];
  /** Time goes on; what falls due is run in its order. */
  advance(seconds: number): Promise<void>;
  /** Delays of the timers that are set, in milliseconds, the shortest first. */
  delays(): readonly number[];
  /** Resolves with a fact of a name that is told from now on, or was told after the last one asked for. */
  told<Name extends FactName>(name: Name): Promise<Facts[Name]>;
}

/** One fact. */
export type Said = { [Name in FactName]: readonly [name: Name, fact: Facts[Name]] }[FactName];

/** What destinations are given as in the configuration, and what the environment holds. */
export interface TestExportOptions {
  readonly push: object;
  readonly environment?: Readonly<Record<string, string>>;
  readonly set?: MetricSet;
}

/** Opens an export with an injected clock and timers. */
export function openTestExport({
  push,
  environment = {},
  set = createMetricSet(),
}: TestExportOptions): TestExport {
  const time = createTestTime();
  const facts: Said[] = [];
  const asked = new Map<FactName, number>();
  const waiting: (() => void)[] = [];
  const emit: Emit = (name, fact) => {
    facts.push([name, fact] as unknown as Said);
    for (const look of waiting.splice(0)) look();
  };
  const destinations = pushSchema.parse(push);
  const headers = readPushHeaders(destinations, environment);
  const { clock, schedule } = time;
  const pushed = openMetricExport({
    ...{ destinations, headers, emit, clock, schedule },
    metrics: set,
    resource: { 'service.name': 'shop', 'service.version': '1.2.3' },
  });
  onTestFinished(() => pushed.close());
  return {
    ...{ pushed, set, facts },
    advance: (seconds) => time.advance(seconds * 1000),
    delays: time.delays,
    async told(name) {
      const from = asked.get(name) ?? 0;
      for (;;) {
        const at = facts.findIndex(([one], f) => f >= from && one === name);
        if (at >= 0) {
          asked.set(name, at + 1);
          return facts[at][1] as never;
        }
        await new Promise<void>((resolve) => waiting.push(resolve));
      }
    },
  };
}

/** A clock and its timers, which go on when they are told to. */
function createTestTime() {
  let nowMs = 1_700_000_000_000;
  let timers: { readonly atMs: number; readonly run: () => void }[] = [];
  return {
    clock: { now: () => nowMs, monotonic: () => nowMs },
    schedule(delayMs: number, run: () => void) {
      const timer = { atMs: nowMs + delayMs, run };
      timers.push(timer);
      return () => {
        timers = timers.filter((one) => one !== timer);
      };
    },
    delays: () => timers.map(({ atMs }) => atMs - nowMs).toSorted((a, b) => a - b),
    async advance(ms: number) {
      const end = nowMs + ms;
      for (;;) {
        // What was begun before goes first.
        await new Promise((resolve) => setImmediate(resolve));
        const [next] = timers.filter(({ atMs }) => atMs <= end).toSorted((a, b) => a.atMs - b.atMs);
        if (next === undefined) break;
        timers = timers.filter((one) => one !== next);
        nowMs = next.atMs;
        next.run();
      }
      nowMs = end;
    },
  };
}
