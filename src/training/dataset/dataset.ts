import type { Feedback } from '../../domain/feedback.ts';
import type { Interactions } from '../../models/model.ts';
import { cutSessions, withoutRepeats } from './cut-sessions.ts';
import { createEventColumns } from './event-columns.ts';
import { createNameNumbers } from './name-numbers.ts';
import { packInteractions } from './pack-interactions.ts';
import { selectInteractions } from './select-interactions.ts';

/** What of the events is kept. */
export interface InteractionOptions {
  /** Events kept of a session, the first ones: much longer sessions are crawlers more often than people. */
  readonly maxSessionEvents?: number | undefined;
  /** Events kept in all, the newest ones, and as many reads: the bound of memory. */
  readonly maxEvents?: number | undefined;
  /** Halves the weight of an event with every so many days that it is older than the newest. */
  readonly halfLifeDays?: number | undefined;
  /** Keeps an event once that has the same session or user, item, type and time as another. */
  readonly distinct?: boolean | undefined;
}

/** How many events the last build left out, and why. */
export interface LeftOut {
  /** Events of nobody known. */
  readonly nobody: number;
  /** Older than the newest `maxEvents`. */
  readonly tooMany: number;
  /** Behind the first `maxSessionEvents` of a session. */
  readonly longSession: number;
  readonly repeated: number;
}

/** An event as a builder takes it. */
export type BuilderEvent = Pick<Feedback, 'item' | 'session' | 'user' | 'atMs'> & {
  readonly type?: string | undefined;
};

/** Takes events in any order and makes sessions of them. */
export interface InteractionBuilder {
  /** `weight` is how much the event counts, above 0; absent is 1. */
  add(event: BuilderEvent, weight?: number): void;
  /**
   * A user saw an item and did no more. It is kept where the user and the item have events, though not with each other:
   * the latest of each pair.
   */
  addRead(read: { readonly user: string; readonly item: string; readonly atMs: number }): void;
  build(): Interactions;
  leftOut(): LeftOut;
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
  const { maxSessionEvents = 200, maxEvents = Number.POSITIVE_INFINITY } = options;
  const { halfLifeDays = Number.POSITIVE_INFINITY, distinct = false } = options;
  const owners = createNameNumbers();
  const items = createNameNumbers();
  const users = createNameNumbers();
  const types = createNameNumbers();
  let userOf: number[] = [];
  const events = createEventColumns();
  const reads = createEventColumns();
  let [nobody, tooMany, longSession, repeated] = [0, 0, 0, 0];
  /** Drops what is too much, and the names that only it had. */
  const trim = () => {
    const surplus = events.keepNewest(maxEvents);
    tooMany += surplus;
    if (surplus + reads.keepNewest(maxEvents) === 0) return;
    const used = {
      owners: new Uint8Array(owners.size),
      items: new Uint8Array(items.size),
      users: new Uint8Array(users.size),
    };
    for (let row = 0; row < events.count; row++) {
      const owner = events.owner(row);
      used.owners[owner] = 1;
      used.items[events.item(row)] = 1;
      if (userOf[owner] >= 0) used.users[userOf[owner]] = 1;
    }
    for (let row = 0; row < reads.count; row++) {
      used.users[reads.owner(row)] = 1;
      used.items[reads.item(row)] = 1;
    }
    const [newItems, newUsers] = [items.keep(used.items), users.keep(used.users)];
    userOf = userOf
      .filter((_, owner) => used.owners[owner] === 1)
      .map((user) => (user < 0 ? -1 : newUsers[user]));
    events.renumber(owners.keep(used.owners), newItems);
    reads.renumber(newUsers, newItems);
  };
  const trimAt = maxEvents + Math.max(4096, maxEvents / 4);
  return {
    add({ item, session, user, atMs, type }, weight = 1) {
      if (session === undefined && user === undefined) {
        nobody += 1;
        return;
      }
      // A session and a user may have the same name: owners of users get a key of their own.
      const owner = owners.of(session === undefined ? `u${user}` : `s${session}`);
      if (user !== undefined) userOf[owner] = users.of(user);
      else userOf[owner] ??= -1;
      // The types beyond 255 share the last code.
      const code = type === undefined ? 0 : Math.min(types.of(type), 255);
      events.push(owner, items.of(item), atMs, weight, code);
      if (events.count > trimAt) trim();
    },
    addRead({ user, item, atMs }) {
      reads.push(users.of(user), items.of(item), atMs, 1);
      if (reads.count > trimAt) trim();
    },
    build() {
      trim();
      const isUser = owners.names().map((key) => key.startsWith('u'));
      const all = events.byOwner(isUser.length);
      const rows = distinct ? withoutRepeats(events, all) : all;
      repeated = all.starts[isUser.length] - rows.starts[isUser.length];
      const cut = cutSessions(events, rows, { isUser, maxEvents: maxSessionEvents });
      longSession = cut.beyondLength;
      const names = { items: items.names(), users: users.names() };
      return packInteractions({ events, reads, userOf, ...names }, cut, halfLifeDays);
    },
    leftOut: () => ({ nobody, tooMany, longSession, repeated }),
  };
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
  return splitSessions(interactions, Math.floor(sessions * (1 - share)));
}

/** Cuts off the sessions from `session` on. */
export function splitSessions(interactions: Interactions, session: number): Split {
  const { offsets, reads } = interactions;
  const first = offsets[session];
  const cutMs = interactions.atMs[first] ?? Number.POSITIVE_INFINITY;
  return {
    before: selectInteractions(interactions, {
      event: (event) => event < first,
      read: reads && ((row) => reads.atMs[row] < cutMs),
      cutMs,
    }),
    after: selectInteractions(interactions, { event: (event) => event >= first }),
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
