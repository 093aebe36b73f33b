import type { EventColumns, OwnedRows } from './event-columns.ts';

/** The events of a user without session are one session until a pause longer than this. */
const pauseMs = 30 * 60_000;

/** Rows `order[start]` to `order[end - 1]` are a session. */
export interface Cut {
  readonly owner: number;
  readonly start: number;
  readonly end: number;
  readonly atMs: number;
}

/** Sessions in order of their first event. */
export interface CutSessions {
  readonly order: Uint32Array;
  readonly cuts: readonly Cut[];
  /** Events that a longer session would have had. */
  readonly beyondLength: number;
}

/** Cuts the events of users where they paused for half an hour; `isUser` tells users from sessions with an id. */
export function cutSessions(
  columns: EventColumns,
  { order, starts }: OwnedRows,
  { isUser, maxEvents }: { isUser: readonly boolean[]; maxEvents: number },
): CutSessions {
  const { atMs } = columns;
  const cuts: Cut[] = [];
  let beyondLength = 0;
  const cut = (owner: number, start: number, until: number): void => {
    if (until <= start) return;
    const end = Math.min(until, start + maxEvents);
    beyondLength += until - end;
    cuts.push({ owner, start, end, atMs: atMs(order[start]) });
  };
  for (let owner = 0; owner < isUser.length; owner++) {
    let start = starts[owner];
    const end = starts[owner + 1];
    for (let at = start + 1; isUser[owner] && at < end; at++) {
      if (atMs(order[at]) - atMs(order[at - 1]) <= pauseMs) continue;
      cut(owner, start, at);
      start = at;
    }
    cut(owner, start, end);
  }
  // The sort is stable: sessions that began at the same time stay in the order of their first arrival.
  return { order, cuts: cuts.sort((a, b) => a.atMs - b.atMs), beyondLength };
}

/** Leaves out rows of an owner that equal an earlier one in item, type and time. O(rows). */
export function withoutRepeats(columns: EventColumns, { order, starts }: OwnedRows): OwnedRows {
  const kept = { order: new Uint32Array(order.length), starts: new Uint32Array(starts.length) };
  const seen = new Set<number>();
  let end = 0;
  for (let owner = 0; owner + 1 < starts.length; owner++) {
    for (let at = starts[owner]; at < starts[owner + 1]; at++) {
      const row = order[at];
      if (at === starts[owner] || columns.atMs(row) !== columns.atMs(order[at - 1])) seen.clear();
      const key = columns.item(row) * 256 + columns.type(row);
      if (seen.has(key)) continue;
      seen.add(key);
      kept.order[end++] = row;
    }
    kept.starts[owner + 1] = end;
  }
  return kept;
}
