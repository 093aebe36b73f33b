import type { Bench } from './harness/bench.ts';
import { type Entry, measureRounds, type Rounds, warmUp } from './harness/burst.ts';
import { entryMedians, pairedRatio, planRounds } from './harness/compare.ts';
import { timeFdatasync } from './harness/fdatasync.ts';
import { type GatewayStand, type Server, withGatewayStand } from './harness/gateway-stand.ts';
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
    const [server, again] = [
      await stand.startGateway('http', 'on', { pinned: false }),
      await stand.startGateway('http_again', 'on', { pinned: false }),
    ];
    const servers = [server, again];
    // The servers use both cores, so that none can be kept busy.
    const load = { ...stand.load, staysAwake: false };
    const send = feedbackOf(stand);
    const entries: Entry[] = [
      { name: 'http', server, send },
      { name: 'http_again', server: again, send },
      { name: 'http_single', server, send, connections: 1 },
    ];
    const plan = planRounds(entries.length, (seconds * 3) / 4);
    await warmUp(entries, { load, connections, seconds: 1 });
    const keptBefore = await keptEvents(servers);
    const syncs = [timeFdatasync(stand.folder, syncsPerRound)];
    const rounds = await measureRounds(entries, {
      ...plan,
      load,
      connections,
      log(line) {
        syncs.push(timeFdatasync(stand.folder, syncsPerRound));
        log(line);
      },
    });
    checkKept(rounds, (await keptEvents(servers)) - keptBefore);
    // The syncs before and after a round are those of its time.
    const syncMs = rounds.http.map((_, r) => quantileOf([...syncs[r], ...syncs[r + 1]], 0.5));
    const overSync = (name: string, of: 'p50Ms' | 'p99Ms') =>
      spreadOf(rounds[name].map((burst, r) => burst[of] / syncMs[r]));
    const p99 = overSync('http', 'p99Ms');
    const perSecond = spreadOf(rounds.http.map((burst) => burst.perSecond * batch));
    return {
      http_events_per_s: perSecond.median,
      http_events_per_s_iqr: perSecond.iqr,
      post_p99_over_fsync: p99.median,
      post_p99_over_fsync_iqr: p99.iqr,
      single_post_p50_over_fsync: overSync('http_single', 'p50Ms'),
      single_post_p99_over_fsync: overSync('http_single', 'p99Ms'),
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

/** Events in the stores of all servers. */
async function keptEvents(servers: readonly Server[]): Promise<number> {
  let kept = 0;
  for (const server of servers) {
    kept += (await server.ask<{ feedback: number }>('counts')).feedback;
  }
  return kept;
}

/** Every event that was acknowledged must be in a store, once. */
function checkKept(rounds: Rounds, kept: number): void {
  const posts = Object.values(rounds).flat();
  const sent = batch * posts.reduce((sum, { requests }) => sum + requests, 0);
  if (kept !== sent) throw new Error(`${kept} events were kept, expected ${sent}`);
}

/** POSTs of 100 clicks of 100 sessions each; the load generator gives every event a new id. */
function feedbackOf({ items }: GatewayStand): Entry['send'] {
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
