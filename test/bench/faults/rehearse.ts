import { setTimeout as sleep } from 'node:timers/promises';
import { createConduct, createFaultyConduct } from '../../../src/cli/replay/conduct.ts';
import { createControl } from '../../../src/cli/replay/control.ts';
import type { FaultScript, ScriptedFault } from '../../../src/cli/replay/fault-script.ts';
import { type FaultReport, judgeFaults } from '../../../src/cli/replay/judge-faults.ts';
import { play } from '../../../src/cli/replay/play.ts';
import { beginRehearsal } from '../../../src/cli/replay/rehearsal.ts';
import { steadyClicks } from '../../../src/cli/replay/steady-clicks.ts';
import { createTarget } from '../../../src/cli/replay/target.ts';
import type { Click } from '../../../src/cli/replay/timeline.ts';
import { createVisitors, putVisitors } from '../../../src/cli/replay/visitors.ts';
import { systemClock } from '../../../src/domain/clock.ts';
import { createRng } from '../../../src/math/rng.ts';
import { createRandom, shuffled } from '../harness/random.ts';
import type { FaultStand } from './fault-stand.ts';
import { toldAnomalies } from './told-anomalies.ts';

/** Both read features; of the third work too many answers are short for it to be usual. */
const works = ['session', 'home'];
/** Few, so that the order of the items matters in a catalogue of fifty. */
const itemsPerAnswer = 5;
/** Ticks in which nothing is broken: before the first fault, and after each. */
const warmTicks = 130;
const calmTicks = 32;
/** Ticks of an abrupt fault; a gradual one grows for as long again and more. */
const faultTicks = 12;
const rampTicks = 20;

/** How one run is played. */
export interface RehearsalOptions {
  readonly script: FaultScript;
  readonly clicks: readonly Click[];
  /** Stand `stand` of `stands`: each begins elsewhere in the recording and has its own order of faults. */
  readonly stand: number;
  readonly stands: number;
  /** How often each fault is played. */
  readonly rounds: number;
  readonly tickSeconds: number;
  /** Clicks a second. */
  readonly rate: number;
  readonly log: (line: string) => void;
}

/** Plays every fault of a script in each round, in a random order, and tells what the webhook was told of each. */
export async function rehearse(
  { url, controlUrl, token, receiver }: FaultStand,
  options: RehearsalOptions,
): Promise<FaultReport> {
  const { stand, stands, tickSeconds, rate, log } = options;
  const script = { ...options.script, faults: schedule(options.script.faults, options) };
  const clicks = startingAt(options.clicks, stand / stands);
  const visitors = createVisitors(clicks);
  await putVisitors(url, visitors.users);
  const startedAtMs = systemClock.now();
  const { faults, end } = await beginRehearsal(script, {
    control: createControl(controlUrl, { token }),
    clock: systemClock,
    rng: createRng(stand + 1),
    sleep,
  });
  const everybody = { ...createConduct(works), user: visitors.of };
  const conduct = createFaultyConduct(everybody, { ...script, faults });
  const { at, for: length } = script.faults.at(-1)!;
  const seconds = at + length + calmTicks * tickSeconds;
  const tally = await play(
    steadyClicks(clicks, { rate, length: Math.round(seconds * rate) }),
    createTarget(url),
    {
      ...{
        work: works.join(),
        conduct,
        n: itemsPerAnswer,
        byCatalog: true,
        speed: 1,
        concurrency: 64,
      },
      ...{ sessionPrefix: `stand-${stand}-`, clock: systemClock, sleep, progress: () => {} },
      signal: new AbortController().signal,
    },
  );
  await end();
  if (tally.serverErrors + tally.unanswered > 0)
    throw new Error(`${tally.serverErrors} server errors, ${tally.unanswered} unanswered`);
  log(
    `stand ${stand + 1}: ${tally.requests} requests, ${Math.round(tally.lateMs)} ms late at most`,
  );
  const told = toldAnomalies(receiver.alerts);
  return judgeFaults(script.faults, told, { startedAtMs, tickSeconds });
}

/** The faults one after the other, with calm between them. */
function schedule(
  faults: readonly ScriptedFault[],
  { stand, rounds, tickSeconds }: RehearsalOptions,
): ScriptedFault[] {
  let at = warmTicks * tickSeconds;
  const random = createRandom(stand + 1);
  const order = Array.from({ length: rounds }, () => shuffled(faults, random)).flat();
  return order.map((fault) => {
    const rampSeconds = fault.rampSeconds > 0 ? rampTicks * tickSeconds : 0;
    const length = rampSeconds + faultTicks * tickSeconds;
    const placed = { ...fault, at, for: length, rampSeconds };
    at += length + calmTicks * tickSeconds;
    return placed;
  });
}

/** The same sessions, beginning at a share of the way through the recording. */
function startingAt(clicks: readonly Click[], share: number): Click[] {
  const sessions = [...Map.groupBy(clicks, ({ session }) => session).values()];
  const first = Math.floor(sessions.length * share);
  return [...sessions.slice(first), ...sessions.slice(0, first)].flat();
}
