import type { EventBatch } from '../telemetry/event-ring.ts';
import { kindCode } from '../telemetry/ring-event.ts';
import { ArmGroups } from './arms/arm-groups.ts';
import { ArmWindow, type OutcomeCounts } from './arms/arm-window.ts';
import { CodeGroups } from './gathering/code-groups.ts';
import { createPaneClock, type Pane } from './panes/pane-clock.ts';
import type { Reading, SignalKind, SignalReport } from './signal.ts';

/** What one arm of an experiment received and achieved, in the window where nothing else is said. */
export interface ArmCounts {
  readonly experiment: string;
  readonly variant: string;
  /** Requests whose feedback is no longer waited for, by what had come of them. */
  readonly table: OutcomeCounts;
  /** Requests that showed anything, also those whose feedback is still waited for. */
  readonly requests: number;
  /** Requests of all arms of the experiment. */
  readonly offered: number;
  /** `requests` / `offered`; null where there are none. */
  readonly allocation: number | null;
  /** Different sessions or users since each of `paneStartsMs`, a sample of them where they are many; see `ArmKeys`. */
  readonly keysSince: readonly number[];
  /** `requests` since the start. */
  readonly requestsTotal: number;
  /** `table` in sum, since the start. */
  readonly judgedTotal: number;
  /** Outcomes since the start in groups of keys; see `ArmGroups`. */
  readonly sums: Uint32Array;
}

/** The arms of all experiments. */
export interface ArmsReport extends SignalReport {
  readonly arms: readonly ArmCounts[];
  /** When each pane of the window began, latest first, epoch milliseconds; the first began with the first event. */
  readonly paneStartsMs: readonly number[];
}

/** Bounds of what is counted. */
export interface ArmsOptions {
  readonly windowSeconds?: number;
  /** Steps in which the window moves on, 1 to 255. */
  readonly panes?: number;
  /** Arms told apart; requests of others are not counted. */
  readonly maxArms?: number;
  /** Sessions or users held to count them once each. */
  readonly maxKeys?: number;
}

/**
 * Counts per arm of an experiment the requests it received, the different sessions or users behind them, and the joint
 * outcome click × conversion of the requests that left the join with feedback. Requests that showed nothing tell no
 * arm and count for none. O(1) a request.
 */
export const arms: SignalKind<ArmsOptions | undefined, ArmsReport> = {
  create(context, options = {}) {
    const { windowSeconds = 21_600, panes = 12, maxArms = 64, maxKeys = 131_072 } = options;
    const groups = new CodeGroups(maxArms);
    const window = new ArmWindow({ arms: groups.span, panes, maxKeys });
    const groupsOfKeys = new ArmGroups(groups.span);
    const clock = createPaneClock({ windowSeconds, panes }, (pane) => window.forget(pane));
    const { requests } = context;
    let latestRequest = 0;

    requests.onLeave((slot, nowMs) => {
      const arm = groups.of(requests.variant(slot));
      if (arm === 0) return;
      const outcome = requests.outcomeOf(slot);
      window.judge(arm, clock.paneAt(nowMs), outcome);
      groupsOfKeys.judge(arm, requests.unit(slot), outcome);
    });
    const observe = (batch: EventBatch, nowMs: number) => {
      const pane = clock.paneAt(nowMs);
      for (let i = 0; i < batch.count; i++) {
        const request = batch.kind(i) === kindCode.exposure ? batch.request(i) : 0;
        const goesOn = request === latestRequest && batch.position(i) !== 0;
        latestRequest = request;
        if (goesOn || request === 0) continue;
        const arm = groups.of(batch.detail(i));
        if (arm > 0) window.serve(arm, pane, batch.session(i));
      }
    };
    const report = (nowMs: number) => {
      clock.paneAt(nowMs);
      const latestPanes = clock.latestPanes();
      const counted = groups.codes.flatMap((code, arm) => {
        const name = armNameOf(context.nameOf(code));
        if (name === undefined) return [];
        const sums = groupsOfKeys.sums(arm);
        return [{ ...name, ...countsOf(window, arm, latestPanes), sums }];
      });
      const found = allocate(counted);
      const paneStartsMs = latestPanes.map(({ startMs }) => context.epochMs(startMs));
      return { arms: found, paneStartsMs, readings: readingsOf(found, windowSeconds) };
    };
    return { name: 'arms', observe, report };
  },
  tell({ arms: counted }, emit) {
    for (const { experiment, variant, allocation } of counted) {
      if (allocation !== null) {
        emit('allocation.measured', { experiment, variant, ratio: allocation });
      }
    }
  },
};

/**
 * Different sessions or users that an arm received since a moment, epoch milliseconds, or shortly after: since the
 * first pane that began no sooner. 0 where none did.
 *
 * @example keysSince(report, { keysSince: [4, 9], … }, report.paneStartsMs[1]) // 9
 */
export function keysSince(
  { paneStartsMs }: Pick<ArmsReport, 'paneStartsMs'>,
  arm: Pick<ArmCounts, 'keysSince'>,
  sinceMs: number,
): number {
  return arm.keysSince[paneStartsMs.findLastIndex((startMs) => startMs >= sinceMs)] ?? 0;
}

/** The parts of `experiment/variant`; undefined for what is no arm. */
export function armNameOf(name: string): Pick<ArmCounts, 'experiment' | 'variant'> | undefined {
  const slash = name.indexOf('/');
  if (slash < 0) return undefined;
  return { experiment: name.slice(0, slash), variant: name.slice(slash + 1) };
}

function countsOf(window: ArmWindow, arm: number, latestPanes: readonly Pane[]) {
  let keys = 0;
  const since = latestPanes.map(({ pane }) => {
    keys += window.keys(arm, pane);
    return keys;
  });
  return {
    table: window.table(arm),
    requests: window.requests(arm),
    keysSince: since,
    ...window.totals(arm),
  };
}

/** Adds the requests of the experiment of each arm, and the arm's share of them. */
function allocate(counted: readonly Omit<ArmCounts, 'allocation' | 'offered'>[]): ArmCounts[] {
  const offeredBy = new Map<string, number>();
  for (const { experiment, requests } of counted) {
    offeredBy.set(experiment, (offeredBy.get(experiment) ?? 0) + requests);
  }
  return counted.map((arm) => {
    const offered = offeredBy.get(arm.experiment) ?? 0;
    return { ...arm, offered, allocation: offered === 0 ? null : arm.requests / offered };
  });
}

function readingsOf(counted: readonly ArmCounts[], windowSeconds: number): Reading[] {
  return counted.flatMap(({ experiment, variant, table, offered, allocation }) => {
    const [, converted, clicked, both] = table;
    const judged = table.reduce((sum, count) => sum + count, 0);
    const read = (measure: string, value: number | null, samples: number): Reading => {
      return { measure, labels: { experiment, variant }, value, samples, windowSeconds };
    };
    return [
      read('allocation_ratio', allocation, offered),
      read('click_ratio', judged === 0 ? null : (clicked + both) / judged, judged),
      read('conversion_ratio', judged === 0 ? null : (converted + both) / judged, judged),
    ];
  });
}
