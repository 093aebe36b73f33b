import { join, resolve } from 'node:path';
import { readFaultScript } from '../../src/cli/replay/fault-script.ts';
import type { FaultReport, FaultVerdict } from '../../src/cli/replay/judge-faults.ts';
import { readClicks } from '../../src/cli/replay/read-clicks.ts';
import { renderFaults } from '../../src/cli/replay/render-faults.ts';
import { timeline } from '../../src/cli/replay/timeline.ts';
import { type FaultStand, openFaultStand } from './faults/fault-stand.ts';
import { rehearse } from './faults/rehearse.ts';
import type { BenchOptions } from './harness/bench.ts';
import { quantileOf, round } from './harness/spread.ts';
import { withTemporaryFolder } from './harness/temporary-folder.ts';

const repository = resolve(import.meta.dirname, '../..');
const defaultRuns = 10;
const defaultTick = 1;
/** Gateways that are broken beside each other; more share two cores badly. */
const stands = 2;
/** Clicks a second at each: about as many in a tick as a small shop has in half a minute. */
const rate = 250;

/** How often and how fast the faults are played. */
export interface FaultSwitches {
  readonly runs?: string | undefined;
  /** Seconds from one look of the anomaly engine to the next. */
  readonly tick?: string | undefined;
}

/**
 * From a fault to the webhook: the faults of `demo/faults.yaml` are played against the demo as it is shipped, each in
 * every run, and what the webhook's receiver is told is compared with what was broken. Two gateways share the runs; each
 * begins elsewhere in the recording and has the faults in an order of its own. At a tick of one second ten runs take
 * half an hour.
 */
export async function faultsBench({
  dataFolder,
  log,
  ...switches
}: BenchOptions & FaultSwitches): Promise<object> {
  const runs = numberOf(switches.runs, defaultRuns);
  const tickSeconds = numberOf(switches.tick, defaultTick);
  const dataset = join(dataFolder ?? join(repository, 'demo'), 'eshop-clothing-2008.csv.gz');
  const script = readFaultScript(join(repository, 'demo/faults.yaml'));
  const recorded = await readClicks(dataset);
  const clicks = timeline(recorded.clicks, { fromMs: -Infinity, toMs: Infinity });
  const reports = await withTemporaryFolder(async (folder) => {
    const open = (): Promise<FaultStand> =>
      openFaultStand({ dataset, modelFolder: join(folder, 'models'), tickSeconds });
    // The first trains the models that the others load.
    const opened: FaultStand[] = [await open()];
    try {
      while (opened.length < stands) opened.push(await open());
      const rounds = Math.ceil(runs / stands);
      const shared = { script, clicks, stands, rounds, tickSeconds, rate, log };
      return await Promise.all(opened.map((one, stand) => rehearse(one, { ...shared, stand })));
    } finally {
      for (const one of opened) await one.close();
    }
  });
  for (const report of reports) log(renderFaults(report));
  return { ...summarise(reports), runs, tick_s: tickSeconds, clicks_per_s: rate };
}

function summarise(reports: readonly FaultReport[]): object {
  const verdicts = Map.groupBy(
    reports.flatMap(({ faults }) => faults),
    ({ fault }) => fault,
  );
  const faults = [...verdicts].map(([name, of]) => [name, summaryOf(of)] as const);
  const ticks = faults.map(([, { median_ticks_to_webhook }]) => median_ticks_to_webhook);
  return {
    faults: Object.fromEntries(faults),
    found: share(reports, ({ found }) => found),
    right_cause: share(reports, ({ right_cause }) => right_cause === true),
    worst_median_ticks: ticks.includes(null) ? null : Math.max(...(ticks as number[])),
    false_alarms: reports.reduce((sum, { false_alarms }) => sum + false_alarms.length, 0),
  };
}

function summaryOf(verdicts: readonly FaultVerdict[]) {
  const ticks = verdicts.flatMap(({ ticks }) => (ticks === null ? [] : [ticks]));
  return {
    found: ticks.length,
    median_ticks_to_webhook: ticks.length === 0 ? null : quantileOf(ticks, 0.5),
    right_cause: verdicts.filter(({ right_cause }) => right_cause === true).length,
    resolved: verdicts.filter(({ resolved }) => resolved === true).length,
  };
}

function share(reports: readonly FaultReport[], is: (verdict: FaultVerdict) => boolean): number {
  const all = reports.flatMap(({ faults }) => faults);
  return round(all.filter(is).length / all.length);
}

function numberOf(text: string | undefined, unsaid: number): number {
  const value = text === undefined ? unsaid : Number(text);
  if (!(value > 0)) throw new RangeError(`switch is ${text}, expected a number above 0`);
  return value;
}
