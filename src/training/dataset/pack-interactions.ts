import type { Interactions, Reads } from '../../models/model.ts';
import { userItems } from '../../models/user-items.ts';
import type { CutSessions } from './cut-sessions.ts';
import type { EventColumns } from './event-columns.ts';
import { fill, renumber } from './select-interactions.ts';
import { sharedFloat32, sharedFloat64, sharedInt32, sharedUint32 } from './shared-columns.ts';

/** What a builder gathered, in the numbers of its own. */
export interface Gathered {
  readonly events: EventColumns;
  /** Owners are users here. */
  readonly reads: EventColumns;
  /** Names by number. */
  readonly items: readonly string[];
  readonly users: readonly string[];
  /** The user of each owner of events, -1 for nobody known. */
  readonly userOf: readonly number[];
}

/** Weights stay above 0, however old an event is. */
const leastWeight = 1e-6;
const dayMs = 86_400_000;

/**
 * Writes cut sessions as interactions: items in order of id, users in order of first sight, none without an event. A
 * weight is halved with every `halfLifeDays` that the event is older than the newest.
 */
export function packInteractions(
  { events, reads, items, users, userOf }: Gathered,
  { order, cuts }: CutSessions,
  halfLifeDays: number,
): Interactions {
  const rows = new Uint32Array(cuts.reduce((sum, { start, end }) => sum + end - start, 0));
  const offsets = sharedUint32(cuts.length + 1);
  for (const [s, { start, end }] of cuts.entries()) {
    rows.set(order.subarray(start, end), offsets[s]);
    offsets[s + 1] = offsets[s] + end - start;
  }
  const codes = fill(sharedUint32(rows.length), (i) => events.item(rows[i]));
  const atMs = fill(sharedFloat64(rows.length), (i) => events.atMs(rows[i]));
  const newest = atMs.reduce((a, b) => Math.max(a, b), Number.NEGATIVE_INFINITY);
  const weights = fill(sharedFloat32(rows.length), (i) => {
    const ageDays = (newest - atMs[i]) / dayMs;
    return Math.max(leastWeight, events.weight(rows[i]) * 0.5 ** (ageDays / halfLifeDays));
  });
  const sessionUsers = fill(sharedInt32(cuts.length), (s) => userOf[cuts[s].owner]);
  const itemCodes = renumber(codes, items);
  const userCodes = renumber(sessionUsers, users, { sorted: false });
  const sessions = {
    ...{ items: itemCodes.names, offsets, codes, atMs },
    ...(weights.every((weight) => weight === 1) ? {} : { weights }),
    ...(userCodes.names.length > 0 && { users: userCodes.names, userOf: sessionUsers }),
  };
  if (reads.count === 0) return sessions;
  const left = leftReads(reads, sessions, { users: userCodes.codeOf, items: itemCodes.codeOf });
  return left.items.length === 0 ? sessions : { ...sessions, reads: left };
}

/** The latest read of each user and item that both have events, though none with each other. O(reads · log events). */
function leftReads(
  reads: EventColumns,
  sessions: Interactions,
  codeOf: { readonly users: Int32Array; readonly items: Int32Array },
): Reads {
  const taken = userItems(sessions);
  const { order, starts } = reads.byOwner(codeOf.users.length);
  const rows: { user: number; item: number; atMs: number }[] = [];
  for (let owner = 0; owner < codeOf.users.length; owner++) {
    const user = codeOf.users[owner];
    if (user < 0) continue;
    const own = new Set(taken.codes.subarray(taken.offsets[user], taken.offsets[user + 1]));
    const latest = new Map<number, number>();
    for (const row of order.subarray(starts[owner], starts[owner + 1])) {
      const item = codeOf.items[reads.item(row)];
      if (item >= 0 && !own.has(item)) latest.set(item, reads.atMs(row));
    }
    for (const [item, atMs] of latest) rows.push({ user, item, atMs });
  }
  return {
    users: fill(sharedUint32(rows.length), (i) => rows[i].user),
    items: fill(sharedUint32(rows.length), (i) => rows[i].item),
    atMs: fill(sharedFloat64(rows.length), (i) => rows[i].atMs),
  };
}
