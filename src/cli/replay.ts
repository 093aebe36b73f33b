import { setTimeout as sleep } from 'node:timers/promises';
import { systemClock } from '../domain/clock.ts';
import { SightlineError } from '../domain/errors.ts';
import type { Command } from './command.ts';
import { createProgress } from './progress.ts';
import { play } from './replay/play.ts';
import { readClicks } from './replay/read-clicks.ts';
import { renderReport } from './replay/render-report.ts';
import { parseReplaySettings, type ReplaySettings, replayOptions } from './replay/settings.ts';
import { swapClicks } from './replay/swap-catalogs.ts';
import type { ReplayReport, Tally } from './replay/tally.ts';
import { createTarget } from './replay/target.ts';
import { type Click, timeline } from './replay/timeline.ts';
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
  ].join('\n'),
  options: replayOptions,
  run: async (given, terminal) => {
    const settings = parseReplaySettings(given);
    const target = createTarget(settings.url);
    await target.reach();
    const clicks = await selectClicks(settings, terminal);
    const report = await playAll(clicks, settings, terminal);
    terminal.out(settings.json ? `${JSON.stringify(report)}\n` : renderReport(report));
    return report.server_errors + report.unanswered > 0 ? 1 : 0;
  },
};

async function selectClicks(settings: ReplaySettings, terminal: Terminal): Promise<Click[]> {
  const recorded = await readClicks(settings.dataset);
  if (recorded.skipped > 0) {
    terminal.err(`${recorded.skipped} rows of ${settings.dataset} could not be read\n`);
  }
  const played = swapClicks(recorded.clicks, settings);
  const clicks = timeline(played, settings).slice(0, settings.limit);
  if (clicks.length > 0) return clicks;
  throw new SightlineError(
    'SL_DATA_INVALID',
    `${settings.dataset} has no session between --from and --to, expected at least one`,
  );
}

async function playAll(
  clicks: readonly Click[],
  settings: ReplaySettings,
  terminal: Terminal,
): Promise<ReplayReport> {
  const progress = createProgress(terminal, systemClock);
  const stop = new AbortController();
  const release = terminal.onStop(() => stop.abort());
  const startedAt = systemClock.monotonic();
  let tally: Tally;
  try {
    tally = await play(clicks, createTarget(settings.url), {
      ...settings,
      sessionPrefix: `replay-${systemClock.now().toString(36)}-`,
      clock: systemClock,
      sleep: (ms) => sleep(ms, undefined, { signal: stop.signal }).catch(() => {}),
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
