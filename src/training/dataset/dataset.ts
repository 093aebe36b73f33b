import type { Feedback } from '../../domain/feedback.ts';
import type { Interactions } from '../../models/model.ts';
import type { Store } from '../../stores/store.ts';
import { createEventColumns, type EventColumns } from './event-columns.ts';

/** What of the feedback is learnt from. */
export interface InteractionOptions {
  /** Events kept of a session, the first ones: much longer sessions are crawlers more often than people. */
  readonly maxSessionEvents?: number | undefined;
}

/** The events of a user without session are one session until a pause longer than this. */
const pauseMs = 30 * 60_000;

/** Takes events in any order and makes sessions of them. */
export interface InteractionBuilder {
  /** `weight` is how much the event counts, above 0; absent is 1. */
  add(event: Pick<Feedback, 'item' | 'session' | 'user' | 'atMs'>, weight?: number): void;
  build(): Interactions;
}

/**
 * Makes a builder of interactions. Events of one session id are a session; those of a user alone are cut where the
 * user paused for half an hour; events of nobody are left out. Items are numbered in order of id, sessions by the
 * time of their first event, events of a session by time, equal times as they came. The columns are shared
 * memory, so that threads need no copy.
 *
 * @example
 * const builder = createInteractionBuilder();
 * builder.add({ item: 'A', session: 's', atMs: 1 });
 * builder.build().items; // ['A']
 */
export function createInteractionBuilder(options: InteractionOptions = {}): InteractionBuilder {
  const { maxSessionEvents = 200 } = options;
  const owners = new Map<string, number>();
  const items = new Map<string, number>();
  const users = new Map<string, number>();
  const userOf: number[] = [];
  const columns = createEventColumns();
  return {
    add({ item, session, user, atMs }, weight = 1) {
      if (session === undefined && user === undefined) return;
      // A session and a user may have the same name: owners of users get a key of their own.
      const owner = numberOf(owners, session === undefined ? `u${user}` : `s${session}`);
      if (user !== undefined) userOf[owner] = numberOf(users, user);
      else userOf[owner] ??= -1;
      columns.push(owner, numberOf(items, item), atMs, weight);
    },
    build() {
      const isUser = [...owners.keys()].map((key) => key.startsWith('u'));
      const sessions = cutSessions(columns, isUser, maxSessionEvents);
      const packed = pack(columns, sessions, [...items.keys()]);
      if (users.size === 0) return packed;
      const codes = Int32Array.from(sessions.cuts, ({ owner }) => userOf[owner]);
      return { ...packed, users: [...users.keys()], userOf: shareInts(codes) };
    },
  };
}

function shareInts(values: Int32Array): Int32Array {
  const shared = new Int32Array(new SharedArrayBuffer(values.byteLength));
  shared.set(values);
  return shared;
}

function numberOf(numbers: Map<string, number>, name: string): number {
  const known = numbers.get(name);
  if (known !== undefined) return known;
  numbers.set(name, numbers.size);
  return numbers.size - 1;
}

/** Rows `order[start]` to `order[end - 1]` are a session. */
interface Cut {
  readonly owner: number;
  readonly start: number;
  readonly end: number;
  readonly atMs: number;
}

interface Sessions {
  readonly order: Uint32Array;
  readonly cuts: readonly Cut[];
}

