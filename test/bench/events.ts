import type { Bench } from './harness/bench.ts';
import { type Entry, measureRounds, type Rounds, warmUp } from './harness/burst.ts';
import { entryMedians, pairedRatio, planRounds } from './harness/compare.ts';
import { timeFdatasync } from './harness/fdatasync.ts';
import { type GatewayStand, withGatewayStand } from './harness/gateway-stand.ts';
import { createRandom } from './harness/random.ts';
import { quantileOf, round, spreadOf } from './harness/spread.ts';
import { ringBench } from './ring.ts';

const connections = 16;
const batch = 100;
const templates = 64;
const syncsPerRound = 40;

/**
 * Events per second from a thread to the signals worker through the ring, and over HTTP into the durable
 * store in batches of 100, with the time of a POST in multiples of one fdatasync of the same disk.
 */
export const eventsBench: Bench = async (options) => {
  const ring = await ringBench({ ...options, seconds: options.seconds / 4 });
  return { ...ring, ...(await httpBench(options)) };
};

const httpBench: Bench = ({ seconds, log }) =>
  withGatewayStand(log, async (stand) => {
    const entries: Entry[] = [];
    for (const name of ['http', 'http_again']) {
      const server = await stand.startGateway(name, 'on', { pinned: false });
      entries.push({ name, server, send: feedbackOf(stand) });
    }
    const plan = planRounds(entries.length, (seconds * 3) / 4);
    await warmUp(entries, { load: stand.load, connections, seconds: 1 });
    const keptBefore = await keptEvents(entries);
    const syncs = [timeFdatasync(stand.folder, syncsPerRound)];
    const rounds = await measureRounds(entries, {
      ...plan,
      load: stand.load,
      connections,
      log(line) {
        syncs.push(timeFdatasync(stand.folder, syncsPerRound));
        log(line);
      },
    });
    checkKept(rounds, { before: keptBefore, after: await keptEvents(entries) });
    // The syncs before and after a round are those of its time.
    const syncMs = rounds.http.map((_, r) => quantileOf([...syncs[r], ...syncs[r + 1]], 0.5));
    const overSync = spreadOf(rounds.http.map(({ p99Ms }, r) => p99Ms / syncMs[r]));
    const perSecond = spreadOf(rounds.http.map((burst) => burst.perSecond * batch));
    return {
      http_events_per_s: perSecond.median,
      http_events_per_s_iqr: perSecond.iqr,
      post_p99_over_fsync: overSync.median,
      post_p99_over_fsync_iqr: overSync.iqr,
      post_p50_ms: spreadOf(rounds.http.map(({ p50Ms }) => p50Ms)),
      post_p99_ms: spreadOf(rounds.http.map(({ p99Ms }) => p99Ms)),
      fdatasync_ms: spreadOf(syncMs),
      fdatasync_p99_ms: round(quantileOf(syncs.flat(), 0.99)),
      http_aa: {
        events_ratio: pairedRatio(rounds, ['http_again', 'http'], 'perSecond'),
        post_p99_ratio: pairedRatio(rounds, ['http_again', 'http'], 'p99Ms'),
      },
      connections,
      batch,
      ...plan,
      entries: entryMedians(rounds),
    };
  });

type Kept = Readonly<Record<string, number>>;

/** Events in the store of each server. */
async function keptEvents(entries: readonly Entry[]): Promise<Kept> {
  const kept: Record<string, number> = {};
  for (const { name, server } of entries) {
    kept[name] = (await server.ask<{ feedback: number }>('counts')).feedback;
  }
  return kept;
}

/** Every event that was acknowledged must be in the store, once. */
function checkKept(rounds: Rounds, { before, after }: { before: Kept; after: Kept }): void {
  for (const [name, bursts] of Object.entries(rounds)) {
    const sent = batch * bursts.reduce((sum, { requests }) => sum + requests, 0);
    const kept = after[name] - before[name];
    if (kept !== sent) throw new Error(`${name} kept ${kept} events, expected ${sent}`);
  }
}

/** POSTs of 100 clicks of 100 sessions each; the load generator gives every event a new id. */
export function feedbackOf({ items }: GatewayStand): Entry['send'] {
  const random = createRandom(11);
  const timestamp = new Date().toISOString();
  const click = () => ({
    id: '000000000000',
    type: 'click',
    item: items[Math.floor(random() * items.length)],
    session: `s${Math.floor(random() * 20_000)}`,
    timestamp,
  });
  const post = () => {
    const body = JSON.stringify(Array.from({ length: batch }, click));
    return `POST /v1/feedback HTTP/1.1\r\nhost: 127.0.0.1\r\ncontent-type: application/json\r\ncontent-length: ${body.length}\r\n\r\n${body}`;
  };
  return { templates: Array.from({ length: templates }, post) };
}
