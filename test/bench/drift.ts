import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { measureDomains } from './drift/domain-table.ts';
import { playQuiet, playShifts } from './drift/shift-delays.ts';
import { openShopStand, type ShopStand } from './drift/shop-stand.ts';
import type { Bench } from './harness/bench.ts';

const hourMs = 3_600_000;
/** Everything before was open to choosing definitions and defaults, nothing after. */
const cutMs = Date.UTC(2008, 7, 1);
const data =
  process.env.SIGHTLINE_BENCH_DATA ?? resolve(import.meta.dirname, '../../../shared/data');
const swaps = [
  ['trousers', 'skirts'],
  ['blouses', 'sale'],
] as const;

/**
 * The drift signal on the recorded shop, whose model and reference end on 1 August 2008: how long cross-wired
 * catalogues stay unseen when it happens at any hour of the days after, and what the days after look like when nothing
 * happens; then real pairs of domains. `--data` is the folder of the recording.
 */
export const driftBench: Bench = async ({ dataFolder, log }) => {
  const play = async (strays: number, firstClicksAsk: boolean) => {
    const stand = await openShopStand({
      folder: dataFolder,
      cutMs,
      firstClicksAsk,
      swaps,
      drift: { strays },
    });
    // Shifts leave their clicks in the windows, so the quiet days come first.
    const quiet = playQuiet(stand);
    const shift = playShifts(stand, { startsMs: startsOf(stand), firstClicksAsk });
    log(
      `strays ${strays}, first clicks ask ${firstClicksAsk}: ${JSON.stringify({ shift, quiet })}`,
    );
    return { shift, quiet };
  };
  const { shift, quiet } = await play(1, true);
  const no_stray_allowed = await play(0, true);
  const first_clicks_silent = await play(1, false);
  const folder = resolve(data, 'rec/cross-domain');
  const domains = existsSync(folder) ? measureDomains(folder, log) : [];
  for (const row of domains) log(JSON.stringify(row));
  return { shift, quiet, no_stray_allowed, first_clicks_silent, domains };
};

/** Every hour that has a day before it and six hours after it. */
function startsOf({ clicks }: ShopStand): number[] {
  const lastMs = clicks.at(-1)!.atMs - 6 * hourMs;
  const starts: number[] = [];
  for (let startMs = cutMs + 24 * hourMs; startMs < lastMs; startMs += hourMs) starts.push(startMs);
  return starts;
}
