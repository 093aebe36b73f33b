import type { Clock } from '../../domain/clock.ts';
import type { RecommendRequest } from '../../domain/recommend-request.ts';
import type { ItemTable } from '../../stores/item-table.ts';
import type { SessionTable } from '../../stores/session-table.ts';
import { RequestRecord } from '../../telemetry/request-record.ts';
import type { Pipeline } from '../pipeline.ts';
import type { Work } from '../work.ts';

/** Runs of each work; after some hundred the kernels and the executor run as compiled code. */
const runsPerWork = 300;
/** The longest that warming may hold up a start. */
const limitMs = 400;

/**
 * Runs every work over the sessions at hand before the first caller does, so that nobody meets cold code.
 * What these runs measure is told to nobody.
 */
export async function warmUp(
  works: Iterable<Work>,
  parts: {
    readonly pipeline: Pipeline;
    readonly table: ItemTable;
    readonly sessions: SessionTable;
    readonly clock: Clock;
  },
): Promise<void> {
  const { pipeline, table, sessions, clock } = parts;
  const until = clock.monotonic() + limitMs;
  const known = sessions.ids(runsPerWork);
  const record = new RequestRecord();
  for (let i = 0; i < runsPerWork && clock.monotonic() < until; i++) {
    const item = table.size === 0 ? undefined : table.ids[i % table.size];
    const request: RecommendRequest = {
      n: 20,
      explain: false,
      session: known[i % known.length],
      item,
    };
    for (const work of works) {
      record.reset(work.layout);
      record.startedAt = clock.monotonic();
      await pipeline.run({ work, request, record }, () => {});
    }
  }
}
