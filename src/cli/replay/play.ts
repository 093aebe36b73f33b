import type { Clock } from '../../domain/clock.ts';
import { createClickBatch } from './click-batch.ts';
import { type Conduct, createConduct } from './conduct.ts';
import { Tally } from './tally.ts';
import type { Target } from './target.ts';
import type { Click, Clicks } from './timeline.ts';

/** How a replay is played. */
export interface PlayOptions {
  readonly work: string;
  /** Everybody asks `work` and does what was recorded unless given. */
  readonly conduct?: Conduct;
  readonly n: number;
  /** Whether to ask for items of each click's catalogue, and before the first click of a session too. */
  readonly byCatalog?: boolean;
  /** Recorded seconds that pass in one second; infinite sends as fast as answers come. */
  readonly speed: number;
  /** Clicks that may be under way at once. */
  readonly concurrency: number;
  /** Goes before each session id, so that no earlier run's clicks are in the session. */
  readonly sessionPrefix: string;
  readonly clock: Clock;
  readonly sleep: (ms: number) => Promise<unknown>;
  readonly progress: (done: number, note: string) => void;
  /** No click is begun after it is aborted. */
  readonly signal: AbortSignal;
}

/** Calls without an answer, one after the other, after which nobody is there any more. */
const giveUpAfter = 20;

/**
 * Plays clicks, in time order, against a gateway: asks what it would recommend before each click of a
 * session but its first, looks for the click in the answer, then sends the click. By catalogue it asks for the
 * catalogue of the click's page, which is known before the first click too. Clicks of one session never overtake
 * each other. Clicks carry the time at which they are sent.
 */
export async function play(clicks: Clicks, target: Target, options: PlayOptions): Promise<Tally> {
  const { clock, concurrency, speed, signal } = options;
  const tally = new Tally();
  const playClick = createPlayer(target, tally, options);
  const tails = new Map<string, Promise<void>>();
  const running = new Set<Promise<void>>();
  const startedAt = clock.monotonic();

  let firstAtMs: number | undefined;
  let played = 0;
  for (const click of clicks) {
    firstAtMs ??= click.atMs;
    const dueAt = startedAt + (click.atMs - firstAtMs) / speed;
    const early = dueAt - clock.monotonic();
    if (early > 1) await options.sleep(early);
    while (running.size >= concurrency) await Promise.race(running);
    if (signal.aborted || tally.unansweredInRow >= giveUpAfter) break;
    if (Number.isFinite(speed)) tally.lateMs = Math.max(tally.lateMs, clock.monotonic() - dueAt);
    const task: Promise<void> = (tails.get(click.session) ?? Promise.resolve())
      .then(() => playClick(click))
      .finally(() => running.delete(task));
    tails.set(click.session, task);
    running.add(task);
    played += 1;
    options.progress(played / clicks.length, noteOf(tally));
  }
  await Promise.all(running);
  return tally;
}

function createPlayer(
  target: Target,
  tally: Tally,
  options: PlayOptions,
): (click: Click) => Promise<void> {
  const { byCatalog = false, clock, n, sessionPrefix } = options;
  const { conduct = createConduct([options.work]) } = options;
  const positions = new Map<string, number>();
  const send = createClickBatch(target, {
    maxBatch: 100,
    monotonic: clock.monotonic,
    posted: (answer, ms) => tally.posted(answer, ms),
  });

  const ask = async (session: string, click: Click) => {
    const startedAt = clock.monotonic();
    const { segment } = click;
    const catalog = byCatalog ? click.catalog : undefined;
    const user = conduct.user(click);
    const asked = { session, user, segment, catalog, n };
    const answer = await target.recommend(conduct.work(click), asked);
    tally.asked({
      ...answer,
      ms: clock.monotonic() - startedAt,
      rank: answer.items.indexOf(click.item),
      returned: answer.items.length,
    });
    return conduct.isOnAnswer(click, answer) ? answer.requestId : undefined;
  };

  return async (click) => {
    if (!conduct.isPlayed(click)) return;
    const session = `${sessionPrefix}${click.session}`;
    const position = positions.get(click.session) ?? 0;
    positions.set(click.session, position + 1);
    if (position === 0) tally.sessions += 1;
    const asks = byCatalog || position > 0;
    const requestId = asks ? await ask(session, click) : undefined;
    const key = `${session}-${position}`;
    const { item, type } = click;
    await send({ key, type, session, item, atMs: clock.now(), requestId });
    tally.clicks += 1;
  };
}

function noteOf({ requests, hits, serverErrors }: Tally): string {
  const rate = requests === 0 ? '' : `, hit rate ${(hits / requests).toFixed(3)}`;
  return `${requests} requests${rate}${serverErrors > 0 ? `, ${serverErrors} server errors` : ''}`;
}
