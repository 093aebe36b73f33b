import { setTimeout as sleepFor } from 'node:timers/promises';
import { systemClock } from '../domain/clock.ts';
import { SightlineError } from '../domain/errors.ts';
import { createRng } from '../math/rng.ts';
import { type Command, usageError } from './command.ts';
import { createProgress } from './progress.ts';
import { type Conduct, createConduct, createFaultyConduct } from './replay/conduct.ts';
import { createControl } from './replay/control.ts';
import { type FaultScript, isPlayerFault, readFaultScript } from './replay/fault-script.ts';
import { areAllFound } from './replay/judge-faults.ts';
import { play } from './replay/play.ts';
import { readClicks } from './replay/read-clicks.ts';
import { beginRehearsal, lengthOf } from './replay/rehearsal.ts';
import { renderFaults } from './replay/render-faults.ts';
import { renderReport } from './replay/render-report.ts';
import { parseReplaySettings, type ReplaySettings, replayOptions } from './replay/settings.ts';
import { steadyClicks } from './replay/steady-clicks.ts';
import { swapClicks } from './replay/swap-catalogs.ts';
import type { ReplayReport, Tally } from './replay/tally.ts';
import { createTarget } from './replay/target.ts';
import { type Click, type Clicks, timeline } from './replay/timeline.ts';
import { createVisitors, putVisitors } from './replay/visitors.ts';
import type { Terminal } from './terminal.ts';

/** Plays recorded sessions against a running gateway and tells how well and how fast it answers. */
export const replay: Command = {
  name: 'replay',
  summary: 'play recorded sessions against a running gateway',
  details: [
    'Before each click of a session but its first it asks for a recommendation, looks whether the',
    'click is in it, and then sends the click. Sessions get new ids for each run, and clicks carry',
    'the time at which they are sent. Exits with 1 when a call failed in the server or was not',
    'answered. By catalogue it asks for items of the page on which the click was recorded, which is',
    'an easier question; with catalogues exchanged the page stays and the items are those of another.',
    'Where the gateway has keys, one that may read and write stands in SIGHTLINE_KEY.',
    '',
    'With --fault it breaks things on purpose while it plays, and tells whether the gateway noticed',
    'and named the cause; demo/faults.yaml is a script. The gateway needs `faults.enabled`, and the',
    'control token stands in SIGHTLINE_CONTROL_TOKEN. Exits with 1 when a fault was not found, or',
    'another cause was named than the script expects.',
  ].join('\n'),
  options: replayOptions,
  run: async (given, terminal) => {
    const settings = parseReplaySettings(given);
    const script = settings.fault === undefined ? undefined : readFaultScript(settings.fault);
    if (script !== undefined) checkToken(script, terminal);
    await createTarget(settings.url).reach();
    const recorded = await selectClicks(settings, terminal);
    const conduct = await conductOf(recorded, settings, keyOf(terminal));
    const stage = { settings, terminal, conduct };
    return script === undefined
      ? playRecorded(loadOf(recorded, settings), stage)
      : playScripted(loadOf(recorded, settings, lengthOf(script)), script, stage);
  },
};

interface Stage {
  readonly settings: ReplaySettings;
  readonly terminal: Terminal;
  readonly conduct: Conduct;
}

async function playRecorded(clicks: Clicks, stage: Stage): Promise<number> {
  const report = await playAll(clicks, stage);
  const { settings, terminal } = stage;
  terminal.out(settings.json ? `${JSON.stringify(report)}\n` : renderReport(report));
  return hasFailed(report) ? 1 : 0;
}

async function playScripted(clicks: Clicks, script: FaultScript, stage: Stage): Promise<number> {
  const { settings, terminal } = stage;
  const rehearsal = await beginRehearsal(script, {
    control: createControl(settings.control, { token: tokenOf(terminal) }),
    clock: systemClock,
    rng: createRng(1),
    sleep: sleepFor,
  });
  const conduct = createFaultyConduct(stage.conduct, { ...script, faults: rehearsal.faults });
  const report = await playAll(clicks, { ...stage, conduct });
  const faults = await rehearsal.end();
  terminal.out(
    settings.json
      ? `${JSON.stringify({ ...report, ...faults })}\n`
      : `${renderReport(report)}\n${renderFaults(faults)}`,
  );
  return hasFailed(report) || !areAllFound(faults) ? 1 : 0;
}

const hasFailed = (report: ReplayReport) => report.server_errors + report.unanswered > 0;

const tokenOf = ({ environment }: Terminal) => environment.SIGHTLINE_CONTROL_TOKEN;

const keyOf = ({ environment }: Terminal) => environment.SIGHTLINE_KEY;

function checkToken(script: FaultScript, terminal: Terminal): void {
  if (script.faults.every(isPlayerFault) || tokenOf(terminal)) return;
  throw usageError('replay', [
    'option --fault needs the control token of the gateway in SIGHTLINE_CONTROL_TOKEN',
  ]);
}

/** What people do; where they are users, the gateway knows them afterwards. */
async function conductOf(
  clicks: readonly Click[],
  settings: ReplaySettings,
  key: string | undefined,
): Promise<Conduct> {
  const conduct = createConduct(settings.work.split(','));
  if (!settings.users) return conduct;
  const visitors = createVisitors(clicks);
  await putVisitors(settings.url, visitors.users, { key });
  return { ...conduct, user: visitors.of };
}

/** The clicks to play: as recorded, or at a steady rate for as long as is said or `seconds`. */
function loadOf(
  clicks: readonly Click[],
  { rate, forSeconds, limit }: ReplaySettings,
  seconds?: number,
): Clicks {
  if (rate === undefined) return clicks.slice(0, limit);
  const length = (forSeconds ?? seconds ?? clicks.length / rate) * rate;
  return steadyClicks(clicks, { rate, length: Math.min(limit, Math.ceil(length)) });
}

async function selectClicks(settings: ReplaySettings, terminal: Terminal): Promise<Click[]> {
  const recorded = await readClicks(settings.dataset);
  if (recorded.skipped > 0) {
    terminal.err(`${recorded.skipped} rows of ${settings.dataset} could not be read\n`);
  }
  const clicks = timeline(swapClicks(recorded.clicks, settings), settings);
  if (clicks.length > 0) return clicks;
  throw new SightlineError(
    'SL_DATA_INVALID',
    `${settings.dataset} has no session between --from and --to, expected at least one`,
  );
}

async function playAll(
  clicks: Clicks,
  { settings, terminal, conduct }: Stage,
): Promise<ReplayReport> {
  const progress = createProgress(terminal, systemClock);
  const stop = new AbortController();
  const release = terminal.onStop(() => stop.abort());
  const startedAt = systemClock.monotonic();
  let tally: Tally;
  try {
    tally = await play(clicks, createTarget(settings.url, { key: keyOf(terminal) }), {
      ...settings,
      // The times of a steady load are those at which it is played.
      speed: settings.rate === undefined ? settings.speed : 1,
      conduct,
      sessionPrefix: `replay-${systemClock.now().toString(36)}-`,
      clock: systemClock,
      sleep: (ms) => sleepFor(ms, undefined, { signal: stop.signal }).catch(() => {}),
      progress: (done, note) => progress.update('replay', done, note),
      signal: stop.signal,
    });
  } finally {
    release();
    progress.end();
  }
  const seconds = (systemClock.monotonic() - startedAt) / 1000;
  return tally.report({ work: settings.work, n: settings.n, seconds });
}