function cutSessions(
  columns: EventColumns,
  isUser: readonly boolean[],
  maxEvents: number,
): Sessions {
  const { order, starts } = columns.byOwner(isUser.length);
  const { atMs } = columns;
  const cuts: Cut[] = [];
  const cut = (owner: number, start: number, end: number): void => {
    if (end > start)
      cuts.push({ owner, start, end: Math.min(end, start + maxEvents), atMs: atMs(order[start]) });
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
  return { order, cuts: cuts.sort((a, b) => a.atMs - b.atMs) };
}

function pack(
  columns: EventColumns,
  { order, cuts }: Sessions,
  ids: readonly string[],
): Interactions {
  const total = cuts.reduce((sum, { start, end }) => sum + end - start, 0);
  const offsets = new Uint32Array(new SharedArrayBuffer(4 * (cuts.length + 1)));
  const codes = new Uint32Array(new SharedArrayBuffer(4 * total));
  const atMs = new Float64Array(new SharedArrayBuffer(8 * total));
  const weights = new Float32Array(new SharedArrayBuffer(4 * total));
  let end = 0;
  for (const [s, cut] of cuts.entries()) {
    for (let at = cut.start; at < cut.end; at++) {
      codes[end] = columns.item(order[at]);
      weights[end] = columns.weight(order[at]);
      atMs[end++] = columns.atMs(order[at]);
    }
    offsets[s + 1] = end;
  }
  const packed = { items: renumber(codes, ids), offsets, codes, atMs };
  return weights.every((weight) => weight === 1) ? packed : { ...packed, weights };
}

/** Numbers the items that occur in order of id, changes the codes in place, and answers the ids. */
function renumber(codes: Uint32Array, ids: readonly string[]): readonly string[] {
  const occurs = new Uint8Array(ids.length);
  for (const code of codes) occurs[code] = 1;
  const order = ids.map((_, code) => code).filter((code) => occurs[code] === 1);
  order.sort((a, b) => (ids[a] < ids[b] ? -1 : 1));
  const numbers = new Uint32Array(ids.length);
  for (const [number, code] of order.entries()) numbers[code] = number;
  for (let event = 0; event < codes.length; event++) codes[event] = numbers[codes[event]];
  return order.map((code) => ids[code]);
}

/** Events a page of the store holds. */
const pageRows = 5000;

/** Reads all feedback of a store, page by page, into interactions; see `createInteractionBuilder`. */
export async function interactionsFromStore(
  store: Pick<Store, 'scanFeedback'>,
  options: InteractionOptions = {},
): Promise<Interactions> {
  const builder = createInteractionBuilder(options);
  let after: string | undefined;
  do {
    const page = await store.scanFeedback({ after, limit: pageRows });
    for (const event of page.rows) builder.add(event);
    after = page.next;
  } while (after !== undefined);
  return builder.build();
}

/** Two parts of interactions; each has its own item codes, so that the first knows nothing of the second. */
export interface Split {
  readonly before: Interactions;
  readonly after: Interactions;
}

/**
 * Cuts off the last `share` of the sessions, by the time of their first event.
 *
 * @example splitLast(interactionsOfTenSessions, 0.2).after.offsets.length // 3: two sessions
 */
export function splitLast(interactions: Interactions, share: number): Split {
  const sessions = interactions.offsets.length - 1;
  const first = Math.floor(sessions * (1 - share));
  return { before: slice(interactions, 0, first), after: slice(interactions, first, sessions) };
}

function slice(whole: Interactions, from: number, to: number): Interactions {
  const { items, offsets, codes, atMs, weights, users, userOf, itemAttributes, userAttributes } =
    whole;
  const [start, end] = [offsets[from], offsets[to]];
  const part = {
    offsets: new Uint32Array(new SharedArrayBuffer(4 * (to - from + 1))),
    codes: new Uint32Array(new SharedArrayBuffer(4 * (end - start))),
    atMs: new Float64Array(new SharedArrayBuffer(8 * (end - start))),
  };
  part.offsets.set(offsets.subarray(from, to + 1).map((offset) => offset - start));
  part.codes.set(codes.subarray(start, end));
  part.atMs.set(atMs.subarray(start, end));
  return {
    ...part,
    items: renumber(part.codes, items),
    ...(weights && { weights: weights.slice(start, end) }),
    ...(users && userOf && { users, userOf: userOf.slice(from, to) }),
    ...(itemAttributes && { itemAttributes }),
    ...(userAttributes && { userAttributes }),
  };
}

/** Interactions in numbers. */
export interface InteractionStatistics {
  readonly sessions: number;
  /** Sessions with a click after another: those that can be learnt from. */
  readonly usableSessions: number;
  readonly events: number;
  readonly items: number;
  readonly meanSessionEvents: number;
  readonly longestSessionEvents: number;
  /** Epoch milliseconds of the first and the last event; 0 when there are none. */
  readonly firstAtMs: number;
  readonly lastAtMs: number;
}

/** Counts sessions, events and items. O(events). */
export function describeInteractions({
  items,
  offsets,
  codes,
  atMs,
}: Interactions): InteractionStatistics {
  const sessions = offsets.length - 1;
  let usableSessions = 0;
  let longestSessionEvents = 0;
  for (let session = 0; session < sessions; session++) {
    const events = offsets[session + 1] - offsets[session];
    if (events >= 2) usableSessions += 1;
    longestSessionEvents = Math.max(longestSessionEvents, events);
  }
  return {
    sessions,
    usableSessions,
    events: codes.length,
    items: items.length,
    meanSessionEvents: sessions === 0 ? 0 : codes.length / sessions,
    longestSessionEvents,
    firstAtMs: codes.length === 0 ? 0 : atMs.reduce((a, b) => Math.min(a, b)),
    lastAtMs: codes.length === 0 ? 0 : atMs.reduce((a, b) => Math.max(a, b)),
  };
}
